"""Peppol catalogues through the pages: sent as a price list, fetched for an agreement."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import cast
import pytest
from elsewhere import serving
from exchange import catalogues, peppol_kit
from exchange.catalogues import catalogue, line
from flask import Flask
from products.test_pages import work_off
from products.test_sent_lists import pack
from products.world import encoded, seller
from sqlalchemy import func, select

from catalogue.enterprises.models import Enterprise
from catalogue.exchange import peppol_reading
from catalogue.exchange.peppol_document import CVR_SCHEME, Attached, Catalogue
from catalogue.exchange.peppol_writing import write
from catalogue.media.models import Image
from catalogue.products import prices
from catalogue.products.models import (
    Product,
    ProductImage,
    ProductMunicipality,
    ProductState,
)
from catalogue.products.price_rules import Price, Tier

SHELF = "/varer-hos-os"
PICTURE = Attached(
    "V-1", "PRODUCT_IMAGE", "Legehuset i haven", "hus.jpg", "image/jpeg", encoded("green")
)


@dataclass(frozen=True)
class Town:
    """An agreement between Legehytten and Slagelse, and browsers of both and of another town."""

    app: Flask
    agreement_id: int
    enterprise: Any
    staff: Any
    stranger: Any

    def rows(self) -> list[Product]:
        """Return the products as they stand."""
        with self.app.extensions["catalogue"].database.transaction() as session:
            found = list(session.scalars(select(Product).order_by(Product.item_number)))
            session.expunge_all()
            return found

    def send(self, document: bytes, to: str = f"{SHELF}/import", packed: bytes = b"") -> Any:
        """Send a file by the form of price lists, with a ZIP file, and follow where it leads."""

        def sent() -> dict[str, Any]:
            zipped = {"images": (io.BytesIO(packed), "billeder.zip")} if packed else {}
            return {"price_list": (io.BytesIO(document), "katalog.xml")} | zipped

        answer = self.enterprise.post(to, data=sent())
        if answer.status_code == 307:  # a browser sends the form once more
            answer = self.enterprise.post(answer.location, data=sent())
        if answer.status_code == 303:
            return self.enterprise.get(answer.location)
        return answer

    def take(self, document: bytes) -> None:
        """Send a file and do what the preview says."""
        preview = self.send(document)
        work_off(self.app, "price lists")  # what has pictures to fetch is the worker's
        done = self.enterprise.post(preview.request.path, data={"which": "all"})
        assert done.status_code == 303

    def fetch(self) -> Catalogue:
        """Fetch the catalogue of the agreement as the enterprise does."""
        answer = self.enterprise.get(f"{SHELF}/peppol/{self.agreement_id}.xml")
        assert answer.status_code == 200
        if peppol_kit.IS_THERE:
            assert peppol_kit.fatal(answer.data) == []
        return peppol_reading.read(answer.data)


@pytest.fixture
def town(app: Flask) -> Town:
    """Legehytten has an agreement with Slagelse about play houses, and no products yet."""
    with app.extensions["catalogue"].database.transaction() as session:
        own = seller(session, cvr=catalogues.CVR)
        home = cast.municipality(session)
        made = cast.voluntary(session, home, own.enterprise, number="A-2026-1")
        people = [own.person, cast.staff(session, home)]
        people.append(cast.staff(session, cast.municipality(session, "Vejle")))
        agreement_id = made.id
    browsers = []
    for person in people:
        opened = app.test_client()
        cast.sign_in_as(opened, person)
        browsers.append(opened)
    return Town(app, agreement_id, *browsers)


def test_xml_sent_as_price_list_becomes_products(town: Town) -> None:
    house = line(attached=(PICTURE,))
    town.take(write(catalogue(house, line(number="2", seller_number="V-2"))))
    first, second = town.rows()
    assert (first.title, first.price_ore, first.unit) == ("Legehus i lærk", 1_250_000, "piece")
    assert (first.category_code, first.delivery_days) == (cast.PLAY_HOUSES, 21)
    assert first.details == {"unspsc": "60141000"}
    assert (first.state, second.state) == (ProductState.PUBLISHED, ProductState.DRAFT)


def test_pictures_of_one_name_in_a_file_of_one_line_are_kept_apart(town: Town) -> None:
    red = replace(PICTURE, content=encoded("red"))
    lines = (line(attached=(PICTURE,)), line(number="2", seller_number="V-2", attached=(red,)))
    document = write(catalogue(*lines)).replace(b"\n", b"")
    town.take(document)
    with town.app.extensions["catalogue"].database.transaction() as session:
        assert session.scalar(select(func.count(Image.id.distinct()))) == 2


def test_preview_tells_what_was_left_out(town: Town) -> None:
    answer = town.send(write(catalogue(line(tax=None, prices=(
        catalogues.LinePrice(Decimal(9), "NOK"),
    )))))  # fmt: skip
    assert answer.status_code == 200
    assert "Prisen i NOK blev udeladt" in answer.text
    assert "Angiv en pris" in answer.text


def test_line_that_deletes_withdraws_the_product(town: Town) -> None:
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    gone = write(catalogue(line(action="Delete"), line(action="Delete", seller_number="V-9")))
    town.take(gone)
    (product,) = town.rows()
    assert product.state == ProductState.WITHDRAWN
    assert "der er intet at importere" in town.send(gone).text


def test_catalogue_with_pictures_in_a_zip_is_taken_by_the_worker(town: Town) -> None:
    afar = replace(PICTURE, content=b"", uri="https://example.org/b/Hus.jpg?v=2")
    gone = replace(afar, uri="http://127.0.0.1:9/b/andet.jpg?v=2")
    house = line(attached=(afar, gone))
    page = town.send(write(catalogue(house)), packed=pack({"b/hus.jpg": encoded("green")}))
    assert "data-progress" in page.text
    work_off(town.app, "price lists")
    preview = town.enterprise.get(page.request.path).text
    assert "andet.jpg blev udeladt: Adressen er ikke på det åbne internet" in preview
    assert "/b/Hus.jpg" not in preview
    town.enterprise.post(page.request.path, data={"which": "all"})
    work_off(town.app, "price lists")
    assert [each.state for each in town.rows()] == [ProductState.PUBLISHED]


def test_pictures_behind_addresses_are_fetched_and_what_fails_is_a_line(town: Town) -> None:
    with serving() as server:
        server.answers["/a/hus%20bag.jpg"] = encoded("red")
        server.answers["/side.png"] = b"<html>"
        afar = replace(PICTURE, content=b"", filename="", mime_type="")
        found = [replace(afar, kind="", uri=server.address("/a/hus%20bag.jpg")),
                 replace(afar, uri=server.address("/side.png")),
                 replace(afar, uri=server.address("/gone.jpg")),
                 replace(afar, uri=server.address("/ok.jpg", "localhost"))]  # fmt: skip
        document = write(catalogue(line(attached=(PICTURE, *found))))
        town.take(document)
        assert server.asked == [], "nobody has allowed it"
        here = town.app.extensions["catalogue"]
        here.settings = replace(here.settings, fetch_allowed_hosts="elsewhere, 127.0.0.1")
        page = town.send(document)
        assert "data-progress" in page.text
        work_off(town.app, "price lists")
        told = town.enterprise.get(page.request.path).text
        for words in ("side.png blev udeladt: Det er en webside", "hus.jpg, hus bag.jpg</ins>",
                      "gone.jpg blev udeladt: Serveren svarer med koden 404",
                      "ok.jpg blev udeladt: Adressen er ikke på"):  # fmt: skip
            assert words in told
        town.take(document)
        again = town.send(document)
        work_off(town.app, "price lists")
    with here.database.reading() as session:
        assert session.scalar(select(func.count(ProductImage.id))) == 2
    told = town.enterprise.get(again.request.path).text
    assert "Der er intet at importere. Det i listen, der er anderledes, springes over" in told


def test_bad_file_is_shown_with_line_and_rule(town: Town) -> None:
    text = write(catalogue()).decode().replace("12500.00", "-1")
    answer = town.send(text.encode())
    at = 1 + text[: text.index("<cac:RequiredItemLocationQuantity>")].count("\n")
    assert answer.status_code == 422
    assert f'<td class="number">{at}</td>' in answer.text
    assert "PEPPOL-T19-R006" in answer.text
    assert town.rows() == []


def test_entities_are_refused_on_the_page(town: Town) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
    answer = town.send(bomb, f"{SHELF}/peppol")
    assert answer.status_code == 422
    assert "dokumenttype" in answer.text


def test_file_of_another_enterprise_is_refused_on_the_page(town: Town) -> None:
    other = write(catalogue()).replace(catalogues.CVR.encode(), b"10000009")
    answer = town.send(other)
    assert answer.status_code == 422
    assert "CVR 10000009" in answer.text


def test_form_without_file_asks_for_one(town: Town) -> None:
    assert town.enterprise.post(f"{SHELF}/peppol", data={}).status_code == 422


def test_catalogue_of_an_agreement_has_its_number_and_agreed_prices(town: Town) -> None:
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    with town.app.extensions["catalogue"].database.transaction() as session:
        product = session.scalars(select(Product)).one()
        product.tiers = [Tier(10, 50)]
        agreed = Price(1_100_000, 1, product.unit)
        session.add(prices.agreed_row((town.agreement_id, product.id), agreed, cast.TODAY))
    found = town.fetch()
    (told,) = found.lines
    assert (found.contract, found.receiver.name) == ("A-2026-1", "Slagelse Kommune")
    assert [each.amount for each in told.prices] == [Decimal("11000.00"), Decimal("10450.00")]
    assert (told.coded("STI"), told.coded("TST")) == (cast.PLAY_HOUSES, "60141000")
    (picture,) = told.attached
    assert (picture.kind, picture.description) == ("PRODUCT_IMAGE", "Legehuset i haven")
    assert picture.content.startswith(b"\xff\xd8")


def test_what_is_ordered_on_a_closer_agreement_stands_in_its_catalogue_alone(town: Town) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        home, own = cast.municipality(session), session.scalars(select(Enterprise)).one()
        wide = cast.voluntary(session, home, own, categories=["37500000"]).id
        cast.product(session, own, item_number="V-1")
        cast.product(session, own, item_number="V-2", category_code="37520000")
    told = {}
    for agreement_id in (town.agreement_id, wide):
        found = replace(town, agreement_id=agreement_id).fetch()
        told[agreement_id] = [each.seller_number for each in found.lines]
    assert told == {town.agreement_id: ["V-1"], wide: ["V-2"]}


def test_fetched_catalogue_sent_back_changes_nothing(town: Town) -> None:
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    own = town.enterprise.get(f"{SHELF}/peppol/{town.agreement_id}.xml").data
    assert "der er intet at importere" in town.send(own).text


def test_prices_in_another_currency_are_told_though_all_else_is_unchanged(town: Town) -> None:
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    own = town.enterprise.get(f"{SHELF}/peppol/{town.agreement_id}.xml").data
    page = town.send(own.replace(b"DKK", b"EUR")).text
    assert "Prisen i EUR blev udeladt" in page
    assert "siger allerede det samme" not in page


def test_staff_fetch_the_catalogues_of_their_own_municipality(town: Town) -> None:
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    address = f"/aftaler/{town.agreement_id}/katalog.xml"
    assert address in town.staff.get(f"/aftaler/{town.agreement_id}").text
    answer = town.staff.get(address)
    assert answer.headers["Content-Disposition"].endswith('"peppol-A-2026-1-20261124.xml"')
    assert peppol_reading.read(answer.data) == town.fetch()
    assert town.stranger.get(address).status_code == 404
    assert town.enterprise.get(f"{SHELF}/peppol/999.xml").status_code == 404


def test_only_what_the_municipality_may_order_stands_in_it(town: Town) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        other = cast.municipality(session, "Vejle")
        own = session.scalars(select(Enterprise)).one()
        cast.product(session, own, "Uden for aftalen", category_code=cast.GIFTS)
        cast.product(session, own, "Kladde", state=ProductState.DRAFT)
        afar = cast.product(session, own, "Kun i Vejle", delivers_everywhere=False)
        session.add(ProductMunicipality(product_id=afar.id, municipality_id=other.id))
    empty = town.enterprise.get(f"{SHELF}/peppol/{town.agreement_id}.xml")
    town.take(write(catalogue(line(attached=(PICTURE,)))))
    assert [each.name for each in town.fetch().lines] == ["Legehus i lærk"]
    with town.app.extensions["catalogue"].database.transaction() as session:
        cast.mandatory(session, cast.municipality(session), categories=[cast.PLAY_HOUSES])
    barred = town.enterprise.get(f"{SHELF}/peppol/{town.agreement_id}.xml")
    assert (empty.status_code, barred.status_code) == (409, 409)


@peppol_kit.needed
@pytest.mark.parametrize("path", peppol_kit.EXAMPLES, ids=lambda path: path.stem)
def test_published_examples_can_be_imported(town: Town, path: Any) -> None:
    document = path.read_bytes()
    for host in (b"http://www.supplier.com", b"http://anskaffelser.no"):  # nobody is asked
        document = document.replace(host, b"http://127.0.0.1:9")
    provider = peppol_reading.read(document).provider
    if provider.endpoint.scheme == CVR_SCHEME:  # a Danish one may send its own file only
        with town.app.extensions["catalogue"].database.transaction() as session:
            session.scalars(select(Enterprise)).one().cvr = provider.endpoint.number[-8:]
    if "use-case-4" in path.stem:  # it only deletes what was never here
        assert "der er intet at importere" in town.send(document).text
        return
    town.take(document)
    kept = [each for each in peppol_reading.read(document).lines if each.action != "Delete"]
    assert len(town.rows()) == len(kept)
