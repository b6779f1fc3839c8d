"""A purchasing system on loopback is told what became of its order, and told again if it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cast
import pytest
from exchange.punchouts import Connected, connect, item, order
from flask import Flask
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.jobs import Job, Work
from catalogue.exchange import (
    cxml,
    cxml_reading,
    cxml_writing,
    letters,
    mail,
    punchout_connections,
    punchout_drawing,
    punchout_news,
    punchout_orders,
)
from catalogue.exchange.punchout_models import Kind, PunchOutConnection, PunchOutNews
from catalogue.ordering import changing, handing, partial, service, shipments
from catalogue.ordering.change_rules import Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.partial import Part
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending
from catalogue.settings import Settings


class System(BaseHTTPRequestHandler):
    """Takes what it is told, unless it is out of order."""

    def do_POST(self) -> None:
        """Keep the message and answer as cXML does."""
        told = self.server.told  # type: ignore[attr-defined]
        told.append(self.rfile.read(int(self.headers["Content-Length"])))
        broken = len(told) == 1
        answer = cxml_writing.answer("1", cast.NOW, 500 if broken else 200, "")
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@contextmanager
def system() -> Iterator[tuple[str, list[bytes]]]:
    """Run a purchasing system on loopback; yields its address and what it was told."""
    server = HTTPServer(("127.0.0.1", 0), System)
    server.told = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/cxml", server.told  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def sold(session: Session, address: str) -> tuple[Connected, int]:
    """Have a purchasing system send an order in, and the enterprise confirm and dispatch it."""
    to = connect(session, Kind.CXML)
    connection = session.get_one(PunchOutConnection, to.connection_id)
    connection.news_url = address
    asking, asked = cxml_reading.read(order(to, item(to.world.product)))
    sent = cxml_reading.read_order(asked)
    (number,) = punchout_orders.take_order(session, connection, (asking, sent), cast.NOW)
    service.take_step(session, to.world.worker_who, number, Step.CONFIRM, now=cast.NOW)
    made = shipments.dispatch(session, to.world.worker_who, number, Sending(), cast.NOW)
    return to, made.id


def tell(database: Database, settings: Settings) -> None:
    """Do as the worker does, with all work that was ever put: what is done already does nothing."""
    for topic in (punchout_news.OF_ORDERS, punchout_news.TOPIC):
        with database.reading() as session:
            found = session.scalars(select(Job).where(Job.topic == topic).order_by(Job.id))
            batch = [Work(each.id, each.topic, each.payload, 0) for each in found]
        if topic == punchout_news.OF_ORDERS:
            punchout_news.put_batch(database, batch, lambda: cast.NOW)
        else:
            punchout_news.send_batch(database, settings, batch, lambda: cast.NOW)


def sent_in(session: Session, address: str, items: str = "") -> tuple[Connected, str]:
    """Have a purchasing system send an order in: of three, unless lines are given."""
    to = connect(session, Kind.CXML)
    connection = session.get_one(PunchOutConnection, to.connection_id)
    connection.news_url = address
    asking, asked = cxml_reading.read(order(to, items or item(to.world.product, quantity="3")))
    sent = cxml_reading.read_order(asked)
    (number,) = punchout_orders.take_order(session, connection, (asking, sent), cast.NOW)
    return to, number


def test_purchasing_system_is_told_that_its_order_is_confirmed_and_dispatched(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path, fetch_allowed_hosts="127.0.0.1")
    with system() as (address, told):
        with database.transaction() as session:
            to, order_id = sold(session, address)
        with database.reading() as session:
            steps = session.scalars(select(Job).where(Job.topic == punchout_news.OF_ORDERS))
            batch = [Work(each.id, each.topic, each.payload, 0) for each in steps]
        assert [each.payload for each in batch] == [
            {"order_id": order_id, "state": state}
            for state in ("placed", "confirmed", "dispatched")
        ]
        punchout_news.put_batch(database, batch, lambda: cast.NOW)
        punchout_news.put_batch(database, batch, lambda: cast.NOW)
        with database.reading() as session:
            ids = list(session.scalars(select(PunchOutNews.id).order_by(PunchOutNews.id)))
        work = [Work(1, punchout_news.TOPIC, {"news_id": each}, 0) for each in ids]
        with pytest.raises(punchout_news.NewsNotSent):
            punchout_news.send_batch(database, settings, work, lambda: cast.NOW)
        punchout_news.send_batch(database, settings, work, lambda: cast.NOW)
    failed, dispatched, confirmed = (etree.fromstring(each) for each in told)
    assert failed.get("payloadID") == confirmed.get("payloadID")
    assert cxml.check(confirmed, "Fulfill") == []
    assert confirmed.find(".//ConfirmationHeader").get("type") == "accept"
    assert confirmed.find(".//OrderReference").get("orderID") == "RK-77"
    assert confirmed.find(".//ConfirmationItem").get("lineNumber") == "10"
    assert dispatched.find(".//Status").get("text") == "Afsendt"
    secret = confirmed.findtext("Header/Sender/Credential/SharedSecret")
    assert secret == punchout_drawing.outgoing_secret(settings, to.key)


def test_confirmation_of_less_than_was_sent_rejects_the_rest(
    session: Session, tmp_path: Path
) -> None:
    to = connect(session, Kind.CXML)
    connection = session.get_one(PunchOutConnection, to.connection_id)
    connection.news_url = "https://erp.slagelse.example/cxml"
    items = item(to.world.product, quantity="3") + item(to.world.product, number="20")
    asking, asked = cxml_reading.read(order(to, items))
    sent = cxml_reading.read_order(asked)
    (number,) = punchout_orders.take_order(session, connection, (asking, sent), cast.NOW)
    less = Change("Kun to på lager", None, {1: Proposed(Decimal(2))})
    changing.propose(session, to.world.worker_who, number, less, cast.NOW)
    made = changing.accept(session, punchout_connections.buyer_of(connection), number, cast.NOW)
    news = PunchOutNews(order_id=made.id, state="confirmed", put_at=cast.NOW)
    session.add(news)
    session.flush()
    drawn = punchout_drawing.draw(session, Settings(data_folder=tmp_path), news.id, cast.NOW)
    assert drawn is not None
    told = etree.fromstring(drawn.content)
    assert cxml.check(told, "Fulfill") == []
    assert told.find(".//ConfirmationHeader").get("type") == "detail"
    assert told.findtext(".//ConfirmationHeader/Total/Money") == "25000.00"
    assert [
        [(part.get("type"), part.get("quantity")) for part in each.iterfind("ConfirmationStatus")]
        for each in told.iterfind(".//ConfirmationItem")
    ] == [[("accept", "2"), ("reject", "1")], [("reject", "1")]]


def test_each_time_that_an_order_comes_to_a_state_is_told(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path, fetch_allowed_hosts="127.0.0.1")
    with system() as (address, told):
        with database.transaction() as session:
            to = connect(session, Kind.CXML)
            connection = session.get_one(PunchOutConnection, to.connection_id)
            connection.news_url = address
            asking, asked = cxml_reading.read(order(to, item(to.world.product, quantity="3")))
            sent = cxml_reading.read_order(asked)
            (number,) = punchout_orders.take_order(session, connection, (asking, sent), cast.NOW)
            service.take_step(session, to.world.worker_who, number, Step.CONFIRM, now=cast.NOW)
        with pytest.raises(punchout_news.NewsNotSent):
            tell(database, settings)  # the system is out of order the first time
        tell(database, settings)
        for left in (2, 1):
            with database.transaction() as session:
                less = Change(f"Kun {left} på lager", None, {1: Proposed(Decimal(left))})
                changing.propose(session, to.world.worker_who, number, less, cast.NOW)
                hans = cast.buyer(session, to.world.home)
                staff = cast.who(session, cast.staff(session, to.world.home))
                handing.hand_over(session, staff, number, hans.id, "Sygdom", cast.NOW)
            tell(database, settings)
            with database.transaction() as session:
                changing.accept(session, cast.who(session, hans), number, cast.NOW)
            tell(database, settings)
    failed, first, *messages = (etree.fromstring(each) for each in told)
    assert failed.get("payloadID") == first.get("payloadID")
    assert [each.find("Request")[0].tag for each in messages] == [
        "StatusUpdateRequest", "ConfirmationRequest", "StatusUpdateRequest", "ConfirmationRequest",
    ]  # fmt: skip
    assert len({each.get("payloadID") for each in (first, *messages)}) == 5
    _proposed, second, again, third = messages
    headers = [each.find(".//ConfirmationHeader") for each in (first, second, third)]
    assert [each.get("operation") for each in headers] == ["new", "update", "update"]
    assert {each.get("confirmID") for each in headers} == {number}
    amended = [each.find("DocumentReference").get("payloadID") for each in headers[1:]]
    assert amended == [first.get("payloadID"), second.get("payloadID")]
    assert [cxml.check(each, "Fulfill") for each in (second, third)] == [[], []]
    assert again.findtext(".//Status") == "Kun 1 på lager"


def test_what_waited_while_the_system_was_down_is_told_in_the_order_of_its_steps(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path, fetch_allowed_hosts="127.0.0.1")
    with system() as (address, told):
        told.append(b"<cXML/>")  # it is out of order the first time
        with database.transaction() as session:
            to, number = sent_in(session, "http://127.0.0.1:9/cxml")
            me = to.world.worker_who
            service.take_step(session, me, number, Step.CONFIRM, now=cast.NOW)
        with pytest.raises(punchout_news.NewsNotSent):
            tell(database, settings)
        with database.transaction() as session:
            connection = session.get_one(PunchOutConnection, to.connection_id)
            connection.news_url = address
            less = Change("Kun to på lager", None, {1: Proposed(Decimal(2))})
            changing.propose(session, me, number, less, cast.NOW)
            changing.accept(session, punchout_connections.buyer_of(connection), number, cast.NOW)
            for _each in range(2):
                one = Sending(quantities={1: Decimal(1)})
                shipments.dispatch(session, me, number, one, cast.NOW)
        tell(database, settings)
        tell(database, settings)
    messages = [etree.fromstring(each) for each in told[1:]]
    states = [each.find(".//StatusUpdateRequest/Status") for each in messages]
    assert ["-" if each is None else each.get("text") for each in states] == [
        "Ændring foreslået", "-", "Afsendt delvist", "Afsendt",
    ]  # fmt: skip
    assert messages[1].find(".//ConfirmationHeader").get("type") == "detail"


def test_yes_that_was_refused_is_not_told_after_the_cancellation(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path, fetch_allowed_hosts="127.0.0.1")
    with system() as (address, told):
        with database.transaction() as session:
            to, number = sent_in(session, address)
            me = to.world.worker_who
            service.take_step(session, me, number, Step.CONFIRM, now=cast.NOW)
            less = Change("Kun to på lager", None, {1: Proposed(Decimal(2))})
            changing.propose(session, me, number, less, cast.NOW)
            connection = session.get_one(PunchOutConnection, to.connection_id)
            buyer = punchout_connections.buyer_of(connection)
            service.take_step(session, buyer, number, Step.CANCEL, now=cast.NOW)
        with pytest.raises(punchout_news.NewsNotSent):
            tell(database, settings)
        tell(database, settings)
    refused, _proposed, cancelled = (etree.fromstring(each) for each in told)
    headers = [each.find(".//ConfirmationHeader") for each in (refused, cancelled)]
    assert [each.get("type") for each in headers] == ["accept", "reject"]


def test_line_that_the_enterprise_took_off_is_told_as_rejected(
    session: Session, tmp_path: Path
) -> None:
    to = connect(session, Kind.CXML)
    connection = session.get_one(PunchOutConnection, to.connection_id)
    connection.news_url = "https://erp.slagelse.example/cxml"
    other = cast.product(session, to.world.enterprise, "Bænk")
    items = item(to.world.product) + item(other, number="20")
    asking, asked = cxml_reading.read(order(to, items))
    sent = cxml_reading.read_order(asked)
    (number,) = punchout_orders.take_order(session, connection, (asking, sent), cast.NOW)
    part = Part("Bænken er udgået", {2: Decimal(0)})
    made = partial.confirm_part(session, to.world.worker_who, number, part, cast.NOW)
    changing.accept(session, punchout_connections.buyer_of(connection), number, cast.NOW)
    assert "partly" in punchout_drawing.IN_WORDS
    for state in ("partly", "confirmed"):
        session.add(PunchOutNews(order_id=made.id, state=state, put_at=cast.NOW))
    session.flush()
    ids = session.scalars(select(PunchOutNews.id).order_by(PunchOutNews.id))
    drawn = [
        punchout_drawing.draw(session, Settings(data_folder=tmp_path), each, cast.NOW)
        for each in ids
    ]
    partly, confirmed = (etree.fromstring(each.content) for each in drawn if each is not None)
    assert "Bænken er udgået" in partly.findtext(".//Status")
    assert confirmed.find(".//ConfirmationHeader").get("type") == "detail"
    assert [
        (each.get("lineNumber"), each.find("ConfirmationStatus").get("type"))
        for each in confirmed.iterfind(".//ConfirmationItem")
    ] == [("10", "accept"), ("20", "reject")]


def test_mail_says_how_a_change_is_answered_that_no_purchasing_system_can_answer(
    database: Database, settings: Settings, app: Flask
) -> None:
    with database.transaction() as session:
        to, number = sent_in(session, "https://erp.slagelse.example/cxml")
        less = Change("Kun to på lager", None, {1: Proposed(Decimal(2))})
        order_id = changing.propose(session, to.world.worker_who, number, less, cast.NOW).id
    templates = app.extensions["catalogue"].templates

    def said() -> str:
        with database.reading() as session:
            (letter,) = letters.write(session, order_id, "proposed", cast.NOW.date())
            drawn = mail.compose(settings, templates, letter, cast.NOW).message
        return " ".join(part.get_content() for part in drawn.walk() if not part.is_multipart())

    told = "giver indkøbsafdelingen den videre til en indkøber"
    assert said().count(told) == 2  # as text and as HTML
    with database.transaction() as session:
        hans = cast.buyer(session, to.world.home)
        staff = cast.who(session, cast.staff(session, to.world.home))
        handing.hand_over(session, staff, number, hans.id, "Sygdom", cast.NOW)
    assert told not in said()


def test_connection_that_is_closed_is_told_nothing_that_waited(
    session: Session, tmp_path: Path
) -> None:
    to, order_id = sold(session, "https://erp.slagelse.example/cxml")
    news = PunchOutNews(order_id=order_id, state="confirmed", put_at=cast.NOW)
    session.add(news)
    session.flush()
    settings = Settings(data_folder=tmp_path)
    assert punchout_drawing.draw(session, settings, news.id, cast.NOW) is not None
    staff = cast.who(session, cast.staff(session, to.world.home))
    punchout_connections.close(session, staff, to.connection_id, cast.NOW)
    assert punchout_drawing.draw(session, settings, news.id, cast.NOW) is None
