"""What was ordered by agreement and category: coverage reads it from an index alone."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLE, NAME = "catalogue_order_lines", "ix_catalogue_order_lines_spent"
BEFORE, AFTER = (
    ["order_id", "category_code", "net_ore"],
    ["order_id", "category_code", "agreement_id", "net_ore"],
)


def upgrade() -> None:
    _instead(AFTER)


def downgrade() -> None:
    _instead(BEFORE)


def _instead(columns: list[str]) -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, columns)
