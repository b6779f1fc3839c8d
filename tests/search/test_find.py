"""What a buyer finds: language, orderability, filters, and that the database has the last word."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import cast
import pytest
from search import worlds
from search.finding import GIFTS, SHELF, stocked

from catalogue.agreements.rules import judge
from catalogue.core.db import Database
from catalogue.products.models import ProductMunicipality
from catalogue.search import service
from catalogue.search.query import Query, Sort
from catalogue.settings import Settings

FINDS = [
    ("legehuse", {"legehus"}),
    ("LEGEHUSET", {"legehus"}),
    ("legeh", {"legehus"}),
    ("gave", {"jubilee"}),
    ("jubilæum", {"jubilee"}),
    ("have bænk", {"bench", "garden"}),
    ("havebænk", {"bench", "garden"}),
    ("have", {"bench", "garden", "task"}),
    ("haandvaerker", {"craft"}),
    ("mølle", {"windmill"}),
    ("børn bog", {"books"}),
    ("KG-77.1", {"number"}),
    ("kg77.1", {"number"}),
    ("kg 77", {"number"}),
    ("5701234567899", {"number"}),
    ("570123456789", set()),
    ("rengøring hjælp", {"cleaning"}),
    ("findesikke kurv", {"number"}),
    ("findesikke", set()),
    ("til og med", set(SHELF)),
    ("", set(SHELF)),
]


def test_words_find_what_a_dane_expects(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)
    names = {product_id: name for name, product_id in ids.items()}
    with database.reading() as session:
        for text, expected in FINDS:
            hits = service.find(session, finder, Query(text), in_force)
            assert {names[product_id] for product_id in hits.ids} == expected, text


def test_a_whole_word_stands_before_a_compound(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query("havebænk"), in_force)
    assert hits.ids == (ids["bench"], ids["garden"])


def test_words_that_no_product_has_together_find_products_with_some(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query("legehus vindmølle"), in_force)
    assert not hits.matched_all
    assert set(hits.ids) == {ids["legehus"], ids["windmill"]}


def test_enterprise_and_category_names_find_their_products(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        cast.category(session, GIFTS, "Gaver og belønninger")
        seller = cast.enterprise(session, "Købmandsgaarden")
        made = cast.product(session, seller, "Kurv", category_code=GIFTS)
        in_force = worlds.applying(cast.municipality(session), voluntary=[(seller.id, GIFTS)])
    service.rebuild(database, finder)
    with database.reading() as session:
        for text in ("købmandsgården", "belønning"):
            assert service.find(session, finder, Query(text), in_force).ids == (made.id,)


def test_a_cpv_code_finds_what_stands_in_its_category_and_below(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)  # all of it in 37535200
    nothing: set[int] = set()
    sought = {
        "37535200": set(ids.values()),
        "37535200-9": set(ids.values()),
        "37500000": set(ids.values()),
        "37535200 vindmølle": {ids["windmill"]},
        "37535210": nothing,
        "00000000": nothing,
        "37535200-99": nothing,
        "vindmølle -37535200": nothing,
        "vindmølle -37500000-1": nothing,
        "vindmølle -37535210": {ids["windmill"]},
    }
    with database.reading() as session:
        for text, expected in sought.items():
            hits = service.find(session, finder, Query(text), in_force)
            assert set(hits.ids) == expected, text


@pytest.mark.parametrize("seed", range(3))
def test_the_orderable_filter_equals_the_rule_on_every_product(
    database: Database, finder: dict[str, Any], seed: int
) -> None:
    chance = random.Random(seed)
    with database.transaction() as session:
        made = worlds.grow(session, chance, 40)
        sellers = sorted({product.enterprise_id for product in made})
        in_force = worlds.applying(
            cast.municipality(session),
            voluntary=[(chance.choice(sellers), chance.choice(worlds.CODES)) for _n in range(4)],
            mandatory=[chance.choice(worlds.CODES)],
            verified=sellers[:-1],
        )
    worlds.work(database, finder)
    with database.reading() as session:
        shown = service.find(session, finder, Query(page_size=100), in_force)
        everything = service.find(session, finder, Query(page_size=100, show_all=True), in_force)
    expected = {
        product.id
        for product in made
        if judge(
            in_force,
            published=True,
            enterprise_id=product.enterprise_id,
            category_code=product.category_code,
        ).orderable
    }
    assert set(shown.ids) == expected
    assert set(everything.ids) == {product.id for product in made}
    assert shown.total_hidden == everything.total_hidden == len(made) - len(expected)


def test_prices_filter_exactly_and_sort(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session)
        low, middle, high = (
            cast.product(session, seller, f"Hus {price}", price_ore=price).id
            for price in (49_999, 50_000, 50_001)
        )
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    with database.reading() as session:

        def ids(**asked: Any) -> tuple[int, ...]:
            return service.find(session, finder, Query(**asked), in_force).ids

        assert ids(sort=Sort.PRICE) == (low, middle, high)
        assert ids(sort=Sort.PRICE_DESC) == (high, middle, low)
        assert ids(price_from_ore=50_000, price_to_ore=50_000) == (middle,)
        assert set(ids(price_from_ore=50_000)) == {middle, high}
        assert ids(sort=Sort.PRICE, page=2, page_size=2) == (high,)
        assert ids(sort=Sort.PRICE, page=9, page_size=2) == (high,)


def test_delivery_filter_holds_products_for_us_and_for_the_whole_country(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        here, there = cast.municipality(session), cast.municipality(session, "Vejle")
        seller = cast.enterprise(session)
        everywhere = cast.product(session, seller)
        ours, theirs = (cast.product(session, seller, delivers_everywhere=False) for _n in range(2))
        session.add(ProductMunicipality(product_id=ours.id, municipality_id=here.id))
        session.add(ProductMunicipality(product_id=theirs.id, municipality_id=there.id))
        in_force = worlds.applying(here, voluntary=[(seller.id, cast.PLAY_HOUSES)])
    service.rebuild(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query(delivers_to=here.id), in_force)
    assert set(hits.ids) == {everywhere.id, ours.id}
    assert (hits.facets.to_us, hits.facets.not_to_us) == (2, 1)


def test_categories_are_counted_one_level_below_the_chosen_one(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session)
        for code in ("37535200", "37535210", "37400000", GIFTS):
            cast.product(session, seller, category_code=code)
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, "37000000"), (seller.id, GIFTS)]
        )
    service.rebuild(database, finder)
    with database.reading() as session:

        def counts(category: str | None) -> dict[str, int]:
            hits = service.find(session, finder, Query(category=category), in_force)
            return {choice.value: choice.count for choice in hits.facets.categories}

        assert counts(None) == {"18000000": 1, "37000000": 3}
        assert counts("37000000") == {"37400000": 1, "37500000": 2}
        assert counts("37535200") == {"37535210": 1}


def test_an_unknown_category_or_enterprise_is_left_out_and_named(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, _ids = stocked(database, finder)
    with database.reading() as session:
        hits = service.find(
            session, finder, Query(category="99999999", enterprise_id=999), in_force
        )
    assert hits.ignored == ("category", "enterprise_id")
    assert hits.total == len(SHELF)


@pytest.mark.parametrize("language", ["da", "en"])
def test_most_words_are_enough_below_those_with_all_where_few_have_them(
    database: Database, settings: Settings, finder: dict[str, Any], engine: str, language: str
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session, "Makers")
        bare = {"summary": "Fixed price.", "description": "Delivered."}
        titles = ("Wooden garden bench", "Garden bench of steel", "Cushion", "Wooden bench")
        ids = [cast.product(session, seller, title, **bare).id for title in titles]
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    parts: dict[str, Any] = {}
    service.open_index(parts, replace(settings, search_engine=engine, search_language=language))
    service.rebuild(database, parts)
    with database.reading() as session:
        hits = service.find(session, parts, Query("wooden garden bench"), in_force)
    parts["search"].close()
    assert hits.matched_all
    assert hits.ids[0] == ids[0]
    assert set(hits.ids) == {ids[0], ids[1], ids[3]}
