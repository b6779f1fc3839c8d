"""Price lists that were sent, and how far they are written"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_price_lists",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_percent", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["catalogue_enterprises.id"],
            name=op.f("fk_catalogue_price_lists_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_price_lists_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_price_lists")),
    )
    op.create_index(
        "ix_catalogue_price_lists_own", "catalogue_price_lists", ["enterprise_id", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_catalogue_price_lists_own", "catalogue_price_lists")
    op.drop_table("catalogue_price_lists")
