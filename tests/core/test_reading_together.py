"""A page reads in one session; what it writes itself, and a fault, begin another."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core.http import reading, transaction
from catalogue.core.http.state import read_together, stop_reading


def test_a_page_opens_one_session_and_closes_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        person = cast.staff(session)
    client = app.test_client()
    cast.sign_in_as(client, person)
    opened: list[Any] = []
    closed: list[Any] = []
    open_one = database.reading

    @contextmanager
    def counted() -> Any:
        with open_one() as session:
            opened.append(session)
            yield session
        closed.append(session)

    monkeypatch.setattr(database, "reading", counted)
    assert client.get("/aftaler").status_code == 200
    assert len(opened) == 1
    assert closed == opened


def test_what_a_page_writes_is_known_to_the_rest_of_it(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        person_id = cast.staff(session).id
    name = select(Person.name).where(Person.id == person_id)
    with app.test_request_context("/"):
        read_together()
        with reading() as before:
            assert before.scalar(name) != "Ditte"
        with transaction() as writing:
            writing.get_one(Person, person_id).name = "Ditte"
        with reading() as after:
            assert after is not before
            assert after.scalar(name) == "Ditte"
        stop_reading()


def test_a_fault_lets_go_of_the_session(app: Flask) -> None:
    with app.test_request_context("/"):
        read_together()
        with pytest.raises(ZeroDivisionError), reading() as broken:
            raise ZeroDivisionError
        with reading() as whole:
            assert whole is not broken
        stop_reading()
