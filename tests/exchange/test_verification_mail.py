"""Mail about verifications that end, by a real SMTP server: to whom, when, and only once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import cast
import pytest
from cast import NOW, TODAY
from exchange.box import Box, text_of
from flask import Flask
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.enterprises import reminders
from catalogue.enterprises.models import (
    Enterprise,
    EnterpriseState,
    Reverification,
    ReverificationState,
    VerificationReminder,
)
from catalogue.exchange import verification_mail
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.settings import Settings

DAY = timedelta(days=1)
OWN, REVIEWER = "post@legehytten.example", "jens@slagelse.example"


def verified(database: Database, left: int, *, contact: str | None = REVIEWER) -> int:
    """Commit an enterprise whose verification ends in `left` days; return its id."""
    with database.transaction() as session:
        home = cast.municipality(session)
        home.contact_email = contact
        last = TODAY + left * DAY
        return cast.enterprise(session, reviewer_id=home.id, verified_until=last).id


def morning(database: Database, settings: Settings, app: Flask, days: int = 0) -> None:
    """Let the work of a day be put and done."""
    now = NOW + days * DAY
    with database.transaction() as session:
        reminders.remind(session, now)
    work(database, settings, app, days)


def work(database: Database, settings: Settings, app: Flask, days: int = 0) -> None:
    """Let the worker send what is due."""
    templates, now = app.extensions["catalogue"].templates, NOW + days * DAY
    deeds = {
        reminders.MAIL: lambda batch: verification_mail.send_batch(
            Office(database, settings, templates, lambda: now), batch
        )
    }
    jobs.run_once(database, deeds, clock=lambda: now)


@pytest.mark.parametrize(
    ("left", "put", "due"),
    [
        (61, (), None), (60, (), 60), (60, (60,), None), (31, (60,), None), (30, (60,), 30),
        (3, (), 7), (0, (60, 30, 7), None), (-1, (60, 30, 7), 0), (-9, (), 0), (-9, (0,), None),
    ],
)  # fmt: skip
def test_closest_reminder_reached_is_due_once(
    left: int, put: tuple[int, ...], due: int | None
) -> None:
    assert reminders.due_reminder(TODAY + left * DAY, TODAY, put) == due


def test_enterprise_and_reviewer_are_told_each_time_once_and_of_the_lapse(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    made = verified(database, 60)
    for days in (0, 1, 30, 31, 53, 60, 61, 62):
        morning(database, settings, app, days)
        morning(database, settings, app, days)
    own = "Jeres verificering udløber 23. jan. 2027: bekræft jeres fem punkter"
    theirs = "Verificeringen af Legehytten udløber 23. jan. 2027"
    assert box.told() == [(OWN, own), (REVIEWER, theirs)] * 3 + [
        (OWN, "Jeres verificering er udløbet"),
        (REVIEWER, "Verificeringen af Legehytten er udløbet"),
    ]
    assert len({message["Message-ID"] for message in box.messages}) == 8
    first, second, lapsed = (text_of(box.messages[place]) for place in (0, 1, -2))
    assert "Det er om 60 dage." in first
    assert "https://indkob.example/katalog/virksomhed/verificering" in first
    assert f"https://indkob.example/katalog/ansoegninger/{made}" in second
    assert "lever dem som aftalt" in " ".join(lapsed.split())
    with database.reading() as session:
        assert all(each.sent_at for each in session.scalars(select(VerificationReminder)))


def test_municipality_without_contact_gets_none(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    verified(database, 30, contact=None)
    morning(database, settings, app)
    assert [to for to, _subject in box.told()] == [OWN]


def test_enterprise_that_has_confirmed_is_let_be_and_its_reviewer_is_told(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    made = verified(database, 30)
    with database.transaction() as session:
        session.add(
            Reverification(
                enterprise_id=made, due_on=TODAY + 30 * DAY, state=ReverificationState.SENT,
                sent_at=NOW,
            )
        )  # fmt: skip
    morning(database, settings, app)
    assert [to for to, _subject in box.told()] == [REVIEWER]
    assert "har bekræftet sine fem punkter" in text_of(box.messages[0])


@pytest.mark.parametrize("change", ["renewed", "suspended", "lapsed meanwhile"])
def test_reminder_that_holds_no_longer_is_not_sent(
    database: Database, settings: Settings, app: Flask, box: Box, change: str
) -> None:
    made = verified(database, 5)
    with database.transaction() as session:
        reminders.remind(session, NOW)
        found = session.get_one(Enterprise, made)
        if change == "renewed":
            found.verified_until = TODAY + 400 * DAY
        elif change == "suspended":
            found.state = EnterpriseState.SUSPENDED
    work(database, settings, app, 6 if change == "lapsed meanwhile" else 0)
    assert box.messages == []


def test_address_that_is_refused_holds_up_no_other_and_is_tried_again(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    verified(database, 30)
    box.refused.add(OWN)
    morning(database, settings, app)
    assert [to for to, _subject in box.told()] == [REVIEWER]
    box.refused.clear()
    work(database, settings, app, 1)
    assert [to for to, _subject in box.told()] == [REVIEWER, OWN]


def test_worker_does_the_days_work_and_the_mail_in_its_lanes(
    database: Database, app: Flask
) -> None:
    verified(database, 7, contact=None)
    state = app.extensions["catalogue"]
    with database.transaction() as session:
        reminders.DAILY.start(session, NOW)
    mailing = next(lane for lane in lanes(state) if lane.name == "mail")
    while jobs.run_once(database, mailing.handlers, clock=lambda: NOW):
        pass
    (file,) = Path(state.settings.mail_folder).iterdir()
    assert OWN.encode() in file.read_bytes()
    with database.reading() as session:
        (tomorrow,) = session.scalars(select(jobs.Job))
    assert tomorrow.topic == reminders.DAILY.topic
