"""The pages of variants: one form saved at once, one page with a choice, and what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from products.world import encoded
from search import worlds
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.products import families

FORM = {
    "size_0": "M", "colour_0": "blå",
    "key_1": "", "size_1": "L", "colour_1": "blå", "item_number_1": "S-L", "price_1": "120",
    "gtin_1": "5701234567899",
    "key_2": "", "colour_2": "rød", "item_number_2": "S-R", "price_2": "95,50",
}  # fmt: skip


@pytest.fixture
def parts(app: Flask) -> Iterator[dict[str, Any]]:
    """The index of the application, closed after the test."""
    opened = app.extensions["catalogue"].parts
    yield opened
    opened["search"].close()


def test_variants_are_saved_shown_found_and_put_in_the_basket(
    parts: dict[str, Any], client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        here = cast.municipality(session)
        shop = cast.enterprise(session)
        shirt = cast.product(session, shop, "Skjorte", item_number="S-M", price_ore=10_000)
        cast.product(session, shop, "Andet", price_ore=50_000)
        cast.voluntary(session, here, shop)
        worker, buyer, id_ = cast.worker(session, shop), cast.buyer(session, here), shirt.id
    address = f"/varer-hos-os/{id_}/varianter"
    cast.sign_in_as(client, worker)
    wrong = client.post(address, data=FORM | {"price_2": "dyr", "colour_0": ""})
    assert wrong.status_code == 422
    assert 'href="#field-price_2"' in wrong.text
    more = client.post(address, data=FORM | {"more": "1"}).text
    assert more.count("<fieldset") == 5
    assert 'value="95,50"' in more
    assert client.post(address, data=FORM).status_code == 303
    form = client.get(address).text
    assert re.findall(r'name="key_\d" value="(\d*)"', form)[:2] == ["1", "2"]
    page = client.get(f"/varer-hos-os/{id_}").text
    assert "størrelse L, blå" in page
    assert "S-R" in client.get(f"/varer-hos-os/{id_}/forhaandsvisning").text
    with database.reading() as session:
        rows = families.list_rows(session, id_)
        large, red = rows[1].id, rows[2].id
        facts = session.scalars(
            select(AuditEvent.facts).where(AuditEvent.action == "product.changed")
        ).all()[-1]
        assert [each["item_number"] for each in facts["after"]["variants"]] == ["S-L", "S-R"]
    worlds.work(database, parts)
    buyer_sees(client, buyer, id_, large)
    shown = client.get(f"/varer/{red}/skjorte").text
    assert 'aria-current="true"><span>rød · 95,50' in shown
    client.post("/kurv/tilfoej", data={"product_id": red, "quantity": "1"})
    basket = client.get("/kurv").text
    assert "Skjorte, rød" in basket
    cast.sign_in_as(client, worker)
    rest = {name: value for name, value in FORM.items() if not name.startswith("key")}
    kept = rest | {"key_1": "1", "key_2": "2", "remove_2": "1"}
    client.post(address, data=kept)
    cast.sign_in_as(client, buyer)
    assert client.get(f"/varer/{red}/skjorte").status_code == 410


def buyer_sees(client: CatalogueClient, buyer: Person, leader: int, large: int) -> None:
    """Look the family up by word, colour, number and GTIN: it is one hit each time."""
    cast.sign_in_as(client, buyer)
    for asked in ("skjorte", "skjorte rød", "S-R", "5701234567899"):
        found = client.get(f"/soeg?q={asked}").text
        assert found.count('class="product-card"') == 1, asked
    everything = client.get("/soeg").text
    assert everything.count('class="product-card"') == 2
    assert "3 varianter · priser fra" in everything
    assert "95,50" in everything
    by_number = client.get("/soeg?q=S-L").text
    assert f"/varer/{large}/skjorte" in by_number
    plain = client.get("/soeg?q=skjorte").text
    assert f"/varer/{leader}/skjorte" in plain


def test_picture_is_sent_for_a_variant_and_chosen_in_the_same_step(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        shop = cast.enterprise(session)
        worker = cast.worker(session, shop)
        id_ = cast.product(session, shop, "Skjorte", item_number="S-M", price_ore=10_000).id
    cast.sign_in_as(client, worker)
    address = f"/varer-hos-os/{id_}/varianter"

    def send(content: bytes, **changes: str) -> Any:
        sent = {**FORM, **changes, "picture_2": (io.BytesIO(content), "roed.jpg")}
        return client.post(address, data=sent, content_type="multipart/form-data")

    for content, changes, at in (
        (encoded("red"), {}, "alt_2"),
        (b"not a picture", {"alt_2": "Skjorten i rødt"}, "picture_2"),
        (encoded("red"), {"alt_2": "Skjorten i rødt", "price_1": "dyr"}, "price_1"),
    ):
        answer = send(content, **changes)
        assert answer.status_code == 422
        assert f'href="#field-{at}"' in answer.text
        assert "Vælg billedet igen" in answer.text or at == "picture_2"
    assert send(encoded("red"), alt_2="Skjorten i rødt").status_code == 303
    with database.reading() as session:
        found = session.scalars(
            select(AuditEvent.facts).where(AuditEvent.action == "product.changed")
        ).all()
        rows = families.list_rows(session, id_)
        red = next(each for each in rows.values() if each.item_number == "S-R")
        assert [each.alt for each in red.images] == ["Skjorten i rødt", "Skjorte"]
    assert len(found) == 1
    told = found[0]["after"]
    assert told["variants"][1]["image_id"] == told["images"][-1]["image_id"]
    assert client.post(address, data=FORM | {"more": "1"}).status_code == 200


def test_variants_of_another_enterprise_are_not_there(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        shop, other = cast.enterprise(session), cast.enterprise(session, "Anden")
        made = cast.product(session, shop)
        worker = cast.worker(session, other)
    cast.sign_in_as(client, worker)
    assert client.get(f"/varer-hos-os/{made.id}/varianter").status_code == 404
    assert client.post(f"/varer-hos-os/{made.id}/varianter", data=FORM).status_code == 404


def test_form_of_before_takes_no_variant_off_that_another_added(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        shop = cast.enterprise(session)
        worker = cast.worker(session, shop)
        id_ = cast.product(session, shop, "Skjorte", item_number="S-M", price_ore=10_000).id
    cast.sign_in_as(client, worker)
    address = f"/varer-hos-os/{id_}/varianter"

    def drawn(page: str) -> dict[str, str]:
        (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
        return {"seen": seen}

    before = drawn(client.get(address).text)
    assert client.post(address, data=FORM | before).status_code == 303
    mine = {"size_0": "M", "key_1": "", "size_1": "S", "item_number_1": "S-S", "price_1": "90"}
    wrong = client.post(address, data=mine | {"price_1": "dyr"} | before)
    assert drawn(wrong.text) == before
    told = client.post(address, data=mine | before)
    assert "siden du åbnede formularen" in told.text
    assert 'value="S-S"' in told.text
    with database.reading() as session:
        assert len(families.list_rows(session, id_)) == 2
    assert client.post(address, data=mine | drawn(told.text)).status_code == 303
    assert 'value="S-S"' in client.get(address).text
