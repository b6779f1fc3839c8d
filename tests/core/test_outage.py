"""What is out for a moment is told apart from faults, said politely, and endured by workers."""

from __future__ import annotations

import errno
import sqlite3
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cast import NOW, buyer, sign_in_as
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from itsdangerous import SignatureExpired
from sqlalchemy import delete, event, exc, select, text, update

from catalogue.core import jobs, outage
from catalogue.core.clocks import Hands
from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.http.signing import SteadySigner
from catalogue.core.text import reading_in


class OfPostgresql(Exception):
    """An error as psycopg raises it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__()
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "is_out"),
    [(None, True), ("08006", True), ("57P01", True), ("53100", True), ("25006", True),
     ("40P01", True), ("42P01", False), ("22003", False)],
)  # fmt: skip
def test_outages_of_postgresql_are_told_apart_by_their_state(
    state: str | None, is_out: bool
) -> None:
    error = exc.OperationalError("SELECT 1", None, OfPostgresql(state))
    assert (outage.of(error) is not None) == is_out


@pytest.mark.parametrize(
    ("error", "is_out"),
    [(OSError(errno.ENOSPC, ""), True), (OSError(errno.ENOENT, ""), False),
     (exc.TimeoutError(), True), (ValueError(), False), (None, False)],
)  # fmt: skip
def test_a_full_disk_is_an_outage_and_a_missing_file_is_not(
    error: Exception | None, is_out: bool
) -> None:
    assert (outage.of(error) is not None) == is_out


def test_sqlite_that_another_holds_is_an_outage_and_a_missing_table_is_not(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}", busy_timeout_ms=1)
    with sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(exc.OperationalError) as held, database.transaction() as session:
            session.execute(text("SELECT 1"))
        other.execute("ROLLBACK")
    with pytest.raises(exc.OperationalError) as missing, database.reading() as session:
        session.execute(text("SELECT 1 FROM nowhere"))
    database.dispose()
    other.close()
    assert outage.of(held.value) is not None
    assert outage.of(missing.value) is None


def test_nobody_waits_for_a_turn_longer_than_for_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}", busy_timeout_ms=1)
    raised: list[BaseException] = []

    def write() -> None:
        try:
            with database.transaction():
                pass
        except outage.Outage as error:
            raised.append(error)

    with database.transaction():
        other = threading.Thread(target=write)
        other.start()
        other.join()
    database.dispose()
    assert len(raised) == 1


@on_sqlite
def test_a_page_without_database_says_when_to_come_again(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = buyer(session)
    sign_in_as(client, person)
    state = app.extensions["catalogue"]
    state.database.dispose()
    event.listen(state.database.engine, "connect", _refuse)  # as a server that is gone
    with reading_in("en"):  # as who asked the same thread before
        page = client.get("/soeg")
    api = client.get("/api/v1/products", headers={"Authorization": "Bearer kat_x"})
    for answer in (page, api):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
    assert "ude af drift et øjeblik" in page.text
    assert api.json is not None
    assert api.json["type"].endswith("/unavailable")


@on_sqlite
def test_who_is_signed_in_stays_so_when_the_clock_is_set_back(
    app: Flask, client: CatalogueClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        person = buyer(session)
    with monkeypatch.context() as ahead:
        ahead.setattr(SteadySigner, "get_timestamp", lambda _self: _FUTURE)
        sign_in_as(client, person)
        client.get("/kurv")  # which signs the cookie anew, with a token for its forms
    assert client.get("/kurv").status_code == 200
    assert client.post("/sprog", data={"locale": "en"}).status_code == 303


def test_what_was_signed_too_long_ago_still_counts_no_more() -> None:
    signer = SteadySigner("secret")
    signed = signer.sign("x")
    signer.get_timestamp = lambda: _FUTURE  # type: ignore[method-assign]  # a clock
    with pytest.raises(SignatureExpired):
        signer.unsign(signed, max_age=60)


def test_hands_tell_that_they_were_set_back_once() -> None:
    shows, watch = [NOW], [0.0]
    hands = Hands(lambda: shows[0], lambda: watch[0])
    assert hands.were_set_back()  # who knows what was before
    shows[0], watch[0] = NOW + timedelta(seconds=9), 9.0
    assert not hands.were_set_back()
    shows[0] = NOW + timedelta(hours=2)
    assert not hands.were_set_back()
    shows[0] = NOW + timedelta(seconds=10)
    assert hands.were_set_back()
    assert not hands.were_set_back()


def test_work_of_a_clock_that_was_ahead_is_due_at_once_and_planned_work_is_not(
    database: Database,
) -> None:
    ahead = NOW + timedelta(hours=9)
    with database.transaction() as session:
        jobs.put(session, "at.once", {}, now=ahead)
        jobs.put(session, "planned", {}, now=NOW, due_at=ahead)
        jobs.put(session, "tried.ahead", {}, now=NOW, due_at=ahead)
        jobs.put(session, "tried", {}, now=NOW, due_at=NOW + timedelta(minutes=5))
        tried = update(jobs.Job).where(jobs.Job.topic.startswith("tried")).values(attempts=1)
        session.execute(tried)
    jobs.catch_up(database, NOW)
    assert jobs.due_topics(database, NOW) == {"at.once", "tried.ahead"}


def test_each_days_work_goes_on_when_the_clock_was_a_year_ahead(database: Database) -> None:
    daily, year = Daily("each.morning"), timedelta(days=366)
    with database.transaction() as session:
        daily.put_next(session, NOW + year)
    jobs.catch_up(database, NOW, daily.start)
    assert jobs.due_topics(database, NOW) == {"each.morning"}  # at half past ten: seven is over
    with database.transaction() as session:
        session.execute(delete(jobs.Job))
        daily.put_next(session, NOW)
    jobs.catch_up(database, NOW, daily.start)
    assert jobs.due_topics(database, NOW) == set()
    assert jobs.due_topics(database, NOW + timedelta(days=1)) == {"each.morning"}


def test_worker_does_the_work_of_a_web_server_whose_clock_is_ahead(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AHEAD_SECONDS", 0.0)
    stopping, shows = threading.Event(), []

    def clock() -> datetime:
        shows.append(NOW)
        if len(shows) == 4:  # the worker has begun, and nobody sets its own clock
            _put_ahead(database)
        return NOW

    lanes = [jobs.Lane("x", {"at.once": lambda _batch: stopping.set()}, 1)]
    ending = threading.Timer(10, stopping.set)
    ending.start()
    jobs.work(database, lanes, stopping, clock=clock, pause_seconds=0.01)
    ending.cancel()
    with database.reading() as session:
        left = [(each.topic, each.attempts) for each in session.scalars(select(jobs.Job))]
    assert left == [("planned", 0), ("tried", 1)]


def _put_ahead(database: Database) -> None:
    ahead = NOW + timedelta(hours=2)
    with database.transaction() as session:
        jobs.put(session, "at.once", {}, now=ahead)
        jobs.put(session, "planned", {}, now=NOW, due_at=ahead)
        jobs.put(session, "tried", {}, now=ahead)  # another worker's, with a lease by its own clock
        session.execute(update(jobs.Job).where(jobs.Job.topic == "tried").values(attempts=1))


@on_sqlite
def test_a_worker_goes_on_when_its_database_comes_back(database: Database) -> None:
    with database.transaction() as session:
        jobs.put(session, "x", {}, now=NOW)
    stopping = threading.Event()
    refused = []

    def refuse_once(*_args: object) -> None:
        if not refused:
            refused.append(True)
            _refuse()

    database.dispose()
    event.listen(database.engine, "connect", refuse_once)
    lanes = [jobs.Lane("x", {"x": lambda _batch: stopping.set()}, 1)]
    jobs.work(database, lanes, stopping, clock=lambda: NOW, pause_seconds=0.01)
    assert refused == [True]


def _refuse(*_args: object) -> None:
    raise sqlite3.OperationalError("unable to open database file")


_FUTURE = int((NOW + timedelta(days=3650)).timestamp())
