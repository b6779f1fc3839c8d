"""The papers of an order: what they say, to whom, and that they are the same each time."""

from __future__ import annotations

import io
from typing import Any

import cast
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from ordering.test_pages import add, browser, key_of, place
from ordering.world import World, make, second_enterprise
from pypdf import PdfReader

from catalogue.core.money import vat_ore
from catalogue.ordering import document_rules

NUMBER = "0330-2026-00001"
INCOMING = f"/indkomne-ordrer/{NUMBER}"
PAPERS = ("foelgeseddel.pdf", "labels.pdf", "fakturadata.pdf")


@pytest.fixture
def world(app: Flask) -> World:
    """An order of two and a half play houses, placed."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = make(session)
        second_enterprise(session, made)
    client = browser(app, made.buyer)
    add(client, made.product, "2,5")
    assert place(client, key_of(client)).status_code == 303
    return made


def words(answer: Any) -> str:
    """Return the text of a PDF, with single blanks."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_buyer_and_staff_get_the_same_order_as_pdf(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session, world.home)
    address = f"/ordrer/{NUMBER}/ordre.pdf"
    first, second = (browser(app, each).get(address) for each in (world.buyer, staff))
    assert first.data == second.data
    text = words(first)
    for said in (NUMBER, "Afgivet", "Legehus i lærk", "31.250,00", "39.062,50", cast.GLN, "MEHO",
                 "Legehytten", "Ring før levering"):  # fmt: skip
        assert said in text, said
    assert f'filename="ordre-{NUMBER}.pdf"' in first.headers["Content-Disposition"]
    assert f'href="{address}"' in browser(app, world.buyer).get(f"/ordrer/{NUMBER}").text


def test_papers_are_the_same_bytes_however_late_they_are_printed(app: Flask, world: World) -> None:
    client = browser(app, world.worker)
    first = client.get(f"{INCOMING}/fakturadata.pdf").data
    app.extensions["catalogue"].clock = lambda: cast.NOW.replace(minute=50)
    assert client.get(f"{INCOMING}/fakturadata.pdf").data == first


def test_packing_list_says_what_and_where_to_and_no_price(app: Flask, world: World) -> None:
    text = words(browser(app, world.worker).get(f"{INCOMING}/foelgeseddel.pdf"))
    for said in ("Følgeseddel", NUMBER, "2,5", "Legehus i lærk", "Skovvej 3", "Bo Berg", "MEHO",
                 "Ring før levering"):  # fmt: skip
        assert said in text, said
    assert "kr." not in text


def test_each_parcel_has_its_label(app: Flask, world: World) -> None:
    answer = browser(app, world.worker).get(f"{INCOMING}/labels.pdf?antal=3")
    reader = PdfReader(io.BytesIO(answer.data))
    for number, page in enumerate(reader.pages, start=1):
        assert "4200 Slagelse" in page.extract_text()
        assert f"Kolli {number} af 3" in page.extract_text()
    assert len(reader.pages) == 3
    assert round(float(reader.pages[0].mediabox.width) / 72 * 25.4) == 105


@pytest.mark.parametrize(
    ("asked", "printed"), [(None, 1), (-5, 1), (0, 1), (3, 3), (40, 40), (9999, 40)]
)
def test_nobody_prints_a_roll_of_labels(asked: int | None, printed: int) -> None:
    assert document_rules.labels(asked) == printed


def test_invoice_data_hold_all_that_the_municipality_finds_the_order_by(
    app: Flask, world: World
) -> None:
    client = browser(app, world.worker)
    assert f'href="{INCOMING}/fakturadata"' in client.get(INCOMING).text
    page = client.get(f"{INCOMING}/fakturadata").text
    text = words(client.get(f"{INCOMING}/fakturadata.pdf"))
    for said in (cast.GLN, NUMBER, "MEHO", "1234-56", world.agreement.number, world.home.cvr,
                 world.enterprise.cvr, "31.250,00", "7.812,50", "39.062,50", "25 %"):  # fmt: skip
        assert said in page, said
        assert said in text.replace("\u00a0", " "), said


@pytest.mark.parametrize(
    ("steps", "warning"),
    [
        ([], "Send ikke faktura endnu"),
        (["bekraeft"], "Send fakturaen, når ordren er leveret"),
        (["bekraeft", "afsend"], ""),
        (["afvis"], "Send ikke faktura: Ordren skal ikke leveres"),
    ],
)
def test_invoice_data_say_when_to_invoice(
    app: Flask, world: World, steps: list[str], warning: str
) -> None:
    client = browser(app, world.worker)
    for each in steps:
        client.post(f"{INCOMING}/{each}", data={"reason": "Udsolgt"})
    page = client.get(f"{INCOMING}/fakturadata").text
    assert warning in page
    assert bool(warning) == ("Send " in page)


def test_an_order_that_is_approved_anew_is_not_told_to_be_void() -> None:
    assert "Send ikke faktura endnu" in str(document_rules.invoice_warning("awaiting"))


def test_rejected_order_has_no_packing_list_or_label(app: Flask, world: World) -> None:
    client = browser(app, world.worker)
    client.post(f"{INCOMING}/afvis", data={"reason": "Udsolgt"})
    for paper in ("foelgeseddel.pdf", "labels.pdf"):
        answer = client.get(f"{INCOMING}/{paper}")
        assert answer.status_code == 409
        assert "Afvist" in answer.text
        assert paper not in client.get(INCOMING).text


def test_papers_of_others_are_not_there(app: Flask, world: World) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        stranger = cast.worker(session, cast.enterprise(session, "Grennessminde II"))
        other = cast.buyer(session, cast.municipality(session, "Vejle"))
    for paper in (*PAPERS, "fakturadata"):
        assert browser(app, stranger).get(f"{INCOMING}/{paper}").status_code == 404
    assert browser(app, other).get(f"/ordrer/{NUMBER}/ordre.pdf").status_code == 404


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from([0, 25])), max_size=8))
def test_vat_by_rate_adds_up_to_the_vat_of_the_order(lines: list[tuple[int, int]]) -> None:
    shares = document_rules.vat_by_rate(lines)
    assert sum(each.vat_ore for each in shares) == vat_ore(lines)
    assert sum(each.net_ore for each in shares) == sum(net for net, _rate in lines)
    assert len({each.rate for each in shares}) == len(shares)


def test_receipt_says_what_came_when_and_what_was_not_as_ordered(app: Flask, world: World) -> None:
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    address = f"/ordrer/{NUMBER}/varemodtagelse.pdf"
    assert buyer.get(address).status_code == 409  # nothing has come yet
    for step in ("bekraeft", "afsend"):
        worker.post(f"{INCOMING}/{step}")
    came = {"received_1": "2", "deviation_1": "Et halvt manglede"}
    assert buyer.post(f"/ordrer/{NUMBER}/modtag", data=came).status_code == 303
    assert address in buyer.get(f"/ordrer/{NUMBER}").text
    first = buyer.get(address)
    text = words(first)
    for said in (
        "Varemodtagelse",
        NUMBER,
        "Mette Holm",
        "24. nov. 2026",
        "2,5",
        "Et halvt manglede",
    ):
        assert said in text, said
    assert words(worker.get(f"{INCOMING}/varemodtagelse.pdf")) == text
    app.extensions["catalogue"].clock = lambda: cast.NOW.replace(minute=50)
    assert buyer.get(address).data == first.data
