"""What is searched for: noted by text, offered to colleagues, shown to staff when in vain."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.search import asked, noting, words
from catalogue.search.count_models import FoundBy, ProductCount, Seen
from catalogue.search.models import Asked
from catalogue.search.synonyms import Synonym

LATER = cast.NOW + timedelta(hours=1)


@dataclass
class Town:
    """Browsers of Slagelse, and of a buyer in Vejle."""

    buyer: Any
    staff: Any
    buyer_there: Any


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    """A play house that may be ordered in both municipalities."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session, "Værkstedet")
        product = cast.product(session, seller, "Legehus", summary="Af lærk.")
        for place in (here, there):
            cast.voluntary(session, place, seller, categories=[cast.PLAY_HOUSES])
        people = [cast.buyer(session, here), cast.staff(session, here), cast.buyer(session, there)]
        worlds.put(session, [product])
    worlds.work(database, parts)
    browsers = [app.test_client() for _person in people]
    for browser, person in zip(browsers, people, strict=True):
        cast.sign_in_as(browser, person)
    yield Town(*browsers)
    parts["search"].close()


def search(browser: Any, text: str, **filters: str) -> Any:
    """Search, and read the answer to its end, as a server sends it."""
    return browser.get("/soeg", query_string={"q": text} | filters, buffered=True)


def noted(database: Database) -> list[tuple[str, int, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Asked).order_by(Asked.id))
        return [(each.text, each.times, each.found) for each in rows]


def offered(browser: Any, text: str) -> list[str]:
    groups = browser.get("/soeg/forslag", query_string={"q": text}).json
    return [each["text"] for group in groups if group["label"] == "Søgninger"
            for each in group["items"]]  # fmt: skip


def test_a_search_is_noted_with_what_it_found(town: Town, database: Database) -> None:
    search(town.buyer, "legehus")
    search(town.buyer, "  LEGEHUS ")
    search(town.buyer, "rumraket")
    assert noted(database) == [("legehus", 2, 1), ("rumraket", 1, 0)]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", {}),
        ("!!!", {}),
        ("legehus", {"type": "goods"}),
        ("legehus", {"pris_til": "10"}),
        ("legehus", {"kategori": "37000000"}),
        ("legehus", {"levering": "os"}),
        ("legehus", {"vis": "alle"}),
        ("legehus", {"side": "2"}),
        ("legehus -lærk", {}),
        ('"legehus i lærk"', {}),
    ],
)
def test_what_does_not_tell_what_the_catalogue_lacks_is_not_noted(
    town: Town, database: Database, text: str, filters: dict[str, str]
) -> None:
    search(town.buyer, text, **filters)
    assert noted(database) == []


def test_the_order_of_the_list_is_no_filter(town: Town, database: Database) -> None:
    search(town.buyer, "legehus", sortering="price")
    assert noted(database) == [("legehus", 1, 1)]


def test_a_failure_to_note_is_logged_and_the_answer_stands(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: Any, **_facts: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(asked, "note", fail)
    with caplog.at_level(logging.ERROR):
        page = search(town.buyer, "legehus")
    assert page.status_code == 200
    assert "Legehus</mark></a>" in page.text
    assert "builtins.RuntimeError" in caplog.text


def test_earlier_searches_are_offered_in_the_own_municipality_only(town: Town) -> None:
    for _time in range(2):
        search(town.buyer, "legehus af lærk")
    assert offered(town.buyer, "legeh") == ["legehus af lærk", "legehus"]
    assert offered(town.buyer_there, "legeh") == ["legehus"]


def test_a_search_is_offered_once_however_it_is_spelt(town: Town) -> None:
    for _time in range(2):
        search(town.buyer, "LEGEHUS")
    assert offered(town.buyer, "legeh") == ["LEGEHUS"]


def test_a_search_made_once_or_in_vain_is_not_offered(town: Town) -> None:
    search(town.buyer, "legehus af lærk")
    for _time in range(3):
        search(town.buyer, "rumraket")
    assert offered(town.buyer, "legeh") == ["legehus"]
    assert offered(town.buyer, "rumr") == []


def test_staff_see_what_was_searched_in_vain_and_explain_it(town: Town) -> None:
    assert "Ingen har søgt forgæves" in town.staff.get("/ord").text
    search(town.buyer, "krudthus & tårn")
    page = town.staff.get("/ord").text
    assert 'href="/ord/ny?ord=krudthus+%26+t%C3%A5rn"' in page
    assert "1 gang, senest 24. nov. 2026" in page
    form = town.staff.get("/ord/ny?ord=krudthus+%26+t%C3%A5rn").text
    assert 'value="krudthus &amp; tårn"' in form
    said = {"word": "krudthus & tårn", "relation": "also", "means": "legehus"}
    town.staff.post("/ord/ny", data=said)
    assert "Ingen har søgt forgæves" in town.staff.get("/ord").text


def test_noting_counts_up_and_keeps_the_last_finding(session: Any) -> None:
    here = cast.municipality(session).id
    asked.note(session, here, "Legehus", 0, cast.NOW)
    asked.note(session, here, "legehus", 4, LATER)
    row = session.scalars(select(Asked)).one()
    assert (row.text, row.times, row.found) == ("Legehus", 2, 4)


def test_noting_keeps_the_day_but_not_the_moment(session: Any) -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # in Copenhagen the next day has begun
    asked.note(session, cast.municipality(session).id, "Legehus", 0, late)
    assert session.scalars(select(Asked.last_at)).one() == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "  ", "%%%", "абв", "x" * 201, "ø" * 101])
