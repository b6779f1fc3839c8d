"""Write rows of the ledger by the hundred thousand, each database by its quickest way.

Measured beside SQLAlchemy's own inserts (scripts/bench/ledger.py): COPY takes an eighth of the
time in the client, plain tuples in SQLite two thirds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import ledger_summing
from .ledger_cells import Posting
from .models import LedgerImport, LedgerRow

_COLUMNS = (
    "municipality_id", "import_id", "booked_on", "cvr", "supplier_name", "amount_ore", "account",
    "department", "fingerprint",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_TABLE, _WAITING = LedgerRow.__tablename__, "catalogue_ledger_waiting"
# Names of our own tables only; values are bound.
_INSERT = (
    f"INSERT INTO {_TABLE} ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT DO NOTHING"
)
# KiB; the 2 MB of the beginning hold no index of a large ledger: a quarter of the time went there.
_MEMORY = "PRAGMA cache_size = -65536"
_WAIT = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS {_WAITING}"
    f" (LIKE {_TABLE} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
)
_COPY = f"COPY {_WAITING} ({_NAMES}) FROM STDIN"
_MOVE = (
    f"INSERT INTO {_TABLE} ({_NAMES}) SELECT {_NAMES} FROM {_WAITING}"  # noqa: S608
    f" ON CONFLICT DO NOTHING RETURNING {ledger_summing.READ}"
)
_MOVE_AND_SUM = ledger_summing.adding("postgresql", _MOVE)


def write(
    session: Session, by: LedgerImport, postings: Sequence[Posting], prints: Sequence[int]
) -> None:
    """Write rows with their fingerprints, and their sums.

    Rows that the ledger has already are left alone.
    """
    if not postings:
        return
    connection = session.connection()
    rows = _rows(by, postings, prints)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_MEMORY)
        last_id = session.scalar(select(func.max(LedgerRow.id))) or 0
        connection.exec_driver_sql(_INSERT, list(rows))
        ledger_summing.add_since(session, by.id, last_id)
        return
    driver: Any = connection.connection.driver_connection  # psycopg's own, for COPY
    with driver.cursor() as cursor:
        cursor.execute(_WAIT)
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_MOVE_AND_SUM)


def _rows(
    by: LedgerImport, postings: Sequence[Posting], prints: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Return the values in the order of _COLUMNS."""
    for each, one in zip(postings, prints, strict=True):
        day, cvr, name, ore, account, department, _mark = each
        yield (by.municipality_id, by.id, day.isoformat(), cvr, name, ore, account, department, one)
