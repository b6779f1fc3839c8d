"""Notices beside the mail: for whom, in whose language, read singly and all."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import cast
import pytest
from cast import NOW
from conftest import on_sqlite
from exchange.test_mail import ordered, step, work
from flask import Flask
from ordering.test_many_orders import planned
from ordering.test_pages import browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.text import Text, reading_in
from catalogue.core.who import Role, Who
from catalogue.exchange import mail_kinds, notices
from catalogue.exchange.mail_models import MailRecord
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.notices import News, audience
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

ORDER = "0330-2026-00001"


def tell(session: Session, to: str, key: str = "news") -> None:
    """Tell an audience of a day."""
    text = Text(
        "Agreement %(number)s expires on %(day)s", {"number": "F-1", "day": date(2027, 5, 1)}
    )
    notices.put(session, to, News(key, mail_kinds.DEADLINE, text, "aftaler/1"), NOW)


def bell(client: Any, address: str = "/roller") -> int:
    """Return the number at the bell of a page."""
    page = client.get(address).text
    found = re.search(
        r'class="count"><span class="sr-only">, </span>(\d+)<span class="sr-only"> ikke', page
    )
    return int(found[1]) if found else 0


@on_sqlite
def test_what_is_unread_is_counted_from_an_index_alone(session: Session) -> None:
    """Nearly every page counts it; rows were fetched for where they lead to."""
    who = cast.who(session, cast.staff(session, cast.municipality(session, "Nyby")))
    with planned(session) as plans:
        notices.look(session, who, "/ordrer")
    steps = [step for plan in plans for step in plan if "catalogue_notices" in step]
    assert steps
    assert all("COVERING INDEX ix_catalogue_notices_audience" in step for step in steps), steps


@pytest.mark.parametrize(
    ("who", "hears"),
    [
        (Who(person_id=1, role=Role.BUYER, municipality_id=3), ["buyer:3", "buyer:3:1"]),
        (
            Who(person_id=1, role=Role.ENTERPRISE, enterprise_id=5),
            ["enterprise:5", "enterprise:5:1"],
        ),
        (Who(person_id=1, role=Role.ADMINISTRATOR), ["administrator:0", "administrator:0:1"]),
        (Who(person_id=1), []),
        (Who(), []),
    ],
)
def test_person_hears_what_is_told_her_and_all_in_her_role_at_her_place(
    who: Who, hears: list[str]
) -> None:
    assert notices.audiences_of(who) == hears


def test_mail_about_an_order_is_told_in_the_application_too(
    database: Database, settings: Settings, app: Flask
) -> None:
    world = ordered(database)
    work(database, settings, app)
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    assert (bell(buyer), bell(worker)) == (1, 1)
    page = worker.get("/beskeder").text
    assert f"Ny ordre {ORDER} fra Slagelse" in page
    address = re.search(r'href="(/beskeder/\d+)"', page)
    assert address
    assert worker.get(address[1]).headers["Location"] == f"/indkomne-ordrer/{ORDER}"
    assert bell(worker) == 0
    step(database, world, Step.CONFIRM)
    work(database, settings, app)
    assert bell(buyer) == 2
    assert bell(buyer, f"/ordrer/{ORDER}") == 0  # the page itself tells it
    assert bell(buyer) == 0


def test_server_that_is_down_keeps_the_mail_and_not_the_news(
    database: Database, settings: Settings, app: Flask
) -> None:
    world = ordered(database)
    for _ in range(2):  # the batch of the order's two letters stops at the first
        work(database, replace(settings, smtp_port=1), app)
    assert bell(browser(app, world.worker)) == 1
    with database.reading() as session:
        assert session.scalars(select(MailRecord.outcome)).all() == ["unreached"]


def test_news_are_told_once_and_read_by_each_for_herself(session: Session) -> None:
    home = cast.municipality(session)
    first, second = (cast.who(session, cast.staff(session, home)) for _ in range(2))
    to = audience(Role.STAFF, home.id)
    tell(session, to)
    tell(session, to)
    tell(session, to, "other news")
    for who in (first, second):
        assert notices.look(session, who, "/") == notices.Unread(2, 0)
    assert notices.look(session, first, "aftaler/1") == notices.Unread(2, 2)
    newest = notices.list_told(session, first, offset=0, limit=9)[0].notice.id
    notices.read(session, first, newest)
    notices.read(session, first, newest)
    assert notices.look(session, first, "/") == notices.Unread(1, 0)
    notices.read_all(session, first, newest)
    assert notices.look(session, first, "/") == notices.Unread(0, 0)
    assert notices.look(session, second, "/") == notices.Unread(2, 0)


def test_others_cannot_read_a_notice(session: Session) -> None:
    slagelse, kolding = cast.municipality(session), cast.municipality(session, "Kolding")
    tell(session, audience(Role.STAFF, slagelse.id))
    found = session.scalars(select(Notice.id)).one()
    stranger = cast.who(session, cast.staff(session, kolding))
    buyer = cast.who(session, cast.buyer(session, slagelse))
    for who in (stranger, buyer):
        assert notices.list_told(session, who, offset=0, limit=9) == []
        with pytest.raises(Missing):
            notices.read(session, who, found)


def test_notice_is_read_in_the_language_of_its_reader(session: Session) -> None:
    who = cast.who(session, cast.staff(session))
    tell(session, audience(Role.STAFF, who.municipality_id))
    (told,) = notices.list_told(session, who, offset=0, limit=9)
    assert told.text == "Aftale F-1 udløber 1. maj 2027"
    with reading_in("en"):
        assert told.text == "Agreement F-1 expires on 1 May 2027"


def test_notices_are_marked_singly_and_all_by_buttons(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
        for key in "abc":
            tell(session, audience(Role.STAFF, cast.municipality(session).id), key)
    client = browser(app, staff)
    assert bell(client) == 3
    (button, *_) = re.findall(r'action="(/beskeder/\d+/laest)"', client.get("/beskeder").text)
    client.post(button)
    assert bell(client) == 2
    until = re.search(r'name="until" value="(\d+)"', client.get("/beskeder").text)
    assert until
    client.post("/beskeder/laest", data={"until": until[1]})
    assert bell(client) == 0
