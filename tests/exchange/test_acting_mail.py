"""Mail about who acts: deputies, nobody, those who are late, and orders that get another buyer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
from cast import NOW, TODAY
from exchange.box import Box, text_of
from flask import Flask
from ordering.approving import Town, approve, order, rule, town
from ordering.leaving import WHY, colleague, leave
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.text import today_in_copenhagen
from catalogue.exchange import approval_reminding, letters, standing_mail
from catalogue.exchange.notice_models import Notice
from catalogue.lanes import lanes
from catalogue.ordering import (
    approval,
    changing,
    escalation,
    handing,
    partial,
    policy,
    service,
    shipments,
)
from catalogue.ordering.models import Order
from catalogue.ordering.partial import Part
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending
from catalogue.ordering.standing_models import StandingOrder, StandingRun
from catalogue.settings import Settings

NUMBER = "0330-2026-00001"
LATE = f"Ordre {NUMBER} venter stadig på din godkendelse"
WAITS = f"Ordre {NUMBER} venter på din godkendelse"
NOBODY = f"Ordre {NUMBER}: Ingen kan godkende den"


class Post:
    """The application's mail, day by day."""

    def __init__(self, database: Database, settings: Settings, app: Flask, box: Box) -> None:
        self.database, self.box, self.days = database, box, 0
        self.state = app.extensions["catalogue"]
        self.state.settings = settings

    def morning(self, days: int) -> list[tuple[str, str]]:
        """Let the worker do the work of the morning so many days from now; return what came."""
        self.days = days
        with self.database.transaction() as session:
            escalation.escalate(session, NOW + timedelta(days=days))
        return self.sent()

    def sent(self) -> list[tuple[str, str]]:
        """Let the worker send what is due; return to whom and what."""
        self.box.messages.clear()
        self.state.clock = lambda: NOW + timedelta(days=self.days)
        (mailing,) = [lane for lane in lanes(self.state) if lane.name == "mail"]
        # What comes each morning is done by `morning`, for the day it is asked for.
        topics = {k: v for k, v in mailing.handlers.items() if k != escalation.DAILY.topic}
        while jobs.run_once(self.database, topics, clock=self.state.clock):
            pass
        return self.box.told()


def begin(database: Database) -> Town:
    """Make the town with an order that awaits Anne."""
    with database.transaction() as session:
        here = town(session)
        rule(session, here)
        order(session, here)
    return here


