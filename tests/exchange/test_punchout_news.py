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
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.jobs import Job, Work
from catalogue.exchange import (
    cxml,
    cxml_reading,
    cxml_writing,
    punchout_connections,
    punchout_news,
    punchout_orders,
)
from catalogue.exchange.punchout_models import Kind, PunchOutConnection, PunchOutNews
from catalogue.ordering import changing, handing, service, shipments
from catalogue.ordering.change_rules import Proposed
from catalogue.ordering.changing import Change
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
    assert secret == punchout_news.outgoing_secret(settings, to.key)


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
    drawn = punchout_news._draw(session, Settings(data_folder=tmp_path), news.id, cast.NOW)
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

    def tell() -> None:
        for topic in (punchout_news.OF_ORDERS, punchout_news.TOPIC):
            with database.reading() as session:
                found = session.scalars(select(Job).where(Job.topic == topic).order_by(Job.id))
                batch = [Work(each.id, each.topic, each.payload, 0) for each in found]
            if topic == punchout_news.OF_ORDERS:
                punchout_news.put_batch(database, batch, lambda: cast.NOW)
            else:
                punchout_news.send_batch(database, settings, batch, lambda: cast.NOW)

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
            tell()  # the system is out of order the first time
        tell()
        for left in (2, 1):
            with database.transaction() as session:
                less = Change(f"Kun {left} på lager", None, {1: Proposed(Decimal(left))})
                changing.propose(session, to.world.worker_who, number, less, cast.NOW)
                hans = cast.buyer(session, to.world.home)
                staff = cast.who(session, cast.staff(session, to.world.home))
                handing.hand_over(session, staff, number, hans.id, "Sygdom", cast.NOW)
            tell()
            with database.transaction() as session:
                changing.accept(session, cast.who(session, hans), number, cast.NOW)
            tell()
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
