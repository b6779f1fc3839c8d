"""Two rows in every table of a database, for tests of what migrations keep."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Numeric, String, Table, insert, text
from sqlalchemy.orm import Session

import catalogue.app  # noqa: F401 - the tables of all features
from catalogue.core.db import Base, UtcDateTime

ROWS = (1, 2)
MOMENT, DAY = datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24)
NOBODY: dict[str, Any] = {"enterprise_id": None}
# What checks of the tables ask for: of the first row, and of the second.
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "agreements": ({"kind": "voluntary"}, {"kind": "mandatory"}),
    "baskets": ({}, {"key": ""}),  # of the pages; the first is of a purchasing system
    "document_routes": (NOBODY, {"municipality_id": None}),
    "invitations": ({"role": "enterprise"}, {"role": "facilitator"}),
    "order_lines": ({}, {"product_id": 2}),  # else what goes below 0015 would lose it, and refuses
    "person_roles": ({"role": "buyer"} | NOBODY, {"role": "enterprise", "municipality_id": None}),
    "webhooks": (NOBODY, {"municipality_id": None}),
}
_UNASKED = "SET LOCAL session_replication_role = replica"  # foreign keys are not asked
# The next rows take numbers that are free.
_NUMBERED = "SELECT setval(oid, 9) FROM pg_class WHERE relkind = 'S'"
LONE = ("audit", "audit_head", "in_force_version")  # they have a row, or rows that are chained


def fill(session: Session) -> None:
    """Write the rows: every column of the first is told, of the second only what must be."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    late = "PRAGMA defer_foreign_keys = ON" if is_sqlite else _UNASKED
    session.execute(text(late))  # an enterprise has a picture of its own
    for table in Base.metadata.sorted_tables:
        if table.name.removeprefix("catalogue_") in LONE:
            continue
        for number in ROWS:
            session.execute(insert(table).values(row(table, number)))
    if not is_sqlite:
        session.execute(text(_NUMBERED))


def row(table: Table, number: int) -> dict[str, Any]:
    """Return the columns of a row: all that there are of the first, of others what must be."""
    asked = ASKED.get(table.name.removeprefix("catalogue_"), ({}, {}))[number - 1]
    own = {
        column.name: _value(column, number)
        for column in table.columns
        if number == ROWS[0] or not column.nullable or asked
    }
    return own | asked


def _value(column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        if key.column is not column:
            return _value(key.column, number)
    kind = column.type
    if isinstance(kind, String):
        return f"{number} {column.name}"[: kind.length]
    for known, value in (
        (UtcDateTime, MOMENT), (Date, DAY), (JSON, {"n": number}), (Boolean, number == 1),
        (Numeric, Decimal(number) / 8),
    ):  # fmt: skip
        if isinstance(kind, known):
            return value
    return number
