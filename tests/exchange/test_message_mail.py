"""Mail about messages on an order: one for several, and none of what was read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import NOW
from exchange.box import Box, text_of
from flask import Flask
from ordering.leaving import leave
from ordering.test_messages import ORDER, say
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import delete, select

from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.who import Who
from catalogue.exchange import message_mail
from catalogue.exchange.posting import Office
from catalogue.ordering import messages, service
from catalogue.ordering.models import Order
from catalogue.settings import Settings

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database: Database) -> World:
    """A placed order whose own mail is out of the way."""
    with database.transaction() as session:
        made = make(session)
        put(session, made)
        service.place(session, made.who, DELIVERY, "one-drawn-form", NOW)
        session.execute(delete(jobs.Job))
    return made


def write(database: Database, who: Who, text: str, now: datetime = NOW) -> None:
    """Write a message; its mail is due five minutes later."""
    with database.transaction() as session:
        written = messages.Written(text)
        mail_at = messages.mail_time(now, 5)
        messages.send(session, who, ORDER, written, now=now, mail_at=mail_at)


def work(database: Database, settings: Settings, app: Flask, now: datetime) -> None:
    """Let the worker do what is due."""
    templates = app.extensions["catalogue"].templates
    deeds: dict[str, jobs.Handler] = {
        messages.MAIL: lambda batch: message_mail.send_batch(
            Office(database, settings, templates, lambda: now), batch
        )
    }
    while jobs.run_once(database, deeds, clock=lambda: now, limit=1):
        pass


def test_messages_within_minutes_come_in_one_mail_and_later_ones_in_another(
    database: Database, settings: Settings, app: Flask, box: Box, world: World
) -> None:
    write(database, world.who, "Kommer I i morgen?")
    write(database, world.who, "Kl. 9 passer bedst.", NOW + 3 * MINUTE)
    work(database, settings, app, NOW + 4 * MINUTE)
    assert box.messages == []
    work(database, settings, app, NOW + 9 * MINUTE)
    assert box.told() == [
        (world.enterprise.email, f"Besked om ordre {ORDER} fra Slagelse"),
    ]
    text = text_of(box.messages[0])
    for words in ("Kommer I i morgen?", "Kl. 9 passer bedst.", world.buyer.name,
                  f"https://indkob.example/katalog/indkomne-ordrer/{ORDER}#beskeder"):  # fmt: skip
        assert words in text
    write(database, world.worker_who, "Ja.", NOW + 20 * MINUTE)
    work(database, settings, app, NOW + 25 * MINUTE)
    assert box.told()[1:] == [(world.buyer.email, f"Besked om ordre {ORDER} fra Legehytten")]
    assert "Kl. 9" not in text_of(box.messages[1])


def test_what_was_read_meanwhile_is_not_mailed(
    database: Database, settings: Settings, app: Flask, box: Box, world: World
) -> None:
    write(database, world.who, "Hej")
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        messages.note_read(
            session, world.worker_who, messages.find_talk(session, world.worker_who, order)
        )
    work(database, settings, app, NOW + 5 * MINUTE)
    assert box.messages == []


def test_buyer_who_has_left_is_mailed_no_message(
    database: Database, settings: Settings, app: Flask, box: Box, world: World
) -> None:
    write(database, world.worker_who, "Vi kommer i morgen.")
    with database.transaction() as session:
        leave(session, session.get_one(Person, world.buyer.id))
    work(database, settings, app, NOW + 9 * MINUTE)
    assert box.messages == []


def test_message_written_while_the_mail_is_under_way_is_told_by_the_next(
    database: Database, settings: Settings, app: Flask, box: Box, world: World
) -> None:
    write(database, world.who, "Først")
    keep = box.handle_DATA

    async def write_meanwhile(server: object, session: object, envelope: object) -> str:
        box.handle_DATA = keep  # type: ignore[method-assign]
        with database.transaction() as opened:
            say(opened, world.who, "Imens")
        return await keep(server, session, envelope)

    box.handle_DATA = write_meanwhile  # type: ignore[method-assign]
    work(database, settings, app, NOW + 5 * MINUTE)
    assert ["Imens" in text_of(each) for each in box.messages] == [False, True]
