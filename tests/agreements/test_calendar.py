"""Deadlines in the form and on the pages, and the calendar files that staff download."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from catalogue.agreements import reminders
from catalogue.agreements.models import Agreement, Reminder
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database

DAY = timedelta(days=1)
FORM = {
    "kind": "mandatory", "number": "F-7", "title": "Rengøring", "starts_on": "2026-01-01",
    "ends_on": "2027-12-31", "supplier_name": "Rent Hus A/S", "where_to_buy": "I systemet.",
    "contact_email": "jens@slagelse.example", "categories": ["90910000"], "do": "save",
}  # fmt: skip


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        cast.category(session, "90910000")
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def events(answer: Any) -> list[Any]:
    """Return the events of a calendar file, which must be one."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_notice_is_entered_shown_changed_and_recorded(client: Any, database: Database) -> None:
    address = client.post("/aftaler/ny", data=FORM | {"notice_days": "180"}).headers["Location"]
    page = client.get(address).text
    assert "180 dage før sidste dag" in page
    assert "Sidste frist for opsigelse" in page
    assert "4. jul. 2027" in page
    assert "jens@slagelse.example får en påmindelse 5. jan. 2027" in page
    assert 'value="180"' in client.get(f"{address}/ret").text
    client.post(f"{address}/ret", data=FORM | {"notice_days": "", "reason": "Aftalt"})
    assert "Aftalens sidste dag" in client.get(address).text
    with database.reading() as session:
        facts = session.scalars(select(AuditEvent.facts).order_by(AuditEvent.id)).all()
    assert facts[0]["after"]["notice_days"] == 180
    assert facts[1]["before"]["notice_days"] == 180
    assert facts[1]["after"]["notice_days"] is None


@pytest.mark.parametrize("days", ["0", "-1", "3651", "mange", "2,5", "730"])
def test_notice_that_cannot_be_is_refused_at_its_field(client: Any, days: str) -> None:
    page = client.post("/aftaler/ny", data=FORM | {"notice_days": days})
    assert page.status_code == 422
    assert 'href="#field-notice_days"' in page.text


def test_agreement_without_contact_person_says_that_nobody_is_reminded(client: Any) -> None:
    address = client.post("/aftaler/ny", data=FORM | {"contact_email": ""}).headers["Location"]
    assert "Ingen får en påmindelse" in client.get(address).text


def test_reminder_that_is_due_comes_the_next_morning(client: Any, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        made = cast.mandatory(session, home, contact_email="jens@slagelse.example")
    address = f"/aftaler/{made.id}"
    assert "jens@slagelse.example får en påmindelse næste morgen" in client.get(address).text
    with database.transaction() as session:
        reminders.remind(session, NOW)
    assert "jens@slagelse.example får en påmindelse 4. dec. 2026" in client.get(address).text


def test_days_left_are_counted_from_the_day_asked_for(client: Any, database: Database) -> None:
    with database.transaction() as session:
        made = cast.mandatory(session, cast.municipality(session), contact_email="j@a.example")
    day = made.ends_on - timedelta(days=400)
    page = client.get(f"/aftaler/{made.id}?dag={day}").text
    assert "om 400 dage" in page
    assert "påmindelse" not in page


def test_reminders_that_went_out_are_shown(client: Any, database: Database) -> None:
    with database.transaction() as session:
        made = cast.mandatory(session, cast.municipality(session))
        session.add_all(
            Reminder(
                agreement_id=made.id, deadline_on=made.ends_on, days=days, put_at=NOW,
                recipient="jens@slagelse.example", sent_at=sent_at,
            )
            for days, sent_at in ((180, NOW), (90, None))
        )  # fmt: skip
    page = client.get(f"/aftaler/{made.id}").text
    assert page.count("jens@slagelse.example") == 1
    assert "24. nov. 2026 10.30" in page


def test_calendar_file_of_an_agreement_is_one_whole_day(client: Any, database: Database) -> None:
    with database.transaction() as session:
        made = cast.mandatory(
            session, cast.municipality(session), number="F; 1", notice_days=30,
            title="Rengøring, vinduer\nog gulve",
        )  # fmt: skip
    answer = client.get(f"/aftaler/{made.id}/frist.ics")
    (event,) = events(answer)
    assert 'filename="aftalefrist-f-1.ics"' in answer.headers["Content-Disposition"]
    assert event["UID"] == f"aftale-{made.id}@catalogue.example"
    assert event["DTSTART"].dt == TODAY + 70 * DAY
    assert type(event["DTSTART"].dt) is date
    assert event["SUMMARY"] == "Sidste frist for opsigelse: F; 1 Rengøring, vinduer\nog gulve"
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == NOW
    assert event["URL"] == f"http://127.0.0.1:8000/aftaler/{made.id}"
    assert event["ORGANIZER"] == "mailto:indkobskatalog@catalogue.example"
    assert b"\nog gulve" not in answer.data


def test_changed_agreement_moves_the_entry_it_has(client: Any, database: Database) -> None:
    with database.transaction() as session:
        made = cast.mandatory(session, cast.municipality(session), created_at=NOW - DAY)
    (before,) = events(client.get(f"/aftaler/{made.id}/frist.ics"))
    with database.transaction() as session:
        found = session.get_one(Agreement, made.id)
        found.ends_on, found.updated_at = TODAY + 300 * DAY, NOW + DAY
    (after,) = events(client.get(f"/aftaler/{made.id}/frist.ics"))
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == TODAY + 300 * DAY


def test_file_of_all_holds_what_has_not_expired_of_the_own_municipality(
    client: Any, database: Database
) -> None:
    assert client.get("/aftaler/frister.ics").status_code == 404  # a calendar of nothing
    with database.transaction() as session:
        home = cast.municipality(session)
        kept = [
            cast.mandatory(session, home),
            cast.voluntary(session, home, cast.enterprise(session), notice_days=300),  # passed
            cast.mandatory(session, home, starts_on=TODAY + DAY, ends_on=date.max),
        ]
        cast.mandatory(session, home, ends_on=TODAY - DAY)
        cast.mandatory(session, home, is_draft=True)
        cast.mandatory(session, cast.municipality(session, "Vejle"))
    found = events(client.get("/aftaler/frister.ics"))
    assert {event["UID"] for event in found} == {
        f"aftale-{each.id}@catalogue.example" for each in kept
    }
    assert "/aftaler/frister.ics" in client.get("/aftaler").text


def test_of_a_draft_nobody_is_reminded(client: Any, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        made = cast.mandatory(session, home, is_draft=True, contact_email="jens@slagelse.example")
    page = client.get(f"/aftaler/{made.id}").text
    assert "jens@slagelse.example får" not in page
    assert "frist.ics" not in page


def test_foreign_agreement_has_no_file(client: Any, database: Database) -> None:
    with database.transaction() as session:
        foreign = cast.mandatory(session, cast.municipality(session, "Vejle"))
    assert client.get(f"/aftaler/{foreign.id}/frist.ics").status_code == 404
