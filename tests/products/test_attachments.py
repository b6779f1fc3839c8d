"""Attachments: PDF files on the product's page, taken along wherever the product goes."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from products.test_checks import Town, signed_in
from products.world import FORM, seller
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.receiving import Received
from catalogue.core.scanning import PART as SCAN
from catalogue.core.scanning import Clamd
from catalogue.products import (
    attached,
    attaching,
    check_queries,
    checks,
    copying,
    revisions,
    service,
    versions,
)
from catalogue.products.attached import Attachment, Kind
from catalogue.products.attaching import Described, New, read_described
from catalogue.products.check_rules import Checked
from catalogue.products.models import Product, ProductState, ProductVersion

SHEET, LIST = b"%PDF-1.7\nA data sheet.\n%%EOF\n", b"%PDF-1.7\nPrices.\n%%EOF\n"


def new(letter: str, title: str = "Datablad", kind: Kind = Kind.DATA_SHEET, most: int = 10) -> New:
    """Return a document that was received, without its file."""
    received = Received("a.pdf", letter * 64, "pdf", 1_234_567)
    return New(received, Described(kind, title), most)


def titles(product: Product) -> list[str]:
    """List the titles of the attachments of a product."""
    return [each.title for each in attached.of(product.attachments)]


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [(1, "1 kB"), (999_001, "1.000 kB"), (1_000_000, "1 MB"), (1_260_000, "1,3 MB")],
)
def test_size_is_told_in_words(size_bytes: int, said: str) -> None:
    assert attached.size(size_bytes) == said
    about = Attachment("a" * 64, "certificate", "FSC", size_bytes).about
    assert about == f"Certifikat, PDF, {said}"


@pytest.mark.parametrize(
    ("kind", "title", "usual", "wrong"),
    [
        ("virus", "Datablad", "", "kind_of_attachment"),
        ("other", "  ", "", "title_of_attachment"),
        ("other", "x" * 121, "", "title_of_attachment"),
        ("other", "Om 010203-1234", "", "title_of_attachment"),
    ],
)
def test_what_is_said_of_an_attachment_is_checked(
    kind: str, title: str, usual: str, wrong: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read_described(kind, title, usual)
    assert list(caught.value.problems) == [wrong]


def test_attachment_without_title_has_the_name_of_its_file() -> None:
    assert read_described("other", "", "datablad_2026").title == "datablad_2026"


def test_attachments_go_along_into_versions_copies_and_back(session: Session) -> None:
    town = Town(session, Checked.NONE)
    shown = town.shown.id
    attaching.attach(session, town.own, shown, new("a"), cast.NOW)
    attaching.attach(session, town.own, shown, new("a", "Nyt datablad"), cast.NOW)
    attaching.attach(session, town.own, shown, new("b", "FSC", Kind.CERTIFICATE), cast.NOW)
    session.flush()
    product = service.get_own(session, town.shop.id, shown)
    assert titles(product) == ["Nyt datablad", "FSC"]
    assert titles(copying.copy_own(session, town.own, shown, cast.NOW)) == ["Nyt datablad", "FSC"]
    attaching.detach(session, town.own, shown, "a" * 64, cast.NOW)
    with pytest.raises(Missing):
        attaching.detach(session, town.own, shown, "a" * 64, cast.NOW)
    session.flush()
    kept = session.scalars(select(ProductVersion).order_by(ProductVersion.version)).all()
    assert [len(each.facts.get("attachments", [])) for each in kept] == [1, 1, 2, 1]
    lines = versions.beside(session, shown, kept[3].version, kept[2].version).lines
    changed = next(line for line in lines if line.differs)
    assert [each.title for each in changed.old.attachments] == ["Nyt datablad", "FSC"]
    assert [each.title for each in changed.new.attachments] == ["FSC"]
    versions.revert(session, town.own, shown, kept[1].version, cast.NOW)
    assert titles(product) == ["Nyt datablad"]
    assert attaching.hashes_in_use(session) == {"a" * 64, "b" * 64}, "versions keep theirs"


def test_saving_the_form_leaves_attachments_alone(session: Session) -> None:
    town = Town(session, Checked.NONE)
    attaching.attach(session, town.own, town.shown.id, new("a"), cast.NOW)
    service.save(session, town.own, town.shown.id, town.facts("Andet"), cast.NOW)
    assert titles(service.get_own(session, town.shop.id, town.shown.id)) == ["Datablad"]


def test_attachment_of_a_change_waits_until_it_is_approved(session: Session) -> None:
    town = Town(session, Checked.ALL)
    draft = revisions.begin(session, town.own, town.shown.id, cast.NOW)
    attaching.attach(session, town.own, draft.id, new("a"), cast.NOW)
    made = checks.submit(session, town.own, draft.id, cast.NOW)
    session.flush()
    assert titles(service.get_own(session, town.shop.id, town.shown.id)) == []
    case = check_queries.get_case(session, town.staff, made.id)
    (line,) = [line for line in case.lines if line.differs]
    assert [each.title for each in line.new.attachments] == ["Datablad"]
    checks.approve(session, town.staff, made.id, cast.NOW)
    assert titles(service.get_own(session, town.shop.id, town.shown.id)) == ["Datablad"]
    again = revisions.begin(session, town.own, town.shown.id, cast.NOW)
    attaching.detach(session, town.own, again.id, "a" * 64, cast.NOW)
    made = checks.submit(session, town.own, again.id, cast.NOW)
    checks.approve(session, town.staff, made.id, cast.NOW)
    assert titles(service.get_own(session, town.shop.id, town.shown.id)) == []


def test_product_has_at_most_so_many_and_others_attachments_are_nobodys(session: Session) -> None:
    town = Town(session, Checked.NONE)
    attaching.attach(session, town.own, town.shown.id, new("a", most=1), cast.NOW)
    with pytest.raises(Invalid):
        attaching.attach(session, town.own, town.shown.id, new("b", most=1), cast.NOW)
    with pytest.raises(Missing):
        other = replace(town.own, enterprise_id=town.shop.id + 1)
        attaching.attach(session, other, town.shown.id, new("c"), cast.NOW)


@pytest.fixture
def browser(app: Flask) -> Any:
    """A browser in which a person of Legehytten is signed in."""
    with app.extensions["catalogue"].database.transaction() as session:
        person = seller(session).person
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def send(browser: Any, address: str, content: bytes, **typed: str) -> Any:
    """Send a file as an attachment."""
    data = {
        "attachment": (io.BytesIO(content), "Datablad 2026.pdf"),
        "kind_of_attachment": "data_sheet",
    }
    return browser.post(f"{address}/bilag", data=data | typed, content_type="multipart/form-data")


def test_documents_are_added_described_taken_off_and_downloaded_without_cookies(
    app: Flask, browser: Any
) -> None:
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    assert send(browser, address, SHEET).status_code == 303
    assert send(browser, address, LIST, title_of_attachment="Priser for 2026").status_code == 303
    said = {"title_1": "Datablad", "kind_1": "other", "title_2": "Priser", "kind_2": "price_list"}
    assert browser.post(f"{address}/bilag/beskriv", data=said | {"title_1": ""}).status_code == 422
    assert browser.post(f"{address}/bilag/beskriv", data=said).status_code == 303
    page = browser.get(f"{address}/forhaandsvisning").text
    assert "Prisliste, PDF, 1 kB" in page
    (link,) = re.findall(r'href="(/bilag-til-varer/[0-9a-f]{64}/priser\.pdf)"', page)
    answer = app.test_client().get(link)  # nobody signed in
    assert (answer.status_code, answer.data, answer.mimetype) == (200, LIST, "application/pdf")
    headers = answer.headers
    assert headers["Content-Disposition"] == "attachment; filename=priser.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    asked = browser.get(link).headers
    assert not {"Set-Cookie", "Vary"} & {*asked.keys()}, "no cookie is looked at"
    digest = link.split("/")[2]
    assert browser.post(f"{address}/bilag/{digest}/fjern").status_code == 303
    assert "Prisliste, PDF" not in browser.get(f"{address}/forhaandsvisning").text
    for wrong in ("0" * 64, "../../secret_key", digest[:63]):
        assert app.test_client().get(f"/bilag-til-varer/{wrong}/a.pdf").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"),
        (b"<script>alert(1)</script>", "Kun PDF kan vedlægges"),
        (b"\x89PNG\r\n\x1a\n and more", "Kun PDF kan vedlægges"),
        (b"%PDF-1.7 only half", "beskadiget"),
    ],
)
def test_what_is_no_whole_pdf_is_refused_and_what_was_typed_is_kept(
    browser: Any, content: bytes, said: str
) -> None:
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    answer = send(browser, address, content, title_of_attachment="Det fine datablad")
    assert answer.status_code == 422
    assert said in answer.text
    assert "Det fine datablad" in answer.text


def test_no_file_gets_past_a_scanner_that_does_not_answer(
    app: Flask, browser: Any, tmp_path: Path
) -> None:
    state = app.extensions["catalogue"]
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    state.parts[SCAN] = Clamd(str(tmp_path / "none"), 1).scan
    answer = send(browser, address, SHEET)
    assert (answer.status_code, "Virusskanneren svarer ikke" in answer.text) == (422, True)
    data = {"evidence": (io.BytesIO(SHEET), "Regnskab.pdf")}
    answer = browser.post("/virksomhed/bilag", data=data, content_type="multipart/form-data")
    assert (answer.status_code, "Virusskanneren svarer ikke" in answer.text) == (422, True)
    kept = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not [path for path in kept if path.read_bytes() == SHEET]


def test_held_product_takes_no_document_at_once(app: Flask, client: CatalogueClient) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        town = Town(session, Checked.ALL)
        shown = town.shown.id
    answer = send(signed_in(app, town.own), f"/varer-hos-os/{shown}", SHEET)
    assert answer.status_code == 409
    with app.extensions["catalogue"].database.reading() as session:
        found = session.get_one(Product, shown)
        assert (found.state, found.attachments) == (ProductState.PUBLISHED, None)
