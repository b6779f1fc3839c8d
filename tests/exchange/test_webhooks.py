"""Systems are told what happens: signed, each of its own, again when they fail, never inside."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from exchange.webhook_box import Receiver, hook, receiving, secret, settings_of, work
from flask import Flask
from ordering import world
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import service as agreements
from catalogue.agreements.rules import Terms
from catalogue.app import create_app
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.jobs import Job
from catalogue.exchange.posting import Office
from catalogue.exchange.webhooks import (
    facts,
    news,
    pausing,
    queries,
    queue,
    rules,
    service,
    stop_mail,
)
from catalogue.exchange.webhooks.models import Delivery, DeliveryState, PauseCause, Webhook
from catalogue.lanes import lanes
from catalogue.ordering.models import Order
from catalogue.ordering.quote_models import QuoteRequest
from catalogue.ordering.service import place, take_step
from catalogue.ordering.steps import Step
from catalogue.products import service as products
from catalogue.settings import Settings

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that let webhooks lead to loopback."""
    return settings_of(tmp_path)


def told(receiver: Receiver) -> list[tuple[str, Any]]:
    """Return type and data of what came, in the order in which it happened."""
    bodies = [json.loads(body) for _path, _headers, body in receiver.came]
    return [(each["type"], each["data"]) for each in sorted(bodies, key=lambda b: b["timestamp"])]


def asking(database: Database, url: str) -> tuple[Any, int]:
    """Have staff register an address and a published product's event held for it."""
    with database.transaction() as session:
        staff = cast.who(session, cast.staff(session))
        made = hook(session, staff, url)
        session.add(_delivery(made.id))
        session.flush()
        service.pause(session, staff, made.id, cast.NOW)
        service.resume(session, staff, made.id, cast.NOW)
        service.replay(session, staff, made.id, cast.NOW, cast.NOW)
    return staff, made.id


def _delivery(webhook_id: int) -> Delivery:
    return Delivery(
        webhook_id=webhook_id, message_id="msg_1", type="order.placed", about="0330-2026-00001",
        body='{"type": "order.placed"}', happened_at=cast.NOW, created_at=cast.NOW,
        state=DeliveryState.HELD, turn=0,
    )  # fmt: skip


def stands(database: Database) -> tuple[str, int, int | None, str | None]:
    """Return where the one delivery stands."""
    with database.reading() as session:
        one = session.scalars(select(Delivery)).one()
        return one.state, one.attempts, one.status, one.problem


def order(session: Session, made: world.World, key: str) -> str:
    """Have the buyer place an order."""
    world.put(session, made)
    (placed,) = place(session, made.who, world.DELIVERY, key, cast.NOW)
    return placed.number


def test_delivery_that_a_killed_worker_put_twice_is_sent_once(
    database: Database, settings: Settings
) -> None:
    with receiving() as receiver:
        asking(database, receiver.address)
        with database.transaction() as session:
            again = session.scalars(select(Job).where(Job.topic == queue.DELIVER)).one()
            jobs.put(session, queue.DELIVER, dict(again.payload), now=again.due_at)
        work(database, settings)
    assert len(receiver.came) == 1
    assert stands(database) == (DeliveryState.DELIVERED, 1, 204, None)


def test_each_side_is_told_of_its_own_and_nobody_of_others(
    database: Database, settings: Settings
) -> None:
    news.follow(database)
    with receiving() as here, receiving() as shop, receiving() as elsewhere:
        with database.transaction() as session:
            made = world.make(session)
            staff = cast.who(session, cast.staff(session, made.home))
            other = cast.who(session, cast.staff(session, cast.municipality(session, "Kolding")))
            mine = hook(session, staff, here.address)
            theirs = hook(session, made.worker_who, shop.address)
            hook(session, other, elsewhere.address)
        with database.transaction() as session:
            number = order(session, made, "first")
            take_step(session, made.worker_who, number, Step.CONFIRM, now=cast.NOW + SECOND)
            products.withdraw(session, made.worker_who, made.product.id, cast.NOW + 2 * SECOND)
        now = datetime.now(UTC)  # of the judge
        work(database, settings, now)
        work(database, settings, now)  # nothing is told twice
    expected = {
        "number": number, "state": "placed", "municipality_id": made.home.id,
        "enterprise_id": made.enterprise.id,
        "url": f"https://indkob.example/api/v1/orders/{number}",
        "page": f"https://indkob.example/ordrer/{number}",
    }  # fmt: skip
    assert [kind for kind, _data in told(here)] == [
        "order.placed", "order.confirmed", "product.withdrawn",
    ]  # fmt: skip
    assert told(here)[0][1] == expected
    page = f"https://indkob.example/indkomne-ordrer/{number}"
    assert told(shop)[0][1] == expected | {"page": page}
    assert len(shop.came) == 3
    assert elsewhere.came == []
    assert len(here.judged(secret(settings, mine))) == 3
    assert len(shop.judged(secret(settings, theirs))) == 3


