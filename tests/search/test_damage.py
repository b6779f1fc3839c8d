"""The index is disposable: however it is damaged, no wrong hit is shown, and it is made anew."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from search import worlds
from search.damaging import (
    all_files,
    assert_no_wrong_hit,
    assert_right_and_mended,
    flipped,
    index_in_use,
    stocked,
)
from search.killing import Killing, hammer
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState
from catalogue.search import indexing, service
from catalogue.search.query import Query
from catalogue.settings import Settings

KILLS = 50


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def emptied(folder: Path) -> None:
    for path in all_files(folder):
        path.unlink()


def other_version(folder: Path) -> None:
    (folder / "current").write_text("v1-da-000000000000")


def nonsense(folder: Path) -> None:
    (folder / "current").write_bytes(b"\xff\x00../../etc")


def without_table(folder: Path) -> None:
    for path in index_in_use(folder).glob("*.toc"):
        path.unlink()


DAMAGES = [gone, emptied, other_version, nonsense, without_table]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_made_anew(
    database: Database, parts: dict[str, Any], settings: Settings, damage: Callable[[Path], None]
) -> None:
    in_force = stocked(database, parts)
    damage(settings.index_folder)
    assert_right_and_mended(database, settings, in_force)


@on_sqlite
@pytest.mark.parametrize("damage", [cut, flipped, removed])
def test_a_damaged_file_of_any_kind_is_noticed(
    database: Database, parts: dict[str, Any], settings: Settings, damage: Callable[[Path], None]
) -> None:
    in_force = stocked(database, parts)
    whole = settings.index_folder.parent / "whole"
    shutil.copytree(settings.index_folder, whole)
    names = [path.name for path in all_files(whole) if path.stat().st_size]
    assert len(names) > 8
    for name in names:
        shutil.rmtree(settings.index_folder)
        shutil.copytree(whole, settings.index_folder)
        damage(index_in_use(settings.index_folder) / name)
        assert_right_and_mended(database, settings, in_force)


def test_an_open_index_survives_the_loss_of_its_files(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    in_force = stocked(database, parts)
    with database.reading() as session:
        service.find(session, parts, Query("legehus"), in_force)
    gone(settings.index_folder)
    with database.reading() as session:
        hits = service.find(session, parts, Query("legehus"), in_force)
    assert hits.degraded
    assert len(hits.ids) == 1


def test_compare_names_every_difference(database: Database, parts: dict[str, Any]) -> None:
    stocked(database, parts)
    with database.transaction() as session:
        first, second, third = session.scalars(select(Product).order_by(Product.id))
        first.state = ProductState.WITHDRAWN
        second.price_ore = 1
        seller = session.get_one(Enterprise, third.enterprise_id)
        new = cast.product(session, seller, "Vindmølle")
    with database.reading() as session:
        differences = service.compare(session, parts)
    assert differences.surplus == (first.id,)
    assert differences.stale == (second.id,)
    assert differences.missing == (new.id,)


def commits(folder: Path) -> int:
    """Return the number of the index's newest commit."""
    return indexing.latest_generation(index_in_use(folder))


@on_sqlite
def test_fifty_kills_of_a_writing_worker_leave_no_wrong_hit(
    database: Database, settings: Settings
) -> None:
    chance = random.Random(7)
    with database.transaction() as session:
        made = worlds.grow(session, chance, 60)
        pairs = {(each.enterprise_id, each.category_code or "") for each in made}
        in_force = worlds.applying(cast.municipality(session), voluntary=sorted(pairs))
    parts = worlds.opened(settings.data_folder)
    worlds.work(database, parts)
    killing = Killing(database, settings.data_folder)
    interrupted = 0
    for kill in range(KILLS):
        before = commits(settings.index_folder)
        killing.kill(hammer, kill, 0.1 + chance.random() * 0.4)
        interrupted += commits(settings.index_folder) > before
        assert_no_wrong_hit(database, parts, in_force)
        # What the killed worker had claimed is due again when its lease is over.
        worlds.work_after_lease(database, parts)
        with database.reading() as session:
            assert not service.compare(session, parts), f"after kill {kill}"
    assert interrupted > KILLS / 2, "workers were killed before they committed"
    parts["search"].close()
