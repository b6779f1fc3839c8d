"""What both engines promise beyond finding: news, rebuilding beside, loss, comparison."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search import worlds
from search.stocked import BARE, IN_DATABASE, built, change, found, shop
from sqlalchemy import text

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.analysis import DANISH
from catalogue.search.index import IndexUnavailable
from catalogue.search.postgres import tables
from catalogue.search.postgres.engine import PostgresEngine
from catalogue.search.query import Query

__all__ = ["shop"]


def test_a_change_a_withdrawal_and_a_return_are_found(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
        change(session, 2, state=ProductState.WITHDRAWN)
    worlds.work(database, finder)
    assert found(database, finder, "vindmølle", shop) == [1]
    assert found(database, finder, "solur", shop) == []
    assert sorted(found(database, finder, "", shop)) == [1, 3]
    with database.transaction() as session:
        change(session, 2, state=ProductState.PUBLISHED)
    worlds.work(database, finder)
    assert found(database, finder, "gave", shop) == [2]


def test_index_and_database_are_compared_product_by_product(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        session.get(Product, 1).title = "Noget andet"
        session.get(Product, 2).state = ProductState.WITHDRAWN
        new = cast.product(session, session.get(Enterprise, 1), "Ny", **BARE).id
    with database.reading() as session:
        differences = service.compare(session, finder)
    assert (differences.missing, differences.surplus, differences.stale) == ((new,), (2,), (1,))
    service.rebuild(database, finder)
    with database.reading() as session:
        assert not service.compare(session, finder)


def test_rebuilding_never_stops_answers_and_loses_nothing_saved_meanwhile(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[list[int]] = []

    def meanwhile(_done: int, _total: int) -> None:
        answers.append(found(database, finder, "havebænk", shop))
        with database.transaction() as session:
            change(session, 1, title="Vindmølle")
            change(session, 2, state=ProductState.WITHDRAWN)
        worlds.work(database, finder)

    monkeypatch.setattr("catalogue.search.documents.PORTION", 2)
    service.rebuild(database, finder, meanwhile)
    assert answers
    assert all(each == [3] for each in answers)
    assert found(database, finder, "vindmølle", shop) == [1]
    assert found(database, finder, "gave", shop) == []
    with database.reading() as session:
        assert not service.compare(session, finder)


def test_words_that_begin_so_come_with_those_of_most_products_first(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.reading() as session:
        begun = service.engine(finder).beginning(session, "have", 5)
        assert begun == ["havebænk"]
        assert service.engine(finder).beginning(session, "ha%", 5) == []


@IN_DATABASE
def test_another_process_and_another_build_of_the_same_number_are_never_mixed_up(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    assert found(database, finder, "solur", shop) == [1]  # this process keeps what it read
    with database.transaction() as session:
        session.execute(text(f"DROP SCHEMA {tables.SCHEMA} CASCADE"))
        session.get(Product, 1).title = "Vindmølle"
    other = PostgresEngine(DANISH)
    other.rebuild(database, lambda _done, _total: None)
    with database.reading() as session:
        assert built(session).number == 1
    assert found(database, finder, "solur", shop) == []
    assert found(database, finder, "vindmølle", shop) == [1]


@IN_DATABASE
def test_a_new_installation_has_no_index_and_no_fault(
    database: Database, finder: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        session.execute(text(f"DROP SCHEMA IF EXISTS {tables.SCHEMA} CASCADE"))
    with database.reading() as session:
        assert service.needs_rebuild(session, finder)
    assert caplog.records == []


@IN_DATABASE
def test_an_index_of_an_earlier_release_gives_way(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        session.execute(text(f"ALTER TABLE {tables.SCHEMA}.builds DROP COLUMN records"))
        session.execute(text(f"CREATE TABLE {tables.SCHEMA}.terms_1 (term text)"))
    service.rebuild(database, finder)
    assert found(database, finder, "solur", shop) == [1]
    with database.reading() as session:
        named = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = :name"),
            {"name": tables.SCHEMA},
        ).all()
    assert sorted(named) == ["builds", "lists_2", "products_2", "words_2"]


@IN_DATABASE
@pytest.mark.parametrize(
    "loss",
    [
        f"DROP SCHEMA {tables.SCHEMA} CASCADE",
        f"DROP TABLE {tables.SCHEMA}.products_1",
        f"ALTER TABLE {tables.SCHEMA}.products_1 DROP COLUMN facts",
        f"DROP TABLE {tables.SCHEMA}.lists_1",
        f"UPDATE {tables.SCHEMA}.lists_1 SET packed = substr(packed, 1, 11)",
        f"UPDATE {tables.SCHEMA}.builds SET records = substr(records, 2)",
        f"UPDATE {tables.SCHEMA}.builds SET version = '0-da'",
    ],
)
def test_without_its_tables_the_database_answers_and_the_worker_builds_anew(
    database: Database, finder: dict[str, Any], shop: InForce, loss: str
) -> None:
    with database.transaction() as session:
        session.execute(text(loss))
    with database.reading() as session:
        hits = service.find(session, finder, Query("solur"), shop)
        assert hits.degraded
        assert hits.ids == (1,)
    with database.transaction() as session:  # a save goes on, and its work waits
        change(session, 1, title="Vindmølle")
    worlds.work(database, finder)
    with database.transaction() as session:
        service.ask_for_rebuild(session, cast.NOW)
    worlds.work_after_lease(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query("vindmølle"), shop)
        assert not hits.degraded
        assert hits.ids == (1,)
        assert not service.compare(session, finder)


@IN_DATABASE
def test_what_is_typed_is_never_a_command(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    for typed in (
        "'",
        "\\",
        "a' | 'b",
        "gave:*",
        "!gave",
        '"gave\' <-> kurv"',
        "%",
        "--",
        "x" * 500,
    ):
        found(database, finder, typed, shop)


@IN_DATABASE
def test_an_index_that_was_never_built_is_unavailable(
    database: Database, finder: dict[str, Any]
) -> None:
    engine = service.engine(finder)
    with database.reading() as session:
        assert not engine.ready(session)
        with pytest.raises(IndexUnavailable):
            engine.beginning(session, "gav", 3)
