"""The pages of search as a browser without JavaScript sees them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import cast
import pytest
from flask import Flask
from search import worlds
from search.shelf import RESULTS_QUERIES, SHELF, Shop, buyer, shop

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.products.models import Product
from catalogue.search import words
from catalogue.search.synonyms import Synonym

__all__ = ["buyer", "shop"]


def test_results_show_only_what_may_be_ordered(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg").text
    assert "Legehus i lærk" in page
    assert "Jubilæumsgave" in page
    assert "Rengøring</a>" not in page


def test_the_switch_shows_the_rest_with_reason_and_where_to_buy(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?vis=alle").text
    assert "Rengøring</a>" in page
    assert "Ring til Rent Hus på 12 34 56 78." in page


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/soeg?q=gave", {"Jubilæumsgave"}),
        ("/soeg?kategori=37000000", {"Legehus i lærk"}),
        ("/soeg?kategori=37000000-3", {"Legehus i lærk"}),
        ("/soeg?pris_fra=1.000", {"Legehus i lærk"}),
        ("/soeg?pris_til=250,00", {"Jubilæumsgave"}),
        ("/soeg?pris_fra=300&pris_til=200", {"Jubilæumsgave"}),
        ("/soeg?levering=os", {"Legehus i lærk"}),
        ("/soeg?type=service", set()),
        ("/soeg?type=service&type=goods", {"Legehus i lærk", "Jubilæumsgave"}),
        ("/soeg?q=findesikke", set()),
        ("/soeg?q=%00%22%27%3Cscript%3E", set()),
        ("/soeg?q=" + "x" * 3000, set()),
        ("/soeg?side=99", {"Legehus i lærk", "Jubilæumsgave"}),
    ],
)
def test_addresses_filter(shop: Shop, buyer: Any, address: str, titles: set[str]) -> None:
    response = buyer.get(address)
    assert response.status_code == 200
    page = response.text.replace("<mark>", "").replace("</mark>", "")
    found = {title for title in ("Legehus i lærk", "Jubilæumsgave") if f"{title}</a>" in page}
    assert found == titles


def test_the_enterprise_filter_takes_the_link_of_a_profile(shop: Shop, buyer: Any) -> None:
    page = buyer.get(f"/soeg?enterprise={shop.seller}").text
    assert "Legehus i lærk</a>" in page
    assert 'type="radio" name="enterprise"' in page


@pytest.mark.parametrize(
    "parameters",
    [
        "pris_fra=abc",
        "pris_fra=-5",
        "kategori=1",
        "kategori=99999999",
        "enterprise=99999",
        "enterprise=x",
        "type=x",
        "levering=x",
        "sortering=x",
        "vis=x",
        "side=0",
        "side=" + "9" * 400,
        "pris_til=" + "9" * 400,
    ],
)
def test_what_cannot_be_read_is_left_out_politely(shop: Shop, buyer: Any, parameters: str) -> None:
    response = buyer.get(f"/soeg?{parameters}")
    assert response.status_code == 200
    assert "kunne ikke bruges og er udeladt" in response.text
    assert "Legehus i lærk</a>" in response.text


def test_nothing_but_what_may_not_be_ordered_comes_with_where_to_buy(
    shop: Shop, buyer: Any
) -> None:
    page = buyer.get("/soeg?q=rengøring").text
    assert "Der er 1 vare, men I må ikke bestille den her" in page
    assert "Ring til Rent Hus på 12 34 56 78." in page
    assert 'href="/soeg?q=reng%C3%B8ring&amp;vis=alle"' in page
    assert "Søg uden ”rengøring”" not in page


def test_too_narrow_filters_are_named_with_what_dropping_them_gives(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?q=legehus&type=service&levering=os").text
    assert "Dine filtre lader intet tilbage" in page
    assert "Søg uden Ydelser: 1 vare" in page
    both = buyer.get("/soeg?q=jubilæumsgave&type=service&pris_fra=9.000").text
    assert "Søg helt uden filtre: 1 vare" in both
    assert 'href="/soeg?q=jubil%C3%A6umsgave"' in both


def test_what_is_delivered_elsewhere_only_is_said(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?q=jubilæumsgave&levering=os").text
    assert "1 vare passer til det, du søger, men den leveres ikke til Slagelse." in page
    assert 'href="/soeg?q=jubil%C3%A6umsgave"' in page


def test_what_nobody_offers_is_said(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?q=rumraket").text
    assert "Ingen i kataloget tilbyder det endnu" in page


def test_finding_nothing_takes_a_fixed_number_of_queries(
    shop: Shop, buyer: Any, database: Database
) -> None:
    buyer.get("/soeg")
    for address in ("/soeg?q=rengøring", "/soeg?q=rengøring&type=service&pris_fra=9.000"):
        with cast.counted_queries(database) as seen:
            buyer.get(address)
        # Rows of refusals and whom to ask, but no prices under agreements.
        assert len(seen) == RESULTS_QUERIES + 1
    with cast.counted_queries(database) as seen:
        buyer.get("/soeg?q=rumraket&type=service&levering=os")
    assert len(seen) == RESULTS_QUERIES - 1


def test_a_mended_search_says_what_it_shows(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?q=jubilæmsgave").text
    assert "Viste resultater for ”jubilæumsgave”" in page
    assert "<mark>Jubilæumsgave</mark></a>" in page
    assert "Fundet på: jubilæumsgave" in page
    assert "Viste resultater" not in buyer.get("/soeg?q=jubilæumsgave").text


NUMBERED, GTIN = "LH-4711", "5701234567899"
DIVISION = "37000000"


@pytest.fixture
def toy(app: Flask, database: Database) -> Iterator[Any]:
    """A browser of a buyer before a product that is found by what no text of its own says."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, seller = cast.municipality(session), cast.enterprise(session)
        cast.category(session, DIVISION, "Musikinstrumenter og sportsvarer")
        cast.category(session, cast.PLAY_HOUSES, "Legepladsudstyr").label_en = "Trampolines"
        made = cast.product(session, seller, "Klods", summary="Stor og flot.", description="Af eg.",
                            item_number=NUMBERED, gtin=GTIN)  # fmt: skip
        cast.voluntary(session, here, seller)
        staff = cast.who(session, cast.staff(session, here))
        said = Synonym("tumleplads", "same", ("svævebane",), (cast.PLAY_HOUSES,))
        words.create(session, staff, said, cast.NOW)
        worlds.put(session, [made])
        person = cast.buyer(session)
    worlds.work(database, parts)
    client = app.test_client()
    cast.sign_in_as(client, person)
    yield client
    parts["search"].close()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (NUMBERED, NUMBERED.lower()),
        (GTIN, GTIN),
        ("sportsvarer", "sportsvarer"),
        ("trampolines", "trampolines"),
        ("tumleplads", "Legepladsudstyr"),
        ("stor tumleplads", "stor, Legepladsudstyr"),
    ],
)
def test_every_hit_says_what_it_was_found_by(toy: Any, query: str, reason: str) -> None:
    page = toy.get("/soeg", query_string={"q": query}).text
    assert f"Fundet på: {reason}</p>" in page


def test_without_an_index_the_texts_of_products_are_read_once_in_a_page(
    shop: Shop, buyer: Any, app: Flask, database: Database
) -> None:
    """To say why nothing was found is to ask once more for each filter."""
    shutil.rmtree(app.extensions["catalogue"].settings.index_folder)
    with cast.counted_queries(database) as seen:
        page = buyer.get("/soeg?q=rumraket&type=service&levering=os&pris_fra=100").text
    assert "Søgningen bliver fornyet" in page
    assert len([each for each in seen if "LIKE" in each]) == 1


def test_without_an_index_the_database_answers_and_the_page_says_so(
    shop: Shop, buyer: Any, app: Flask, database: Database
) -> None:
    shutil.rmtree(app.extensions["catalogue"].settings.index_folder)
    for _time in range(2):
        page = buyer.get("/soeg?q=legehus").text
        assert "Søgningen bliver fornyet" in page
        assert "Legehus i lærk</a>" in page
    with database.reading() as session:
        assert jobs.waiting(session) == 1
    worlds.work(database, app.extensions["catalogue"].parts)
    assert "Søgningen bliver fornyet" not in buyer.get("/soeg?q=legehus").text


def test_without_an_index_nobody_is_said_to_lack_what_was_looked_for(
    shop: Shop, buyer: Any, app: Flask
) -> None:
    shutil.rmtree(app.extensions["catalogue"].settings.index_folder)
    page = buyer.get("/soeg?q=rumraket").text
    assert "Ingen i kataloget tilbyder det" not in page
    assert "Intet passer ordret til det, du skrev" in page


