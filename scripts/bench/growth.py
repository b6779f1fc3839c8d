#!/usr/bin/env python3
"""What grows with use: bytes of a product and an order, memory of processes, time of pages.

Usage: scripts/postgres scripts/bench/growth.py [--products N …] [--orders N …] [--lives N]
       [--databases SQLite PostgreSQL] [--json]
       scripts/bench/growth.py --again FILE …
On SQLite with its own index, and on PostgreSQL with search in it. `--products`: catalogues that are
built, served by web server and worker, and asked for all pages of site.py; printed are bytes of a
product, of an edit and of what a search leaves, and the resident memory of processes. `--orders`:
orders in the database; some live (`--lives`), which tells what one leaves, and the others are their
copies; printed is how long pages, an order placed and nightly work take, and as a multiple of the
first. From all that it reckons what the installations of scale.py take after one and five years.
`--again` reckons from what `--json` printed before; parts of several runs may be put together.
Without scripts/postgres around it SQLite alone is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parent))

import growth_asked
import growth_held
import growth_life
import growth_orders
import growth_reckoned
import growth_sizes
import site_world
from ledger import fresh
from search import machine
from site_forms import PLAIN

import catalogue.app
from catalogue.core.http import State

DATABASES = ("SQLite", "PostgreSQL")
SHELF, PEOPLE = 1_000, 8  # products and people where orders are what grows
Found = dict[str, dict[str, Any]]


def main() -> None:
    """Measure and print."""
    options = _options()
    found = _read(options.again) if options.again else _measured(options)
    if options.json:
        print(json.dumps({"machine": machine(), "results": found}, indent=2))
        return
    print(f"{machine()}\n")
    for name, each in found.items():
        growth_reckoned.print_measured(name, each)
    growth_reckoned.print_installations(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, nargs="*", default=[1_000, 20_000, 100_000])
    parser.add_argument("--orders", type=int, nargs="*", default=[1_000, 100_000, 500_000])
    parser.add_argument("--databases", nargs="+", default=DATABASES, choices=DATABASES)
    parser.add_argument("--lives", type=int, default=40, help="orders that live, to be copied")
    parser.add_argument("--again", type=Path, nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _read(files: list[Path]) -> Found:
    """Put together what was printed in several runs."""
    found: Found = {}
    for file in files:
        for name, each in json.loads(file.read_text(encoding="utf-8"))["results"].items():
            for part, of_counts in each.items():
                found.setdefault(name, {}).setdefault(part, {}).update(of_counts)
    return found


def _measured(options: argparse.Namespace) -> Found:
    found: Found = {}
    for name, of_database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        there = name == "SQLite" or "CATALOGUE_TEST_POSTGRES_URL" in os.environ
        if not there or name not in options.databases:
            continue
        found[name] = {"products": {}, "orders": {}}
        for count in options.products:
            with of_database() as (folder, settings):
                held = growth_held.measure(folder, settings, count)
                found[name]["products"][str(count)] = asdict(held)
            print(f"{name}: {count} products", file=sys.stderr, flush=True)
        if options.orders:
            with of_database() as (folder, settings):
                found[name]["orders"] = _orders(name, folder, settings, options)
    return found


def _orders(
    name: str, folder: Path, settings: dict[str, str], options: argparse.Namespace
) -> dict[str, Any]:
    """Let orders live, copy them to each number, and ask pages each time."""
    shop = site_world.make(folder, settings, SHELF, PEOPLE)
    app = catalogue.app.create_app(shop.settings)
    state: State = app.extensions["catalogue"]
    crew = growth_life.gather(state, shop.buyers, shop.orderable)
    ids = growth_life.live(state, crew, options.lives)
    mails = growth_sizes.of_folder(folder / "mail") / options.lives
    people = growth_asked.settle(state, crew, shop.staff[0])
    document = growth_asked.document_bytes(app, people, ids[0])
    press = growth_orders.prepare(state.database, ids, state.clock(), max(options.orders))
    found: dict[str, Any] = {}
    for count in sorted(options.orders):
        before, made = growth_sizes.of_tables(state.database), press.made
        growth_orders.copy(press, count)
        after = growth_sizes.of_tables(state.database)
        left = growth_sizes.grown(before, after, count - made)
        asked = growth_asked.ask(app, people)
        found[str(count)] = {"order": left, "mail": mails, "document": document, "ms": asked}
        print(f"{name}: {count} orders", file=sys.stderr, flush=True)
    state.database.dispose()
    return found


@contextmanager
def _sqlite() -> Iterator[tuple[Path, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "data", dict(PLAIN)


@contextmanager
def _postgresql() -> Iterator[tuple[Path, dict[str, str]]]:
    server = os.environ["CATALOGUE_TEST_POSTGRES_URL"]
    with tempfile.TemporaryDirectory() as folder, fresh(server) as url:
        engine = {"CATALOGUE_DATABASE_URL": url, "CATALOGUE_SEARCH_ENGINE": "postgresql"}
        yield Path(folder) / "data", PLAIN | engine


if __name__ == "__main__":
    main()
