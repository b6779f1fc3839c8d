"""Carriers of documents: each key once, failures tried again, what comes in acknowledged."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.test_pages import add, browser, key_of, place
from ordering.world import World, make
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.http import State
from catalogue.exchange import (
    document_carriers,
    document_receiving,
    document_sending,
    documents,
    routes,
)
from catalogue.exchange.route_models import ReceivedDocument, SentDocument
from catalogue.exchange.route_schema import Route
from catalogue.ordering.models import Order

NUMBER = "0330-2026-00001"


class AccessPoint(ThreadingHTTPServer):
    """An access point on loopback that keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.got = 202, []  # type: tuple[int, list[tuple[str, str, bytes]]]


class _Handler(BaseHTTPRequestHandler):
    server: AccessPoint

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        key, token = self.headers["Idempotency-Key"], self.headers["Authorization"]
        self.server.got.append((key, token, content))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def point() -> Iterator[AccessPoint]:
    """A running access point."""
    server = AccessPoint()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(app: Flask) -> World:
    """A buyer and an enterprise."""
    with app.extensions["catalogue"].database.transaction() as session:
        return make(session)


def order(app: Flask, world: World) -> None:
    """Order two and a half play houses."""
    buyer = browser(app, world.buyer)
    add(buyer, world.product, "2,5")
    assert place(buyer, key_of(buyer)).status_code == 303


def send(app: Flask, state: State) -> int:
    """Work off the documents that are due, and return how many pieces of work there were."""
    handler = {
        document_sending.TOPIC: lambda batch: document_sending.send_batch(
            state.database, document_carriers.carriers(state.parts), batch, state.clock
        )
    }
    return jobs.run_once(state.database, handler, clock=state.clock)


def by_access_point(state: State, world: World, point: AccessPoint) -> None:
    """Have the enterprise get its orders by an access point."""
    state.settings = replace(
        state.settings,
        access_point_url=f"http://127.0.0.1:{point.server_port}/send",
        access_point_token="secret",
    )
    document_carriers.open_carriers(state.parts, state.settings, {})
    with state.database.transaction() as session:
        routes.choose(session, world.worker_who, Route("access_point"), cast.NOW)


def test_order_goes_into_the_folder_and_its_answer_comes_back(app: Flask, world: World) -> None:
    state: State = app.extensions["catalogue"]
    worker = browser(app, world.worker)
    assert worker.post("/dokumenter", data={"carrier": "access_point"}).status_code == 422
    assert worker.post("/dokumenter", data={"carrier": "folder"}).status_code == 303
    assert "checked" in worker.get("/dokumenter").text
    order(app, world)
    assert send(app, state) == 1
    folder = state.settings.documents_folder / world.enterprise.cvr
    (sent,) = (folder / "out").iterdir()
    assert sent.name == f"{NUMBER}.T01.{world.enterprise.cvr}.folder.xml"
    assert documents.read(sent.read_bytes(), documents.ORDER).number == NUMBER
    sent.with_suffix(".ack").touch()

    own = browser(app, world.worker).get(f"/indkomne-ordrer/{NUMBER}/svar.xml").data
    (folder / "in").mkdir()
    (folder / "in" / "1.xml").write_bytes(own.replace(b">AB<", b">AP<"))
    (folder / "in" / "2.xml").write_bytes(own.replace(b">AB<", b">AP<"))  # the same once more
    (folder / "in" / "3.xml").write_bytes(own.replace(b">AB<", b">XX<"))
    (folder / "in" / "4.xml").write_bytes(sent.read_bytes())
    (folder / "in" / ".half.xml").write_bytes(b"<")
    (folder / "in" / "5.xml").symlink_to(sent)  # it could be a file of others
    found = document_receiving.collect(state.database, state.settings, state.clock)
    assert (found.taken, found.refused, found.acknowledged) == (2, 2, 1)
    said = {each.name: json.loads(each.read_text()) for each in (folder / "ack").iterdir()}
    assert said["1.xml.json"] == said["2.xml.json"] | {"file": "1.xml"}
    assert said["3.xml.json"]["problems"][0]["rule"] == "PEPPOL-T76-B00801"
    assert "T76" in said["4.xml.json"]["problems"][0]["text"]
    assert sorted(each.name for each in (folder / "done").iterdir()) == [
        f"{n}.xml" for n in range(1, 5)
    ]
    assert list((folder / "out").iterdir()) == []
    with state.database.reading() as session:
        assert session.scalars(select(Order.state)).one() == "confirmed"
        assert session.scalars(select(SentDocument.acknowledged_at)).one() == cast.NOW
        assert len(session.scalars(select(ReceivedDocument)).all()) == 1


