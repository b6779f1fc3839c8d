"""What more is told of a product: GTIN, pause, prices at larger quantities, details; typed drafts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = {
    "gtin": sa.String(length=14),
    "paused_until": sa.Date(),
    "tiers": sa.JSON(),
    "details": sa.JSON(),
}


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that all others point at.
    for name, kind in COLUMNS.items():
        op.add_column("catalogue_products", sa.Column(name, kind, nullable=True))
    op.create_table(
        "catalogue_typed_drafts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_typed_drafts_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_typed_drafts_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_typed_drafts")),
        sa.UniqueConstraint(
            "person_id",
            "enterprise_id",
            "place",
            name=op.f("uq_catalogue_typed_drafts_person_id_enterprise_id_place"),
        ),
    )


def downgrade() -> None:
    op.drop_table("catalogue_typed_drafts")
    for name in reversed(COLUMNS):
        op.drop_column("catalogue_products", name)