def test_what_has_no_name_or_too_long_a_one_is_not_noted(session: Any, text: str) -> None:
    asked.note(session, cast.municipality(session).id, text, 0, cast.NOW)
    assert session.scalars(select(Asked)).all() == []


def test_searches_begun_stand_by_how_often_they_were_made(session: Any) -> None:
    here, there = cast.municipality(session).id, cast.municipality(session, "Vejle").id
    times = {"legehus": 2, "legeplads": 3, "Legetårn": 2, "leg": 5, "gave": 4, "lege%": 1}
    for text, number in times.items():
        for _time in range(number):
            asked.note(session, here, text, 1, cast.NOW)
    assert asked.list_begun(session, here, "Leg", 9) == ["legeplads", "legehus", "Legetårn"]
    assert asked.list_begun(session, here, "leg", 1) == ["legeplads"]
    assert asked.list_begun(session, here, "l%", 9) == asked.list_begun(session, here, "l", 9)
    assert asked.list_begun(session, there, "leg", 9) == []


def test_what_begins_so_is_found_by_the_index(session: Session) -> None:
    """A town notes many searches, and every letter typed asks for those that begin so."""
    here = cast.municipality(session).id
    connection = session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:  # it reads a table that is small as a whole
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plans: list[str] = []

    def explain(connection: Any, _c: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            how = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
            rows = connection.exec_driver_sql(f"{how} {statement}", parameters)
            plans.extend(str(row[-1]) for row in rows)

    event.listen(connection, "before_cursor_execute", explain)
    asked.list_begun(session, here, "leg", 9)
    event.remove(connection, "before_cursor_execute", explain)
    sought = [each for each in plans if "SEARCH" in each or "Index Cond" in each]
    assert any("text_folded" in each and ">" in each and "<" in each for each in sought), plans


def test_searches_in_vain_stand_by_how_often_they_were_made(session: Any) -> None:
    staff = cast.staff(session)
    who = cast.who(session, staff)
    here, there = who.municipality_id or 0, cast.municipality(session, "Vejle").id
    for text, number in {"rumraket": 1, "ubåd": 2, "krudthus": 3}.items():
        for _time in range(number):
            asked.note(session, here, text, 0, cast.NOW)
    asked.note(session, here, "legehus", 1, cast.NOW)
    asked.note(session, there, "gave", 0, cast.NOW)
    words.create(session, who, Synonym("Krudthus", "same", ("legehus",), ()), cast.NOW)
    assert [each.text for each in asked.list_in_vain(session, here, 9)] == ["ubåd", "rumraket"]
    assert [each.text for each in asked.list_in_vain(session, here, 1)] == ["ubåd"]


def together(app: Flask, monkeypatch: pytest.MonkeyPatch) -> noting.Later[noting.Note]:
    """Have notes wait until the test has them written."""
    waiting: noting.Later[noting.Note] = app.extensions["catalogue"].parts[noting.PART]
    monkeypatch.setattr(waiting, "seconds", 3600.0)
    monkeypatch.setattr(threading.Timer, "start", lambda _timer: None)
    return waiting


def test_searches_noted_together_count_as_each_by_itself(
    app: Flask, town: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = together(app, monkeypatch)
    for text in ("rumraket", "legehus", "LEGEHUS"):
        search(town.buyer, text)
    town.buyer.get("/varer/1/legehus", buffered=True)
    assert noted(database) == []
    waiting._together()
    assert sorted(noted(database)) == [("legehus", 2, 1), ("rumraket", 1, 0)]
    with database.reading() as session:
        counted = {(each.seen, each.times) for each in session.scalars(select(ProductCount))}
        words = [(each.text, each.times) for each in session.scalars(select(FoundBy))]
    assert (counted, words) == ({(Seen.SHOWN, 2), (Seen.OPENED, 1)}, [("LEGEHUS", 2)])


def test_a_note_that_cannot_be_written_takes_no_other_along(
    app: Flask,
    town: Town,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = together(app, monkeypatch)
    search(town.buyer, "legehus")
    waiting.add(noting.Note(1, cast.NOW, Seen.OPENED, (999_999,)))  # there is no such product
    with caplog.at_level(logging.ERROR):
        waiting._together()
    assert noted(database) == [("legehus", 1, 1)]
    assert len(caplog.records) == 1
