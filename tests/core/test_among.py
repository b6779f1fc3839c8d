"""A column among the values of a list: as many as there are, by one text."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from conftest import on_postgresql
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


@on_postgresql
def test_postgresql_is_asked_by_one_text_for_any_number(session: Session) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    for many in (0, 1, 7):
        session.scalars(BY_ID, {"ids": list(range(many))}).all()
    assert len(asked) == 3
    assert len(set(asked)) == 1
