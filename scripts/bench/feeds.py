#!/usr/bin/env python3
"""How long a catalogue file takes, and how much memory, by the number of its products.

Usage: scripts/bench/feeds.py [--products N …]
Printed are, for CSV and Excel with the usual columns and for all there are, seconds, queries, size,
and by how much the memory of the process grew.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import cast
from sqlalchemy import insert

from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.exchange.feeds import rows, service, writing
from catalogue.exchange.feeds.rows import Wanted
from catalogue.exchange.feeds.rules import CONSTANT, SOURCES, Column, FileKind
from catalogue.products.models import Product

ENTERPRISES, CHUNK = 200, 10_000
TEXT = "Bygget på eget værksted af dansk lærk, leveret samlet og efterset hvert år. " * 8


def main() -> None:
    """Measure each size in a world of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[1_000, 100_000])
    for count in parser.parse_args().products:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/bench.sqlite")
            migrations.upgrade(database)
            wanted = fill(database, count)
            for kind in FileKind:
                measure(database, wanted, kind, count)
            database.dispose()


def fill(database: Database, count: int) -> Wanted:
    """Make a municipality that may order `count` products of 200 enterprises."""
    with database.transaction() as session:
        home = cast.municipality(session)
        shops = [cast.enterprise(session, f"Virksomhed {each}") for each in range(ENTERPRISES)]
        for shop in shops:
            cast.voluntary(session, home, shop)
        facts = {
            "kind": "goods", "unit": "piece", "state": "published", "version": 1,
            "summary": "Et solidt legehus til børn.", "description": TEXT,
            "category_code": cast.PLAY_HOUSES, "price_ore": 1_250_000, "created_at": cast.NOW,
            "updated_at": cast.NOW,
        }  # fmt: skip
        for first in range(0, count, CHUNK):
            made = [
                facts | {"enterprise_id": shops[each % ENTERPRISES].id, "title": f"Hus {each}",
                         "item_number": f"V-{each}"}
                for each in range(first, min(first + CHUNK, count))
            ]  # fmt: skip
            session.execute(insert(Product), made)
        return Wanted(home.id, cast.TODAY)


def measure(database: Database, wanted: Wanted, kind: FileKind, count: int) -> None:
    """Write a file with the usual columns, and one with all, and print what they took."""
    everything = tuple(Column(each, each) for each in SOURCES if each != CONSTANT)
    for name, columns in (("usual", service.usual().layout.columns), ("all", everything)):
        layout = replace(service.usual().layout, kind=kind, columns=columns)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        with (
            database.reading() as session,
            tempfile.TemporaryFile() as file,
            cast.counted_queries(database) as seen,
        ):
            found = rows.stream(session, wanted, columns, lambda *path: "/".join(path))
            written = writing.write(file, layout, found)
            size = file.tell() / 1_000_000
        took = time.perf_counter() - began
        grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
        print(
            f"{count:>7} products, {kind.value:4} {name:5} ({len(columns):2} columns): "
            f"{took:6.2f} s, {len(seen)} queries, {size:6.1f} MB, memory +{grew:.0f} MB"
        )
        assert written == count


if __name__ == "__main__":
    main()