def test_without_an_index_the_order_of_hits_is_the_newest_first(
    shop: Shop, buyer: Any, app: Flask
) -> None:
    shutil.rmtree(app.extensions["catalogue"].settings.index_folder)
    page = buyer.get("/soeg?q=legehus").text
    assert "Legehus i lærk</a>" in page
    assert "den nyeste først" in page
    assert "hvor godt ordene passer" not in page


def test_the_order_of_hits_is_stated(shop: Shop, buyer: Any) -> None:
    assert "Ingen kan betale for en bedre plads" in buyer.get("/soeg?q=legehus").text
    assert "den nyeste først" in buyer.get("/soeg").text


def test_active_filters_are_removed_one_by_one(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/soeg?q=gave&levering=os&pris_fra=10").text
    assert 'href="/soeg?levering=os&amp;pris_fra=10"' in page
    assert 'href="/soeg?q=gave&amp;pris_fra=10"' in page
    assert 'href="/soeg?q=gave&amp;levering=os"' in page


@pytest.mark.parametrize("locale", ["da", "en"])
def test_price_span_of_a_link_and_of_words_is_read_as_meant_in_every_language(
    shop: Shop, buyer: Any, locale: str
) -> None:
    buyer.post("/sprog", data={"locale": locale, "next": "/soeg"})
    assert "pris_fra=10000&amp;pris_til=49999,99" in unquote(buyer.get("/soeg?q=legehus").text)
    page = buyer.get("/soeg?q=legehus under 12.500,50 kr.", follow_redirects=True)
    assert page.request.args["pris_til"] == "12500,49"
    assert "Legehus i lærk</a>" in page.text.replace("<mark>", "").replace("</mark>", "")
    assert 'value="12500,49"' in page.text


def test_a_card_that_was_drawn_before_is_drawn_anew_when_its_product_or_language_differs(
    shop: Shop, buyer: Any, database: Database
) -> None:
    card = f'<a href="/varer/{shop.orderable}/legehus-i-laerk">Legehus i lærk</a>'
    first = buyer.get("/soeg").text
    assert card in first
    assert "12.500,00" in first
    assert "ekskl. moms" in first
    assert card not in buyer.get("/soeg?q=legehus").text  # its word is marked there
    buyer.post("/sprog", data={"locale": "en", "next": "/soeg"})
    assert "excl. VAT" in buyer.get("/soeg").text
    buyer.post("/sprog", data={"locale": "da", "next": "/soeg"})
    with database.transaction() as session:
        session.get_one(Product, shop.orderable).price_ore = 99_900
    dearer = buyer.get("/soeg").text
    assert "999,00" in dearer
    assert "12.500,00" not in dearer


def test_results_take_a_fixed_number_of_queries(shop: Shop, buyer: Any, database: Database) -> None:
    counts = set()
    buyer.get("/soeg")
    for address, more in (("/soeg", 0), ("/soeg?q=legehus", 0), (f"/soeg?vis=alle&{SHELF}", 1)):
        with cast.counted_queries(database) as seen:
            buyer.get(address)
        counts.add(len(seen) - more)
    assert counts == {RESULTS_QUERIES}
