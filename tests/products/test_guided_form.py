"""The guided form without JavaScript, and what is typed kept while it is typed."""

from __future__ import annotations

import re
from typing import Any

import cast
import pytest
from flask import Flask
from products.world import FORM, seller
from sqlalchemy import select

from catalogue.products import service
from catalogue.products.models import Product, TypedDraft

WHAT = {"step": "hvad", "title": "Æblemost", "kind": "goods", "summary": "", "description": "",
        "category": ""}  # fmt: skip


@pytest.fixture
def browser(app: Flask) -> Any:
    """A browser in which a person of Legehytten is signed in."""
    with app.extensions["catalogue"].database.transaction() as session:
        person = seller(session).person
        cast.category(session, "15321600")
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def told(app: Flask, product_id: str) -> Any:
    """Return the facts of a product as they are stored."""
    with app.extensions["catalogue"].database.reading() as session:
        found = session.get_one(Product, int(product_id))
        return service.facts_but_area(found)


def start(browser: Any) -> str:
    """Send the first step; return the address of the product."""
    answer = browser.post("/varer-hos-os/ny", data=WHAT)
    assert answer.status_code == 303
    return str(answer.location).partition("/trin/")[0]


def test_steps_lead_from_a_title_to_the_pictures_and_each_saves(app: Flask, browser: Any) -> None:
    address = start(browser)
    sent = {
        "hvad": WHAT | {"summary": "Most.", "description": "Af æbler.", "category": "15321600"},
        "pris": {"price": "34,00", "price_base_quantity": "1", "unit": "box", "vat_rate": "25",
                 "vat_exempt_reason": "", "tier_from_1": "10", "tier_off_1": "7,5",
                 "tier_from_2": "", "tier_off_2": ""},
        "levering": {"minimum_quantity": "2", "delivery_days": "5", "delivers_everywhere": "1",
                     "capacity_per_week": "40", "paused_until": "", "pause_reason": ""},
        "fakta": {"item_number": "", "gtin": "5701234567899", "allergens": "ingen",
                  "made_to_order": "0", "pack_size": "12", "origin": "Slagelse", "season": ""},
        "historie": {"labels": "organic", "proof_organic": "DK-ØKO-100", "proof_fsc": "",
                     "social_story": "Fire lærlinge."},
    }  # fmt: skip
    step = f"{address}/trin/hvad"
    for key, data in sent.items():
        assert step.endswith(f"/trin/{key}")
        assert browser.get(step).status_code == 200
        step = browser.post(step, data=data).location
    assert step.endswith("#pictures")
    found = told(app, address.rsplit("/", 1)[1])
    assert (found.price_ore, found.tiers, found.minimum_quantity) == (3_400, ((10, 75),), 2)
    assert (found.gtin, found.allergens, found.pack_size) == ("5701234567899", "ingen", 12)
    assert found.labels == (("organic", "DK-ØKO-100"),)
    assert found.item_number == "V-0001"
    page = browser.get(f"{address}/forhaandsvisning").text
    for words in ("Økologisk (Ø-mærket)", "DK-ØKO-100", "7,5 %", "31,45", "5701234567899", "ingen"):
        assert words in page


def test_a_step_leaves_what_other_steps_say_and_can_take_its_own_back(
    app: Flask, browser: Any
) -> None:
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    browser.post(f"{address}/trin/historie", data={"social_story": "Fire.", "proof_fsc": ""})
    browser.post(f"{address}/trin/historie", data={"social_story": "", "proof_fsc": ""})
    found = told(app, address.rsplit("/", 1)[1])
    assert (found.social_story, found.price_ore, found.delivery_days) == ("", 1_250_000, 21)


def test_questions_of_the_category_are_asked_and_others_not(browser: Any) -> None:
    address = start(browser)
    assert 'name="allergens"' not in browser.get(f"{address}/trin/fakta").text
    browser.post(f"{address}/trin/hvad", data=WHAT | {"category": "15321600"})
    page = browser.get(f"{address}/trin/fakta").text
    assert 'name="allergens"' in page
    assert 'name="hours"' not in page


def test_faulty_step_is_kept_and_found_again(browser: Any) -> None:
    address = start(browser)
    answer = browser.post(f"{address}/trin/pris", data={"price": "tolv kroner"})
    assert answer.status_code == 422
    again = browser.get(f"{address}/trin/pris").text
    assert "tolv kroner" in again
    assert "Her er det, du ikke nåede at gemme" in again
    browser.post(f"{address.replace('/varer-hos-os/', '/varer-hos-os/kladde-kasser/')}/trin")
    browser.post(f"/varer-hos-os/kladde-kasser/{address.rsplit('/', 1)[1]}/pris")
    assert "tolv kroner" not in browser.get(f"{address}/trin/pris").text


