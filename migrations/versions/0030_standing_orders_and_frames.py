"""Standing orders with what came of their dates, and quotes as frames that are called off"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
QUANTITY = sa.Numeric(12, 3)
FRAMES, CALLED = "catalogue_quote_frames", "catalogue_call_off_lines"
ORDERS, LINES = "catalogue_standing_orders", "catalogue_standing_lines"
RUNS = "catalogue_standing_runs"


def upgrade() -> None:
    _create_frames()
    _create_orders()
    _create_lines()
    _create_runs()


def downgrade() -> None:
    for table in (RUNS, LINES, ORDERS, CALLED, FRAMES):
        op.drop_table(table)


def _create_frames() -> None:
    op.create_table(
        FRAMES,
        sa.Column("quote_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        _reference(FRAMES, "quote_id", "quotes.id"),
        sa.PrimaryKeyConstraint("quote_id", name=op.f(f"pk_{FRAMES}")),
    )
    op.create_table(
        CALLED,
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("quote_line_id", BIG_ID, nullable=False),
        _reference(CALLED, "line_id", "order_lines.id", "CASCADE"),
        _reference(CALLED, "quote_line_id", "quote_lines.id"),
        sa.PrimaryKeyConstraint("line_id", name=op.f(f"pk_{CALLED}")),
    )
    op.create_index(op.f(f"ix_{CALLED}_quote_line_id"), CALLED, ["quote_line_id"])


def _create_orders() -> None:
    days = ("first_on", "last_on")
    some_days = ("paused_from", "paused_until", "next_on", "due_on")
    numbers = ("weekday", "week", "days_ahead", "rise_percent")
    op.create_table(
        ORDERS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("buyer_id", BIG_ID, nullable=False),
        sa.Column("enterprise_id", BIG_ID, nullable=False),
        sa.Column("quote_id", BIG_ID, nullable=True),
        sa.Column("making_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rhythm", sa.String(length=12), nullable=False),
        *(sa.Column(each, sa.Integer(), nullable=False) for each in numbers),
        *(sa.Column(each, sa.Date(), nullable=False) for each in days),
        *(sa.Column(each, sa.Date(), nullable=True) for each in some_days),
        sa.Column("delivery", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        _reference(ORDERS, "municipality_id", "municipalities.id"),
        _reference(ORDERS, "buyer_id", "persons.id"),
        _reference(ORDERS, "enterprise_id", "enterprises.id"),
        _reference(ORDERS, "quote_id", "quote_frames.quote_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ORDERS}")),
        sa.UniqueConstraint(
            "buyer_id", "making_key", "enterprise_id",
            name=op.f(f"uq_{ORDERS}_buyer_id_making_key_enterprise_id"),
        ),
    )  # fmt: skip
    op.create_index(f"ix_{ORDERS}_due", ORDERS, ["due_on"])
    op.create_index(f"ix_{ORDERS}_municipality", ORDERS, ["municipality_id", "buyer_id"])


def _create_lines() -> None:
    op.create_table(
        LINES,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("standing_order_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("price_ore", BIG_ID, nullable=False),
        sa.Column("price_base_quantity", sa.Integer(), nullable=False),
        _reference(LINES, "standing_order_id", "standing_orders.id", "CASCADE"),
        _reference(LINES, "product_id", "products.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINES}")),
        sa.UniqueConstraint(
            "standing_order_id",
            "position",
            name=op.f(f"uq_{LINES}_standing_order_id_position"),
        ),
    )
    op.create_index(op.f(f"ix_{LINES}_product_id"), LINES, ["product_id"])


def _create_runs() -> None:
    op.create_table(
        RUNS,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("standing_order_id", BIG_ID, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("ran_at", TIME, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        _reference(RUNS, "standing_order_id", "standing_orders.id"),
        _reference(RUNS, "order_id", "orders.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RUNS}")),
        sa.UniqueConstraint(
            "standing_order_id",
            "planned_on",
            name=op.f(f"uq_{RUNS}_standing_order_id_planned_on"),
        ),
    )
    op.create_index(op.f(f"ix_{RUNS}_order_id"), RUNS, ["order_id"])


def _reference(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"catalogue_{target}"], name=name, ondelete=ondelete)
