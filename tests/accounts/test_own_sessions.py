"""One's own sessions: seen, ended, ended by themselves, and by whom else they are ended."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts import devices, own_sessions, queries, sessions
from catalogue.accounts.models import Person, SignIn
from catalogue.accounts.queries import Signed
from catalogue.core.db import Database
from catalogue.core.errors import Missing, NotAllowed
from catalogue.core.who import Role, Who

HOUR = timedelta(hours=1)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def begin(session: Session, person: Person, now: datetime = cast.NOW) -> str:
    """Begin a session; return its token."""
    return sessions.begin(session, person.id, now, 12)


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (FIREFOX, "Firefox, Windows-computer"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
         "Microsoft Edge, Windows-computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
         "Chrome, Android-telefon eller -tablet"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Safari/605.1.15", "Safari, Mac"),
        ("curl/8.5.0", "Ukendt browser"),
        ("", "Ukendt browser"),
    ],
)  # fmt: skip
def test_browser_and_device_are_told_in_plain_words(agent: str, told: str) -> None:
    assert devices.told(devices.kind(agent)) == told
    assert len(devices.kind(agent)) <= 40


@pytest.mark.parametrize(
    ("late", "idle", "lasts"),
    [(HOUR - timedelta(seconds=1), HOUR, True), (HOUR, HOUR, False), (11 * HOUR, None, True),
     (12 * HOUR, None, False), (-HOUR, HOUR, True)],
)  # fmt: skip
def test_session_that_nobody_uses_ends(
    session: Session, late: timedelta, idle: timedelta | None, lasts: bool
) -> None:
    person = cast.buyer(session)
    token = begin(session, person)
    now = cast.NOW + late
    found = queries.find_signed(session, token, now, idle)
    assert (found is not None) is lasts
    assert bool(own_sessions.list_open(session, person.id, token, now, idle)) is lasts


@pytest.mark.parametrize(
    ("late", "device", "noted"),
    [(4, "firefox windows", False), (5, "firefox windows", True), (0, "chrome android", True),
     (-5, "firefox windows", True)],
)  # fmt: skip
def test_use_is_noted_now_and_then_and_of_another_device_at_once(
    late: int, device: str, noted: bool
) -> None:
    signed = Signed(1, Who(), cast.NOW, "firefox windows")
    now = cast.NOW + timedelta(minutes=late)
    assert sessions.is_to_be_noted(signed, device, now, HOUR) is noted


def test_pages_asked_for_one_after_another_are_noted_once(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    client.get("/roller", headers={"User-Agent": FIREFOX})
    with cast.counted_queries(database) as seen:
        client.get("/roller", headers={"User-Agent": FIREFOX})
    assert not [each for each in seen if each.startswith("UPDATE")]
    with database.reading() as session:
        assert session.scalars(select(SignIn.device)).all() == ["firefox windows"]


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """Write elsewhere meanwhile, in a thread of its own."""
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        with database.transaction() as session:
            cast.municipality(session, "Kolding")
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_reader_waits_for_no_writer(
    app: Flask, client: CatalogueClient, database: Database, elsewhere: bool
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    writer = Database(database.url.render_as_string(hide_password=False)) if elsewhere else database
    with writing(writer):
        assert client.get("/roller", headers={"User-Agent": FIREFOX}).status_code == 200
    if elsewhere:
        writer.dispose()
    client.get("/roller", headers={"User-Agent": FIREFOX})
    with database.reading() as session:
        assert session.scalars(select(SignIn.device)).all() == ["firefox windows"]


def test_person_sees_where_she_is_signed_in_and_ends_the_others(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person, other = cast.buyer(session), cast.buyer(session)
        lost, theirs = begin(session, person), begin(session, other)
        ids = dict(session.execute(select(SignIn.token_hash, SignIn.id)).all())  # type: ignore[arg-type]
    cast.sign_in_as(client, person)
    page = client.get("/logget-ind", headers={"User-Agent": FIREFOX}).text
    assert len(re.findall(r"/logget-ind/\d+/slut", page)) == 1
    assert "Firefox, Windows-computer" in page
    assert "Indkøber, Slagelse" in page
    stranger = ids[queries.hash_of(theirs)]
    assert client.post(f"/logget-ind/{stranger}/slut").status_code == 404
    assert client.post(f"/logget-ind/{ids[queries.hash_of(lost)]}/slut").status_code == 303
    with database.transaction() as session:
        assert queries.find_who(session, lost, cast.NOW) is None
        assert queries.find_who(session, theirs, cast.NOW) is not None
        lost = begin(session, person)
    assert client.post("/logget-ind/slut").status_code == 303
    assert client.get("/logget-ind").status_code == 200
    with database.reading() as session:
        assert queries.find_who(session, lost, cast.NOW) is None
        assert queries.find_who(session, theirs, cast.NOW) is not None


@pytest.mark.parametrize("by", ["staff", "enterprise", "administrator"])
def test_who_answers_for_somebody_signs_her_out(
    app: Flask, client: CatalogueClient, database: Database, by: str
) -> None:
    with database.transaction() as session:
        if by == "enterprise":
            shop = cast.enterprise(session)
            boss, person = (cast.worker(session, shop) for _ in range(2))
        else:
            boss = cast.staff(session) if by == "staff" else cast.administrator(session)
            person = cast.buyer(session)
        begin(session, person)
    cast.sign_in_as(client, boss)
    place = {"staff": "/medarbejdere", "enterprise": "/virksomhed/personer"}.get(by, "/personer")
    assert f"{place}/{person.id}/log-ud" in client.get(place).text
    assert client.post(f"{place}/{person.id}/log-ud").status_code == 303
    with database.reading() as session:
        left = select(func.count()).where(SignIn.person_id == person.id)
        assert session.scalar(left) == 0


def test_nobody_signs_out_whom_she_does_not_answer_for(session: Session) -> None:
    home, away = cast.municipality(session), cast.municipality(session, "Kolding")
    staff = cast.who(session, cast.staff(session, home))
    stranger, both = cast.buyer(session, away), cast.buyer(session, away)
    cast.role(session, both, Role.BUYER, municipality=home)
    tokens = [begin(session, each) for each in (stranger, both)]
    refusals: list[tuple[int, type[Any]]] = [
        (stranger.id, Missing), (both.id, NotAllowed), (staff.person_id or 0, NotAllowed)
    ]  # fmt: skip
    for person_id, refusal in refusals:
        with pytest.raises(refusal):
            own_sessions.end_all_of(session, staff, person_id, cast.NOW)
    assert all(queries.find_who(session, token, cast.NOW) for token in tokens)
