"""A column among the values of a list: as many as there are, by one text."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from conftest import on_postgresql, on_sqlite
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.among import among

NAMED = select(Municipality.name).where(among(Municipality.code, "codes")).order_by("name")
BY_ID = select(Municipality.name).where(among(Municipality.id, "ids")).order_by("name")


@pytest.mark.parametrize("many", [0, 1, 2, 40])
def test_finds_the_rows_with_one_of_the_values(session: Session, many: int) -> None:
    towns = [cast.municipality(session, f"By {n:02}") for n in range(41)]
    wanted = towns[:many]
    by_code = session.scalars(NAMED, {"codes": [each.code for each in wanted]}).all()
    by_id = session.scalars(BY_ID, {"ids": [each.id for each in wanted]}).all()
    assert list(by_code) == list(by_id) == [each.name for each in wanted]


@on_sqlite
def test_sqlite_finds_them_by_the_index(session: Session) -> None:
    connection = session.connection()
    ((statement, parameters),) = asked_for(session, [2])
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert any("USING INTEGER PRIMARY KEY" in row[-1] for row in rows), rows


@on_postgresql
def test_postgresql_is_asked_by_one_text_for_any_number(session: Session) -> None:
    asked = asked_for(session, [0, 1, 7])
    assert len(asked) == 3
    assert len({statement for statement, _parameters in asked}) == 1


def asked_for(session: Session, numbers: list[int]) -> list[tuple[str, Any]]:
    """Ask for so many ids each time, and return what the database is sent."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    for many in numbers:
        session.scalars(BY_ID, {"ids": list(range(many))}).all()
    event.remove(connection, "before_cursor_execute", note)
    return asked