def test_a_deputy_gets_the_letter_of_what_waits_already_and_once(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here, post = begin(database), Post(database, settings, app, box)
    assert here.bo.email not in dict(post.sent())
    with database.transaction() as session:
        away = Away(here.bo.id, TODAY, TODAY + timedelta(days=9))
        policy.enter_absence(session, here.staff_who, here.anne.id, away, NOW)
    assert post.sent() == [(here.bo.email, WAITS)]
    assert post.morning(1) == []


def test_staff_and_buyer_are_told_that_nobody_can_approve(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        rule(session, here)
        leave(session, session.get_one(Person, here.anne.id))
        order(session, here)
    post = Post(database, settings, app, box)
    assert post.sent() == [
        (here.staff.email, NOBODY),
        (here.world.buyer.email, f"Ordre {NUMBER} afventer godkendelse"),
    ]
    assert "Nu: indkøbsafdelingen." in text_of(box.messages[1])
    assert post.morning(1) == []
    with database.reading() as session:
        told = set(session.scalars(select(Notice.audience)))
    assert f"staff:{here.world.home.id}" in told


def test_staff_are_told_when_the_last_who_can_approve_has_left(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here, post = begin(database), Post(database, settings, app, box)
    assert here.staff.email not in dict(post.sent())
    with database.transaction() as session:
        leave(session, session.get_one(Person, here.anne.id))
    assert post.morning(1) == [(here.staff.email, NOBODY)]
    assert post.morning(2) == []


def test_an_approver_is_reminded_each_time_her_days_have_passed(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here, post = begin(database), Post(database, settings, app, box)
    post.sent()
    found = {days: post.morning(days) for days in range(1, 9)}
    reminder = [(here.anne.email, LATE)]
    # Ordered on a Tuesday, three working days: on Friday, and on Wednesday again.
    assert {days for days, told in found.items() if told == reminder} == {3, 8}
    assert all(told == [] for days, told in found.items() if days not in {3, 8})
    (letter,) = box.messages
    assert "siden 24. nov. 2026" in text_of(letter)
    assert letter["List-Unsubscribe"]


def test_what_is_passed_on_is_reminded_of_when_she_too_has_had_her_days(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        rule(session, here, escalate_to_id=here.bo.id)
        order(session, here)
    post = Post(database, settings, app, box)
    post.sent()
    assert (here.bo.email, WAITS) in post.morning(3)
    assert post.morning(7) == []
    assert post.morning(8) == [(here.anne.email, LATE), (here.bo.email, LATE)]


def decide(session: Session, here: Town) -> None:
    """Let Anne approve."""
    query = select(Order).options(selectinload(Order.lines))
    approve(session, here.anne_who, session.scalars(query).one())


def test_reminders_stop_when_the_reason_is_gone(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    """It is decided, sent back, cancelled or another's between the morning and the mail."""
    deeds = {
        "decided": decide,
        "sent back": lambda s, h: approval.send_back(s, h.anne_who, NUMBER, WHY, NOW),
        "another's": lambda s, h: approval.reroute(s, h.staff_who, NUMBER, h.bo.id, WHY,
                                                   NOW + timedelta(days=3)),
        "cancelled": lambda s, h: service.take_step(s, h.world.who, NUMBER, Step.CANCEL, now=NOW),
    }  # fmt: skip
    here, post = begin(database), Post(database, settings, app, box)
    post.sent()
    for name, deed in deeds.items():
        with database.transaction() as session:
            escalation.escalate(session, NOW + timedelta(days=3))
            (work,) = session.scalars(select(jobs.Job).where(jobs.Job.topic == "approval.remind"))
            day = today_in_copenhagen(NOW + timedelta(days=3))
            assert approval_reminding.find(session, work.payload["order_id"], day)
        with database.transaction() as session:
            saved = session.begin_nested()
            deed(session, here)
            session.flush()
            session.expire_all()
            owed = approval_reminding.find(session, work.payload["order_id"], day)
            saved.rollback()
            session.execute(jobs.Job.__table__.delete())
        assert owed == [], name


def test_both_buyers_are_told_of_an_order_that_is_handed_over(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        hans, _who = colleague(session, here)
        order(session, here)
    post = Post(database, settings, app, box)
    post.sent()
    with database.transaction() as session:
        handing.hand_over(session, here.staff_who, NUMBER, hans.id, WHY, NOW)
    assert sorted(post.sent()) == sorted(
        [
            (hans.email, f"Ordre {NUMBER} er din fra nu af"),
            (here.world.buyer.email, f"Ordre {NUMBER} er givet videre til en anden indkøber"),
        ]
    )
    texts = {str(each["To"]): text_of(each) for each in box.messages}
    assert WHY in texts[hans.email]
    assert "/ordrer/0330-2026-00001" in texts[hans.email]
    assert "/ordrer/0330-2026-00001" not in texts[here.world.buyer.email]
    with database.reading() as session:
        assert [each.recipient for each in letters.write(session, 1, "placed", TODAY)] == [
            hans.email
        ]


def test_who_takes_an_order_over_reads_what_it_waits_for_her_to_do(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        hans, _who = colleague(session, here)
        made = order(session, here, "5")
        changing.confirm(session, here.world.worker_who, made.number, None, NOW)
        sent = Sending({1: Decimal(2)})
        shipments.dispatch(session, here.world.worker_who, made.number, sent, NOW)
        handing.hand_over(session, here.staff_who, NUMBER, hans.id, WHY, NOW)
    Post(database, settings, app, box).sent()
    texts = {
        str(each["Subject"]): text_of(each) for each in box.messages if each["To"] == hans.email
    }
    told = texts[f"Ordre {NUMBER} er din fra nu af"]
    assert "Bekræft, at en forsendelse er kommet" in told


def test_who_has_left_and_who_had_it_for_a_moment_are_not_written_to(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        (hans, _who), (lis, _) = colleague(session, here), colleague(session, here, "Lis Lund")
        order(session, here)
    post = Post(database, settings, app, box)
    post.sent()
    with database.transaction() as session:
        leave(session, session.get_one(Person, here.world.buyer.id))
        handing.hand_over(session, here.staff_who, NUMBER, hans.id, WHY, NOW)
        session.flush()
        handing.hand_over(session, here.staff_who, NUMBER, lis.id, WHY, NOW)
    told = dict(post.sent())
    assert here.world.buyer.email not in told
    assert told[lis.email] == f"Ordre {NUMBER} er din fra nu af"
    assert told[hans.email] == f"Ordre {NUMBER} er givet videre til en anden indkøber"


def test_staff_read_that_the_standing_order_of_one_who_left_was_not_placed(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        standing = StandingOrder(
            municipality_id=here.world.home.id, buyer_id=here.world.buyer.id,
            enterprise_id=here.world.enterprise.id, making_key="x", name="Frugt", rhythm="weekly",
            weekday=0, week=1, days_ahead=2, first_on=TODAY, last_on=TODAY, rise_percent=0,
            delivery={}, created_at=NOW,
        )  # fmt: skip
        session.add(standing)
        session.flush()
        run = StandingRun(
            standing_order_id=standing.id, planned_on=TODAY, delivery_on=TODAY, ran_at=NOW,
            problem="Mette Holm er ikke længere indkøber",
        )  # fmt: skip
        session.add(run)
        leave(session, session.get_one(Person, here.world.buyer.id))
        session.flush()
        jobs.put(session, "standing.mail", {"run_id": run.id}, now=NOW)
        owed = standing_mail.find(session, run.id)
        assert owed is not None
        assert owed.recipient == here.staff.email
    assert [to for to, _subject in Post(database, settings, app, box).sent()] == [here.staff.email]
    with database.reading() as session:
        assert session.scalars(select(Notice.audience)).all() == [f"staff:{here.world.home.id}"]


def test_an_approver_can_be_without_reminders(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        here = town(session)
    client = app.test_client()
    cast.sign_in_as(client, here.anne)
    assert "Påmindelser om godkendelser" in client.get("/beskeder/mail").text


def test_a_change_of_what_is_placed_is_told_as_a_change(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here, post = begin(database), Post(database, settings, app, box)
    with database.transaction() as session:
        decide(session, here)
        less = Part("Kun lidt", {1: Decimal("0.5")})
        partial.confirm_part(session, here.world.worker_who, NUMBER, less, NOW)
    post.sent()
    with database.transaction() as session:
        changing.accept(session, here.world.who, NUMBER, NOW)
    told = dict(post.sent())
    assert told[here.anne.email] == f"Ordre {NUMBER}: En ændring venter på din godkendelse"
    assert all("afgives" not in text_of(each) for each in box.messages)
    assert post.morning(3) == [(here.anne.email, LATE)]
    assert "En ændring af ordren" in text_of(box.messages[0])
    with database.transaction() as session:
        decide(session, here)
    assert dict(post.sent())[here.world.buyer.email] == f"Ordre {NUMBER}: Ændringen er godkendt"
