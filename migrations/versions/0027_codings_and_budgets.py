"""The buyer's side: account codings, parts of lines, budgets, and orders in free text"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PERMITS = "catalogue_free_text_permits"
TABLES = (
    PERMITS, "catalogue_budgets", "catalogue_line_parts", "catalogue_account_codings",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "catalogue_order_lines",
        sa.Column("free_text", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_catalogue_orders_gln", "catalogue_orders", ["municipality_id", "gln", "placed_at"]
    )
    _create_codings()
    _create_budgets()
    op.create_table(
        PERMITS,
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("most_ore", BIG_ID, nullable=False),
        sa.Column("allowed_at", TIME, nullable=False),
        _reference(PERMITS, "agreement_id", "agreements.id", "CASCADE"),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f(f"pk_{PERMITS}")),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    op.drop_index("ix_catalogue_orders_gln", "catalogue_orders")
    op.drop_column("catalogue_order_lines", "free_text")


def _create_codings() -> None:
    name = "catalogue_account_codings"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        _reference(name, "municipality_id", "municipalities.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "municipality_id", "gln", "code", name=op.f(f"uq_{name}_municipality_id_gln_code")
        ),
    )
    name = "catalogue_line_parts"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("weight", BIG_ID, nullable=False),
        _reference(name, "line_id", "order_lines.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("line_id", "position", name=op.f(f"uq_{name}_line_id_position")),
    )


def _create_budgets() -> None:
    name = "catalogue_budgets"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("municipality_id", BIG_ID, nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("institution", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("begins_at", TIME, nullable=False),
        sa.Column("ends_before", TIME, nullable=False),
        sa.Column("amount_ore", BIG_ID, nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=True),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("account_coding", sa.String(length=80), nullable=True),
        sa.Column("blocks", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        _reference(name, "municipality_id", "municipalities.id"),
        _reference(name, "category_code", "categories.code"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f(f"ck_{name}_period")),
    )
    op.create_index(f"ix_{name}_place", name, ["municipality_id", "gln", "starts_on"])


def _reference(
    table: str, column: str, of: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"catalogue_{of}"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )
