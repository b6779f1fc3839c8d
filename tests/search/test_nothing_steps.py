"""Whatever the reason that nothing is found, the page has the step that helps."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.ordering.quote_models import QuoteRecipient, QuoteRequest
from catalogue.products.models import ProductMunicipality
from catalogue.search.models import Demand

CLEANING, GARDEN = "90910000", "77310000"
WHERE = "Ring til Rent Hus på 12 34 56 78."
QUOTES = "på en gældende aftale"  # how the link to requests for quotes ends


@dataclass
class Town:
    """The browsers of a buyer, of two enterprises and of staff, and the ids of the enterprises."""

    app: Flask
    buyer: Any
    seller: Any
    gardener: Any
    staff: Any
    seller_id: int
    gardener_id: int


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    """A play house is sold; gifts go elsewhere, cleaning is fixed, gardens have no agreement."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller, gardener = cast.enterprise(session), cast.enterprise(session, "Haveholdet")
        gift = cast.product(
            session, seller, "Gavekurv", category_code=cast.GIFTS, delivers_everywhere=False
        )
        session.add(ProductMunicipality(product_id=gift.id, municipality_id=there.id))
        made = [
            gift,
            cast.product(session, seller, "Legehus", price_ore=900_000),
            cast.product(session, seller, "Rengøring", category_code=CLEANING),
            cast.product(session, gardener, "Hækklipning", category_code=GARDEN),
        ]
        cast.voluntary(session, here, seller, categories=[cast.PLAY_HOUSES, cast.GIFTS])
        cast.mandatory(session, here, categories=[CLEANING], where_to_buy=WHERE)
        cast.category(session, "14000000")
        worlds.put(session, made)
        people = [cast.buyer(session, here), cast.worker(session, seller)]
        people += [cast.worker(session, gardener), cast.staff(session, here)]
        ids = seller.id, gardener.id
    worlds.work(database, parts)
    browsers = [app.test_client() for _person in people]
    for browser, person in zip(browsers, people, strict=True):
        cast.sign_in_as(browser, person)
    yield Town(app, *browsers, *ids)
    parts["search"].close()


def steps(town: Town, search: str) -> dict[str, str]:
    """Return the addresses under "what you can do" by their words."""
    page = town.buyer.get(f"/soeg?{search}").text
    (panel,) = re.findall(r'nothing-steps">.*?</ul>', page, re.DOTALL)
    found = re.findall(r'<a href="([^"]*)">(.*?)</a>', panel, re.DOTALL)
    return {" ".join(unescape(words).split()): unescape(address) for address, words in found}


def leading(found: dict[str, str], words: str) -> str:
    """Return the address of the one step with these words."""
    (address,) = (address for told, address in found.items() if words in told)
    return address


@pytest.mark.parametrize(
    ("search", "helps"),
    [
        ("q=legehus&pris_til=1", "Søg uden"),
        ("q=legehus&pris_til=1&type=service", "Søg helt uden filtre"),
        ("q=rengøring", "Se den ene vare, I ikke må bestille"),
        (f"kategori={CLEANING}", "Se den ene vare, I ikke må bestille"),
        ("q=hækklipning", "Bed Haveholdet om et tilbud"),
        ("q=gavekurv&levering=os", "Bed Legehytten om et tilbud"),
        ("q=rumraket", "Efterlys ”rumraket” hos virksomhederne"),
        ("kategori=14000000", "Efterlys det, I mangler"),
    ],
)
def test_each_reason_has_its_step_and_the_request_for_quotes(
    town: Town, search: str, helps: str
) -> None:
    found = steps(town, search)
    assert [told for told in found if helps in told] != [], found
    assert leading(found, QUOTES).startswith("/tilbud/ny")
    for address in found.values():
        assert town.buyer.get(address).status_code == 200, address


