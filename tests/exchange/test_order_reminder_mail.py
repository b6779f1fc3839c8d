"""Mail that reminds enterprises of orders they have not answered: when, and while it holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from cast import NOW
from exchange.box import Box, text_of
from exchange.test_mail import ordered, step
from exchange.test_mail_log import outcomes
from flask import Flask
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.text import COPENHAGEN
from catalogue.exchange import mail_choices, mail_kinds, order_reminder_mail
from catalogue.exchange.mail_models import Outcome
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.ordering import changing, reminders
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order
from catalogue.ordering.policy_models import OrderReminder
from catalogue.ordering.reminder_rules import due_reminder
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

ASKED = date(2026, 11, 24)  # a Tuesday
LATER = date(2026, 12, 18)
FIRST, SECOND = date(2026, 11, 27), date(2026, 12, 3)


@pytest.mark.parametrize(
    ("today", "put", "due"),
    [
        (ASKED, (), None), (date(2026, 11, 26), (), None), (FIRST, (), 3), (FIRST, (3,), None),
        (date(2026, 12, 2), (3,), None), (SECOND, (3,), 7), (SECOND, (), 7), (SECOND, (3, 7), None),
        (date(2026, 12, 22), (3,), 7), (date(2026, 12, 28), (3,), None),
    ],
)  # fmt: skip
def test_last_reminder_reached_in_working_days_is_due_once_and_not_for_ever(
    today: date, put: tuple[int, ...], due: int | None
) -> None:
    assert due_reminder(ASKED, today, put) == due


def morning(database: Database, settings: Settings, app: Flask, day: date) -> None:
    """Let the work of a day be put and done."""
    now = datetime.combine(day, time(7), COPENHAGEN)
    with database.transaction() as session:
        reminders.remind(session, now)
    work(database, settings, app, now)


def work(database: Database, settings: Settings, app: Flask, now: datetime) -> None:
    """Let the worker send what is due."""
    office = Office(database, settings, app.extensions["catalogue"].templates, lambda: now)
    deeds = {reminders.MAIL: lambda batch: order_reminder_mail.send_batch(office, batch)}
    while jobs.run_once(database, deeds, clock=lambda: now):
        pass


def test_enterprise_is_reminded_twice_with_a_link_that_answers(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    for days in range(30):
        morning(database, settings, app, ASKED + timedelta(days=days))
    subject = "Ordre 0330-2026-00001 fra Slagelse venter på jeres svar"
    assert box.told() == [(world.enterprise.email, subject)] * 2
    first = text_of(box.messages[0])
    assert "siden 24. nov. 2026" in first
    assert "2,5 × Legehus i lærk" in first
    assert "/ordrelink/" in first
    assert box.messages[0]["Message-ID"] != box.messages[1]["Message-ID"]
    assert box.messages[0]["List-Unsubscribe"]
    with database.reading() as session:
        put = session.scalars(select(OrderReminder).order_by(OrderReminder.id)).all()
    assert [(each.days, each.recipient) for each in put] == [
        (3, world.enterprise.email), (7, world.enterprise.email),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [Step.CONFIRM, Step.REJECT, Step.CANCEL])
def test_reminder_that_was_put_stops_when_the_order_is_answered(
    database: Database, settings: Settings, app: Flask, box: Box, answer: Step
) -> None:
    world = ordered(database)
    now = datetime.combine(FIRST, time(7), COPENHAGEN)
    with database.transaction() as session:
        assert reminders.remind(session, now) == 1
    step(database, world, answer, reason="Udsolgt" if answer == Step.REJECT else None)
    work(database, settings, app, now)
    morning(database, settings, app, SECOND)
    assert box.messages == []


def test_order_that_comes_back_to_the_enterprise_counts_anew(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    morning(database, settings, app, FIRST)
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        then, change = (
            datetime.combine(FIRST, time(9), COPENHAGEN),
            Change("Vi mangler lærk", LATER),
        )
        changing.propose(session, world.worker_who, order.number, change, then)
        changing.withdraw(session, world.worker_who, order.number, then)
    morning(database, settings, app, SECOND)
    assert [text_of(each).count("siden 27. nov. 2026") for each in box.messages] == [0, 1]


def test_worker_that_was_down_tells_only_the_last_reminder(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database)
    for day in (FIRST, SECOND):
        with database.transaction() as session:
            reminders.remind(session, datetime.combine(day, time(7), COPENHAGEN))
    work(database, settings, app, datetime.combine(SECOND, time(8), COPENHAGEN))
    assert len(box.messages) == 1


def test_who_does_not_want_it_gets_none_and_orders_all_the_same(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    kind, address = mail_kinds.ORDER_REMINDER, world.enterprise.email
    with database.transaction() as session:
        token = mail_choices.token_of(settings.secret(), kind, address)
        choice = mail_choices.remember(session, kind, address, token)
        mail_choices.refuse(session, choice, NOW, None)
    for day in (FIRST, FIRST + timedelta(days=1)):
        morning(database, settings, app, day)
    assert box.messages == []
    assert outcomes(database) == [(address, Outcome.UNWANTED, 1)]


def test_worker_has_the_morning_in_its_lane(app: Flask) -> None:
    mailing = next(lane for lane in lanes(app.extensions["catalogue"]) if lane.name == "mail")
    assert {reminders.DAILY.topic, reminders.MAIL} <= set(mailing.handlers)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 User unknown", Outcome.FAILING),
        ("550 5.7.1 Blocked", Outcome.REFUSED),
        ("450 4.1.1 Later", Outcome.REFUSED),
    ],
)
def test_address_that_the_mail_server_knows_for_none_is_given_up_and_told_of(
    database: Database, settings: Settings, app: Flask, box: Box, answer: str, outcome: Outcome
) -> None:
    world = ordered(database)

    async def refuse(*_told: Any) -> str:
        return answer

    box.handle_RCPT = refuse  # type: ignore[method-assign]
    morning(database, settings, app, FIRST)
    work(database, settings, app, datetime.combine(FIRST, time(9), COPENHAGEN))
    assert [state for _to, state, _tries in outcomes(database)] == [outcome]
    given_up = outcome == Outcome.FAILING
    with database.reading() as session:
        waiting = jobs.is_waiting(session, reminders.MAIL)  # else: tried each hour, for ever
        told = session.scalars(select(Notice).where(Notice.kind == mail_kinds.RETURNED.name)).all()
    assert waiting is not given_up
    staff = {f"staff:{world.home.id}"} if given_up else set()
    assert staff <= {each.audience for each in told}
    assert bool(told) is given_up
