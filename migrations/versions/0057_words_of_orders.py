"""Words of orders: what a municipality seeks in is read from an index alone."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

TABLE, NAME = "catalogue_orders", "ix_catalogue_orders_words"
COLUMNS = [
    "municipality_id", "number", "institution", "reference", "enterprise_id", "state", "id",
]  # fmt: skip


def upgrade() -> None:
    op.create_index(NAME, TABLE, COLUMNS)


def downgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
