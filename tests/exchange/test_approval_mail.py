"""Mail of approval, of changes, and of ceilings that are nearly used."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
from cast import NOW
from exchange.box import Box, text_of
from flask import Flask
from ordering.approving import Town, approve, order, rule, town
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.lanes import lanes
from catalogue.ordering import approval, basket, changing, service
from catalogue.ordering.change_rules import Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order
from catalogue.ordering.policy_models import CeilingNotice
from catalogue.settings import Settings

NUMBER = "0330-2026-00001"


def work(database: Database, settings: Settings, app: Flask) -> None:
    """Let the worker send all mail that is due."""
    state = app.extensions["catalogue"]
    state.settings = settings
    (mailing,) = [lane for lane in lanes(state) if lane.name == "mail"]
    while jobs.run_once(database, mailing.handlers, clock=lambda: NOW):
        pass


def begin(database: Database, **agreement: object) -> Town:
    """Make the town with one order that awaits Anne, then Bo."""
    with database.transaction() as session:
        here = town(session, **agreement)
        rule(session, here, here.anne, here.bo)
        order(session, here)
    return here


def told(box: Box) -> list[tuple[str, str]]:
    """Return what came since the last look, without the order's number."""
    found = [(to, subject.replace(f" {NUMBER}", "")) for to, subject in box.told()]
    box.messages.clear()
    return found


def test_approvers_are_written_to_in_turn_and_the_enterprise_last(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = begin(database)
    anne, bo, buyer = here.anne.email, here.bo.email, here.world.buyer.email
    work(database, settings, app)
    assert told(box) == [
        (anne, "Ordre venter på din godkendelse"), (buyer, "Ordre afventer godkendelse"),
    ]  # fmt: skip
    for who, expected in (
        (here.anne_who, [(bo, "Ordre venter på din godkendelse"),
                         (buyer, "Ordre afventer godkendelse")]),
        (here.bo_who, [(here.world.enterprise.email, "Ny ordre fra Slagelse"),
                       (buyer, "Kvittering for ordre")]),
    ):  # fmt: skip
        with database.transaction() as session:
            query = select(Order).options(selectinload(Order.lines))
            approve(session, who, session.scalars(query).one())
        work(database, settings, app)
        assert told(box) == expected


def test_an_order_that_comes_again_is_written_of_again_and_the_enterprise_never(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = begin(database)
    work(database, settings, app)
    told(box)
    with database.transaction() as session:
        approval.send_back(session, here.anne_who, NUMBER, "Hvorfor?", NOW)
    work(database, settings, app)
    assert "Hvorfor?" in box.messages[0].as_string()
    assert told(box) == [(here.world.buyer.email, "Ordre er sendt tilbage til dig")]
    with database.transaction() as session:
        approval.resubmit(session, here.world.who, NUMBER, "Derfor", NOW)
    work(database, settings, app)
    assert (here.anne.email, "Ordre venter på din godkendelse") in told(box)
    with database.transaction() as session:
        approval.decline(session, here.anne_who, NUMBER, "Nej", NOW)
    work(database, settings, app)
    assert told(box) == [(here.world.buyer.email, "Ordre er ikke godkendt")]


def test_a_proposed_change_and_its_answer_are_told(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        order(session, here, "2")
    work(database, settings, app)
    told(box)
    with database.transaction() as session:
        change = Change("Lærk mangler", None, {1: Proposed(Decimal(1))})
        changing.propose(session, here.world.worker_who, NUMBER, change, NOW)
    work(database, settings, app)
    assert told(box) == [
        (here.world.buyer.email, "Ordre: Virksomheden foreslår en ændring"),
    ]  # fmt: skip
    with database.transaction() as session:
        changing.refuse(session, here.world.who, NUMBER, NOW)
    work(database, settings, app)
    assert told(box) == [(here.world.enterprise.email, "Ordre: Ændringen er afvist")]


def test_a_proposed_day_stands_in_the_letter_about_it(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        here = town(session)
        order(session, here, "2")
    work(database, settings, app)
    box.messages.clear()
    with database.transaction() as session:
        change = Change("Vi mangler en dag", NOW.date() + timedelta(days=30))
        changing.propose(session, here.world.worker_who, NUMBER, change, NOW)
    work(database, settings, app)
    (found,) = box.messages
    assert "Foreslået leveringsdag: 24. dec. 2026" in text_of(found).replace("\xa0", " ")
    html = found.get_body(("html",))
    assert html is not None
    assert "<strong>24. dec. 2026</strong>" in html.get_content().replace("\xa0", " ")


def test_passing_eighty_percent_of_a_ceiling_is_told_once(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    begin(database, ceiling_ore=1_562_500, contact_email="aftale@slagelse.example", number="A-1")
    work(database, settings, app)
    (found,) = [each for each in box.messages if each["To"] == "aftale@slagelse.example"]
    assert found["Subject"] == "Aftale A-1: 80 % af loftet er brugt"
    assert "12.500,00 kr." in text_of(found).replace("\xa0", " ")
    with database.transaction() as session:
        product = session.scalars(select(cast.Product)).one()
        cheap = cast.product(session, session.get_one(cast.Enterprise, product.enterprise_id),
                             "Gynge", price_ore=1_000)  # fmt: skip
        buyer = cast.buyer(session)

        basket.add(session, cast.who(session, buyer), cheap.id, None, NOW)
        service.place(session, cast.who(session, buyer), DELIVERY, "form-2", NOW)
    box.messages.clear()
    work(database, settings, app)
    assert "aftale@slagelse.example" not in [to for to, _subject in box.told()]
    with database.reading() as session:
        (notice,) = session.scalars(select(CeilingNotice))
        assert notice.recipient == "aftale@slagelse.example"


def test_below_eighty_percent_nobody_is_told(database: Database) -> None:
    begin(database, ceiling_ore=1_562_501)
    with database.reading() as session:
        assert session.scalars(select(CeilingNotice)).all() == []