@on_sqlite
def test_application_puts_news_and_its_worker_knows_what_to_do(app: Flask, tmp_path: Path) -> None:
    folder = {"CATALOGUE_DATA_FOLDER": str(tmp_path)}  # the fixture's database is not its own
    database = create_app(folder).extensions["catalogue"].database
    assert news.put in database.before_commit
    database.dispose()
    known = {topic for lane in lanes(app.extensions["catalogue"]) for topic in lane.handlers}
    assert known >= {news.NEWS, queue.DELIVER, pausing.MAIL}


@on_sqlite
def test_what_binds_nobody_or_is_undone_tells_nobody(database: Database) -> None:
    news.follow(database)
    with database.transaction() as session:
        made = world.make(session)
        staff = cast.who(session, cast.staff(session, made.home))
    terms = Terms(
        "voluntary", "F-1", "Gaver", cast.TODAY, cast.TODAY + DAY, (cast.GIFTS,),
        enterprise_id=made.enterprise.id,
    )  # fmt: skip

    def put() -> list[str]:
        with database.reading() as session:
            found = session.scalars(select(Job).where(Job.topic == news.NEWS).order_by(Job.id))
            return [each.payload["type"] for each in found]

    with database.transaction() as session:
        cast.category(session, cast.GIFTS)
        draft = agreements.draft(session, staff, terms, cast.NOW)
        agreements.put_in_force(session, staff, draft.id, cast.NOW)
    assert put() == []  # nobody asks for it
    with database.transaction() as session:
        hook(session, staff, "https://erp.example/", ["agreement.agreed"])
    with database.transaction() as session:
        second = vars(terms) | {"number": "F-2"}
        draft = agreements.draft(session, staff, Terms(**second), cast.NOW)
        with pytest.raises(KeyError), session.begin_nested():
            agreements.put_in_force(session, staff, draft.id, cast.NOW)
            raise KeyError
    assert put() == []
    with database.transaction() as session:
        session.refresh(session.merge(draft))
        agreements.put_in_force(session, staff, draft.id, cast.NOW)
    assert put() == ["agreement.agreed"]


