"""A family of variants is one hit: found by all its words, counted once, at its lowest price."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.products import variants
from catalogue.products.variant_rules import Variant
from catalogue.products.variants import NEW, Table
from catalogue.search import fallback, service
from catalogue.search.query import Query, Sort

RED = Variant(NEW, "S-R", colour="rød", price_ore=8_000, gtin="5701234567899")
LARGE = Variant(NEW, "S-L", size="L", colour="blå", price_ore=30_000)


def family(database: Database) -> tuple[InForce, int, int]:
    """Make a shirt of 150 kr. with variants of 80 and 300, and a cap of 100 kr."""
    with database.transaction() as session:
        here, shop = cast.municipality(session), cast.enterprise(session)
        shirt = cast.product(session, shop, "Skjorte", item_number="S-M", price_ore=15_000)
        cap = cast.product(session, shop, "Kasket", price_ore=10_000)
        seller = cast.who(session, cast.worker(session, shop))
        table = Table("M", "grøn", variants=(RED, LARGE))
        variants.save(session, seller, shirt.id, table, cast.NOW)
        in_force = worlds.applying(here, voluntary=[(shop.id, cast.PLAY_HOUSES)])
        return in_force, shirt.id, cap.id


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        (Query("skjorte"), ["shirt"]),
        (Query("skjorte rød"), ["shirt"]),
        (Query("skjorte grøn"), ["shirt"]),
        (Query("S-L"), ["shirt"]),
        (Query("5701234567899"), ["shirt"]),
        (Query("", price_to_ore=9_000), ["shirt"]),
        (Query("", price_from_ore=9_000), ["cap"]),
        (Query("", sort=Sort.PRICE), ["shirt", "cap"]),
        (Query("", sort=Sort.PRICE, page=2, page_size=1), ["cap"]),
    ],
)
def test_family_is_found_by_all_its_words_and_counted_once(
    database: Database, finder: dict[str, Any], query: Query, finds: list[str]
) -> None:
    in_force, shirt, cap = family(database)
    service.rebuild(database, finder)
    named = {"shirt": shirt, "cap": cap}
    with database.reading() as session:
        hits = service.find(session, finder, query, in_force)
        assert [named[each] for each in finds] == list(hits.ids)
        everything = service.find(session, finder, Query(""), in_force)
        assert not service.compare(session, finder)
    assert everything.total == 2
    assert sum(each.count for each in everything.facets.price_bands) == 2
    assert [each.count for each in everything.facets.enterprises] == [2]


def test_variant_that_changes_reaches_the_index_by_the_product_that_leads_it(
    database: Database, finder: dict[str, Any]
) -> None:
    in_force, shirt, _cap = family(database)
    service.rebuild(database, finder)
    worlds.work(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query("skjorte"), in_force)
        cards = service.list_cards(session, hits.ids, in_force)
    assert [each.product.id for each in cards] == [shirt]
    assert [each.priced.price.ore for each in cards[0].family if each.priced.price] == [
        15_000, 8_000, 30_000,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["skjorte", "5701234567899"])
def test_database_alone_finds_the_family_too(
    database: Database, parts: dict[str, Any], text: str
) -> None:
    in_force, shirt, _cap = family(database)
    with database.reading() as session:
        asked = service.looked(session, parts, Query(text, price_to_ore=9_000), in_force)
        found = fallback.find(session, asked, parts["search"].language)
    assert found.selection.ids == (shirt,)
