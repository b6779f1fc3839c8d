"""The check compares what an index really has of each product with what the texts come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cast
import numpy as np
import pytest
from conftest import on_sqlite
from search import worlds
from search.stocked import BARE, IN_DATABASE, built, change, shop
from sqlalchemy import delete, select, text, update

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database, see_one_moment
from catalogue.products.models import Product, ProductMunicipality, ProductState
from catalogue.search import documents, service
from catalogue.search.embedded import entry
from catalogue.search.engine.columns import RECORD
from catalogue.search.port import Differences
from catalogue.search.postgres import tables
from catalogue.search.postgres.packing import packed, unpacked

__all__ = ["shop"]

Entry = dict[str, Any]
SOLUR, GAVEKURV, BENCH = 1, 2, 3
MENTIONED = {"words": "havebænk", "heads": "bænk", "parts": "hav"}


def differences(database: Database, parts: dict[str, Any]) -> Differences:
    with database.reading() as session:
        return service.compare(session, parts)


def taken(field: str) -> Callable[[Entry], None]:
    return lambda each: each[field].pop(MENTIONED[field])


def added(each: Entry) -> None:
    each["words"]["guld"] = (1.0, [3])


def weighed(each: Entry) -> None:
    weight, places = each["words"]["havebænk"]
    each["words"]["havebænk"] = (weight * 1.01, places)


def moved(each: Entry) -> None:
    weight, places = each["words"]["havebænk"]
    each["words"]["havebænk"] = (weight, [place + 1 for place in places])


def said_twice(each: Entry) -> None:
    weight, places = each["words"]["havebænk"]
    each["words"]["havebænk"] = (weight, [*places, *places])


def unspelt(each: Entry) -> None:
    each["spelt"].pop()


def delivered(each: Entry) -> None:
    each["delivers"].append("7")


def cheaper(each: Entry) -> None:
    record = np.frombuffer(each["facts"], RECORD).copy()
    record["price_ore"] -= 1
    each["facts"] = record.tobytes()


WRITTEN = [
    *map(taken, MENTIONED), added, weighed, moved, said_twice, unspelt, delivered, cheaper,
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("engine", ["whoosh"])
@pytest.mark.parametrize("spoil", WRITTEN)
def test_product_that_was_written_otherwise_is_named_though_all_seals_hold(
    database: Database, finder: dict[str, Any], shop: InForce, spoil: Callable[[Entry], None]
) -> None:
    store = service.engine(finder).store  # type: ignore[attr-defined]  # of the embedded engine
    with store.writing([BENCH]) as (filling, chain), database.reading() as session:
        (document,) = documents.list_documents(session, [BENCH])
        values = dict(entry(chain, document))
        spoil(values)
        filling.add_document(**values)
    with database.reading() as session:
        assert service.engine(finder).ready(session)
    assert differences(database, finder) == Differences(stale=(BENCH,))


def test_whole_index_has_no_difference_however_it_came_about(
    database: Database, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        made = worlds.grow(session, worlds.random.Random(3), 40)
        seller = made[0].enterprise_id
        session.add_all(
            ProductMunicipality(product_id=each.id, municipality_id=1 + at % 2)
            for at, each in enumerate(made[:9])
            if each.delivers_everywhere
        )
    assert service.rebuild(database, finder) == 40
    assert not differences(database, finder)
    for turn in range(8):  # until segments are joined
        with database.transaction() as session:
            change(session, 1 + turn, title=f"Æblegrød à la café {turn}", description="sød " * 90)
            change(session, 20, title=f"Sø-løve {turn}", gtin=None, enterprise_id=seller)
        worlds.work(database, finder)
        assert not differences(database, finder)
    with database.transaction() as session:
        service.ask_for_rebuild(session, cast.NOW)
    worlds.work(database, finder)  # what was saved is added to the lists of the one in the database
    assert not differences(database, finder)


@IN_DATABASE
def test_what_is_saved_while_the_check_reads_is_no_difference(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.reading() as session:
        see_one_moment(session)
        service.check(session)
        with database.transaction() as other:
            change(other, SOLUR, title="Vindmølle")
        assert not service.compare(session, finder)
    assert not differences(database, finder)


def _list(session: Any, term: str, spoil: Callable[[Any], Any]) -> None:
    """Write a list otherwise, as whole as before."""
    table = built(session).lists
    row = session.execute(select(table).where(table.c.term == term)).one()
    values = {"packed": packed(spoil(unpacked(bytes(row.packed), 2**31)))}
    session.execute(update(table).where(table.c.term == term).values(values))


def _sql(statement: str) -> Callable[[Any], None]:
    return lambda session: session.execute(text(statement.replace("IN ", f"{tables.SCHEMA}.")))


STOOD: dict[str, Callable[[Any], None]] = {
    "list": _sql("DELETE FROM IN lists_1 WHERE term = 'w:kob'"),
    "entry": lambda session: _list(
        session, "w:pris", lambda each: each.among(np.array([1, 2], np.int32))
    ),
    "product": lambda session: _list(
        session, "w:kob", lambda each: replace(each, numbers=np.array([1], np.int32))
    ),
    "weight": lambda session: _list(
        session, "w:kob", lambda each: replace(each, weights=each.weights * 2)
    ),
    "place": lambda session: _list(
        session, "w:kob", lambda each: replace(each, places=each.places + 1)
    ),
    "order": lambda session: _list(
        session, "w:pris", lambda each: replace(each, numbers=each.numbers[[1, 0, 2]])
    ),
    "price": _sql("UPDATE IN builds SET records = set_byte(records, 16, 1)"),
    "word": _sql("DELETE FROM IN words_1 WHERE written = 'kobber'"),
    "stem": _sql("UPDATE IN words_1 SET stem = 'guld' WHERE written = 'kobber'"),
    "letters": _sql("UPDATE IN words_1 SET skeleton = 'guld' WHERE written = 'kobber'"),
}


@IN_DATABASE
@pytest.mark.parametrize("name", STOOD)
def test_product_that_stands_otherwise_in_the_database_is_named(
    database: Database, finder: dict[str, Any], shop: InForce, name: str
) -> None:
    with database.transaction() as session:
        STOOD[name](session)
    found = differences(database, finder)
    assert SOLUR in found.stale
    assert found == Differences(stale=found.stale)
    assert BENCH not in found.stale
    assert (GAVEKURV in found.stale) == (name == "product")


SAVED = {
    "vector": "UPDATE IN products_1 SET vector = ts_delete(vector, 'w:vindmøl')",
    "classes": "UPDATE IN products_1 SET vector = setweight(vector, 'D')",
    "price": "UPDATE IN products_1 SET facts = set_byte(facts, 16, 1)",
    "delivers": "UPDATE IN products_1 SET delivers = ARRAY[7]",
    "word": "DELETE FROM IN words_1 WHERE written = 'vindmølle'",
}


@IN_DATABASE
@pytest.mark.parametrize("name", SAVED)
def test_product_that_was_saved_otherwise_in_the_database_is_named(
    database: Database, finder: dict[str, Any], shop: InForce, name: str
) -> None:
    with database.transaction() as session:
        change(session, SOLUR, title="Vindmølle")
    assert not differences(database, finder)
    with database.transaction() as session:
        _sql(SAVED[name])(session)
    assert differences(database, finder) == Differences(stale=(SOLUR,))


@IN_DATABASE
def test_row_that_is_gone_or_too_many_in_the_database_is_named(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        change(session, SOLUR, title="Vindmølle")
    with database.transaction() as session:
        session.execute(delete(built(session).products))
        session.get(Product, GAVEKURV).state = ProductState.WITHDRAWN
    found = differences(database, finder)
    assert (found.stale, found.surplus) == ((SOLUR,), (GAVEKURV,))


@IN_DATABASE
def test_list_that_is_none_is_an_index_that_cannot_be_used(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        _list(session, "w:pris", lambda each: replace(each, numbers=each.numbers + 9))
    with pytest.raises(service.IndexUnavailable):
        differences(database, finder)


def test_longest_words_and_odd_signs_are_no_difference(
    database: Database, finder: dict[str, Any]
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        long = " ".join(f"ord{n}" for n in range(4_000))
        cast.product(session, seller, long[:119], summary="", description=long)
        cast.product(session, seller, "x" * 120, **BARE)
        cast.product(session, seller, "'; \\ \"%", **BARE)
    service.rebuild(database, finder)
    assert not differences(database, finder)
    with database.transaction() as session:
        for product_id in (1, 2, 3):
            change(session, product_id, summary="Ændret.")
    worlds.work(database, finder)
    assert not differences(database, finder)
