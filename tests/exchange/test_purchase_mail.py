"""Mail about the orders of one purchase: each reader is told of all of them at once, and once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from cast import NOW
from exchange.box import Box, text_of
from exchange.test_approval_mail import work
from exchange.test_bounces import report
from exchange.test_mail import jobs_due_again
from exchange.test_mail_log import logged
from exchange.test_mail_repeated import Host
from flask import Flask
from ordering.approving import Town, rule, town
from ordering.world import DELIVERY, put, second_enterprise
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import bounce_rules, bounces, mail
from catalogue.exchange.mail_models import Outcome
from catalogue.exchange.models import SentMail
from catalogue.exchange.notice_models import Notice
from catalogue.exchange.posting import Office
from catalogue.ordering import api_orders, basket, service
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

FIRST, SECOND, THIRD = (f"0330-2026-0000{number}" for number in (1, 2, 3))


def bought(database: Database, over_ore: int | None = None) -> Town:
    """Commit a purchase from three enterprises; Anne approves orders from that amount on."""
    with database.transaction() as session:
        here = town(session)
        if over_ore is not None:
            rule(session, here, from_ore=over_ore)
        put(session, here.world)
        for name in ("Grennessminde", "Spaden"):
            product = second_enterprise(session, here.world, name)
            basket.add(session, here.world.who, product.id, Decimal(2), NOW)
        noted = replace(DELIVERY, note="Ring først\r\nPort B")
        service.place(session, here.world.who, noted, "one-drawn-form", NOW)
    return here


def told(box: Box, address: str) -> list[str]:
    """List the subjects of what came to an address."""
    return [subject for to, subject in box.told() if to == address]


def test_buyer_has_one_receipt_and_each_enterprise_its_own_order(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database)
    work(database, settings, app)
    assert told(box, here.world.buyer.email) == ["Kvittering for dit køb: 3 ordrer"]
    assert sorted(subject for _to, subject in box.told()) == [
        "Kvittering for dit køb: 3 ordrer",
        *(f"Ny ordre {number} fra Slagelse" for number in (FIRST, SECOND, THIRD)),
    ]
    message = next(each for each in box.messages if each["To"] == here.world.buyer.email)
    rich = message.get_body(("html",))
    assert rich is not None
    assert "Ring først<br>Port B" in "".join(rich.get_content().splitlines())
    for text in (text_of(message), rich.get_content()):
        for words in ("Legehytten", "Grennessminde", "Spaden", "Hækklipning", "14.300,00",
                      "Din ordre er sendt til Spaden"):  # fmt: skip
            assert words in text.replace("\xa0", " ")
        for number in (FIRST, SECOND, THIRD):
            assert f"https://indkob.example/katalog/ordrer/{number}" in text


def test_each_order_keeps_its_line_its_notice_and_its_note(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database)
    work(database, settings, app)
    buyer = here.world.buyer.email
    lines = [each for each in logged(database) if each.recipient == buyer]
    assert [(each.about, each.event, each.outcome) for each in lines] == [
        (number, "placed", Outcome.SENT) for number in (FIRST, SECOND, THIRD)
    ]
    assert len({each.message_id for each in lines}) == 1
    with database.reading() as session:
        noted = session.scalars(select(SentMail).where(SentMail.recipient == buyer)).all()
        notices = session.scalars(select(Notice.path).where(Notice.path.startswith("ordrer/")))
        assert sorted(notices) == [f"ordrer/{number}" for number in (FIRST, SECOND, THIRD)]
    assert len({each.order_id for each in noted}) == 3
    assert {each.message_id for each in noted} == {lines[0].message_id}


def test_approver_is_asked_for_all_at_once_and_the_buyer_told_where_each_stands(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database, over_ore=0)
    work(database, settings, app)
    assert told(box, here.anne.email) == ["3 ordrer venter på din godkendelse"]
    assert told(box, here.world.buyer.email) == ["Dit køb: 3 ordrer"]
    assert len(box.messages) == 2
    asked = text_of(next(each for each in box.messages if each["To"] == here.anne.email))
    for number in (FIRST, SECOND, THIRD):
        assert f"https://indkob.example/katalog/godkendelser/{number}" in asked


def test_purchase_of_which_one_order_waits_is_one_mail_to_the_buyer(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database, over_ore=1_000_000)
    work(database, settings, app)
    assert told(box, here.world.buyer.email) == ["Dit køb: 3 ordrer"]
    assert told(box, here.anne.email) == [f"Ordre {SECOND} venter på din godkendelse"]
    text = text_of(next(each for each in box.messages if each["To"] == here.world.buyer.email))
    assert "skal godkendes, før den afgives. Nu: Anne Bak." in text
    assert "Din ordre er sendt til Spaden" in text


@pytest.mark.parametrize("moved", [(), (FIRST,), (FIRST, SECOND)])
def test_receipt_of_a_killed_worker_comes_again_as_the_same_whatever_has_moved_on(
    database: Database, settings: Settings, app: Flask, moved: tuple[str, ...]
) -> None:
    here, host = bought(database), Host()
    buyer = here.world.buyer.email
    templates = app.extensions["catalogue"].templates
    office = Office(database, settings, templates, lambda: NOW, host.send)

    def run() -> None:
        deeds = {"order.mail": lambda batch: mail.send_batch(office, batch)}
        while jobs.run_once(database, deeds, clock=lambda: NOW):
            pass

    keep = host.send

    def die_at_the_receipt(message: object, comes_back: str | None) -> None:
        host.is_deadly = message["To"] == buyer  # type: ignore[index]
        keep(message, comes_back)  # type: ignore[arg-type]

    office = Office(database, settings, templates, lambda: NOW, die_at_the_receipt)
    with pytest.raises(SystemExit):
        run()
    with database.transaction() as session:
        for number in moved:
            api_orders.take(session, here.world.who, number, {"step": Step.CANCEL}, NOW)
    jobs_due_again(database)
    office = Office(database, settings, templates, lambda: NOW, host.send)
    run()
    mine = [each for each in host.letters if each["To"] == buyer]
    assert len(mine) == 2
    assert mine[0]["Message-ID"] == mine[1]["Message-ID"]
    again = {each.about: each.outcome for each in logged(database) if each.recipient == buyer}
    assert again == {
        number: Outcome.SENDING if number in moved else Outcome.REPEATED
        for number in (FIRST, SECOND, THIRD)
    }


def test_receipt_that_comes_back_is_told_of_each_order(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database)
    work(database, settings, app)
    message_id = next(
        each.message_id for each in logged(database) if each.recipient == here.world.buyer.email
    )
    bounce = bounce_rules.read(report(message_id=message_id))
    assert bounce is not None
    with database.transaction() as session:
        bounces.take(session, bounce, settings.secret(), NOW)
    assert [each.outcome for each in logged(database) if each.message_id == message_id] == [
        Outcome.BOUNCED
    ] * 3


def test_buyer_who_is_the_address_of_an_enterprise_is_told_each_order_once(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    here = bought(database)
    with database.transaction() as session:
        session.merge(here.world.buyer).email = here.world.enterprise.email
    work(database, settings, app)
    assert told(box, here.world.enterprise.email) == [
        f"Ny ordre {SECOND} fra Slagelse", "Kvittering for dit køb: 2 ordrer",
    ]  # fmt: skip
