"""Mail about deadlines by a real SMTP server: what it says, its calendar file, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from exchange.box import Box
from flask import Flask
from icalendar import Calendar
from ordering.world import DELIVERY, make, put
from sqlalchemy import select

from catalogue.agreements import reminders, service
from catalogue.agreements.models import Agreement, Reminder
from catalogue.agreements.service import Ending
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import reminding
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.ordering import service as ordering
from catalogue.settings import Settings

DAY = timedelta(days=1)


def agreed(database: Database, left: int = 90, **facts: Any) -> Agreement:
    """Commit an agreement that ends in `left` days and has a contact person."""
    named = {
        "number": "F-1", "title": "Rengøring", "contact_name": "Jens Kruse",
        "contact_email": "jens@slagelse.example", "ends_on": TODAY + left * DAY,
    }  # fmt: skip
    with database.transaction() as session:
        return cast.mandatory(session, cast.municipality(session), **(named | facts))


def morning(database: Database, settings: Settings, app: Flask, now: datetime = NOW) -> None:
    """Let the day's work be put and done."""
    with database.transaction() as session:
        reminders.remind(session, now)
    work(database, settings, app, now)


def work(database: Database, settings: Settings, app: Flask, now: datetime = NOW) -> None:
    """Let the worker send what is due."""
    templates = app.extensions["catalogue"].templates
    deeds = {
        reminders.MAIL: lambda batch: reminding.send_batch(
            Office(database, settings, templates, lambda: now), batch
        )
    }
    jobs.run_once(database, deeds, clock=lambda: now)


def parts(message: EmailMessage) -> tuple[str, Any]:
    """Return the text of a reminder and the event of its calendar file."""
    body = message.get_body(("plain",))
    assert body is not None
    (file,) = message.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert file.get_param("method") == "PUBLISH"
    assert file.get_filename() == "aftalefrist.ics"
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    return body.get_content(), event


def waiting(database: Database) -> list[jobs.Job]:
    """List the mails that have not gone out."""
    with database.reading() as session:
        return list(session.scalars(select(jobs.Job).where(jobs.Job.topic == reminders.MAIL)))


