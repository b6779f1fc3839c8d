"""Reminders to enterprises of orders that they have not answered"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0048"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NAME = "catalogue_order_reminders"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["catalogue_orders.id"], name=op.f(f"fk_{NAME}_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        sa.UniqueConstraint(
            "order_id", "asked_at", "days", name=op.f(f"uq_{NAME}_order_id_asked_at_days")
        ),
    )


def downgrade() -> None:
    op.drop_table(NAME)
