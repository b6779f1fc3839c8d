"""Whoever is killed while an index is built or written to: search answers as before, and right."""

from __future__ import annotations

import random
from contextlib import closing
from typing import Any

import cast
from search import worlds
from search.damaging import assert_no_wrong_hit
from search.killing import Killing, hammer_and_tend, rebuild
from search.stocked import EACH_AT_HOME, IN_DATABASE, change
from sqlalchemy import func, select, text

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.products.models import Product, ProductState
from catalogue.search import service
from catalogue.search.postgres import tables
from catalogue.search.query import Query
from catalogue.settings import Settings

KILLS = 10
WORDS = ("gave", "kaffe", "kurv", "bænk")


def stocked(database: Database, count: int) -> InForce:
    """Make products that may all be ordered."""
    with database.transaction() as session:
        made = worlds.grow(session, random.Random(5), count)
        pairs = {(each.enterprise_id, each.category_code or "") for each in made}
        return worlds.applying(cast.municipality(session), voluntary=sorted(pairs))


def assert_right(database: Database, parts: dict[str, Any], in_force: InForce) -> None:
    """Hold what the index finds against the titles of what is published."""
    with database.reading() as session:
        published = Product.state == ProductState.PUBLISHED
        titles = dict(session.execute(select(Product.id, Product.title).where(published)).all())
        for word in WORDS:
            asked = Query(f'"{word}"', page_size=1000)
            hits = service.find(session, parts, asked, in_force)
            assert not hits.degraded
            assert sorted(hits.ids) == sorted(
                each for each, title in titles.items() if word in title.casefold().split()
            ), word


def half_built(database: Database, settings: Settings, engine: str) -> int:
    """Return how many indexes were begun and are not in use."""
    if engine == "whoosh":
        return int((settings.index_folder / "building").exists())
    with database.reading() as session:
        begun = select(func.count()).where(~tables.builds.c.current)
        return session.scalar(begun) or 0


def left(database: Database, settings: Settings, engine: str) -> int:
    """Return of how many indexes anything lies about."""
    if engine == "whoosh":
        return sum(1 for each in settings.index_folder.glob("v*-*") if each.is_dir())
    with database.reading() as session:
        named = text("SELECT tablename FROM pg_tables WHERE schemaname = :name")
        names = session.scalars(named, {"name": tables.SCHEMA}).all()
    return sum(1 for each in names if each.startswith("lists_"))


@EACH_AT_HOME
def test_kills_of_a_rebuild_leave_the_index_in_use_as_it_was(
    database: Database, finder: dict[str, Any], settings: Settings, engine: str
) -> None:
    chance = random.Random(11)
    in_force = stocked(database, 160)
    service.rebuild(database, finder)
    killing = Killing(database, settings.data_folder, engine)
    torn = 0
    for kill in range(KILLS):
        killing.kill(rebuild, kill, chance.random() * 0.4)
        torn += half_built(database, settings, engine) > 0
        assert_right(database, finder, in_force)
        if kill % 4 == 0:  # another process, which reads all shipped words first
            other = worlds.opened(settings.data_folder, engine)
            with closing(other["search"]):
                assert_right(database, other, in_force)
        with database.transaction() as session:
            change(session, kill + 1, title=f"{chance.choice(WORDS)} {kill}")
        worlds.work(database, finder)
        assert_right(database, finder, in_force)
        with database.reading() as session:
            assert not service.compare(session, finder), f"after kill {kill}"
    assert torn >= KILLS / 3, "most were killed before they had begun, or after the end"
    service.rebuild(database, finder)
    assert half_built(database, settings, engine) == 0
    assert left(database, settings, engine) <= 2
    assert_right(database, finder, in_force)
    with database.reading() as session:
        assert not service.compare(session, finder)


@EACH_AT_HOME
def test_kills_of_the_first_build_leave_the_database_to_answer(
    database: Database, finder: dict[str, Any], settings: Settings, engine: str
) -> None:
    in_force = stocked(database, 160)
    killing = Killing(database, settings.data_folder, engine)
    for kill in range(2):
        killing.kill(rebuild, kill, 0)
        with database.reading() as session:
            assert service.needs_rebuild(session, finder), "it was built before it was killed"
            for word in WORDS:
                hits = service.find(session, finder, Query(word, page_size=1000), in_force)
                cards = service.list_cards(session, hits.ids, in_force)
                assert hits.degraded
                assert cards
                assert all(word in card.product.title.casefold() for card in cards)
    with database.transaction() as session:
        service.ask_for_rebuild(session, cast.NOW)
    worlds.work_after_lease(database, finder)
    assert_right(database, finder, in_force)
    with database.reading() as session:
        assert not service.compare(session, finder)


@IN_DATABASE
def test_kills_of_a_writing_worker_leave_what_is_saved_found_and_nothing_else(
    database: Database, finder: dict[str, Any], settings: Settings
) -> None:
    chance = random.Random(7)
    in_force = stocked(database, 40)
    service.rebuild(database, finder)
    killing = Killing(database, settings.data_folder, "postgresql")
    interrupted = 0
    for kill in range(KILLS):
        with database.reading() as session:
            before = session.scalars(select(Product.title).order_by(Product.id)).all()
        killing.kill(hammer_and_tend, kill, 0.05 + chance.random() * 0.35)
        with database.reading() as session:
            interrupted += (
                before != session.scalars(select(Product.title).order_by(Product.id)).all()
            )
            # It is indexed by the transaction that saves it: nothing waits for a worker.
            assert not service.compare(session, finder), f"after kill {kill}"
        assert_no_wrong_hit(database, finder, in_force)
        assert_right(database, finder, in_force)
        worlds.work_after_lease(database, finder)
        with database.reading() as session:
            assert not service.compare(session, finder), f"after the work of kill {kill}"
    assert interrupted > KILLS / 2, "workers were killed before they committed"
