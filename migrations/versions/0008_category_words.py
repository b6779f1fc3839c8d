"""Supplier's CVR number and options of agreements, and remembered words of categories"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("catalogue_agreements", sa.Column("supplier_cvr", sa.String(length=8)))
    op.add_column("catalogue_agreements", sa.Column("options", sa.String(length=500)))
    op.create_table(
        "catalogue_category_words",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("text_folded", sa.String(length=400), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["catalogue_municipalities.id"],
            name=op.f("fk_catalogue_category_words_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["catalogue_persons.id"],
            name=op.f("fk_catalogue_category_words_updated_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_category_words")),
        sa.UniqueConstraint(
            "municipality_id",
            "text_folded",
            name=op.f("uq_catalogue_category_words_municipality_id_text_folded"),
        ),
    )


def downgrade() -> None:
    # Dropped one by one, not by a batch: that would rebuild the table on SQLite, and deleting the
    # old one takes the categories of all agreements with it.
    op.drop_table("catalogue_category_words")
    op.drop_column("catalogue_agreements", "options")
    op.drop_column("catalogue_agreements", "supplier_cvr")
