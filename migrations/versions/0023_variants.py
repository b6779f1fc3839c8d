"""Variants of products: rows that follow a leading product; coverage counts a family once"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE, SHELF = "catalogue_products", "ix_catalogue_products_shelf"
COLUMNS = ["state", "enterprise_id", "category_code", "price_ore", "delivers_everywhere"]
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that all others point at.
    op.add_column(TABLE, sa.Column("variant_key", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {TABLE} ADD COLUMN variant_of_id INTEGER REFERENCES {TABLE} (id)")
    else:
        op.add_column(TABLE, sa.Column("variant_of_id", BIG_ID, nullable=True))
        op.create_foreign_key(
            op.f("fk_catalogue_products_variant_of_id"), TABLE, TABLE, ["variant_of_id"], ["id"]
        )
    op.create_index(
        "ix_catalogue_products_variant", TABLE, ["variant_of_id", "variant_key"], unique=True
    )
    op.drop_index(SHELF, TABLE)
    op.create_index(SHELF, TABLE, [*COLUMNS, "variant_of_id"])


def downgrade() -> None:
    op.drop_index(SHELF, TABLE)
    op.create_index(SHELF, TABLE, COLUMNS)
    op.drop_index("ix_catalogue_products_variant", TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_catalogue_products_variant_of_id"), TABLE, type_="foreignkey")
    op.drop_column(TABLE, "variant_of_id")
    op.drop_column(TABLE, "variant_key")
