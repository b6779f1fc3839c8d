"""Indexes that hold all that coverage and the ledger's report read of orders, products and rows"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What each index is called, on which table, and of which columns.
NEW = (
    ("ix_catalogue_orders_standing", "catalogue_orders",
     ["municipality_id", "placed_at", "state", "enterprise_id", "id"]),
    ("ix_catalogue_order_lines_spent", "catalogue_order_lines",
     ["order_id", "category_code", "net_ore"]),
    ("ix_catalogue_order_lines_agreement", "catalogue_order_lines",
     ["agreement_id", "order_id", "net_ore"]),
    ("ix_catalogue_agreements_party", "catalogue_agreements",
     ["enterprise_id", "municipality_id", "starts_on"]),
    ("ix_catalogue_products_shelf", "catalogue_products",
     ["state", "enterprise_id", "category_code", "price_ore"]),
)  # fmt: skip
# Each begins one of the new ones, which do its work.
OLD = (
    ("ix_catalogue_orders_municipality", "catalogue_orders", ["municipality_id", "placed_at"]),
    ("ix_catalogue_agreements_enterprise_id", "catalogue_agreements", ["enterprise_id"]),
    ("ix_catalogue_order_lines_agreement_id", "catalogue_order_lines", ["agreement_id"]),
)  # fmt: skip


def upgrade() -> None:
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
    for name, table, _columns in OLD:
        op.drop_index(name, table)


def downgrade() -> None:
    for name, table, columns in OLD:
        op.create_index(name, table, columns)
    for name, table, _columns in NEW:
        op.drop_index(name, table)
