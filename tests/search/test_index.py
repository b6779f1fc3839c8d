"""The index follows the outbox, is built anew beside the live one, and never fails a reader."""

from __future__ import annotations

import threading
import time
from typing import Any

import cast
import pytest
from search import worlds
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.query import Query
from catalogue.settings import Settings


def legehus(session: Session) -> tuple[Product, InForce]:
    """Make an orderable play house and put it into the outbox."""
    seller = cast.enterprise(session)
    made = cast.product(session, seller)
    worlds.put(session, [made])
    here = cast.municipality(session)
    return made, worlds.applying(here, voluntary=[(seller.id, cast.PLAY_HOUSES)])


def found(database: Database, parts: dict[str, Any], text: str, in_force: InForce) -> set[int]:
    with database.reading() as session:
        hits = service.find(session, parts, Query(text, page_size=1000), in_force)
    assert not hits.degraded  # else the database answers, whatever became of the index
    return set(hits.ids)


def change(database: Database, product: Product, **facts: Any) -> None:
    """Change a product and put it into the outbox, as the service of products does."""
    with database.transaction() as session:
        row = session.get_one(Product, product.id)
        for name, value in facts.items():
            setattr(row, name, value)
        worlds.put(session, [row])


def test_a_change_is_findable_within_two_seconds(database: Database, parts: dict[str, Any]) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)
    assert found(database, parts, "legehus", in_force) == {product.id}
    begun = time.monotonic()
    change(database, product, title="Sandkasse", summary="Af lærk.")
    worlds.work(database, parts)
    assert found(database, parts, "sandkasse", in_force) == {product.id}
    assert time.monotonic() - begun < 2
    assert found(database, parts, '"legehus"', in_force) == set()


def test_a_withdrawn_product_leaves_the_index(database: Database, parts: dict[str, Any]) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)
    change(database, product, state=ProductState.WITHDRAWN)
    worlds.work(database, parts)
    assert found(database, parts, "", in_force) == set()


def test_an_empty_catalogue_is_searched_in_silence(
    database: Database, parts: dict[str, Any]
) -> None:
    service.rebuild(database, parts)
    with database.transaction() as session:
        nothing = worlds.applying(cast.municipality(session))
    assert found(database, parts, "legehus", nothing) == set()  # no warning of log(0)


def test_many_small_changes_leave_each_product_once(
    database: Database, parts: dict[str, Any]
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
        other = cast.product(session, session.get_one(Enterprise, product.enterprise_id), "Bænk")
        worlds.put(session, [other])
    for count in range(12):
        change(database, product, title=f"Legehus mærke{count}")
        worlds.work(database, parts)
        with database.reading() as session:
            hits = service.find(session, parts, Query(), in_force)
        assert sorted(hits.ids) == [product.id, other.id]
        assert found(database, parts, f"mærke{count}", in_force) == {product.id}


def test_a_product_twice_in_a_batch_is_indexed_once(
    database: Database, parts: dict[str, Any]
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
        worlds.put(session, [product, product])
    worlds.work(database, parts)
    with database.reading() as session:
        assert service.find(session, parts, Query(), in_force).ids == (product.id,)


def test_a_renamed_enterprise_is_found_by_its_new_name(
    database: Database, parts: dict[str, Any]
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)
    with database.transaction() as session:
        session.get_one(Enterprise, product.enterprise_id).name = "Træværket"
        payload = {"enterprise_id": product.enterprise_id}
        jobs.put(session, "search.index_enterprise", payload, now=cast.NOW)
    worlds.work(database, parts)
    assert found(database, parts, "træværket", in_force) == {product.id}
    assert found(database, parts, '"legehytten"', in_force) == set()


def test_two_processes_see_each_others_changes(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)
    web: dict[str, Any] = {}
    service.open_index(web, settings)
    assert found(database, web, "legehus", in_force) == {product.id}
    change(database, product, title="Sandkasse")
    worlds.work(database, parts)
    assert found(database, web, "sandkasse", in_force) == {product.id}
    change(database, product, title="Legehus")
    worlds.work(database, parts)
    assert found(database, web, "legehus", in_force) == {product.id}
    web["search"].close()


def test_building_anew_takes_in_what_changes_meanwhile(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)

    def meanwhile(_done: int, _total: int) -> None:
        change(database, product, title="Sandkasse")
        worlds.work(database, parts)
        assert found(database, parts, "sandkasse", in_force) == {product.id}

    assert service.rebuild(database, parts, meanwhile) == 1
    with database.reading() as session:
        hits = service.find(session, parts, Query("sandkasse"), in_force)
    assert hits.ids == (product.id,)


def test_building_anew_fails_no_search(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)
    done, searched, faults, seen = threading.Event(), threading.Event(), [], []

    def search() -> None:
        while not done.is_set():
            try:
                seen.append(found(database, parts, "legehus", in_force))
            except Exception as error:
                faults.append(error)
            searched.set()

    searchers = [threading.Thread(target=search) for _n in range(2)]
    for thread in searchers:
        thread.start()
    for _n in range(4):
        service.rebuild(database, parts)
        change(database, product, price_ore=100)
        worlds.work(database, parts)
        searched.clear()
        assert searched.wait(60), "no search ended beside the building"
    done.set()
    for thread in searchers:
        thread.join()
    assert faults == []
    assert len(seen) >= 4
    assert all(hit == {product.id} for hit in seen)


def test_old_indexes_are_cleared_away(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    for _n in range(4):
        service.rebuild(database, parts)
    assert len([each for each in settings.index_folder.glob("v*-*") if each.is_dir()]) <= 2


def test_a_failed_build_leaves_the_index_in_use(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        product, in_force = legehus(session)
    worlds.work(database, parts)

    def stop(_done: int, _total: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        service.rebuild(database, parts, stop)
    assert found(database, parts, "legehus", in_force) == {product.id}
    change(database, product, title="Sandkasse")
    worlds.work(database, parts)
    assert found(database, parts, "sandkasse", in_force) == {product.id}