@on_sqlite
def test_what_waits_for_approval_or_was_asked_of_others_concerns_no_enterprise(
    session: Session,
) -> None:
    made = world.make(session)
    mine = hook(session, cast.who(session, cast.staff(session, made.home)), "https://a.example/")
    theirs = hook(session, made.worker_who, "https://b.example/")
    placed = session.scalars(
        select(Order).where(Order.number == order(session, made, "first"))
    ).one()
    asked = QuoteRequest(
        municipality_id=made.home.id, buyer_id=made.buyer.id, category_code=cast.PLAY_HOUSES,
        kind="goods", title="Legehus", description="", details={}, deadline_on=cast.TODAY,
        created_at=cast.NOW,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    who = made.enterprise.id

    def hear(kind: str, object_id: int, **told: Any) -> tuple[bool, bool, dict[str, Any]]:
        said = facts.find(session, facts.News("msg_1", kind, cast.NOW, object_id, told))
        assert said is not None
        town, shop = (facts.concerns(session, each, said, cast.TODAY) for each in (mine, theirs))
        return town, shop, dict(said.data)

    placed.withheld = True
    assert hear("order.cancelled", placed.id, state="cancelled")[:2] == (True, False)
    placed.withheld = False
    assert hear("order.cancelled", placed.id, state="cancelled")[:2] == (True, True)
    _town, shop, told = hear("quote.asked", asked.id, enterprise_ids=[who, 99])
    assert (shop, "enterprise_ids" in told) == (True, False)
    assert not hear("quote.asked", asked.id, enterprise_ids=[99])[1]
    assert hear("quote.answered", asked.id, enterprise_id=who, declined=True) == (
        True,
        False,
        {"id": asked.id, "municipality_id": made.home.id, "enterprise_id": who, "declined": True},
    )


def test_message_that_fails_comes_again_later_under_the_same_id(
    database: Database, settings: Settings
) -> None:
    with receiving() as receiver:
        receiver.status = 503
        staff, hook_id = asking(database, receiver.address)
        work(database, settings)
        assert stands(database) == ("waiting", 1, 503, None)
        work(database, settings, cast.NOW + 4 * SECOND)
        assert len(receiver.came) == 1
        receiver.status = 302  # led on, nobody follows
        work(database, settings, cast.NOW + 5 * SECOND)
        assert stands(database) == ("waiting", 2, 302, None)
        receiver.status, receiver.says = 200, b"x" * 100_000  # any 2xx takes it, whatever it says
        with database.transaction() as session:
            one = session.scalars(select(Delivery)).one()
            service.resend(session, staff, hook_id, one.id, cast.NOW + 6 * SECOND)
        work(database, settings, cast.NOW + 6 * SECOND)
        work(database, settings, cast.NOW + DAY)  # the attempt that was put before is done with
    assert stands(database) == ("delivered", 1, 200, None)
    ids = {headers["webhook-id"] for _path, headers, _body in receiver.came}
    assert (len(receiver.came), ids) == (3, {"msg_1"})
    assert {path for path, _headers, _body in receiver.came} == {"/hook"}


@on_sqlite
def test_address_that_takes_nothing_for_five_days_is_paused_and_one_that_is_gone_at_once(
    database: Database, settings: Settings, app: Flask
) -> None:
    with receiving() as receiver:
        receiver.status = 500
        staff, hook_id = asking(database, receiver.address)
        now = cast.NOW
        for pause in (*rules.PAUSES, timedelta()):
            work(database, settings, now)
            now += pause
        assert stands(database)[:3] == ("failed", 10, 500)
        with database.transaction() as session:
            assert queries.get_own(session, staff, hook_id).paused_at is None
            assert service.replay(session, staff, hook_id, cast.NOW, cast.NOW + 5 * DAY) == 1
        work(database, settings, cast.NOW + 5 * DAY)
        assert stands(database)[:2] == ("held", 1)
        assert _paused(database, settings, app) == (PauseCause.FAILING, 1)
        with database.transaction() as session:
            with pytest.raises(service.Paused):
                service.replay(session, staff, hook_id, cast.NOW, now)
            service.resume(session, staff, hook_id, now)
            service.replay(session, staff, hook_id, cast.NOW, now + 6 * DAY)
        receiver.status = 410
        work(database, settings, now + 6 * DAY)
    assert stands(database)[:3] == ("failed", 1, 410)
    assert _paused(database, settings, app) == (PauseCause.GONE, 1)


def _paused(database: Database, settings: Settings, app: Flask) -> tuple[str | None, int]:
    """Return why the webhook is paused, and how many mails tell of it, sent twice."""
    folder = settings.mail_folder
    for each in folder.glob("*") if folder.exists() else ():
        each.unlink()
    templates = app.extensions["catalogue"].templates
    office = Office(database, settings, templates, lambda: cast.NOW + 20 * DAY)
    for _ in range(2):
        jobs.run_once(
            database,
            {pausing.MAIL: lambda batch: stop_mail.send_batch(office, batch)},
            clock=office.clock,
        )
    with database.reading() as session:
        return session.scalars(select(Webhook.pause_cause)).one(), len(list(folder.glob("*.eml")))


@on_sqlite
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "2130706433", "0x7f.1"],
)
def test_nothing_is_sent_into_private_networks(
    database: Database, tmp_path: Path, host: str
) -> None:
    settings = settings_of(tmp_path, webhook_allowed_hosts="")
    with receiving() as receiver:
        port = receiver.address.split(":")[2]
        asking(database, f"http://{host}:{port}")
        work(database, settings)
    assert receiver.came == []
    assert stands(database) == ("waiting", 1, None, "The address is not on the open internet")


@on_sqlite
def test_address_that_does_not_answer_rests_before_it_gets_other_news(
    database: Database, settings: Settings
) -> None:
    with receiving() as receiver:
        closed = receiver.address
    asking(database, closed)
    work(database, settings)
    assert stands(database)[3] == "The server cannot be reached, or breaks off"
    with database.transaction() as session:
        hook_id = session.scalars(select(Webhook.id)).one()
        other = _delivery(hook_id)
        other.message_id = "msg_2"
        session.add(other)
        session.flush()
        queue.put(session, other, cast.NOW, cast.NOW)
    work(database, settings, cast.NOW + SECOND)
    with database.reading() as session:
        assert session.scalars(select(Delivery.attempts).order_by(Delivery.id)).all() == [1, 0]
    work(database, settings, cast.NOW + rules.RESTS_FOR)
    with database.reading() as session:
        assert session.scalars(select(Delivery.attempts).order_by(Delivery.id)).all() == [2, 1]
