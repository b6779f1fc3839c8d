"""Mail about orders against a real SMTP server: to whom, what, in which language, and only once."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW
from exchange.box import Box
from flask import Flask
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import letters, mail, shipment_mail
from catalogue.exchange.letters import Reader
from catalogue.exchange.models import SentMail
from catalogue.exchange.posting import Office
from catalogue.lanes import lanes
from catalogue.ordering import api_orders, recoding, service, shipments
from catalogue.ordering.coding_rules import Part
from catalogue.ordering.models import Order, OrderState
from catalogue.ordering.rules import SHIPPED, Step
from catalogue.settings import Settings


def ordered(database: Database, **buyer: Any) -> World:
    """Commit the world with one placed order, 0330-2026-00001."""
    with database.transaction() as session:
        world = make(session)
        for name, value in buyer.items():
            setattr(world.buyer, name, value)
        put(session, world, "2.5")
        service.place(session, world.who, DELIVERY, "one-drawn-form", NOW)
    return world


def step(database: Database, world: World, step: Step, reason: str | None = None) -> None:
    """Take the order on, for the side that may."""
    who = world.who if step in (Step.CANCEL, Step.RECEIVE) else world.worker_who
    with database.transaction() as session:
        sent = {"step": step} | ({"reason": reason} if reason else {})
        api_orders.take(session, who, "0330-2026-00001", sent, NOW)


def work(database: Database, settings: Settings, app: Flask) -> None:
    """Let the worker do what is due."""
    templates = app.extensions["catalogue"].templates
    office = Office(database, settings, templates, lambda: NOW)
    deeds = {
        "order.mail": lambda batch: mail.send_batch(office, batch),
        shipments.MAIL: lambda batch: shipment_mail.send_batch(office, batch),
    }
    while jobs.run_once(database, deeds, clock=lambda: NOW):
        pass


def left(database: Database) -> list[jobs.Job]:
    """List the mail that is not sent."""
    with database.reading() as session:
        return list(session.scalars(select(jobs.Job).where(jobs.Job.topic == "order.mail")))


def test_placed_order_tells_enterprise_and_buyer(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    work(database, settings, app)
    assert box.told() == [
        (world.enterprise.email, "Ny ordre 0330-2026-00001 fra Slagelse"),
        (world.buyer.email, "Kvittering for ordre 0330-2026-00001"),
    ]
    assert left(database) == []


@pytest.mark.parametrize(
    ("steps", "side", "subject"),
    [
        ([Step.CONFIRM], Reader.BUYER, "er bekræftet"),
        ([Step.REJECT], Reader.BUYER, "er afvist"),
        ([Step.CONFIRM, Step.DISPATCH], Reader.BUYER, "er afsendt"),
        ([Step.CONFIRM, Step.DISPATCH, Step.RECEIVE], Reader.ENTERPRISE, "er modtaget"),
        ([Step.CANCEL], Reader.ENTERPRISE, "er annulleret"),
    ],
)
def test_each_state_tells_the_other_side_and_older_work_is_silent(
    database: Database,
    settings: Settings,
    app: Flask,
    box: Box,
    steps: list[Step],
    side: Reader,
    subject: str,
) -> None:
    world = ordered(database)
    for each in steps:
        step(database, world, each, reason="Udsolgt" if each == Step.REJECT else None)
    work(database, settings, app)
    recipient = world.buyer.email if side == Reader.BUYER else world.enterprise.email
    assert box.told() == [(recipient, f"Ordre 0330-2026-00001 {subject}")]


def test_letters_hold_order_reason_and_a_link_in_text_and_html(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    split = {1: [Part("3.22.01", percent=Decimal(60)), Part("3.22.02")]}
    with database.transaction() as session:
        recoding.recode(session, world.who, "0330-2026-00001", ("3.22", split), NOW)
    step(database, world, Step.REJECT, reason="Vi har <udsolgt> & lukker")
    work(database, settings, app)
    (message,) = box.messages
    plain, rich = (
        message.get_body((kind,)).get_content()  # type: ignore[union-attr]
        for kind in ("plain", "html")
    )
    assert "Vi har <udsolgt> & lukker" in plain
    assert "Vi har &lt;udsolgt&gt; &amp; lukker" in rich
    for text in (plain, rich):
        assert re.search('2,5 × (<span lang="da">)?Legehus i lærk', text)
        assert "31.250,00" in text
        assert "39.062,50" in text
        assert "3.22.01 (18.750,00 kr.), 3.22.02 (12.500,00 kr.)" in text.replace("\xa0", " ")
        assert "https://indkob.example/katalog/ordrer/0330-2026-00001" in text


def test_note_and_reason_keep_their_lines_in_html(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    with database.transaction() as session:
        session.scalars(select(Order)).one().note = "To til køkkenet\r\nÉn til <kontoret>"
    step(database, world, Step.REJECT, reason="Vi har udsolgt.\nPrøv i maj.")
    work(database, settings, app)
    rich = box.messages[-1].get_body(("html",)).get_content()  # type: ignore[union-attr]
    shown = "".join(rich.splitlines())
    assert "To til køkkenet<br>Én til &lt;kontoret&gt;" in shown
    assert "Vi har udsolgt.<br>Prøv i maj." in shown


def test_headers_are_those_of_an_automatic_mail(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database)
    work(database, settings, app)
    first, second = box.messages
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime == NOW
    assert first["From"].addresses[0].addr_spec == "katalog@slagelse.example"
    assert first["From"].addresses[0].display_name == "Indkøbskatalog"
    assert first["Message-ID"].startswith("<0330-2026-00001.placed.")
    assert first["Message-ID"].endswith("@slagelse.example>")
    assert first["Message-ID"] != second["Message-ID"]


def test_buyer_reads_her_own_language(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database, locale="en")
    work(database, settings, app)
    assert box.told()[1][1] == "Receipt for order 0330-2026-00001"
    assert "Total incl. VAT" in box.messages[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_repeated_work_sends_nothing_twice(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database)
    (job,) = left(database)
    work(database, settings, app)
    with database.transaction() as session:
        jobs.put(session, "order.mail", dict(job.payload), now=NOW)
    work(database, settings, app)
    assert len(box.messages) == 2
    with database.reading() as session:
        assert len(session.scalars(select(SentMail)).all()) == 2


def test_address_that_is_refused_holds_up_no_other(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    box.refused.add(world.enterprise.email)
    work(database, settings, app)
    assert [to for to, _subject in box.told()] == [world.buyer.email]
    (job,) = left(database)
    assert "550" in (job.error or "")
    box.refused.clear()
    jobs_due_again(database)
    work(database, settings, app)
    assert [to for to, _subject in box.told()] == [world.buyer.email, world.enterprise.email]
    assert left(database) == []


def test_server_that_is_down_keeps_the_work_with_its_error(
    database: Database, settings: Settings, app: Flask
) -> None:
    ordered(database)
    work(database, replace(settings, smtp_port=1), app)
    (job,) = left(database)
    assert "refused" in (job.error or "").lower()
    assert job.due_at > NOW


def test_line_breaks_in_names_add_no_header(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    with database.transaction() as session:
        world = make(session)
        world.home.name = "Slagelse\r\nBcc: evil@evil.example\u2028X"
        world.product.title = "Legehus\r\nBcc: evil@evil.example"
        put(session, world)
        service.place(session, world.who, DELIVERY, "one-drawn-form", NOW)
    work(database, settings, app)
    assert box.told()[0] == (
        world.enterprise.email,
        "Ny ordre 0330-2026-00001 fra Slagelse Bcc: evil@evil.example X",
    )
    assert all(message["Bcc"] is None for message in box.messages)


def test_enterprise_and_buyer_with_one_address_get_one_mail(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database, email="post@legehytten.example")
    work(database, settings, app)
    assert [to for to, _subject in box.told()] == ["post@legehytten.example"]
    assert left(database) == []


def test_without_mail_server_mail_is_written_as_files(
    database: Database, app: Flask, tmp_path: Path
) -> None:
    world = ordered(database)
    state = app.extensions["catalogue"]
    for lane in lanes(state):
        jobs.run_once(database, lane.handlers, clock=lambda: NOW)
    files = sorted(state.settings.mail_folder.iterdir())
    found = [BytesParser(policy=policy.default).parsebytes(each.read_bytes()) for each in files]
    assert {str(each["To"]) for each in found} == {world.enterprise.email, world.buyer.email}
    assert all(each.suffix == ".eml" and not each.name.startswith(".") for each in files)


def test_every_state_has_words_for_somebody() -> None:
    # What is on its way is told by shipment.
    told = {state for state, _reader in letters.WORDINGS} | SHIPPED
    assert told == set(OrderState)


def jobs_due_again(database: Database) -> None:
    """Let postponed work be due now."""
    with database.transaction() as session:
        for job in session.scalars(select(jobs.Job)):
            job.due_at = NOW


def test_nothing_is_sent_within_a_transaction(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    """The mail server itself writes to the database: a held write lock would starve it."""
    ordered(database)

    async def write_while_sending(server: Any, session: Any, envelope: Any) -> str:
        with database.transaction() as opened:
            cast.municipality(opened, "Vejle")
        return "250 OK"

    box.handle_DATA = write_while_sending  # type: ignore[method-assign]
    work(database, settings, app)
    assert left(database) == []
