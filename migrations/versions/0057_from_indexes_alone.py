"""Words of orders and the count of unread notices are read from indexes alone."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

ORDERS, WORDS = "catalogue_orders", "ix_catalogue_orders_words"
IN_WORDS = [
    "municipality_id", "number", "institution", "reference", "enterprise_id", "state", "id",
]  # fmt: skip
NOTICES, AUDIENCE = "catalogue_notices", "ix_catalogue_notices_audience"
BEFORE, AFTER = ["audience", "id"], ["audience", "id", "path"]


def upgrade() -> None:
    op.create_index(WORDS, ORDERS, IN_WORDS)
    _instead(AFTER)


def downgrade() -> None:
    _instead(BEFORE)
    op.drop_index(WORDS, table_name=ORDERS)


def _instead(columns: list[str]) -> None:
    op.drop_index(AUDIENCE, table_name=NOTICES)
    op.create_index(AUDIENCE, NOTICES, columns)
