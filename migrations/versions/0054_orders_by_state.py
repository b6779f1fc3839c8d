"""Orders by state, of all, a buyer and an enterprise: what each sees is found without the others."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLE = "catalogue_orders"
INDEXES = {
    "ix_catalogue_orders_state": ["state", "municipality_id", "buyer_id"],
    "ix_catalogue_orders_buyer": ["buyer_id", "municipality_id", "placed_at", "state"],
    "ix_catalogue_orders_shop": ["enterprise_id", "state", "withheld"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, TABLE, columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name=TABLE)
