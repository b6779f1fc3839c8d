"""What an installation of growth.py holds: bytes of products, edits and searches, and memory.

As it is served: a web server with its processes and a worker, after some traffic of all pages.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import growth_sizes
import site_world
from form import Process, around
from ports import free_port
from site_visits import OURS, Visitor, at_once, publish, sign_in
from site_world import PICTURES, Shop
from waiting import wait_until

from catalogue.core.db import Database
from catalogue.settings import Settings, read

PEOPLE, EDITS, SEARCHES, NOTED_SECONDS, WARM = 8, 60, 300, 3, 6
SEARCH_TABLES = ("asked", "asked_months", "found_by", "product_counts")
MEGABYTE = 2**20


@dataclass(frozen=True)
class Held:
    """Bytes of each thing by what they lie in, and megabytes of processes."""

    product: dict[str, float]
    picture: float
    edit: dict[str, float]
    search: dict[str, float]  # bytes of a row of each table
    noted: dict[str, float]  # rows that a search of a new text leaves
    memory: dict[str, float]


def measure(folder: Path, settings: dict[str, str], count: int) -> Held:
    """Fill an installation with `count` products, serve it, and measure what it holds."""
    shop = site_world.make(folder, settings, count, PEOPLE)
    known: Settings = read(shop.settings)
    database = Database(known.database, known.sqlite_busy_timeout_ms)
    product = _of_product(database, folder, count)
    with _served(folder, shop) as (port, web, worker):
        people = _people(port, shop)
        _traffic(people, shop)
        before = growth_sizes.of_tables(database)
        for number in range(EDITS):
            publish(people["seller"][number % len(people["seller"])], shop)
        edited = growth_sizes.of_tables(database)
        rows = growth_sizes.rows_of(database, [*SEARCH_TABLES])
        _search(people["buyer"][0], shop)
        noted = growth_sizes.rows_of(database, [*SEARCH_TABLES])
        searched = growth_sizes.of_tables(database)
        memory = _memory(web, worker)
    database.dispose()
    return Held(
        product,
        growth_sizes.of_folder(folder / "media") / PICTURES,
        growth_sizes.grown(before, edited, EDITS),
        {each: searched[each] / max(1, noted[each]) for each in SEARCH_TABLES},
        growth_sizes.grown(rows, noted, SEARCHES),
        memory,
    )


def _of_product(database: Database, folder: Path, count: int) -> dict[str, float]:
    tables = growth_sizes.of_tables(database)
    found = {name: size / count for name, size in tables.items()
             if name.startswith(("product", "search"))}  # fmt: skip
    index = growth_sizes.of_folder(folder / "index") / count
    found = {name: size for name, size in found.items() if size >= 1}
    return found | ({"index of search": index} if index else {})


@contextmanager
def _served(folder: Path, shop: Shop) -> Iterator[tuple[int, int, int]]:
    """Run web server and worker; yields the port and both processes."""
    port = free_port()
    told = around() | shop.settings | {"CATALOGUE_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    whole = [sys.executable, "-m", "catalogue.cli"]
    web = Process("web", [*whole, "web", "--port", str(port)], told, folder / "web.log", port)
    worker = Process("worker", [*whole, "work"], told, folder / "worker.log")
    try:
        wait_until(f"http://127.0.0.1:{port}/healthz", by=web.process, log=web.log)
        yield port, web.process.pid, worker.process.pid
    finally:
        web.end()
        worker.end()


def _people(port: int, shop: Shop) -> dict[str, list[Visitor]]:
    return {
        "nobody": [Visitor(port) for _each in range(PEOPLE)],
        "buyer": [sign_in(port, each) for each in shop.buyers],
        "staff": [sign_in(port, each) for each in shop.staff],
        "seller": [sign_in(port, each) for each, _ids in shop.sellers],
    }


def _traffic(people: dict[str, list[Visitor]], shop: Shop) -> None:
    """Have all pages asked by several at once, again and again, so that each process draws them."""
    for role, visit in OURS.values():
        for _each in range(WARM):
            at_once(people[role][:4], visit, shop, 0)


def _search(buyer: Visitor, shop: Shop) -> None:
    """Search for texts that nobody asked before: two words of titles each."""
    words = sorted({word for each in shop.words for word in each.split()})
    for number in range(SEARCHES):
        first, second = words[number % len(words)], words[(number * 7 + 3) % len(words)]
        buyer.ask(f"/soeg?q={quote(first)}%20{quote(second)}")
    time.sleep(NOTED_SECONDS)  # they are noted together, a second later


def _memory(web: int, worker: int) -> dict[str, float]:
    """Return the megabytes of the largest process of the web server, of all, and of the worker.

    All: what they share is counted once.
    """
    serving = list(_family(web))
    return {
        "web process": max(_resident(each, "Rss") for each in serving),
        "web server": sum(_resident(each, "Pss") for each in serving),
        "worker": max(_resident(each, "Rss") for each in _family(worker)),
    }


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _resident(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    told = next(each for each in lines if each.startswith(f"{what}:"))
    return round(int(told.split()[1]) * 1024 / MEGABYTE, 1)
