"""The database has the last word: what an index tells that is no longer so, and in few queries."""

from __future__ import annotations

from typing import Any

import cast
from search.finding import stocked
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.query import Query
from catalogue.settings import Settings


def test_a_withdrawn_product_in_a_stale_index_is_not_shown(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)
    with database.transaction() as session:
        session.scalars(
            select(Product).where(Product.id == ids["legehus"])
        ).one().state = ProductState.WITHDRAWN
    with database.reading() as session:
        hits = service.find(session, finder, Query("legehus"), in_force)
        cards = service.list_cards(session, hits.ids, in_force)
    assert hits.ids == (ids["legehus"],)
    assert cards == []


def test_a_stale_price_is_read_from_the_database(
    database: Database, settings: Settings, finder: dict[str, Any]
) -> None:
    in_force, ids = stocked(database, finder)
    with database.transaction() as session:
        session.scalars(select(Product).where(Product.id == ids["bench"])).one().price_ore = 77
    with database.reading() as session:
        hits = service.find(session, finder, Query("havebænk"), in_force)
        cards = service.list_cards(session, hits.ids, in_force)
    assert [card.product.price_ore for card in cards] == [77, 1_250_000]


def test_finding_and_reading_a_page_takes_a_fixed_number_of_queries(
    database: Database, settings: Settings, finder: dict[str, Any], engine: str
) -> None:
    in_force, _ids = stocked(database, finder)
    narrow = Query("have", category="37000000", enterprise_id=1, page_size=2)
    with database.reading() as session:  # what stood is read once
        service.find(session, finder, Query(), in_force)
    # An index in the database is asked for what was saved since, and for words not asked before.
    of_engine = {"whoosh": (0, 0), "postgresql": (1, 2)}[engine]
    # Whether there is the category and the enterprise is asked only where one is given.
    for query, own, more in zip((Query(), narrow), (4, 5), of_engine, strict=True):
        with database.reading() as session, cast.counted_queries(database) as seen:
            hits = service.find(session, finder, query, in_force)
            service.list_cards(session, hits.ids, in_force)
        sent = [each for each in seen if not each.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(sent) == own + more, sent