def test_while_the_index_is_renewed_quotes_can_be_asked_for_too(town: Town) -> None:
    shutil.rmtree(town.app.extensions["catalogue"].settings.index_folder)
    found = steps(town, "q=rumraket")
    assert leading(found, QUOTES) == "/tilbud/ny?q=rumraket"
    assert leading(found, "Efterlys ”rumraket”").startswith("/efterlysninger/ny")


def test_a_mandatory_agreement_is_told_with_where_to_buy(town: Town) -> None:
    assert WHERE in town.buyer.get("/soeg?q=rengøring").text
    assert not [told for told in steps(town, "q=rengøring") if "om et tilbud" in told]


def test_a_dropped_filter_brings_what_was_sought(town: Town) -> None:
    without = leading(steps(town, "q=legehus&pris_til=1"), "Søg uden")
    assert "Legehus</mark></a>" in town.buyer.get(without).text


def test_nobody_but_a_buyer_is_offered_to_ask(town: Town) -> None:
    town.buyer = town.staff
    assert not [told for told in steps(town, "q=rumraket") if QUOTES in told or "Efterlys" in told]


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("q=rumraket", "rumraket"),
        ("q=legehus&pris_til=1", "legehus"),
        ("q=gavekurv&levering=os", "gavekurv"),
        ("q=rengøring", "rengøring"),
        ("q=hækklipning", "hækklipning"),
        (f"kategori={CLEANING}", ""),
    ],
)
def test_the_link_works_through_to_a_request_for_quotes_that_is_sent(
    town: Town, database: Database, search: str, words: str
) -> None:
    choice = town.buyer.get(leading(steps(town, search), QUOTES)).text
    kept = re.findall(r'type="hidden" name="q" value="([^"]*)"', choice)
    assert kept == ([words] if words else [])
    assert cast.PLAY_HOUSES in re.findall(r'<option value="(\d{8})"', choice)
    chosen = {"kategori": cast.PLAY_HOUSES} | ({"q": words} if words else {})
    form = town.buyer.get("/tilbud/ny", query_string=chosen).text
    assert re.findall(r'name="title"[^>]*value="([^"]*)"', form) == [words]
    title = words or "Legehuse"
    sent = town.buyer.post("/tilbud/ny", data={
        "kategori": cast.PLAY_HOUSES, "title": title, "description": "To stykker.",
        "quantity": "2", "deadline_on": (cast.TODAY + timedelta(days=10)).isoformat(),
        "enterprises": [str(town.seller_id)],
    })  # fmt: skip
    assert sent.status_code == 303, sent.text
    with database.reading() as session:
        assert session.scalars(select(QuoteRequest.title)).all() == [title]
        assert session.scalars(select(QuoteRecipient.enterprise_id)).all() == [town.seller_id]
    received = sent.headers["Location"].replace("/tilbud/", "/tilbudsforespoergsler/")
    assert title in town.seller.get(received).text


@pytest.mark.parametrize(
    ("search", "name"), [("q=hækklipning", "Haveholdet"), ("q=gavekurv&levering=os", "Legehytten")]
)
def test_who_has_it_is_asked_by_the_link_and_sees_the_request(
    town: Town, database: Database, search: str, name: str
) -> None:
    address = leading(steps(town, search), f"Bed {name} om et tilbud")
    asked, browser = {
        "Haveholdet": (town.gardener_id, town.gardener), "Legehytten": (town.seller_id, town.seller)
    }[name]  # fmt: skip
    form = town.buyer.get(address).text
    assert f'<option value="{asked}" selected' in form
    words = re.findall(r'name="text"[^>]*value="([^"]*)"', form)[0]
    sent = town.buyer.post("/efterlysninger/ny", data={"text": words, "enterprise_id": str(asked)})
    assert sent.status_code == 303, sent.text
    with database.reading() as session:
        made = session.scalars(select(Demand)).one()
        assert (made.text, made.enterprise_id) == (words, asked)
    assert words in browser.get("/efterlysninger/modtagne").text