def test_file_that_cannot_be_dealt_with_holds_up_no_other(app: Flask, world: World) -> None:
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        routes.choose(session, world.worker_who, Route("folder"), cast.NOW)
    order(app, world)
    own = browser(app, world.worker).get(f"/indkomne-ordrer/{NUMBER}/svar.xml").data
    folder = state.settings.documents_folder / world.enterprise.cvr
    (folder / "in").mkdir(parents=True)
    (folder / "out" / "a.ack").mkdir(parents=True)  # no file
    Path(os.fsdecode(bytes(folder / "out") + b"/\xe6.ack")).touch()
    latin = os.fsdecode(b"1-svar-\xe6.xml")  # as a program of Windows may write it
    (folder / "in" / latin).write_bytes(own)
    (folder / "in" / f"2{'x' * 250}.xml").write_bytes(own)
    (folder / "in" / "3.xml").write_bytes(own.replace(b">AB<", b">AP<"))
    (folder / "done" / "4.xml").mkdir(parents=True)  # nothing can be put there
    (folder / "in" / "4.xml").write_bytes(own)
    (folder / "in" / "5.xml").write_bytes(b"<")
    found = document_receiving.collect(state.database, state.settings, state.clock)
    assert found == document_receiving.Collected(taken=3, refused=1, acknowledged=1, failed=2)
    assert [each.name for each in (folder / "in").iterdir()] == ["4.xml"]
    said = json.loads((folder / "ack" / f"{latin}.json").read_text())
    assert (said["file"], said["taken"]) == ("1-svar-\ufffd.xml", True)
    with state.database.reading() as session:
        assert session.scalars(select(Order.state)).one() == "confirmed"


def test_access_point_that_fails_is_tried_again_and_gets_each_document_once(
    app: Flask, world: World, point: AccessPoint
) -> None:
    state: State = app.extensions["catalogue"]
    by_access_point(state, world, point)
    with state.database.transaction() as session:
        staff = cast.who(session, cast.staff(session, world.home))
        routes.choose(session, staff, Route("access_point"), cast.NOW)
    order(app, world)
    point.status = 503
    send(app, state)
    with state.database.reading() as session:
        job = session.scalars(select(jobs.Job).where(jobs.Job.topic == "order.documents")).one()
        assert "503" in (job.error or "")
        payload = dict(job.payload)
    point.status, point.got = 202, []
    for _time in range(2):  # the same work twice, as after a death before it was cleared
        with state.database.transaction() as session:
            jobs.put(session, document_sending.TOPIC, payload, now=cast.NOW)
        send(app, state)
    keys = sorted(key for key, _token, _content in point.got)
    assert keys == sorted(
        f"{NUMBER}.T01.{cvr}.access_point" for cvr in (world.enterprise.cvr, world.home.cvr)
    )
    assert {token for _key, token, _content in point.got} == {"Bearer secret"}
    browser(app, world.buyer).post(f"/ordrer/{NUMBER}/annuller")
    send(app, state)
    assert sorted(key.split(".")[1] for key, *_rest in point.got[2:]) == ["T115", "T115"]


def test_order_that_goes_out_after_it_was_cancelled_is_followed_by_its_cancellation(
    app: Flask, world: World, point: AccessPoint
) -> None:
    state: State = app.extensions["catalogue"]
    by_access_point(state, world, point)
    order(app, world)
    point.status = 503
    send(app, state)
    browser(app, world.buyer).post(f"/ordrer/{NUMBER}/annuller")
    send(app, state)  # there is nothing yet that could be taken back
    with state.database.transaction() as session:
        (job,) = session.scalars(select(jobs.Job).where(jobs.Job.topic == document_sending.TOPIC))
        job.due_at = cast.NOW
    send(app, state)
    assert {key.split(".")[1] for key, *_rest in point.got} == {"T01"}  # still down
    point.status, point.got = 202, []
    with state.database.transaction() as session:
        (job,) = session.scalars(select(jobs.Job).where(jobs.Job.topic == document_sending.TOPIC))
        job.due_at = cast.NOW
    send(app, state)
    assert [key.split(".")[1] for key, *_rest in point.got] == ["T01", "T115"]


def test_municipality_gets_the_answers_and_the_enterprise_does_not(
    app: Flask, world: World
) -> None:
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        routes.choose(session, world.worker_who, Route("folder"), cast.NOW)
        routes.choose(session, cast.who(session, cast.staff(session, world.home)), Route("folder"),
                      cast.NOW)  # fmt: skip
    order(app, world)
    browser(app, world.worker).post(f"/indkomne-ordrer/{NUMBER}/bekraeft")
    while send(app, state):
        pass
    kinds = {
        cvr: sorted(each.name.split(".")[1] for each in _out(state.settings.documents_folder, cvr))
        for cvr in (world.enterprise.cvr, world.home.cvr)
    }
    assert kinds == {world.enterprise.cvr: ["T01"], world.home.cvr: ["T01", "T76"]}


def _out(folder: Path, cvr: str) -> list[Path]:
    return list((folder / cvr / "out").iterdir())
