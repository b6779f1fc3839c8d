"""Mail about decisions, by a real SMTP server: whom it reaches, what it says, and only once."""

from __future__ import annotations

from datetime import date

import cast
from cast import NOW
from enterprises.test_review import application
from exchange.box import Box, text_of
from flask import Flask
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.fields import load
from catalogue.core.who import Who
from catalogue.enterprises import news, reverification, review, service
from catalogue.enterprises.models import Criterion, Enterprise, EnterpriseNews
from catalogue.enterprises.schema import ApplicationSchema
from catalogue.exchange import decision_mail
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.settings import Settings

OWN, REVIEWER = "post@legehytten.example", "jens@slagelse.example"
HOW = dict.fromkeys(Criterion, "Som før.")


def work(database: Database, settings: Settings, app: Flask) -> None:
    """Let the worker send what is put."""
    office = Office(database, settings, app.extensions["catalogue"].templates, lambda: NOW)
    deeds = {news.MAIL: lambda batch: decision_mail.send_batch(office, batch)}
    jobs.run_once(database, deeds, clock=lambda: NOW)


def people(database: Database, enterprise_id: int) -> tuple[Who, Who]:
    """Return somebody of the reviewing municipality's staff, and somebody of the enterprise."""
    with database.transaction() as session:
        found = session.get_one(Enterprise, enterprise_id)
        home = cast.municipality(session)
        staff = cast.who(session, cast.staff(session, home))
        return staff, cast.who(session, cast.worker(session, found))


def test_an_application_is_told_both_ways_until_it_is_verified(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        home.contact_email = REVIEWER
        form = application() | {"municipality_id": home.id, "reviewer_id": home.id}
        values = load(ApplicationSchema(), form)
        made = service.apply(session, values, NOW).id
    staff, worker = people(database, made)
    work(database, settings, app)
    with database.transaction() as session:
        review.send_back(session, staff, made, "Skriv jeres omsætning.", NOW)
    work(database, settings, app)
    with database.transaction() as session:
        service.save_profile(session, worker, values, NOW)
    work(database, settings, app)
    with database.transaction() as session:
        review.verify(session, staff, made, 12, NOW)
    work(database, settings, app)
    work(database, settings, app)
    name, own = values["name"], values["email"]
    assert box.told() == [
        (REVIEWER, f"{name} har søgt om at blive verificeret"),
        (own, "Jeres ansøgning er sendt tilbage"),
        (REVIEWER, f"{name} har rettet sin ansøgning"),
        (own, "Jeres virksomhed er verificeret"),
    ]
    returned, verified = text_of(box.messages[1]), text_of(box.messages[3])
    assert "Skriv jeres omsætning." in returned
    assert "/virksomhed\r\n" in returned
    assert "til og med 24. nov. 2027" in verified
    with database.reading() as session:
        told = session.execute(select(Notice.audience, Notice.path).order_by(Notice.id)).all()
        sent = session.scalars(select(EnterpriseNews.recipient).order_by(EnterpriseNews.id)).all()
    mine, theirs = f"enterprise:{made}", f"staff:{staff.municipality_id}"
    assert [tuple(each) for each in told] == [
        (theirs, f"ansoegninger/{made}"), (mine, "virksomhed"),
        (theirs, f"ansoegninger/{made}"), (mine, "varer-hos-os"),
    ]  # fmt: skip
    assert sent == [REVIEWER, own, REVIEWER, own]


def test_suspension_and_renewal_are_told_and_what_was_overtaken_is_not(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        home.contact_email = None  # then to the first of its staff
        until = date(2026, 12, 20)
        made = cast.enterprise(session, reviewer_id=home.id, verified_until=until).id
    staff, worker = people(database, made)
    held = {"reason": "To ordrer er ikke besvaret.", "suspended_until": date(2026, 12, 1)}
    with database.transaction() as session:
        review.suspend(session, staff, made, held, NOW)
    work(database, settings, app)
    with database.transaction() as session:
        review.lift(session, staff, made, NOW)
        review.suspend(session, staff, made, held, NOW)  # the mail server was down meanwhile
        review.lift(session, staff, made, NOW)
    work(database, settings, app)
    with database.transaction() as session:
        reverification.confirm(session, worker, HOW, NOW)
    work(database, settings, app)
    with database.transaction() as session:
        review.return_confirmation(session, staff, made, "Vedlæg årsrapporten.", NOW)
    work(database, settings, app)
    with database.transaction() as session:
        reverification.confirm(session, worker, HOW, NOW)
        review.renew(session, staff, made, 12, NOW)  # so nobody waits for the municipality
    work(database, settings, app)
    assert box.told() == [
        (OWN, "Jeres virksomhed er suspenderet"),
        (OWN, "Jeres virksomhed er ikke længere suspenderet"),
        (staff.email, "Legehytten har bekræftet sine fem punkter"),
        (OWN, "Jeres bekræftelse er sendt tilbage"),
        (OWN, "Jeres verificering er fornyet"),
    ]
    suspended, _lifted, _confirmed, returned, renewed = map(text_of, box.messages)
    assert "Begrundelse: To ordrer er ikke besvaret." in suspended
    assert "1. dec. 2026" in suspended
    assert "Vedlæg årsrapporten." in returned
    assert "til og med 20. dec. 2027" in renewed


def test_of_a_verification_that_has_lapsed_no_mail_says_that_it_counts(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        until = date(2026, 11, 20)
        made = cast.enterprise(session, reviewer_id=home.id, verified_until=until).id
    staff, worker = people(database, made)
    held = {"reason": "To ordrer er ikke besvaret.", "suspended_until": None}
    with database.transaction() as session:
        review.suspend(session, staff, made, held, NOW)
        review.lift(session, staff, made, NOW)
        reverification.confirm(session, worker, HOW, NOW)
    work(database, settings, app)
    with database.transaction() as session:
        review.return_confirmation(session, staff, made, "Vedlæg årsrapporten.", NOW)
    work(database, settings, app)
    told = [text_of(each) for each in box.messages]
    assert [text.count("udløb efter 20. nov. 2026") for text in told] == [1, 1, 1]
    assert not any("gælder til og med" in text for text in told)
    lifted, _confirmed, returned = told
    assert "/virksomhed/verificering\r\n" in lifted  # where it confirms, not its products
    assert "der kan ikke bestilles nyt hos jer, før den er fornyet" in returned


def test_the_worker_of_the_application_sends_it(app: Flask) -> None:
    topics = {topic for lane in lanes(app.extensions["catalogue"]) for topic in lane.handlers}
    assert news.MAIL in topics
