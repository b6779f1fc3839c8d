"""The morning's mail to staff about products that wait for their check: to whom, when, and once."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from cast import NOW
from exchange.box import Box, text_of
from flask import Flask
from products.test_checks import Town
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import check_list_mail
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.products import check_reminders, checks
from catalogue.products.models import ProductState
from catalogue.settings import Settings

DAY = timedelta(days=1)
CONTACT = "jens@slagelse.example"


def town(session: Session, contact: str | None = CONTACT) -> Town:
    """Make a municipality that checks all products, with a contact."""
    made = Town(session)
    made.home.contact_email = contact
    return made


def submit(session: Session, of: Town, title: str) -> int:
    """Send a new product in."""
    draft = cast.product(
        session, of.shop, title, state=ProductState.DRAFT, published_at=None, version=0
    )
    session.expire(draft)
    return checks.submit(session, of.own, draft.id, NOW).id


def morning(database: Database, settings: Settings, app: Flask, days: int) -> None:
    """Let the work of a day be put and done."""
    now = NOW + days * DAY
    with database.transaction() as session:
        check_reminders.remind(session, now)
    templates = app.extensions["catalogue"].templates
    deeds = {
        check_reminders.MAIL: lambda batch: check_list_mail.send_batch(
            Office(database, settings, templates, lambda: now), batch
        )
    }
    jobs.run_once(database, deeds, clock=lambda: now)


def test_staff_are_told_each_morning_of_what_is_new_in_one_mail(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        of = town(session)
        for title in ("Sandkasse", "Gynge"):
            submit(session, of, title)
    morning(database, settings, app, 1)
    morning(database, settings, app, 2)  # nothing new: no mail
    with database.transaction() as session:
        submit(session, of, "Rutsjebane")
    morning(database, settings, app, 3)
    first, second = box.messages
    assert [each["To"] for each in (first, second)] == [CONTACT, CONTACT]
    assert first["Subject"] == "2 varer venter på jeres gennemsyn"
    assert second["Subject"] == "3 varer venter på jeres gennemsyn"
    text = text_of(second)
    new, former = text.split("VENTER STADIG")
    assert "Rutsjebane, Legehytten, indsendt" in new
    assert "Sandkasse" in former and "Gynge" in former and "Rutsjebane" not in former
    assert "/gennemsyn" in former
    assert first["Message-ID"] != second["Message-ID"]


def test_what_was_decided_or_taken_back_before_morning_is_not_told(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        of = town(session)
        decided = submit(session, of, "Sandkasse")
        taken = submit(session, of, "Gynge")
        checks.send_back(session, of.staff, decided, "Skriv målene.", NOW)
        back = session.get_one(checks.ProductCheck, taken)
        checks.take_back(session, of.own, back.draft_id or 0, NOW)
    morning(database, settings, app, 1)
    assert not box.messages


def test_change_of_a_product_is_told_as_one(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        of = town(session)
        draft = checks.revisions.begin(session, of.own, of.shown.id, NOW)
        checks.submit(session, of.own, draft.id, NOW)
    morning(database, settings, app, 1)
    (only,) = box.messages
    assert only["Subject"] == "1 vare venter på jeres gennemsyn"
    assert "(en rettelse)" in text_of(only)


@pytest.mark.parametrize("contact", [None, ""])
def test_municipality_without_contact_gets_no_mail(database: Database, contact: str | None) -> None:
    with database.transaction() as session:
        submit(session, town(session, contact), "Sandkasse")
        assert check_reminders.remind(session, NOW) == 0


def test_the_days_work_is_put_once_and_known_to_the_worker(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        check_reminders.DAILY.start(session, NOW)
        check_reminders.DAILY.start(session, NOW)
        session.flush()
        assert jobs.waiting(session) == 1
        assert session.query(Municipality).count() == 0
    (mailing,) = (lane for lane in lanes(app.extensions["catalogue"]) if lane.name == "mail")
    assert {check_reminders.DAILY.topic, check_reminders.MAIL} <= set(mailing.handlers)
