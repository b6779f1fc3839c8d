"""Deadlines and the mornings on which they are reminded of: which days, whom, and only once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import deadlines, reminders, service
from catalogue.agreements.deadlines import Basis, Span
from catalogue.agreements.models import Agreement, Reminder
from catalogue.agreements.service import Ending
from catalogue.core import jobs
from catalogue.core.db import Database

DAY = timedelta(days=1)


def span(left: int, notice: int | None = None, **facts: Any) -> Span:
    """Return an agreement whose deadline is `left` days from TODAY."""
    return Span(TODAY - 900 * DAY, TODAY + (left + (notice or 0)) * DAY, notice, **facts)


@pytest.mark.parametrize("notice", [None, 1, 100])
@pytest.mark.parametrize(
    ("left", "sent", "expected"),
    [
        (181, [], None),
        (180, [], 180),
        (179, [180], None),
        (91, [180], None),
        (90, [180], 90),
        (90, [180, 90], None),
        (30, [180, 90], 30),
        (20, [], 30),  # down for half a year, or entered late: one, not three
        (20, [180], 30),
        (20, [30], None),  # those skipped do not come after
        (0, [180, 90], 30),
        (-1, [], None),
    ],
)
def test_the_closest_reminder_reached_is_due_once(
    notice: int | None, left: int, sent: list[int], expected: int | None
) -> None:
    assert deadlines.due_reminder(span(left, notice), TODAY, sent) == expected


def test_notice_counts_before_the_last_day_unless_the_agreement_was_ended() -> None:
    assert deadlines.deadline(span(50, 10)).basis == Basis.NOTICE
    assert deadlines.deadline(span(50, 10)).on == TODAY + 50 * DAY
    assert deadlines.deadline(span(50, 10, ended=True)).on == TODAY + 60 * DAY
    assert deadlines.due_reminder(span(20, ended=True), TODAY, []) is None


def test_nobody_is_reminded_before_the_first_day() -> None:
    coming = Span(TODAY + DAY, TODAY + 20 * DAY, None)
    assert deadlines.due_reminder(coming, TODAY, []) is None
    assert deadlines.due_reminder(coming, TODAY + DAY, []) == 30


@pytest.mark.parametrize(("left", "ahead"), [(181, 1), (180, 90), (31, 1), (30, None), (-5, None)])
def test_next_reminder_is_told(left: int, ahead: int | None) -> None:
    expected = None if ahead is None else TODAY + ahead * DAY
    assert deadlines.next_reminder_on(span(left), TODAY) == expected


def due(session: Session, now: datetime = NOW) -> list[int]:
    """Do a morning's work and return the ids of the agreements that are reminded of."""
    before = set(session.scalars(select(Reminder.id)))
    reminders.remind(session, now)
    put = session.scalars(select(Reminder).order_by(Reminder.agreement_id)).all()
    return [each.agreement_id for each in put if each.id not in before]


def put_jobs(session: Session, topic: str) -> list[jobs.Job]:
    """List the waiting jobs of a topic."""
    return list(session.scalars(select(jobs.Job).where(jobs.Job.topic == topic)))


def agreement(session: Session, left: int, **facts: Any) -> Agreement:
    """Make an agreement that ends in `left` days and has a contact person."""
    named = {"contact_email": "jens@slagelse.example", "ends_on": TODAY + left * DAY}
    return cast.mandatory(session, cast.municipality(session), **(named | facts))


def test_morning_puts_a_mail_for_each_deadline_reached_and_tomorrows_work(
    session: Session,
) -> None:
    soon, later = agreement(session, 90), agreement(session, 181)
    noticed = agreement(session, 200, notice_days=30)
    agreement(session, 20, contact_email=None)
    agreement(session, 20, ended_reason="Opsagt")
    agreement(session, -1)
    assert due(session) == [soon.id, noticed.id]
    assert len(put_jobs(session, reminders.MAIL)) == 2
    (tomorrow,) = put_jobs(session, reminders.DAILY.topic)
    assert tomorrow.due_at == datetime(2026, 11, 25, 6, tzinfo=UTC)  # 7 in the Danish winter
    assert due(session, NOW + DAY) == [later.id]


def test_repeated_morning_puts_nothing_twice(session: Session) -> None:
    agreement(session, 90)
    assert len(due(session)) == 1
    assert due(session) == due(session, NOW + timedelta(hours=3)) == []
    assert len(put_jobs(session, reminders.DAILY.topic)) == 1


def test_every_agreement_is_reminded_of_three_times_in_its_last_half_year(
    session: Session,
) -> None:
    own = agreement(session, 200)
    days = [number for number in range(210) if due(session, NOW + number * DAY)]
    assert days == [20, 110, 170]
    assert {each.days for each in session.scalars(select(Reminder))} == {180, 90, 30}
    assert {each.agreement_id for each in session.scalars(select(Reminder))} == {own.id}


def test_worker_that_was_down_catches_up_with_one_reminder(session: Session) -> None:
    agreement(session, 200)
    assert len(due(session, NOW + 175 * DAY)) == 1
    assert due(session, NOW + 176 * DAY) == []


def test_prolonged_agreement_gets_new_reminders_and_an_ended_one_none(session: Session) -> None:
    own = agreement(session, 30)
    who = cast.who(session, cast.staff(session))
    assert len(due(session)) == 1
    own.ends_on = TODAY + 90 * DAY
    assert len(due(session)) == 1
    service.end_early(session, who, own.id, Ending(TODAY + 10 * DAY, "Aftalt"), NOW)
    assert due(session) == []


def test_worker_that_starts_puts_the_days_work_once(session: Session) -> None:
    reminders.DAILY.start(session, NOW)
    reminders.DAILY.start(session, NOW)
    (job,) = put_jobs(session, reminders.DAILY.topic)
    assert job.due_at == datetime(2026, 11, 24, 6, tzinfo=UTC)  # this morning: due at once


def test_morning_is_that_of_copenhagen_in_summer_too(session: Session) -> None:
    reminders.remind(session, datetime(2026, 7, 1, 23, 30, tzinfo=UTC))  # 2 July in Denmark
    (job,) = put_jobs(session, reminders.DAILY.topic)
    assert job.due_at == datetime(2026, 7, 3, 5, tzinfo=UTC)


def test_number_of_reads_does_not_grow_with_the_agreements(database: Database) -> None:
    with database.transaction() as session:
        for _each in range(6):
            agreement(session, 300)
    with database.transaction() as session, cast.counted_queries(database) as sent:
        reminders.remind(session, NOW)
    assert len([each for each in sent if each.startswith("SELECT")]) == 3


def test_agreement_until_the_last_date_there_is_breaks_nothing(session: Session) -> None:
    agreement(session, 0, ends_on=date.max)
    assert due(session) == []
