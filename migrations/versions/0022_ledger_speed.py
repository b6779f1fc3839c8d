"""Sums of the ledger by day and month, and indexes that find the rows of an account or a department"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROWS, SUMS = "catalogue_ledger_rows", "catalogue_ledger_sums"
SUPPLIER = "ix_catalogue_ledger_rows_supplier"
NEW = (
    ("ix_catalogue_ledger_rows_account", ["municipality_id", "account", "booked_on"]),
    ("ix_catalogue_ledger_rows_department", ["municipality_id", "department", "booked_on"]),
)


def upgrade() -> None:
    op.create_table(
        SUMS,
        sa.Column("municipality_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("row_count", BIG_ID, nullable=False),
        sa.Column("amount_ore", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_id",
            "span",
            "kind",
            "first_on",
            "name",
            name=op.f("pk_catalogue_ledger_sums"),
        ),
        sqlite_with_rowid=False,
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    month = "date(booked_on, 'start of month')" if is_sqlite else "date_trunc('month', booked_on)"
    for span, first_on in (("day", "booked_on"), ("month", month)):
        for kind in ("account", "department"):
            op.execute(
                f"INSERT INTO {SUMS}"  # noqa: S608
                " (municipality_id, span, kind, first_on, name, row_count, amount_ore)"
                f" SELECT municipality_id, '{span}', '{kind}', {first_on}, {kind}, count(*),"
                f" sum(amount_ore) FROM {ROWS} GROUP BY 1, 4, 5"
            )
    op.drop_index(SUPPLIER, ROWS)
    columns = ["municipality_id", "cvr", "booked_on", "account", "department", "amount_ore"]
    op.create_index(SUPPLIER, ROWS, columns)
    for name, own in NEW:
        op.create_index(name, ROWS, own)


def downgrade() -> None:
    for name, _own in NEW:
        op.drop_index(name, ROWS)
    op.drop_index(SUPPLIER, ROWS)
    op.create_index(SUPPLIER, ROWS, ["municipality_id", "cvr", "booked_on"])
    op.drop_table(SUMS)
