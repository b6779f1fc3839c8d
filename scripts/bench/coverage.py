#!/usr/bin/env python3
"""How long procurement staff wait for coverage and what stands behind it, in a large world.

Usage: scripts/postgres scripts/bench/coverage.py [--agreements N] [--products N] [--lines N]
       [--ledger-rows N] [--calls N] [--json]
98 municipalities and the whole CPV. Printed are, for the largest municipality and the one in the
middle, milliseconds of what each page asks for (p50 / p95, and p95 of the processor's time, for
machines that are busy with other work) and its number of queries. Without scripts/postgres around
it SQLite alone is measured. The largest municipality reads in all rows of the ledger by the
product's own import, the one in the middle a twentieth.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import count, cycle, repeat
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import cast
import ledger as ledger_bench
import towns
from search import machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from towns import NOW, Sizes

from catalogue.core import audit, memory, migrations
from catalogue.core.db import Database
from catalogue.core.who import Role, Who
from catalogue.coverage import (
    conflict_queries,
    demand_queries,
    ledger,
    ledger_opened,
    ledger_report,
    matrix,
    remembering,
    rules,
    watch_queries,
)
from catalogue.coverage.behind import Part
from catalogue.coverage.ledger_rules import Bought
from catalogue.coverage.ledger_sets import Sought
from catalogue.coverage.watch_queries import Asked
from catalogue.ordering.models import Order, OrderState
from catalogue.products.models import Product, ProductState
from catalogue.search import service as search
from catalogue.settings import Settings

TODAY, LONG_AGO = NOW.date(), date(2023, 6, 1)
YEAR = ledger_bench.YEAR
Question = Callable[[Session], object]


@dataclass(frozen=True)
class Spent:
    """What a question took: milliseconds, and the number of its queries.

    `busy_p95`: of the processor in this process, in which SQLite works too and PostgreSQL does not.
    """

    p50: float
    p95: float
    busy_p95: float
    queries: int


def main() -> None:
    """Measure and print."""
    options = _options()
    sizes = Sizes(
        options.agreements, options.products, options.lines, options.enterprises, options.asked
    )
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        text_file, small = Path(folder) / "ledger.csv", Path(folder) / "small.csv"
        ledger_bench.write(text_file, options.ledger_rows)
        ledger_bench.write(small, options.ledger_rows // 20)
        settings = Settings(data_folder=Path(folder))
        url = f"sqlite:///{folder}/coverage.sqlite"
        results["sqlite"] = _measured(url, sizes, [text_file, small], settings, options.calls)
        if server := os.environ.get("CATALOGUE_TEST_POSTGRES_URL"):
            with ledger_bench.fresh(server) as url:
                results["postgresql"] = _measured(
                    url, sizes, [text_file, small], settings, options.calls
                )
    if options.json:
        told = {"machine": machine(), "sizes": vars(options), "results": results}
        print(json.dumps(told, indent=2, default=vars))
        return
    _print(options, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agreements", type=int, default=20_000)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--ledger-rows", type=int, default=1_000_000)
    parser.add_argument("--enterprises", type=int, default=2_000)
    parser.add_argument("--asked", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measured(
    url: str, sizes: Sizes, files: list[Path], settings: Settings, calls: int
) -> dict[str, Any]:
    database = Database(url)
    migrations.upgrade(database)
    begin = time.perf_counter()
    world, read = build(database, sizes, files)
    built = time.perf_counter() - begin
    gc.collect()
    gc.freeze()  # what the world was drawn from is no part of a web process, nor looked through
    memory.look_seldom()  # as web processes do
    if not database.is_sqlite:  # which does so by itself within a minute; SQLite never does
        analysing = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with analysing as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    parts: dict[str, Any] = {}
    search.open_index(parts, settings)
    found: dict[str, Any] = {"built_s": round(built), "import": read}
    for name, town in vars(world).items():
        before = events(database, town)
        found[name] = {
            question: ask_often(database, ask, calls, before.get(question))
            for question, ask in questions(database, parts, town).items()
        }
    found["size_mb"] = _size_mb(database)
    database.dispose()
    return found


def build(
    database: Database, sizes: Sizes, files: list[Path]
) -> tuple[towns.Towns, dict[str, int]]:
    """Fill a database; return the towns, and rows a second of the dry run and of taking."""
    social = ledger_bench.SOCIAL_SUPPLIERS  # among the suppliers of the ledger; the rest are not
    cvrs = [
        ledger_bench.cvr(n if n < social else n + ledger_bench.SUPPLIERS)
        for n in range(sizes.enterprises)
    ]
    world = towns.make(database, sizes, cvrs)
    rates = []
    for town, path in zip((world.largest, world.typical), files, strict=True):
        who = Who(role=Role.STAFF, municipality_id=town)
        accounts: dict[str, str | None] = {
            f"{220_000 + n}": code
            for n, code in enumerate(towns.some_codes(database, ledger_bench.ACCOUNTS)) if n % 10
        }  # fmt: skip
        with database.transaction() as session:
            ledger.map_accounts(session, who, accounts, NOW)
        rates.append(ledger_bench.read_in(database, who, path)[:2])
    checked, taken = rates[0]
    return world, {"checked_rows_s": checked, "taken_rows_s": taken}


def questions(database: Database, parts: dict[str, Any], town: int) -> dict[str, Question]:
    """Return what the pages of a municipality ask for, by name."""
    asked = Asked(town, TODAY, years=4, near_percent=80)
    with database.reading() as session:
        watched = max(watch_queries.page(session, asked, "da").lines, key=lambda line: line.net_ore)
        division = ledger_report.report(session, town, YEAR, "da").divisions[0].key
    year = Sought(*YEAR)
    opened = {
        "of a category": replace(year, category=division),
        "of a department": replace(year, department="Institution 7"),
        "on agreement": replace(year, bought=(Bought.ON,)),
        "off agreement": replace(year, bought=(Bought.OFF,)),
        "of other suppliers": replace(year, bought=(Bought.ELSEWHERE,)),
    }

    days = (TODAY + timedelta(days=each) for each in count(1))

    def home(
        session: Session, day: date, *, forgetful: bool = False, is_today: bool = False
    ) -> None:
        if forgetful:
            parts.pop(remembering.PART, None)
        seen = rules.Asked(town, day, day if is_today else TODAY, "da")
        found = matrix.read(session, parts, seen)
        for line in found.overview.outline.lines():
            found.orders_of(Part(line.code))
            found.enterprises_of(Part(line.code))
        matrix.count_conflicts(session, parts, seen)

    def opening(session: Session, sought: Sought) -> None:
        ledger_opened.read(session, town, sought, 100, 0)

    return {
        "coverage": lambda session: home(session, TODAY),
        "coverage as of 2023": lambda session: home(session, LONG_AGO),
        "coverage after an order": lambda session: home(session, TODAY),
        "coverage after a product": lambda session: home(session, TODAY),
        "coverage after a step of an order": lambda session: home(session, TODAY),
        "coverage after words of a product": lambda session: home(session, TODAY),
        "coverage on a new day": lambda session: home(session, next(days), is_today=True),
        "coverage, nothing remembered": partial(home, day=TODAY, forgetful=True),
        "coverage as of 2023, nothing remembered": partial(home, day=LONG_AGO, forgetful=True),
        "conflicts": lambda session: conflict_queries.list_conflicts(session, town, TODAY, "da"),
        "watch": lambda session: watch_queries.page(session, asked, "da"),
        "orders of a watched group": lambda session: watch_queries.list_lines(
            session, asked, watched.enterprise_id, watched.group
        ),
        "ledger report": lambda session: ledger_report.report(session, town, YEAR, "da"),
        **{
            f"ledger rows {name}": partial(opening, sought=sought)
            for name, sought in opened.items()
        },
        "demand desk": lambda session: demand_queries.read(session, parts, town, TODAY, 12),
    }


def events(database: Database, town: int) -> dict[str, Callable[[], None]]:
    """Return what happens before each call of a question, by its name."""
    with database.reading() as session:
        order = session.scalars(
            select(Order.id).where(Order.municipality_id == town).order_by(Order.placed_at.desc())
        ).first()
        product = session.scalars(select(Product.id)).first()
    assert order is not None and product is not None

    def happens(
        row: type[Order | Product], id_: int, home: int | None, states: Iterator[Any]
    ) -> None:
        kind = "order" if row is Order else "product"
        about: dict[str, Any] = {"person_id": None, "now": NOW, "municipality_id": home}
        with database.transaction() as session:
            if (state := next(states)) is not None:
                session.execute(update(row).where(row.id == id_).values(state=state))
            audit.record(session, f"{kind}.changed", (kind, id_), **about)

    return {
        "coverage after an order": partial(
            happens, Order, order, town, cycle((OrderState.CANCELLED, OrderState.PLACED))
        ),
        "coverage after a product": partial(
            happens, Product, product, None, cycle((ProductState.WITHDRAWN, ProductState.PUBLISHED))
        ),
        "coverage after a step of an order": partial(happens, Order, order, town, repeat(None)),
        "coverage after words of a product": partial(happens, Product, product, None, repeat(None)),
    }


def ask_often(
    database: Database, ask: Question, calls: int, before: Callable[[], None] | None = None
) -> Spent:
    """Ask once to warm up, then `calls` times with the clock; the first of them counts queries."""
    with database.reading() as session:
        ask(session)
    if before:
        before()
    with cast.counted_queries(database) as seen, database.reading() as session:
        ask(session)
    spent, busy = [], []
    for _call in range(calls):
        if before:
            before()
        with database.reading() as session:
            start, begin = time.perf_counter(), time.process_time()
            ask(session)
            spent.append((time.perf_counter() - start) * 1000)
            busy.append((time.process_time() - begin) * 1000)
    spent.sort()
    busy.sort()
    at = (calls // 2, math.ceil(calls * 0.95) - 1)
    told = (round(each, 1) for each in (spent[at[0]], spent[at[1]], busy[at[1]]))
    return Spent(*told, len(seen))


def _size_mb(database: Database) -> int:
    if database.is_sqlite:
        return Path(database.url.database or "").stat().st_size // 1_000_000
    with database.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(told.scalar_one()) // 1_000_000


def _print(options: argparse.Namespace, results: dict[str, Any]) -> None:
    print(machine())
    print(f"{options.agreements:,} agreements, {options.products:,} products,"
          f" {options.lines:,} lines of orders, {options.ledger_rows:,} rows of the ledger,"
          f" {options.calls} calls; milliseconds p50 / p95 / p95 of the processor")  # fmt: skip
    for name, found in results.items():
        rates = " and ".join(f"{rate:,}" for rate in found["import"].values())
        print(f"{name}: built in {found['built_s']} s, {found['size_mb']:,} MB;"
              f" ledger checked and read in at {rates} rows/s")  # fmt: skip
    if "postgresql" not in results:
        print("postgresql: left out, for scripts/postgres is not around this")
    columns = [(name, town) for name in results for town in ("largest", "typical")]
    print("\n| asked for | queries | " + " | ".join(" ".join(each) for each in columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for question in results["sqlite"]["largest"]:
        cells = [results[name][town][question] for name, town in columns]
        counts = " / ".join(str(each) for each in sorted({cell.queries for cell in cells}))
        times = " | ".join(f"{cell.p50} / {cell.p95} / {cell.busy_p95}" for cell in cells)
        print(f"| {question} | {counts} | {times} |")


if __name__ == "__main__":
    main()
