"""What both engines promise beyond finding: news, rebuilding beside, loss, comparison."""

from __future__ import annotations

import threading
from dataclasses import astuple
from typing import Any

import cast
import pytest
from search import worlds
from sqlalchemy import func, select, text

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.analysis import DANISH
from catalogue.search.index import IndexUnavailable
from catalogue.search.postgres import fresh, tables
from catalogue.search.postgres.engine import PostgresEngine
from catalogue.search.query import Query

TITLES = ("Solur i kobber", "Gavekurv", "Havebænk")
BARE = {"summary": "Fast pris.", "description": "Leveres samlet."}
IN_DATABASE = pytest.mark.parametrize("engine", ["postgresql"])


@pytest.fixture
def shop(database: Database, finder: dict[str, Any]) -> InForce:
    """Three products that may be ordered in Slagelse, and an index of them."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        for title in TITLES:
            cast.product(session, seller, title, **BARE)
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    return in_force


def found(database: Database, finder: dict[str, Any], text: str, in_force: InForce) -> list[int]:
    with database.reading() as session:
        hits = service.find(session, finder, Query(text), in_force)
    assert not hits.degraded
    return list(hits.ids)


def built(session: Any) -> tables.Build:
    return next(build for build, _version in tables.list_written(session))


def wear(session: Any) -> tuple[int, ...]:
    return astuple(tables.get_wear(session, built(session)))


def change(session: Any, product_id: int, **values: Any) -> None:
    product = session.get(Product, product_id)
    for name, value in values.items():
        setattr(product, name, value)
    session.flush()
    worlds.put(session, [product])


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
def test_a_change_is_found_with_the_commit_that_makes_it_and_not_without(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    assert found(database, finder, "vindmølle", shop) == [1]
    with database.reading() as session:
        assert jobs.waiting(session) == 0
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        change(session, 2, title="Trompet")
        raise ZeroDivisionError
    assert found(database, finder, "trompet", shop) == []


@IN_DATABASE
def test_what_was_saved_is_added_to_the_lists_by_the_worker(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.search.postgres.engine.MOST_FRESH", 1)
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    with database.transaction() as session:
        assert not jobs.is_waiting(session, service.REBUILD)
        change(session, 2, state=ProductState.WITHDRAWN)
    with database.reading() as session:
        assert jobs.is_waiting(session, service.REBUILD)
        assert wear(session) == (2, 0, 3, 3)
    worlds.work(database, finder)
    with database.reading() as session:
        assert wear(session) == (0, 1, 3, 5)
        assert service.engine(finder).ready(session)
        assert not service.compare(session, finder)
    assert found(database, finder, "vindmølle", shop) == [1]
    assert found(database, finder, "solur", shop) == []
    assert sorted(found(database, finder, "", shop)) == [1, 3]
    with database.transaction() as session:
        change(session, 2, state=ProductState.PUBLISHED, title="Trompet")
        change(session, 3, title="Gyngehest")
    worlds.work(database, finder)
    with database.reading() as session:
        assert wear(session) == (0, 2, 3, 7)
    assert found(database, finder, "trompet", shop) == [2]
    assert found(database, finder, "gyngehest", shop) == [3]
    assert found(database, finder, "havebænk", shop) == []


@IN_DATABASE
def test_what_somebody_saves_by_now_is_left_for_the_next_time(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
        change(session, 3, title="Gyngehest")
    engine = service.engine(finder)
    with database.transaction() as session:
        change(session, 3, title="Trompet")
        engine.index_in(session, [3])  # type: ignore[attr-defined]
        engine.tend(database)
    with database.reading() as session:
        assert wear(session) == (1, 1, 3, 4)
        assert not service.compare(session, finder)
    assert found(database, finder, "trompet", shop) == [3]
    assert found(database, finder, "vindmølle", shop) == [1]


@IN_DATABASE
def test_a_search_in_the_midst_of_an_addition_misses_nothing(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = service.engine(finder)
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    ask = fresh.ask

    def ask_late(*args: Any) -> fresh.Said:
        engine.tend(database)
        return ask(*args)

    monkeypatch.setattr(fresh, "ask", ask_late)
    assert found(database, finder, "vindmølle", shop) == [1]
    monkeypatch.undo()
    assert found(database, finder, "vindmølle", shop) == [1]
    engine.tend(database)
    assert found(database, finder, "vindmølle", shop) == [1]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(built(session).products)) == 0
        assert not service.compare(session, finder)


@IN_DATABASE
def test_an_index_that_much_was_added_to_is_built_anew(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = service.engine(finder)
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    engine.tend(database)
    with database.reading() as session:
        assert not engine.worn(session)
        monkeypatch.setattr("catalogue.search.postgres.engine.MOST_ADDITIONS", 0)
        assert engine.worn(session)
    with database.transaction() as session:
        service.ask_for_rebuild(session, cast.NOW)
    worlds.work(database, finder)
    with database.reading() as session:
        assert wear(session) == (0, 0, 3, 3)
    assert found(database, finder, "vindmølle", shop) == [1]


@IN_DATABASE
def test_a_page_that_searches_again_with_fewer_filters_asks_once_what_was_saved(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    found(database, finder, "solur", shop)  # what stands is read once
    with database.reading() as session, cast.counted_queries(database) as seen:
        for query in (Query("solur"), Query("solur", category=cast.PLAY_HOUSES)):
            assert service.find(session, finder, query, shop).ids == (1,)
    assert sum("builds" in each for each in seen) == 1


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
def test_an_index_of_an_earlier_release_gives_way(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        session.execute(text(f"ALTER TABLE {tables.SCHEMA}.builds DROP COLUMN records"))
    service.rebuild(database, finder)
    assert found(database, finder, "solur", shop) == [1]
    with database.reading() as session:
        named = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = :name"),
            {"name": tables.SCHEMA},
        ).all()
    assert sorted(named) == ["builds", "lists_2", "products_2", "terms_2", "words_2"]


@IN_DATABASE
def test_what_was_saved_since_is_found_like_what_stood(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    asked = ("have bænk", "havebænk", '"solur i kobber"', '"kobber solur"', "solur -kobber", "gave")
    stood = [found(database, finder, each, shop) for each in asked]
    assert stood == [[3], [3], [1], [], [], [2]]
    for changed in ([1, 3], [1, 2, 3]):
        with database.transaction() as session:
            for product_id in changed:
                change(session, product_id, summary="Pris er fast.")
        assert [found(database, finder, each, shop) for each in asked] == stood
    service.engine(finder).tend(database)
    assert [found(database, finder, each, shop) for each in asked] == stood


@IN_DATABASE
def test_two_who_save_the_same_product_leave_the_later_words(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    ready, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with database.transaction() as session:
            change(session, 1, title="Trompet")
            service.engine(finder).index_in(session, [1])  # type: ignore[attr-defined]
            ready.set()
            go_on.wait(10)

    saver = threading.Thread(target=first)
    saver.start()
    ready.wait(10)
    threading.Timer(0.2, go_on.set).start()
    with database.transaction() as session:  # waits for the first one
        change(session, 1, summary="Med fjernbetjening.")
    saver.join()
    with database.reading() as session:
        assert not service.compare(session, finder)
    assert found(database, finder, "fjernbetjening", shop) == [1]


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
        f"DROP TABLE {tables.SCHEMA}.terms_1",
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
