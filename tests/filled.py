"""Two rows in every table of an SQLite database, for tests of what migrations keep."""

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
LONE = ("audit", "audit_head", "in_force_version")  # they have a row, or rows that are chained


def fill(session: Session) -> None:
    """Write the rows: every column of the first is told, of the second only what must be."""
    session.execute(
        text("PRAGMA defer_foreign_keys = ON")
    )  # an enterprise has a picture of its own
    for table in Base.metadata.sorted_tables:
        if table.name.removeprefix("catalogue_") in LONE:
            continue
        for number in ROWS:
            session.execute(insert(table).values(_row(table, number)))


def _row(table: Table, number: int) -> dict[str, Any]:
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
