"""The index is disposable: however it is damaged, no wrong hit is shown, and it is made anew."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from search import worlds
from sqlalchemy import select

from catalogue.agreements.rules import InForce
from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState
from catalogue.search import indexing, service, tending
from catalogue.search.engine import merging
from catalogue.search.query import Query
from catalogue.settings import Settings

KILLS = 50
BARE = {"summary": "Fast pris.", "description": "Leveres samlet."}


def stocked(database: Database, parts: dict[str, Any]) -> InForce:
    """Make an index of two segments over three products, one of which is a play house."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        titles = ("Legehus i lærk", "Havebænk", "Jubilæumsgave")
        made = [cast.product(session, seller, title, **BARE) for title in titles]
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, parts)
    with database.transaction() as session:
        made[2] = session.merge(made[2])
        made[2].title = "Gavekurv"
        worlds.put(session, [made[2]])
    worlds.work(database, parts)
    return in_force


def index_in_use(folder: Path) -> Path:
    return folder / (folder / "current").read_text()


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in index_in_use(folder).iterdir() if path.suffix != ".lock")


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


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def removed(path: Path) -> None:
    path.unlink()


def assert_right_and_mended(database: Database, settings: Settings, in_force: InForce) -> None:
    """Search as another process would, have the worker mend what is due, and search again."""
    parts = worlds.opened(settings.data_folder)
    for text, expected in (("legehus", 1), ("havebænk", 1), ("gavekurv", 1), ("sandkasse", 0)):
        with database.reading() as session:
            hits = service.find(session, parts, Query(text), in_force)
            cards = service.list_cards(session, hits.ids, in_force)
        assert len(cards) == expected, text
    with database.transaction() as session:
        if hits.degraded:
            service.ask_for_rebuild(session, cast.NOW)
            service.ask_for_rebuild(session, cast.NOW)
            assert jobs.waiting(session) == 1
    worlds.work(database, parts)
    with database.reading() as session:
        hits = service.find(session, parts, Query("bænk have"), in_force)
        assert not hits.degraded
        assert len(hits.ids) == 1
        assert not service.compare(session, parts)
    parts["search"].close()


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


def hammer(url: str, folder: str, seed: int, begun: Any) -> None:
    """Change products and index them, commit upon commit, until killed."""
    database = Database(url, 30_000)
    parts = worlds.opened(Path(folder))
    chance = random.Random(seed)
    while True:
        with database.transaction() as session:
            products = list(session.scalars(select(Product)))
            chosen = chance.sample(products, 5)
            for product in chosen:
                product.title = f"{chance.choice(worlds.WORDS)} {chance.randrange(1000)}"
                states = (ProductState.PUBLISHED, ProductState.PUBLISHED, ProductState.WITHDRAWN)
                product.state = chance.choice(states)
            worlds.put(session, chosen)
        begun.set()
        worlds.work(database, parts)


def assert_no_wrong_hit(database: Database, parts: dict[str, Any], in_force: InForce) -> None:
    """Search as a buyer does while the killed worker's work waits: it hides, but shows no wrong."""
    with database.reading() as session:
        texts = {each.id: each.title.casefold() for each in session.scalars(select(Product))}
        waiting = {
            job.payload["product_id"]
            for job in session.scalars(select(jobs.Job).where(jobs.Job.topic == service.INDEX))
        }
        for word in ("gave", "kaffe", "kurv", "bænk"):
            asked = Query(f'"{word}"', page_size=1000)
            hits = service.find(session, parts, asked, in_force)
            cards = service.list_cards(session, hits.ids, in_force)
            assert len(set(hits.ids)) == len(hits.ids)
            assert all(card.product.state == ProductState.PUBLISHED for card in cards)
            shown = {card.product.id for card in cards} - waiting
            assert all(word in texts[each] for each in shown), word


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
    url = database.engine.url.render_as_string(hide_password=False)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["catalogue.search.service"])
    interrupted = 0
    for kill in range(KILLS):
        before, begun = commits(settings.index_folder), processes.Event()
        args = (url, str(settings.data_folder), kill, begun)
        worker = processes.Process(target=hammer, args=args)
        worker.start()
        assert begun.wait(60)
        time.sleep(0.1 + chance.random() * 0.4)
        worker.kill()
        worker.join()
        worker.close()
        interrupted += commits(settings.index_folder) > before
        assert_no_wrong_hit(database, parts, in_force)
        # What the killed worker had claimed is due again when its lease is over.
        worlds.work_after_lease(database, parts)
        with database.reading() as session:
            assert not service.compare(session, parts), f"after kill {kill}"
    assert interrupted > KILLS / 2, "workers were killed before they committed"
    parts["search"].close()
