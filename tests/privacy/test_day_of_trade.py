"""A day of purchasing systems, documents and mail, and of their failing: the logs name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import cast
import pytest
from aiosmtpd.controller import Controller
from conftest import on_sqlite
from exchange import punchouts
from exchange.box import Box
from exchange.punchouts import connected, fields, item, order, post, send, set_up, status
from exchange.test_document_carriers import AccessPoint
from exchange.test_punchout_cxml import start
from exchange.webhook_box import Receiver, receiving
from flask import Flask
from ordering.test_pages import add, key_of, place
from ordering.world import World
from ordering.world import make as make_world
from ports import free_port
from privacy.days import CPR, EMAIL, NAME, PHONE, WORDS, signed_in, work_off
from privacy.watcher import Watcher
from sqlalchemy import select

from catalogue.core.jobs import Job
from catalogue.exchange import document_carriers, document_receiving, routes
from catalogue.exchange.punchout_models import Kind
from catalogue.exchange.route_schema import Route
from catalogue.exchange.webhooks import news
from catalogue.exchange.webhooks import service as webhooks
from catalogue.exchange.webhooks.schema import Terms

NUMBER = "0330-2026-00001"
CONTACT = {"contact_name": NAME, "contact_email": EMAIL, "contact_phone": PHONE, "note": WORDS}


@on_sqlite
def test_visits_from_a_purchasing_system_by_oci(app: Flask, watcher: Watcher) -> None:
    to, browser = connected(app), app.test_client()
    watcher.hide_words(NAME, EMAIL)
    watcher.hide(to.key, to.secret)
    called = {"http_content_charset": "utf-8", "USER_NAME": NAME, "EMAIL": EMAIL, "SEARCH": WORDS}
    here = punchouts.call(browser, to, **called).headers["Location"].removesuffix("/soeg")
    browser.get(f"{here}/soeg", query_string={"q": f"{WORDS} {NAME}"})
    browser.get(f"{here}/varer/{to.world.product.id}/{NAME}")
    post(browser, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="2")
    back = post(browser, f"{here}/kurv/retur")
    assert len(fields(back.text)) > 2
    browser.get(f"{here}/soeg?q={WORDS}")
    for changed in ({"PASSWORD": CPR}, {"hook_url": f"https://evil.example/{NAME}"}):
        assert punchouts.call(app.test_client(), to, **called | changed).status_code != 200
    work_off(app.extensions["catalogue"])
    watcher.prove("request", "refused")


@on_sqlite
def test_visits_and_orders_of_a_purchasing_system_by_cxml(app: Flask, watcher: Watcher) -> None:
    to, browser = connected(app, Kind.CXML), app.test_client()
    watcher.hide_words(NAME, EMAIL)
    watcher.hide(to.key, to.secret)
    named = f"<Extrinsic name='UserEmail'>{EMAIL}</Extrinsic><Contact><Name>{NAME}</Name></Contact>"
    sent = set_up(to).replace(b"<BrowserFormPost>", f"{named}<BrowserFormPost>".encode())
    answer = send(browser, to, sent)
    watcher.hide(str(answer.findtext("Response/PunchOutSetupResponse/StartPage/URL"))[-20:])
    here = start(browser, answer)
    browser.get(f"{here}/soeg", query_string={"q": NAME})
    post(browser, f"{here}/kurv/tilfoej", product_id=str(to.world.product.id), quantity="2")
    ((_name, basket),) = fields(post(browser, f"{here}/kurv/retur").text)
    watcher.hide(basket)
    whose = order(to, item(to.world.product)).decode().replace("Bo Berg", NAME)
    assert status(send(browser, to, whose.encode())) == "200"
    work_off(app.extensions["catalogue"])
    for number, bad in enumerate((
        whose.replace("DKK", NAME), whose.replace('quantity="1"', f'quantity="{NAME}"'),
        whose.replace("4200", CPR), whose.replace("<Request>", f"<Request>&{NAME};"),
        whose.replace(to.secret, PHONE), whose.replace("OrderRequest", "Ørnskov"), f"<{EMAIL}",
    )):  # fmt: skip
        send(browser, to, bad.replace('payloadID="o-1"', f'payloadID="o-{number}"').encode())
    send_broken(app, to, whose.replace('payloadID="o-1"', 'payloadID="o-9"'))
    watcher.prove("request", "request of cXML failed", "job done")


def send_broken(app: Flask, to: punchouts.Connected, whose: str) -> None:
    """Send an order while something of ours fails with a person in hand."""
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE catalogue_orders RENAME TO gone")
    assert status(send(app.test_client(), to, whose.encode())) == "500"
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE gone RENAME TO catalogue_orders")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks that fails."""
    with receiving() as made:
        made.status = 500
        yield made


