"""Shipments of orders, and when a standing order was changed and its enterprise told"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STANDING = "catalogue_standing_orders"
SHIPMENTS, LINES = "catalogue_shipments", "catalogue_shipment_lines"


def upgrade() -> None:
    op.create_table(
        SHIPMENTS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("dispatched_on", sa.Date(), nullable=False),
        sa.Column("carrier", sa.String(60), nullable=True),
        sa.Column("tracking", sa.String(60), nullable=True),
        sa.Column("note", sa.String(300), nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("received_by", sa.String(120), nullable=True),
        sa.Column("recipient", sa.String(254), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f(f"fk_{SHIPMENTS}_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SHIPMENTS}")),
        sa.UniqueConstraint("order_id", "number", name=op.f(f"uq_{SHIPMENTS}_order_id_number")),
    )
    op.create_table(
        LINES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("shipment_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("received_quantity", sa.Numeric(12, 3), nullable=True),
        sa.Column("deviation", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            [f"{SHIPMENTS}.id"],
            name=op.f(f"fk_{LINES}_shipment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINES}")),
        sa.UniqueConstraint(
            "shipment_id", "position", name=op.f(f"uq_{LINES}_shipment_id_position")
        ),
    )

    # No batch: SQLite would make the table anew, and its lines would go with the old one.
    for name in ("changed_at", "told_at"):
        op.add_column(STANDING, sa.Column(name, MOMENT, nullable=True))


def downgrade() -> None:
    for name in ("changed_at", "told_at"):
        op.drop_column(STANDING, name)
    op.drop_table(LINES)
    op.drop_table(SHIPMENTS)
    # What was sent in part is no state of before: the rest is still to come.
    op.execute("UPDATE catalogue_orders SET state = 'confirmed' WHERE state = 'sending'")
    op.execute("UPDATE catalogue_order_events SET state = 'confirmed' WHERE state = 'sending'")
