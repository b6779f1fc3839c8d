"""Orders: when the enterprise saw them, and whether a line is goods or work"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LINES, ORDERS = "catalogue_order_lines", "catalogue_orders"


def upgrade() -> None:
    # Not in batch mode: on SQLite that drops and rebuilds the table that all others point at.
    op.add_column(ORDERS, sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(ORDERS, sa.Column("seen_by", sa.String(length=120), nullable=True))
    op.add_column(
        LINES, sa.Column("kind", sa.String(length=10), server_default="goods", nullable=False)
    )
    # What was ordered before is what its product is, or what a quote was asked for.
    op.execute(
        "UPDATE catalogue_order_lines SET kind = 'service' WHERE product_id IN"
        " (SELECT id FROM catalogue_products WHERE kind = 'service')"
    )
    op.execute(
        "UPDATE catalogue_order_lines SET kind = 'service' WHERE product_id IS NULL AND order_id IN"
        " (SELECT order_id FROM catalogue_quote_requests WHERE kind = 'service')"
    )


def downgrade() -> None:
    op.drop_column(LINES, "kind")
    op.drop_column(ORDERS, "seen_by")
    op.drop_column(ORDERS, "seen_at")
