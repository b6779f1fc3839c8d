"""How many of a product are left, and what orders hold of them"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_product_stock",
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("left", sa.Numeric(12, 3), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_product_stock_product_id"),
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_catalogue_product_stock")),
        sa.CheckConstraint('"left" >= 0', name=op.f("ck_catalogue_product_stock_not_below_zero")),
    )
    op.create_table(
        "catalogue_stock_holds",
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["catalogue_orders.id"],
            name=op.f("fk_catalogue_stock_holds_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_products.id"],
            name=op.f("fk_catalogue_stock_holds_product_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", "product_id", name=op.f("pk_catalogue_stock_holds")),
    )


def downgrade() -> None:
    op.drop_table("catalogue_stock_holds")
    op.drop_table("catalogue_product_stock")
