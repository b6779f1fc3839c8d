"""The papers of an order as files: read by ear, and the same bytes for whoever prints them when."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import cast
import pytest
import tagged
from conftest import CatalogueClient
from flask import Flask
from ordering.test_pages import add, browser, key_of, place
from ordering.world import World, make
from pypdf import PdfReader
from sqlalchemy import delete

from catalogue.accounts.models import Municipality, Person
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import handing
from catalogue.ordering.side_models import OrderSides

NUMBER = "0330-2026-00001"
OURS, THEIRS = f"/ordrer/{NUMBER}", f"/indkomne-ordrer/{NUMBER}"


@dataclass(frozen=True)
class Kind:
    """A paper: where it is, for which side, what its title says, and its tables."""

    address: str
    side: str
    title: str
    tables: int
    author: str


PAPERS = {
    "order": Kind(f"{OURS}/ordre.pdf", "buyer", "Ordre", 2, "Slagelse"),
    "receipt": Kind(f"{OURS}/varemodtagelse.pdf", "buyer", "Varemodtagelse", 2, "Slagelse"),
    "receipt, to the enterprise": Kind(
        f"{THEIRS}/varemodtagelse.pdf", "worker", "Varemodtagelse", 2, "Slagelse"
    ),
    "packing list": Kind(f"{THEIRS}/foelgeseddel.pdf", "worker", "Følgeseddel", 1, "Legehytten"),
    "packing list of a shipment": Kind(
        f"{THEIRS}/forsendelser/1/foelgeseddel.pdf", "worker", "Følgeseddel", 1, "Legehytten"
    ),
    "labels": Kind(f"{THEIRS}/labels.pdf?antal=2", "worker", "Etiketter", 0, "Legehytten"),
    "invoice data": Kind(f"{THEIRS}/fakturadata.pdf", "worker", "fakturaen", 2, "Legehytten"),
}
KEPT = [name for name in PAPERS if name not in ("labels", "invoice data")]


@pytest.fixture
def world(app: Flask) -> World:
    """An order that went in two shipments and came with a deviation: it has all papers."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = make(session)
    buyer, worker = browser(app, made.buyer), browser(app, made.worker)
    add(buyer, made.product, "3")
    assert place(buyer, key_of(buyer)).status_code == 303
    for client, address, form in (
        (worker, f"{THEIRS}/bekraeft", {}),
        (worker, f"{THEIRS}/forsendelser", {"sent_1": "1", "shipment": "1"}),
        (worker, f"{THEIRS}/forsendelser", {"sent_1": "2", "shipment": "2"}),
        (buyer, f"{OURS}/modtag", {"received_1": "2,5", "deviation_1": "Et halvt manglede"}),
    ):
        assert client.post(address, data=form).status_code == 303, address
    return made


def readers(app: Flask, world: World) -> Mapping[str, CatalogueClient]:
    """Return browsers of both sides."""
    return {"buyer": browser(app, world.buyer), "worker": browser(app, world.worker)}


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_tells_a_screen_reader_all_it_needs(app: Flask, world: World, name: str) -> None:
    paper = PAPERS[name]
    answer = readers(app, world)[paper.side].get(paper.address)
    assert tagged.faults(answer.data, paper.title, tables=paper.tables) == []
    metadata = PdfReader(io.BytesIO(answer.data)).metadata
    assert metadata is not None
    assert NUMBER in (metadata.title or "") or paper.title == "Varemodtagelse"
    assert metadata.author == paper.author


def move(app: Flask, world: World) -> None:
    """Let a month pass, in which enterprise, municipality and buyer get other names and places."""
    with app.extensions["catalogue"].database.transaction() as session:
        enterprise = session.get_one(Enterprise, world.enterprise.id)
        enterprise.name, enterprise.street = "Legehytten Nord", "Havnen 9"
        enterprise.postcode, enterprise.city = "9000", "Aalborg"
        enterprise.email, enterprise.phone = "ny@legehytten.example", "98765432"
        session.get_one(Municipality, world.home.id).name = "Nyslagelse"
        buyer = session.get_one(Person, world.buyer.id)
        buyer.name, buyer.email, buyer.locale = "Mette Ny", "ny@slagelse.example", "en"
        worker = session.get_one(Person, world.worker.id)
        worker.name, worker.locale = "Anders Ny", "en"
    app.extensions["catalogue"].clock = lambda: cast.NOW + timedelta(days=30)


@pytest.mark.parametrize("name", KEPT)
def test_paper_is_the_same_bytes_after_all_have_moved_and_for_whoever_reads_it(
    app: Flask, world: World, name: str
) -> None:
    paper = PAPERS[name]
    first = readers(app, world)[paper.side].get(paper.address).data
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session, world.home)
        colleague = cast.worker(session, session.get_one(Enterprise, world.enterprise.id))
    move(app, world)
    others = {"buyer": [world.buyer, staff], "worker": [world.worker, colleague]}[paper.side]
    for reader in others:
        client = browser(app, reader)
        assert client.get(paper.address).data == first, reader.name


def test_receipt_is_the_same_file_for_both_sides(app: Flask, world: World) -> None:
    both = readers(app, world)
    ours = both["buyer"].get(f"{OURS}/varemodtagelse.pdf").data
    assert both["worker"].get(f"{THEIRS}/varemodtagelse.pdf").data == ours


def test_label_and_invoice_data_name_the_enterprise_of_today(app: Flask, world: World) -> None:
    move(app, world)
    worker = browser(app, world.worker)
    for name in ("labels", "invoice data"):
        pages = PdfReader(io.BytesIO(worker.get(PAPERS[name].address).data)).pages
        text = " ".join(page.extract_text() for page in pages)
        assert "Legehytten Nord" in text, name
        assert "Aalborg" in text, name


def test_paper_of_an_order_without_kept_names_says_those_of_today(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        session.execute(delete(OrderSides))
    move(app, world)
    pdf = browser(app, world.buyer).get(f"{OURS}/ordre.pdf").data
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "Legehytten Nord" in text
    assert "Mette Ny" in text


def test_paper_names_the_buyer_whose_order_it_has_become(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        other = cast.buyer(session, world.home, name="Hans Berg")
        staff = cast.who(session, cast.staff(session, world.home))
        handing.hand_over(session, staff, NUMBER, other.id, "Mette er rejst", cast.NOW)
    pdf = browser(app, other).get(f"{OURS}/ordre.pdf").data
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert text.partition("Indkøber")[2].strip().startswith("Navn Hans Berg")