@pytest.fixture
def box() -> Iterator[Box]:
    """What a mail server took in."""
    made = Box()
    made.port = free_port()  # type: ignore[attr-defined]
    controller = Controller(made, hostname="127.0.0.1", port=made.port)  # type: ignore[attr-defined]
    controller.start()
    yield made
    controller.stop()


def prepared(app: Flask, port: int, receiver: Receiver) -> World:
    """Have documents go to an access point, news to a webhook, and Åse buy."""
    state = app.extensions["catalogue"]
    state.settings = replace(
        state.settings, access_point_url=f"http://127.0.0.1:{port}/{NAME}",
        access_point_token="a token of the access point", webhook_allowed_hosts="127.0.0.1",
    )  # fmt: skip
    document_carriers.open_carriers(state.parts, state.settings, {})
    news.follow(state.database)
    with state.database.transaction() as session:
        world = make_world(session)
        world.buyer.name, world.buyer.email, world.buyer.email_folded = NAME, EMAIL, EMAIL
        routes.choose(session, world.worker_who, Route("access_point"), cast.NOW)
        staff = cast.who(session, cast.staff(session, world.home))
        routes.choose(session, staff, Route("access_point"), cast.NOW)
        terms = Terms("ERP", f"{receiver.address}?for={EMAIL}", ["order.placed"])
        webhooks.create(session, staff, terms, cast.NOW)
    return world


@on_sqlite
def test_order_whose_documents_mail_and_news_do_not_get_through(
    app: Flask,
    watcher: Watcher,
    point: AccessPoint,
    receiver: Receiver,
    box: Box,
) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    world = prepared(app, point.server_port, receiver)
    point.status, box.refused = 503, {EMAIL, world.worker.email, world.enterprise.email}
    port = box.port  # type: ignore[attr-defined]
    state.settings = replace(state.settings, smtp_host="127.0.0.1", smtp_port=port)
    buyer, worker = signed_in(app, world.buyer), signed_in(app, world.worker)
    add(buyer, world.product, "2,5")
    assert place(buyer, key_of(buyer), **CONTACT).status_code == 303
    work_off(state)
    with state.database.reading() as session:
        errors = "\n".join(filter(None, session.scalars(select(Job.error))))
        topics = set(session.scalars(select(Job.topic)))
    assert receiver.came
    assert point.got
    assert topics, errors
    for ending in ("ordre.xml", "svar.xml", "faktura.xml", "ordreseddel.pdf"):
        worker.get(f"/indkomne-ordrer/{NUMBER}/{ending}")
        buyer.get(f"/ordrer/{NUMBER}/{ending}")
    buyer.get(f"/ordrer/{NUMBER}/ordreseddel.pdf")
    folder = state.settings.documents_folder / world.enterprise.cvr / "in"
    folder.mkdir(parents=True)
    own = worker.get(f"/indkomne-ordrer/{NUMBER}/svar.xml").data
    for name, content in (
        (f"{EMAIL}.xml", f"<a>{NAME}</a>".encode()), (f"{CPR}.xml", NAME.encode()),
        (f"{NAME}.xml", own.replace(NUMBER.encode(), EMAIL.encode())),
    ):  # fmt: skip
        (folder / name).write_bytes(content)
    document_receiving.collect(state.database, state.settings, state.clock)
    worker.post(f"/indkomne-ordrer/{NUMBER}/afvis", data={"reason": f"{NAME}: {WORDS}"})
    state.settings = replace(state.settings, smtp_port=1)  # nobody answers there
    work_off(state)
    watcher.prove("job failed", "job done", "request")


@on_sqlite
def test_links_of_mail_that_are_used_and_misused(app: Flask, watcher: Watcher) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    with state.database.transaction() as session:
        world = make_world(session)
        world.buyer.name, world.buyer.email, world.buyer.email_folded = NAME, EMAIL, EMAIL
    buyer, stranger = signed_in(app, world.buyer), app.test_client()
    add(buyer, world.product, "1")
    assert place(buyer, key_of(buyer), **CONTACT).status_code == 303
    work_off(state)
    sent = "\n".join(each.read_bytes().decode("utf-8", "replace").replace("=\n", "")
                     for each in state.settings.mail_folder.glob("*.eml"))  # fmt: skip
    links = set(re.findall(r"/(?:ordrelink|afmeld)/[\w.~-]+", sent))
    assert links
    for each in links:
        for spoilt in (each, each[:-3] + "xyz", f"{each.rpartition('/')[0]}/{NAME}"):
            stranger.get(spoilt)
            stranger.post(spoilt, data={"List-Unsubscribe": "One-Click"})
            stranger.post(f"{spoilt}/foreslaa-dag", data={"delivery_on": NAME, "reason": WORDS})
            stranger.post(f"{spoilt}/bekraeft", data={"reason": WORDS})
    work_off(state)
    watcher.prove("request", "job done")