def test_typing_is_kept_and_saving_forgets_it(app: Flask, browser: Any) -> None:
    address = start(browser)
    place = f"/varer-hos-os/kladde/{address.rsplit('/', 1)[1]}/historie"
    typed = {"social_story": "Halvt skrevet", "proof_fsc": "", "csrf_token": "x"}
    assert "saved" in browser.post(place, data=typed).json
    assert told(app, address.rsplit("/", 1)[1]).social_story == ""
    assert "Halvt skrevet" in browser.get(f"{address}/trin/historie").text
    browser.post(f"{address}/trin/historie", data=typed)
    with app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(TypedDraft)).all() == []


def test_typing_is_nobody_elses(app: Flask, browser: Any) -> None:
    browser.post("/varer-hos-os/kladde/ny", data=WHAT | {"title": "Hemmeligt legehus"})
    assert "Hemmeligt legehus" in browser.get("/varer-hos-os/ny").text
    address = start(browser)
    with app.extensions["catalogue"].database.transaction() as session:
        stranger = seller(session, "Nabo").person
    other = app.test_client()
    cast.sign_in_as(other, stranger)
    assert "Hemmeligt legehus" not in other.get("/varer-hos-os/ny").text
    number = address.rsplit("/", 1)[1]
    assert other.post(f"/varer-hos-os/kladde/{number}/pris", data={}).status_code == 404
    assert other.get(f"{address}/trin/pris").status_code == 404
    assert other.post(f"{address}/trin/pris", data={"price": "1"}).status_code == 404


def test_a_persons_number_is_not_kept_while_typing(browser: Any) -> None:
    data = WHAT | {"description": "Ida, 211062-5629", "title": "Fuglekasse"}
    browser.post("/varer-hos-os/kladde/ny", data=data)
    page = browser.get("/varer-hos-os/ny").text
    assert "Fuglekasse" in page
    assert "211062" not in page


def test_category_is_suggested_from_products_called_alike(app: Flask, browser: Any) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        shop = cast.enterprise(session, "Mosteriet")
        cast.product(session, shop, "Æblemost på flaske", category_code="15321600")
    address = start(browser)
    assert (
        'name="category_choice" type="radio" value="15321600"'
        in browser.get(f"{address}/trin/hvad").text
    )


def test_page_says_what_to_add_and_why(browser: Any) -> None:
    address = start(browser)
    page = browser.get(address).text
    assert "af 100" in page
    assert "Vælg en kategori" in page
    assert f'href="{address}/trin/hvad#field-category"' in page


def test_word_of_several_categories_is_answered_by_them_with_all_else_as_typed(
    app: Flask, browser: Any
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        for code in ("37521000", "37522000"):
            cast.category(session, code, f"Legetøj {code}")
    address = start(browser)
    sent = WHAT | {"category": "legetøj", "title": "Fuglekasse"}
    for place in ("/varer-hos-os/ny", f"{address}/trin/hvad", address):
        answer = browser.post(place, data=FORM | sent)
        assert answer.status_code == 422, place
        for told_ in ('value="37521000"', 'value="37522000"', "Fuglekasse"):
            assert told_ in answer.text, place


def test_typing_of_a_product_that_no_database_can_hold_is_kept_nowhere(browser: Any) -> None:
    assert browser.post(f"/varer-hos-os/kladde/{10**30}/pris", data={}).status_code == 404
    assert browser.post(f"/varer-hos-os/kladde-kasser/{10**30}", data={}).status_code < 500


@pytest.mark.parametrize("place", ["", "/trin/pris"])
def test_who_would_undo_unseen_what_another_saved_is_told_first(
    app: Flask, browser: Any, place: str
) -> None:
    address = start(browser)
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(address + place).text)
    assert seen is not None
    price = FORM | {"price": "34,00", "seen": seen[1]}
    assert browser.post(address + place, data=price).status_code == 303  # a colleague was quicker
    told_first = browser.post(address + place, data=price | {"price": "30,00"})
    assert "siden du åbnede formularen" in told_first.text
    assert 'value="30,00"' in told_first.text
    assert told(app, address.rpartition("/")[2]).price_ore == 3400
    again = re.search(r'name="seen" value="([^"]+)"', told_first.text)
    assert again is not None
    anew = price | {"price": "30,00", "seen": again[1]}
    assert browser.post(address + place, data=anew).status_code == 303
    assert told(app, address.rpartition("/")[2]).price_ore == 3000
