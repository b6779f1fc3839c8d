"""Nodes that share a database and a bucket, and no folder: what one takes in, another has."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cast
import ledger_world
import pytest
from agreements.importing import LISTS
from api.callers import caller
from conftest import CatalogueClient, on_sqlite
from exchange.test_feeds import FORM
from flask import Flask
from operating.check_world import SHEET as CHECKED
from operating.check_world import make
from ordering import world
from sqlalchemy import func, select

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements import categories
from catalogue.core import jobs
from catalogue.core.http import State
from catalogue.coverage import ledger_work
from catalogue.coverage.models import LedgerRow
from catalogue.enterprises.models import Evidence
from catalogue.lanes import lanes
from catalogue.ordering import service
from catalogue.ordering.quote_models import QuoteFile
from catalogue.products import list_steps
from catalogue.products.models import Product
from catalogue.search import service as search

SHEET = b"%PDF-1.7\nNobody else is to read this.\n%%EOF\n"
LIST = "Varenummer;Titel;Pris\n" + "".join(f"V-{n};Bord {n};{n}\n" for n in range(1, 4))
pytestmark = on_sqlite


@dataclass
class Nodes:
    """Two nodes, each with an empty data folder, and who is signed in at a browser."""

    first: Flask
    second: Flask
    settings: dict[str, str]

    def browsers(self, person: Person) -> tuple[Any, Any]:
        """Return a browser at each node in which somebody is signed in."""
        opened = [self.first.test_client(), self.second.test_client()]
        for each in opened:
            cast.sign_in_as(each, person)
        return opened[0], opened[1]

    def work(self, name: str) -> None:
        """Let a worker on the second node do what is due."""
        there = state(self.second)
        lane = next(each for each in lanes(there) if each.name == name)
        while jobs.run_once(there.database, lane.handlers, clock=there.clock, limit=lane.limit):
            pass

    def left(self) -> list[str]:
        """Return what files lie in the folders of the nodes."""
        folders = [state(each).settings.data_folder for each in (self.first, self.second)]
        return [path.name for each in folders for path in each.rglob("*") if path.is_file()]


def state(app: Flask) -> State:
    """Return the Catalogue of a node."""
    found: State = app.extensions["catalogue"]
    return found


@pytest.fixture
def app_settings(bucket: dict[str, str]) -> dict[str, str]:
    """The bucket that nodes share."""
    return {name: told for name, told in bucket.items() if name.startswith("CATALOGUE_")}


@pytest.fixture
def nodes(app: Flask, app_settings: dict[str, str], tmp_path: Path) -> Nodes:
    """The nodes."""
    from catalogue.app import create_app

    here = state(app)
    told = app_settings | {
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "second"),
        "CATALOGUE_DATABASE_URL": here.database.url.render_as_string(hide_password=False),
        "CATALOGUE_SECRET_KEY": "a secret of the tests",
    }
    second = create_app(told, clock=here.clock)
    second.test_client_class = CatalogueClient
    state(second).database.dispose()
    state(second).database = here.database
    return Nodes(app, second, told)


def test_evidence_of_one_node_is_handed_out_by_another_to_its_readers_alone(nodes: Nodes) -> None:
    with state(nodes.first).database.transaction() as session:
        made = world.make(session)
        people = made.worker, cast.worker(session, cast.enterprise(session, "En anden"))
        reviewer = cast.staff(session, session.get_one(Municipality, made.enterprise.reviewer_id))
    here, there = nodes.browsers(people[0])
    sent = here.post("/virksomhed/bilag", data={"evidence": (io.BytesIO(SHEET), "Regnskab.pdf")})
    assert sent.status_code == 303, sent.text
    with state(nodes.first).database.reading() as session:
        found = session.scalars(select(Evidence)).one()
    handed = there.get(f"/bilag/{found.id}")
    assert (handed.status_code, handed.data) == (200, SHEET)
    assert handed.headers["Cache-Control"] == "private, no-store"
    assert handed.headers["Content-Disposition"] == "attachment; filename=Regnskab.pdf"
    assert nodes.browsers(reviewer)[1].get(f"/bilag/{found.id}").data == SHEET
    assert nodes.browsers(people[1])[1].get(f"/bilag/{found.id}").status_code == 404
    stranger = nodes.second.test_client()
    name = f"private/evidence/{found.sha256[:2]}/{found.sha256}"
    for path in (
        f"/bilag/{found.id}", f"/bilag-til-varer/{found.sha256}/x.pdf",
        f"/billeder/{found.sha256}/320.jpg", f"/billeder/{name}/320.jpg",
        f"/bilag-til-varer/{name}/x.pdf",
    ):  # fmt: skip
        assert stranger.get(path).status_code in (302, 303, 404), path
        assert SHEET not in stranger.get(path).data
    assert nodes.left() == []


def test_file_of_a_message_is_read_by_the_other_side_at_another_node(nodes: Nodes) -> None:
    with state(nodes.first).database.transaction() as session:
        made = world.make(session)
        world.put(session, made)
        (order,) = service.place(session, made.who, world.DELIVERY, "form", cast.NOW)
        buyer, worker, number = made.buyer, made.worker, order.number
    told = {"message": "Se tegningen", "files": (io.BytesIO(SHEET), "Tegning.pdf")}
    assert nodes.browsers(buyer)[0].post(f"/ordrer/{number}/besked", data=told).status_code == 303
    page = nodes.browsers(worker)[1]
    assert "Tegning.pdf" in page.get(f"/indkomne-ordrer/{number}").text
    assert page.get("/ordrer/beskeder/filer/1").data == SHEET
    assert nodes.left() == []


def test_file_of_a_request_for_quotes_is_read_at_another_node(nodes: Nodes) -> None:
    made = make(nodes.first)
    made.state.parts[search.PART].close()
    with made.state.database.reading() as session:
        file_id = session.scalars(select(QuoteFile.id)).one()
    there = nodes.browsers(made.world.buyer)[1]
    assert there.get(f"/tilbud/filer/{file_id}").data == CHECKED
    assert not (made.folder / "quotes").exists()


def test_lists_that_one_node_took_in_are_previewed_and_taken_by_another(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with state(nodes.first).database.transaction() as session:
        made = world.make(session)
        before = session.scalar(select(func.count()).select_from(Product)) or 0
    here, there = nodes.browsers(made.worker)
    monkeypatch.setattr(list_steps, "AT_ONCE_ROWS", 1)  # the worker is on another node still
    files = {"price_list": (io.BytesIO(LIST.encode()), "priser.csv")}
    address = here.post("/varer-hos-os/import", data=files).headers["Location"]
    nodes.work("price lists")
    assert "Bord 2" in there.get(address).text
    there.post(address)
    nodes.work("price lists")
    with state(nodes.first).database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == before + 3
    assert nodes.left() == []


def test_ledger_that_one_node_took_in_is_read_by_a_worker_of_another(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = state(nodes.first).database
    with database.transaction() as session:
        categories.import_categories(session)
        place = ledger_world.make(session)
        staff = session.get_one(Person, place.staff.person_id)
    here, there = nodes.browsers(staff)
    content = "\r\n".join(ledger_world.lines(place)).encode()
    for at_once_bytes in (10, 1_000_000):
        monkeypatch.setattr(ledger_work, "AT_ONCE_BYTES", at_once_bytes)
        sent = here.post("/regnskab/indlaes", data={"ledger": (io.BytesIO(content), "r.csv")})
        address = sent.headers["Location"]
        nodes.work("ledger")
        assert there.post(f"{address}/laes-ind").status_code == 303
        nodes.work("ledger")
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(LedgerRow)) == 7
        here.post(f"{address}/slet")
    assert nodes.left() == []


def test_list_of_agreements_waits_where_every_node_finds_it(nodes: Nodes) -> None:
    with state(nodes.first).database.transaction() as session:
        categories.import_categories(session)
        staff = cast.staff(session)
    here, there = nodes.browsers(staff)
    content = (LISTS / "slagelse_clean.csv").read_bytes()
    sent = here.post("/aftaler/import", data={"list": (io.BytesIO(content), "aftaler.csv")})
    assert "Frugt og grønt" in there.get(sent.headers["Location"]).text
    assert nodes.left() == []


def test_catalogue_file_that_a_worker_wrote_is_fetched_at_any_node(nodes: Nodes) -> None:
    with state(nodes.first).database.transaction() as session:
        made = world.make(session)
        staff = cast.staff(session, made.home)
    here, there = nodes.browsers(staff)
    page = here.post("/katalogfiler/ny", data=FORM).headers["Location"]
    nodes.work("catalogue files")
    for app in (nodes.first, nodes.second):
        program = caller(app, staff, ["files:read"])
        fetched = program.send("GET", "/catalogue-files/1", buffered=True)
        assert "Legehus" in fetched.data.decode("utf-8-sig")
        assert int(fetched.headers["Content-Length"]) == len(fetched.data)
    assert there.get(page).status_code == 200
    assert nodes.left() == []
