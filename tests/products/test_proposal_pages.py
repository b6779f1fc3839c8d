"""The pages of new prices, from the draft to what buyers see on the day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from flask import Flask
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.products import plan, price_list
from catalogue.products.deliveries import Delivery
from catalogue.products.models import Product

DAY = TODAY + timedelta(days=38)
DRAFT = {"from_on": DAY.isoformat(), "percent": "20", "which": "all", "text": "Lærk er dyrere"}
PROPOSALS, ASKED = "/varer-hos-os/prisforslag", "/prisforslag"


@dataclass
class Town:
    """Browsers of the people, a product under agreement, and a clock to turn."""

    seller: Any
    staff: Any
    buyer: Any
    product_id: int
    day: list[datetime]


@pytest.fixture
def town(app: Flask) -> Town:
    """An enterprise, staff and a buyer of one municipality, and a product for 100 kr."""
    day = [NOW]
    state = app.extensions["catalogue"]
    state.clock = lambda: day[0]
    state.settings = replace(state.settings, session_idle_minutes=0)  # days go by meanwhile
    with app.extensions["catalogue"].database.transaction() as session:
        home = cast.municipality(session)
        shop = cast.enterprise(session)
        product = cast.product(session, shop, price_ore=10_000)
        cast.voluntary(session, home, shop)
        people = [cast.worker(session, shop), cast.staff(session, home), cast.buyer(session, home)]
    clients = []
    for person in people:
        client = app.test_client()
        cast.sign_in_as(client, person)
        clients.append(client)
    return Town(*clients, product.id, day)


def draft(town: Town, **changes: str) -> str:
    """Draft a proposal and return its address."""
    answer = town.seller.post(f"{PROPOSALS}/nyt", data=DRAFT | changes)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def sent(town: Town) -> str:
    """Send a proposal and return its address for staff."""
    address = draft(town)
    typed = {f"price_{town.product_id}": "120,00", "do": "send"}
    assert town.seller.post(address, data=typed).status_code == 303
    return ASKED + address.removeprefix(PROPOSALS)


def test_new_prices_from_draft_to_basket(town: Town) -> None:
    assert "Ingen forslag endnu" in town.seller.get(PROPOSALS).text
    address = draft(town)
    assert 'value="120,00"' in town.seller.get(address).text
    town.seller.post(address, data={f"price_{town.product_id}": "125,50", "do": "save"})
    assert "+25,50" in town.seller.get(address).text
    town.seller.post(address, data={f"price_{town.product_id}": "120", "do": "send"})
    assert "Slagelse" in town.seller.get(address).text
    asked = town.staff.get(ASKED).text
    assert "Ét forslag afventer jeres svar." in asked
    page = town.staff.get(ASKED + address.removeprefix(PROPOSALS)).text
    assert "Lærk er dyrere" in page
    assert "+20,00" in page
    assert "+20 %" in page
    town.staff.post(ASKED + address.removeprefix(PROPOSALS) + "/accepter")
    assert "De nye priser gælder fra 1. jan. 2027." in town.seller.get(address).text
    town.buyer.post("/kurv/tilfoej", data={"product_id": town.product_id, "quantity": "1"})
    for page in ("/kurv", f"/varer/{town.product_id}/legehus-i-laerk"):
        text = town.buyer.get(page).text.replace("\xa0", " ")
        assert "100,00 kr." in text
        assert "Fra 1. jan. 2027: 120,00 kr." in text
    town.day[0] = NOW + timedelta(days=38)
    assert "120,00" in town.buyer.get("/soeg?q=legehus").text
    basket = town.buyer.get("/kurv").text.replace("\xa0", " ")
    assert "Prisen er steget fra 100,00 kr. til 120,00 kr." in basket
    found = re.search(r'name="(version_\d+)" value="(\d+)"', basket)
    assert found
    town.buyer.post("/kurv/godkend-priser", data={found[1]: found[2]})
    assert "Gå til bestilling" in town.buyer.get("/kurv").text


def test_refusing_wants_a_reason_which_the_enterprise_reads(town: Town) -> None:
    address = sent(town)
    empty = town.staff.post(f"{address}/afvis", data={"reason": " "})
    assert empty.status_code == 422
    assert 'href="#field-reason"' in empty.text
    town.staff.post(f"{address}/afvis", data={"reason": "Vi venter til sommer"})
    page = town.seller.get(PROPOSALS + address.removeprefix(ASKED)).text
    assert "Vi venter til sommer" in page
    assert "Acceptér de nye priser" in town.staff.get(address).text
    assert town.staff.get(f"{ASKED}?svar=refused").text.count("Legehytten") == 1
    assert town.staff.post(f"{address}/afvis", data={"reason": "Igen"}).status_code == 409


def test_form_tells_what_is_wrong_by_field_and_keeps_what_was_typed(town: Town) -> None:
    wrong = {"from_on": "2026-11-25", "percent": "mange", "which": "some", "text": "Hej"}
    answer = town.seller.post(f"{PROPOSALS}/nyt", data=wrong)
    assert answer.status_code == 422
    assert 'href="#field-percent"' in answer.text
    assert ">\nHej</textarea>" in answer.text
    near = town.seller.post(f"{PROPOSALS}/nyt", data=DRAFT | {"from_on": "2026-11-25"})
    assert "Vælg den 24. dec. 2026 eller senere" in near.text
    none = town.seller.post(f"{PROPOSALS}/nyt", data=DRAFT | {"which": "some"})
    assert 'href="#field-products"' in none.text


def test_price_that_cannot_be_read_is_marked_at_its_field(town: Town) -> None:
    address = draft(town)
    answer = town.seller.post(address, data={f"price_{town.product_id}": "dyrt", "do": "send"})
    assert answer.status_code == 422
    assert f'id="field-price_{town.product_id}-error"' in answer.text
    assert 'value="dyrt"' in answer.text


def test_sending_without_a_change_says_so(town: Town) -> None:
    answer = town.seller.post(draft(town, percent=""), data={"do": "send"})
    assert answer.status_code == 422
    assert 'href="#field-prices"' in answer.text


def test_draft_is_thrown_away_and_a_sent_one_withdrawn(town: Town) -> None:
    assert town.seller.post(draft(town) + "/kasser").status_code == 303
    assert "Ingen forslag endnu" in town.seller.get(PROPOSALS).text
    address = sent(town)
    own = PROPOSALS + address.removeprefix(ASKED)
    assert town.seller.post(f"{own}/traek-tilbage").status_code == 303
    page = town.staff.get(address)  # where the mail of it leads
    assert "har trukket priserne tilbage" in page.text
    assert f"{address}/accepter" not in page.text
    assert town.staff.post(f"{address}/accepter").status_code == 409
    assert "Ingen prisforslag" in town.staff.get(ASKED).text


def test_product_form_offers_a_proposal_and_refuses_a_rise(town: Town) -> None:
    page = town.seller.get(f"/varer-hos-os/{town.product_id}").text
    assert f"{PROPOSALS}/nyt?vare={town.product_id}" in page
    chosen = town.seller.get(f"{PROPOSALS}/nyt?vare={town.product_id}").text
    assert f'value="{town.product_id}" checked' in chosen
    form = {
        "title": "Legehus i lærk", "kind": "goods", "summary": "Et legehus.",
        "description": "Bygget af lærk.", "category": cast.PLAY_HOUSES, "unit": "piece",
        "price_base_quantity": "1", "vat_rate": "25", "minimum_quantity": "1",
        "delivery_days": "21", "delivers_everywhere": "1",
    }  # fmt: skip
    address = f"/varer-hos-os/{town.product_id}"
    assert town.seller.post(address, data=form | {"price": "120,00"}).status_code == 422
    assert town.seller.post(address, data=form | {"price": "90,00"}).status_code == 303


def test_price_list_refuses_a_rise_of_a_bound_price(town: Town, database: Database) -> None:
    with database.reading() as session:
        product = session.scalars(select(Product)).one()
        for price, refused in (("120", 1), ("90", 0)):
            content = f"Varenr;Titel;Pris\n{product.item_number};;{price}\n".encode()
            rows = price_list.read(content, "priser.csv")
            delivery = Delivery(tuple(rows), {})
            found = plan.preview(session, product.enterprise_id, delivery, TODAY)
            assert found.counts["refused"] == refused
