"""Damage under an index that a process has open, and what a disk changes unseen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from search import worlds
from search.damaging import BARE, all_files, flipped, index_in_use, stocked
from sqlalchemy import select

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.search import service, tending
from catalogue.search.engine import merging
from catalogue.search.query import Query
from catalogue.settings import Settings


def cut_in_place(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def rotten(path: Path) -> None:
    """Flip bits as a disk does: nothing is noted of it."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 8, len(data), 16):
        data[place] ^= 0x55
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def assert_right(database: Database, parts: dict[str, Any], in_force: InForce) -> bool:
    """Search for what was not searched for before; tell whether the database answered."""
    degraded = False
    for text, expected in (("havebænk", 1), ("gavekurv", 1), ("sandkasse", 0), ("pris", 3)):
        with database.reading() as session:
            hits = service.find(session, parts, Query(text), in_force)
            cards = service.list_cards(session, hits.ids, in_force)
        assert len(cards) == expected, text
        degraded = degraded or hits.degraded
    return degraded


def assert_mended(database: Database, parts: dict[str, Any], in_force: InForce) -> None:
    with database.reading() as session:
        hits = service.find(session, parts, Query("bænk have"), in_force)
        assert not hits.degraded
        assert len(hits.ids) == 1
        assert not service.compare(session, parts)


@on_sqlite
@pytest.mark.parametrize("damage", [cut_in_place, flipped])
def test_damage_under_an_open_index_shows_no_wrong_hit_and_is_mended(
    database: Database, parts: dict[str, Any], settings: Settings, damage: Callable[[Path], None]
) -> None:
    in_force = stocked(database, parts)
    whole = settings.index_folder.parent / "whole"
    shutil.copytree(settings.index_folder, whole)
    names = [path.name for path in all_files(whole) if path.suffix in (".pst", ".trm")]
    assert len(names) == 4
    for name in names:
        shutil.rmtree(settings.index_folder)
        shutil.copytree(whole, settings.index_folder)
        web = worlds.opened(settings.data_folder)
        with database.reading() as session:
            service.find(session, web, Query("legehus"), in_force)
        damage(index_in_use(settings.index_folder) / name)
        assert assert_right(database, web, in_force), name
        service.heal(database, cast.NOW)
        worlds.work(database, worlds.opened(settings.data_folder))
        assert_mended(database, web, in_force)
        web["search"].close()


@on_sqlite
def test_the_process_that_has_the_damaged_index_open_mends_it_too(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    in_force = stocked(database, parts)
    for path in index_in_use(settings.index_folder).glob("*.pst"):
        flipped(path)
    assert assert_right(database, parts, in_force)
    service.heal(database, cast.NOW)
    worlds.work(database, parts)
    assert_mended(database, parts, in_force)


@on_sqlite
def test_what_was_read_before_the_damage_is_still_answered(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    in_force = stocked(database, parts)
    for _time in range(2):
        with database.reading() as session:
            hits = service.find(session, parts, Query("legehus"), in_force)
        assert not hits.degraded
        assert len(hits.ids) == 1
        for path in index_in_use(settings.index_folder).glob("*.pst"):
            flipped(path)


@on_sqlite
def test_what_a_disk_changes_unseen_is_found_in_the_morning(
    database: Database, parts: dict[str, Any], settings: Settings
) -> None:
    in_force = stocked(database, parts)
    assert not assert_right(database, parts, in_force)
    for path in index_in_use(settings.index_folder).glob("*.pst"):
        rotten(path)
    with database.transaction() as session:
        tending.verify(session, cast.NOW)
        tending.verify(session, cast.NOW)
        assert jobs.waiting(session) == 2  # to look now, and tomorrow's
    before = index_in_use(settings.index_folder)
    worlds.work(database, parts)
    assert index_in_use(settings.index_folder) != before
    assert not assert_right(database, parts, in_force)
    assert_mended(database, parts, in_force)


@on_sqlite
@pytest.mark.parametrize("damage", [flipped, rotten])
def test_damaged_segments_are_never_joined_and_sealed_as_good(
    database: Database, parts: dict[str, Any], settings: Settings, damage: Callable[[Path], None]
) -> None:
    in_force = stocked(database, parts)
    assert not assert_right(database, parts, in_force)
    folder = index_in_use(settings.index_folder)
    for path in folder.glob("*.pst"):
        damage(path)
    for count in range(merging.MOST_ALIKE):
        with database.transaction() as session:
            seller = session.scalars(select(Enterprise)).one()
            worlds.put(session, [cast.product(session, seller, f"Vindmølle {count}", **BARE)])
        worlds.work(database, parts)
    assert index_in_use(settings.index_folder) != folder
    with database.reading() as session:
        assert len(service.find(session, parts, Query("vindmølle"), in_force).ids) == count + 1
    assert_mended(database, parts, in_force)
