"""Mail about requests for quotes: to whom, once, and only while it is called for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import cast
import pytest
from exchange.box import Box, text_of
from flask import Flask
from ordering import quoting
from ordering.leaving import leave
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.text import COPENHAGEN
from catalogue.exchange import quote_mail
from catalogue.exchange.posting import Office
from catalogue.ordering import quote_answers, quotes
from catalogue.ordering.quote_models import QuoteLetter, QuoteRequest
from catalogue.ordering.quote_trace import MAIL
from catalogue.settings import Settings

REMINDED = datetime(2026, 12, 2, 7, tzinfo=COPENHAGEN)
MINUTE = timedelta(minutes=1)
BUYER, FIRST, SECOND, THIRD = (
    "buyer@slagelse.example", "post@haveholdet.example", "post@spaden.example",
    "post@riven.example",
)  # fmt: skip


@dataclass
class Town:
    """The world of quotes, what has been asked, and its mail."""

    world: quoting.World
    made: QuoteRequest
    database: Database
    settings: Settings
    app: Flask
    box: Box

    def work(self, now: datetime = cast.NOW) -> list[tuple[str, str]]:
        """Send what is due; return recipients and subjects of what came, sorted."""
        self.box.messages.clear()
        templates = self.app.extensions["catalogue"].templates
        deeds: dict[str, jobs.Handler] = {
            MAIL: lambda batch: quote_mail.send_batch(
                Office(self.database, self.settings, templates, lambda: now), batch
            )
        }
        while jobs.run_once(self.database, deeds, clock=lambda: now):
            pass
        return sorted(self.box.told())


@pytest.fixture
def town(database: Database, settings: Settings, app: Flask, box: Box) -> Town:
    """All three asked by Slagelse, in one line whatever the title holds."""
    with database.transaction() as session:
        world = quoting.make(session)
        world.buyer.email = BUYER
        made = quoting.ask(session, world, title="Bede\r\nBcc: x")
    return Town(world, made, database, settings, app, box)


def test_those_asked_are_told_in_danish_once(town: Town) -> None:
    subject = "Slagelse beder om et tilbud: Bede Bcc: x"
    assert town.work() == sorted((each, subject) for each in (FIRST, SECOND, THIRD))
    message = town.box.messages[0]
    assert message["Bcc"] is None
    body = message.get_body(("plain",))
    assert body
    text = body.get_content()
    assert "https://indkob.example/katalog/tilbudsforespoergsler/1" in text
    assert "4. dec. 2026" in text
    assert town.world.buyer.name not in text
    with town.database.transaction() as session:
        jobs.put(session, MAIL, {"letter_id": 1}, now=cast.NOW)
    assert town.work() == []


def test_who_has_answered_meanwhile_is_not_asked_and_the_buyer_is_told(town: Town) -> None:
    with town.database.transaction() as session:
        quoting.send(session, town.world, 0, town.made)
        quote_answers.decline(session, town.world.whos[1], town.made.id, "Travlt", cast.NOW)
        quote_answers.question(session, town.world.whos[2], town.made.id, "Vand?", cast.NOW)
    assert [(to, what.partition(":")[0]) for to, what in town.work()] == [
        (BUYER, "Et spørgsmål til din forespørgsel"), (BUYER, "Spaden siger nej"),
        (BUYER, "Tilbud fra Haveholdet"), (THIRD, "Slagelse beder om et tilbud"),
    ]  # fmt: skip


def test_buyer_who_has_left_is_mailed_of_no_answer(town: Town) -> None:
    town.work()
    with town.database.transaction() as session:
        quoting.send(session, town.world, 0, town.made)
        quote_answers.question(session, town.world.whos[2], town.made.id, "Vand?", cast.NOW)
        leave(session, session.get_one(Person, town.world.buyer.id))
    assert town.work() == []


def test_the_choice_is_told_to_those_with_a_quote_and_names_nobody(town: Town) -> None:
    with town.database.transaction() as session:
        won = quoting.send(session, town.world, 0, town.made)
        quoting.send(session, town.world, 1, town.made, price_ore=60_000)
    town.work()
    with town.database.transaction() as session:
        quoting.choose(session, town.world, town.made, won)
    told = [(to, what.partition(":")[0]) for to, what in town.work(quoting.AFTER)]
    assert told == [
        (FIRST, "Jeres tilbud blev valgt"), (SECOND, "Et andet tilbud blev valgt"),
    ]  # fmt: skip
    lost = next(each for each in town.box.messages if each["To"] == SECOND)
    assert "Haveholdet" not in str(lost)
    assert "5.825" not in str(lost)


def test_who_has_not_answered_is_reminded_once_two_working_days_before_the_deadline(
    town: Town,
) -> None:
    with town.database.transaction() as session:
        quoting.send(session, town.world, 0, town.made)
        quote_answers.decline(session, town.world.whos[1], town.made.id, "Travlt", cast.NOW)
    town.work()
    assert town.work(REMINDED - MINUTE) == []
    assert town.work(REMINDED) == [(THIRD, "Tilbud senest 4. dec. 2026: Bede Bcc: x")]
    assert town.box.messages[0]["List-Unsubscribe"]
    assert "ikke fået svar fra jer endnu" in text_of(town.box.messages[0])
    assert town.work(REMINDED + 2 * MINUTE) == []


def test_reminder_follows_a_deadline_that_is_moved_and_a_late_one_is_none(town: Town) -> None:
    town.work()
    later = quoting.DEADLINE + timedelta(days=14)
    with town.database.transaction() as session:
        quotes.extend(session, town.world.who, town.made.id, later, cast.NOW)
    town.work()
    assert town.work(REMINDED) == []
    with town.database.transaction() as session:
        for job in session.scalars(select(jobs.Job)):
            job.due_at = cast.NOW  # as after some days without a worker
    assert [to for to, _what in town.work(REMINDED + timedelta(days=14))] == sorted(
        (FIRST, SECOND, THIRD)
    )


def test_who_is_asked_shortly_before_the_deadline_is_not_reminded(town: Town) -> None:
    with town.database.transaction() as session:
        quoting.ask(session, town.world, deadline_on=date(2026, 11, 26))
        query = select(QuoteLetter).where(QuoteLetter.event == "reminded")
        assert len(session.scalars(query).all()) == 3  # those of the other request


def test_the_buyer_is_told_when_the_deadline_is_over_the_moved_one(town: Town) -> None:
    town.work()
    later = quoting.DEADLINE + (quoting.DEADLINE - cast.TODAY)
    with town.database.transaction() as session:
        quotes.extend(session, town.world.who, town.made.id, later, cast.NOW)
    moved = [(to, what.partition(":")[0]) for to, what in town.work()]
    assert moved == sorted((each, "Mere tid til tilbuddet") for each in (FIRST, SECOND, THIRD))
    assert town.work(quoting.AFTER) == []
    end = quoting.AFTER + (later - quoting.DEADLINE)
    assert [to for to, _what in town.work(end)] == [BUYER]


def test_a_closed_request_is_told_to_those_who_did_not_say_no(town: Town) -> None:
    with town.database.transaction() as session:
        quote_answers.decline(session, town.world.whos[0], town.made.id, "Travlt", cast.NOW)
        quotes.close(session, town.world.who, town.made.id, "Vi gør det selv", cast.NOW)
    assert [(to, what.partition(":")[0]) for to, what in town.work()] == [
        (THIRD, "Lukket uden ordre"), (SECOND, "Lukket uden ordre"),
    ]  # fmt: skip
