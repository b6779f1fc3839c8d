"""The engine in the database: what was saved since the index was built, and how it is added."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import cast
import pytest
from search import worlds
from search.stocked import IN_DATABASE, built, change, found, shop, wear
from sqlalchemy import func, select, text

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.products.models import ProductState
from catalogue.search import service
from catalogue.search.postgres import fresh, standing, tables
from catalogue.search.query import Query

__all__ = ["shop"]
PAGE_KB = 8  # of PostgreSQL


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
def test_little_waits_to_be_sorted_in_after_many_saves_of_few_and_nothing_after_an_addition(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_often(turns: range) -> None:
        for turn in turns:
            with database.transaction() as session:
                told = " ".join(f"t{turn}n{number}" for number in range(600))
                change(session, 1, description=told)

    change_often(range(12))
    assert _sorted_in(database) <= tables.WAITING_KB // PAGE_KB
    monkeypatch.setattr(tables, "FEW", 0)  # so that one product counts as many
    change_often(range(12, 24))
    service.engine(finder).tend(database)
    assert _sorted_in(database) == 0
    change_often(range(24, 36))
    assert _sorted_in(database) > tables.WAITING_KB // PAGE_KB


def _sorted_in(database: Database) -> int:
    """Sort in what waits, and return how many pages that were."""
    with database.transaction() as session:
        name = f"catalogue_search.ix_{built(session).products.name}_vector"
        asked = text("SELECT gin_clean_pending_list(CAST(:name AS regclass))")
        return int(session.scalar(asked, {"name": name}))


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
@pytest.mark.parametrize(("short_bytes", "times"), [(standing.SHORT_BYTES, 1), (0, 2)])
def test_lists_are_read_as_they_are_asked_for(
    database: Database,
    finder: dict[str, Any],
    shop: InForce,
    monkeypatch: pytest.MonkeyPatch,
    short_bytes: int,
    times: int,
) -> None:
    """Short ones with the look whether they are there, long ones before the match."""
    monkeypatch.setattr(standing, "SHORT_BYTES", short_bytes)
    found(database, finder, "", shop)  # what stands is read once
    with cast.counted_queries(database) as seen:
        assert found(database, finder, "bænk i have", shop) == [3]
    assert sum("lists_" in each for each in seen) == times
    for text_ in ("bænk til have", "bænk i have"):  # again after a save, that changes no list
        with cast.counted_queries(database) as seen:
            assert found(database, finder, text_, shop) == [3]
        assert not any("lists_" in each for each in seen)
        with database.transaction() as session:
            change(session, 1, title="Vindmølle")


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
def test_only_terms_that_saved_products_have_are_asked_of_them(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    def asked(text_: str, expected: list[int]) -> tuple[bool, bool]:
        with cast.counted_queries(database) as seen:
            assert found(database, finder, text_, shop) == expected
        listened = any("tsvector_to_array" in each for each in seen)
        return listened, any("ts_rank" in each for each in seen)

    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    assert asked("havebænk", [3]) == (True, False)
    assert asked("vindmølle", [1]) == (False, True)
    assert asked("vindmølle havebænk", [3, 1]) == (False, True)
    with database.transaction() as session:
        change(session, 1, title="Trompet")
    assert asked("gavekurv", [2]) == (True, False)
    assert asked("vindmølle", []) == (False, False)
    assert asked("trompet", [1]) == (False, True)
    with database.transaction() as session:
        change(session, 1, state=ProductState.WITHDRAWN)
    assert asked("trompet", []) == (False, False)


@IN_DATABASE
def test_terms_are_kept_for_one_build_alone(
    database: Database, finder: dict[str, Any], shop: InForce
) -> None:
    with database.transaction() as session:
        change(session, 1, title="Vindmølle")
    with database.reading() as session:
        build = built(session)
        saved = fresh.read(session, build, shop.municipality_id)
        spoken = fresh.listen(session, build, saved, None)
        assert {"w:vindmøl", "h:møl", "p:vind"} <= spoken.names
        assert fresh.listen(session, build, saved, spoken).terms == spoken.terms
        with cast.counted_queries(database) as seen:
            fresh.listen(session, build, saved, spoken)
            assert not seen
            fresh.listen(session, replace(build), saved, spoken)
        assert len(seen) == 1


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