def test_contact_person_is_told_what_ends_when_and_what_to_do(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    made = agreed(database)
    morning(database, settings, app)
    assert box.told() == [("jens@slagelse.example", "Aftale F-1 udløber 22. feb. 2027")]
    text, event = parts(box.messages[0])
    for words in (
        "Kære Jens Kruse", "Aftalen ”Rengøring” udløber 22. feb. 2027.", "Det er om 90 dage.",
        "Storleverandøren A/S", "Forlæng aftalen, eller indtast den næste.",
        f"https://indkob.example/katalog/aftaler/{made.id}",
    ):  # fmt: skip
        assert words in text, words
    assert "Bestilt" not in text
    assert event["DTSTART"].dt == made.ends_on
    assert event["UID"] == f"aftale-{made.id}@slagelse.example"
    assert event["SUMMARY"] == "Aftalens sidste dag: F-1 Rengøring"
    assert event["ORGANIZER"] == "mailto:katalog@slagelse.example"
    assert waiting(database) == []


def test_notice_is_what_the_mail_is_about_where_there_is_one(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database, left=100, notice_days=70, contact_name=None)
    morning(database, settings, app)
    text, event = parts(box.messages[0])
    assert box.messages[0]["Subject"] == "Aftale F-1 skal opsiges senest 24. dec. 2026"
    assert text.split()[0] == "Hej"
    assert "slutte 4. mar. 2027, skal I opsige den senest 24. dec. 2026." in text
    assert "for sent at opsige" in text
    assert event["DTSTART"].dt == TODAY + 30 * DAY


def test_voluntary_agreement_tells_what_was_ordered_on_it(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        world = make(session)
        world.agreement.contact_email = "jens@slagelse.example"
        world.agreement.ceiling_ore, world.agreement.ends_on = 100_000_00, TODAY + 30 * DAY
        put(session, world, "2")
        ordering.place(session, world.who, DELIVERY, "one-drawn-form", NOW)
    morning(database, settings, app)
    text, _event = parts(box.messages[0])
    plain = text.replace("\xa0", " ")
    assert "Bestilt indtil nu: 25.000,00 kr. ekskl. moms, af et loft på 100.000,00 kr." in plain
    assert world.enterprise.name in text
    assert "Aftal med virksomheden, om aftalen skal forlænges" in text


def test_ceiling_over_months_is_told_with_what_they_count(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        world = make(session)
        world.agreement.contact_email = "jens@slagelse.example"
        world.agreement.ends_on = TODAY + 30 * DAY
        for months, key in enumerate(("one-drawn-form", "another-form")):
            put(session, world, "2")
            (made,) = ordering.place(session, world.who, DELIVERY, key, NOW)
            made.placed_at = NOW - months * 62 * DAY
        world.agreement.ceiling_ore, world.agreement.ceiling_months = 40_000_00, 1
    morning(database, settings, app)
    lines = parts(box.messages[0])[0].replace("\xa0", " ").splitlines()
    assert "Bestilt indtil nu: 50.000,00 kr. ekskl. moms" in lines
    assert "Loft: 25.000,00 kr. af 40.000,00 kr. brugt, talt over 1 måned" in lines


def test_every_reminder_goes_out_once_and_the_entry_stays_the_same(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database, left=180)
    for number in range(0, 185, 5):
        morning(database, settings, app, NOW + number * DAY)
        morning(database, settings, app, NOW + number * DAY)
    found = [parts(message)[1] for message in box.messages]
    assert [(event["DTSTAMP"].dt - NOW).days for event in found] == [0, 90, 150]
    assert len({(event["UID"], event["DTSTART"].dt) for event in found}) == 1
    assert len({message["Message-ID"] for message in box.messages}) == 3
    with database.reading() as session:
        sent = session.scalars(select(Reminder)).all()
    assert {each.recipient for each in sent} == {"jens@slagelse.example"}
    assert all(each.sent_at for each in sent)


def test_repeated_work_sends_nothing_twice(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database)
    morning(database, settings, app)
    with database.transaction() as session:
        reminder = session.scalars(select(Reminder)).one()
        jobs.put(session, reminders.MAIL, {"reminder_id": reminder.id}, now=NOW)
    work(database, settings, app)
    assert len(box.messages) == 1
    assert waiting(database) == []


@pytest.mark.parametrize("change", ["ended", "prolonged", "without contact", "expired"])
def test_reminder_that_holds_no_longer_is_not_sent(
    database: Database, settings: Settings, app: Flask, box: Box, change: str
) -> None:
    made = agreed(database, left=5)
    with database.transaction() as session:
        reminders.remind(session, NOW)
        found = session.get_one(Agreement, made.id)
        if change == "ended":
            who = cast.who(session, cast.staff(session))
            service.end_early(session, who, made.id, Ending(TODAY, "Aftalt"), NOW)
        elif change == "prolonged":
            found.ends_on = TODAY + 500 * DAY
        elif change == "without contact":
            found.contact_email = None
    work(database, settings, app, NOW + (6 * DAY if change == "expired" else 0 * DAY))
    assert box.messages == []
    assert waiting(database) == []


def test_prolonged_agreement_moves_the_entry_with_its_next_mail(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    made = agreed(database, left=30)
    morning(database, settings, app)
    with database.transaction() as session:
        found = session.get_one(Agreement, made.id)
        found.ends_on, found.updated_at = TODAY + 180 * DAY, NOW + DAY
    morning(database, settings, app, NOW + DAY)
    (_text, first), (_again, second) = map(parts, box.messages)
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DTSTART"].dt == TODAY + 180 * DAY


def test_address_that_is_refused_holds_up_no_other(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database)
    agreed(database, number="F-2", contact_email="bo@slagelse.example")
    box.refused.add("jens@slagelse.example")
    morning(database, settings, app)
    assert [to for to, _subject in box.told()] == ["bo@slagelse.example"]
    (job,) = waiting(database)
    assert "F-1" in (job.error or "")
    assert "550" in (job.error or "")
    box.refused.clear()
    work(database, settings, app, NOW + DAY)
    assert [to for to, _subject in box.told()] == ["bo@slagelse.example", "jens@slagelse.example"]


def test_server_that_is_down_keeps_the_work_with_its_error(
    database: Database, settings: Settings, app: Flask
) -> None:
    agreed(database)
    morning(database, replace(settings, smtp_port=1), app)
    (job,) = waiting(database)
    assert "refused" in (job.error or "").lower()
    with database.reading() as session:
        assert session.scalars(select(Reminder)).one().sent_at is None


def test_line_breaks_in_what_staff_typed_add_no_header(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database, number="F-1\nBcc: evil@evil.example", title="A\r\nATTENDEE:mailto:evil")
    morning(database, settings, app)
    (message,) = box.messages
    assert message["Bcc"] is None
    _text, event = parts(message)
    assert "ATTENDEE" not in event


def test_worker_does_the_days_work_and_the_mail_in_its_lanes(
    database: Database, app: Flask
) -> None:
    agreed(database)
    state = app.extensions["catalogue"]
    with database.transaction() as session:
        reminders.DAILY.start(session, NOW)
    mailing = next(lane for lane in lanes(state) if lane.name == "mail")
    while jobs.run_once(database, mailing.handlers, clock=lambda: NOW):
        pass
    (file,) = Path(state.settings.mail_folder).iterdir()
    assert b"jens@slagelse.example" in file.read_bytes()
    with database.reading() as session:
        (tomorrow,) = session.scalars(select(jobs.Job))
    assert tomorrow.topic == reminders.DAILY.topic
    assert tomorrow.due_at > NOW
