"""Sums of the ledger by day and month: kept beside the rows, in the transaction that changes them.

What they are for stands in `ledger_sums`. Rows and sums are compared by `catalogue check`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from .models import LedgerRow, LedgerSum, Span, SumKind

_ROWS, _SUMS = LedgerRow.__tablename__, LedgerSum.__tablename__
_KEY = "municipality_id, span, kind, first_on, name"
READ = "municipality_id, booked_on, account, department, amount_ore"
_FIRST_ON = {
    ("sqlite", Span.DAY): "booked_on",
    ("sqlite", Span.MONTH): "date(booked_on, 'start of month')",
    ("postgresql", Span.DAY): "booked_on",
    ("postgresql", Span.MONTH): "CAST(date_trunc('month', booked_on) AS DATE)",
}
# Names of our own only; values are bound.
_OF_IMPORT = f"SELECT {READ} FROM {_ROWS} WHERE import_id = :import_id"  # noqa: S608
_OF_ALL = f"SELECT {READ} FROM {_ROWS}"  # noqa: S608


def adding(dialect: str, found: str, sign: str = "") -> str:
    """Return the statement that adds rows to the sums; `found` is a query or an INSERT of them.

    `found` yields the columns of READ; with the sign `-` the rows are taken off instead. Sums are
    written in one order, so that two transactions do not wait for each other.
    """
    return (
        f"WITH found AS ({found}) INSERT INTO {_SUMS} ({_KEY}, row_count, amount_ore)"
        f" {_summed(dialect, sign)} ORDER BY 1, 2, 3, 4, 5 ON CONFLICT ({_KEY}) DO UPDATE SET"
        f" row_count = {_SUMS}.row_count + excluded.row_count,"
        f" amount_ore = {_SUMS}.amount_ore + excluded.amount_ore"
    )


def add_since(session: Session, import_id: int, last_id: int) -> None:
    """Add the rows of an import whose ids are above `last_id`."""
    found = f"{_OF_IMPORT} AND id > :last_id"
    session.execute(
        text(adding(_dialect(session), found)), {"import_id": import_id, "last_id": last_id}
    )


def take_off(session: Session, municipality_id: int, import_id: int) -> None:
    """Take off the rows of an import, which are about to be deleted."""
    session.execute(text(adding(_dialect(session), _OF_IMPORT, "-")), {"import_id": import_id})
    session.execute(
        delete(LedgerSum)
        .where(LedgerSum.municipality_id == municipality_id)
        .where(LedgerSum.row_count == 0)
    )


def rebuild(session: Session) -> None:
    """Sum up all rows anew; nobody writes meanwhile."""
    if _dialect(session) == "postgresql":
        session.execute(text(f"LOCK TABLE {_SUMS} IN EXCLUSIVE MODE"))
    session.execute(delete(LedgerSum))
    session.execute(text(adding(_dialect(session), _OF_ALL)))


def compare(session: Session) -> list[Any]:
    """List where sums and rows differ: the key of the sum, `row_count` and `amount_ore` too few."""
    summed = _summed(_dialect(session), "")
    found = session.execute(text(
        f"WITH found AS ({_OF_ALL})"  # noqa: S608
        f" SELECT {_KEY}, sum(row_count) AS row_count, sum(amount_ore) AS amount_ore FROM"
        f" ({summed} UNION ALL SELECT {_KEY}, -row_count, -amount_ore FROM {_SUMS}) AS both_sides"
        f" GROUP BY {_KEY} HAVING sum(row_count) <> 0 OR sum(amount_ore) <> 0 ORDER BY {_KEY}"
    ))  # fmt: skip
    return list(found)


def _summed(dialect: str, sign: str) -> str:
    """Return the query that sums up `found` by account and by department."""
    return " UNION ALL ".join(
        f"SELECT municipality_id, '{span}' AS span, '{kind}' AS kind,"  # noqa: S608
        f" {_FIRST_ON[dialect, span]} AS first_on, {kind} AS name,"
        f" {sign}count(*) AS row_count, {sign}sum(amount_ore) AS amount_ore"
        f" FROM found GROUP BY 1, 4, 5"
        for span in Span
        for kind in SumKind
    )


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
