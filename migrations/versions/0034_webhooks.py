"""Webhooks, and each delivery to them"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
HOOKS, DELIVERIES = "catalogue_webhooks", "catalogue_webhook_deliveries"


def upgrade() -> None:
    op.create_table(
        HOOKS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=True),
        sa.Column("enterprise_id", BIG_ID, nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("old_key", sa.String(32), nullable=True),
        sa.Column("old_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("pause_cause", sa.String(10), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("silent_at", MOMENT, nullable=True),
        _reference(HOOKS, "municipality_id", "catalogue_municipalities"),
        _reference(HOOKS, "enterprise_id", "catalogue_enterprises"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{HOOKS}")),
        sa.CheckConstraint(
            "(municipality_id IS NULL) <> (enterprise_id IS NULL)",
            name=op.f(f"ck_{HOOKS}_one_owner"),
        ),
    )
    for column in ("municipality_id", "enterprise_id"):
        op.create_index(op.f(f"ix_{HOOKS}_{column}"), HOOKS, [column])
    op.create_table(
        DELIVERIES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("webhook_id", BIG_ID, nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("about", sa.String(60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(200), nullable=True),
        _reference(DELIVERIES, "webhook_id", HOOKS, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DELIVERIES}")),
        sa.UniqueConstraint(
            "webhook_id", "message_id", name=op.f(f"uq_{DELIVERIES}_webhook_id_message_id")
        ),
    )
    op.create_index(f"ix_{DELIVERIES}_newest", DELIVERIES, ["webhook_id", "id"])
    op.create_index(f"ix_{DELIVERIES}_created", DELIVERIES, ["created_at"])


def downgrade() -> None:
    op.drop_table(DELIVERIES)
    op.drop_table(HOOKS)


def _reference(table: str, column: str, other: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **more
    )
