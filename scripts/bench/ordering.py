#!/usr/bin/env python3
"""How long a purchase takes, and how many are made a second, beside the same in django-oscar.

Usage: scripts/postgres scripts/bench/ordering.py [--seconds N] [--processes N …] [--no-oscar]
       [--json]
A purchase: five products of three enterprises into the basket, basket, check-out form, order,
receipt; ours makes three orders of it, django-oscar one. Both are asked in the process, without a
web server between, by 1 and by 4 processes with a buyer each. Printed are milliseconds of the
request that orders (p50 / p95), of the whole purchase (p50), purchases a second, what failed, and
how many times as many ours makes. django-oscar (oscar_shop.py) is installed by pip into a temporary
environment, and measured twice: set up as the sandbox of its repository, and without what makes
that slow. Without scripts/postgres around it SQLite alone is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

import cast
from drawn import DELIVERY, csrf_token, placing_key
from flask.testing import FlaskClient
from ledger import fresh
from search import machine

from catalogue.app import create_app
from catalogue.core import migrations
from catalogue.core.db import Database

PRODUCTS, SHOPS, BASKET = 300, 3, 5
# What stands in the environment of each django-oscar.
SHOPS_BESIDE = {"django-oscar's sandbox": {"SHOP_SANDBOX": "yes"}, "django-oscar, quicker": {}}


@dataclass(frozen=True)
class Run:
    """Purchases of all processes: milliseconds of each, and what failed."""

    placing: list[float]
    purchase: list[float]
    failed: int
    seconds: float


@dataclass(frozen=True)
class Measured:
    """What a table shows of a run."""

    placing_p50: float
    placing_p95: float
    purchase_p50: float
    purchases_per_second: float
    failed: int


def main() -> None:
    """Measure and print."""
    options = _options()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        python = None if options.no_oscar else _install_oscar(Path(folder) / "oscar")
        for name, open_ in _databases(Path(folder)):
            for count in options.processes:
                with open_() as url:
                    ours = _told(_ours(Path(folder), url, count, options.seconds))
                found = {"Catalogue": ours}
                for beside, settings in SHOPS_BESIDE.items() if python else ():
                    with open_() as url:
                        given = settings | {"SHOP_DATABASE": url}
                        found[beside] = _told(_oscar(python, given, count, options.seconds))
                results[f"{name}, {count} processes"] = found
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2, default=asdict))
    else:
        _print(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--no-oscar", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _databases(folder: Path) -> Iterator[tuple[str, Any]]:
    """Yield names of databases, each with what opens an empty one and tells its address."""

    @contextmanager
    def sqlite() -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            yield f"sqlite:///{place}/shop.sqlite"

    yield "SQLite", sqlite
    if server := os.environ.get("CATALOGUE_TEST_POSTGRES_URL"):
        yield "PostgreSQL", lambda: fresh(server)


def _ours(folder: Path, url: str, count: int, seconds: float) -> Run:
    people, products = _world(url, count)
    config = {"CATALOGUE_DATA_FOLDER": str(folder / "ours"), "CATALOGUE_DATABASE_URL": url}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        tasks = [pool.submit(_purchases, config, each, products, seconds) for each in people]
        return _joined([task.result() for task in tasks])


def _world(url: str, buyers: int) -> tuple[list[int], list[list[int]]]:
    """Make the enterprises and their products; return the buyers, and baskets of product ids."""
    database = Database(url)
    migrations.upgrade(database)
    with database.transaction() as session:
        home = cast.municipality(session)
        shelves = []
        for place in range(SHOPS):
            shop = cast.enterprise(session, f"Virksomhed {place}")
            cast.voluntary(session, home, shop, ceiling_ore=10**11)
            shelves.append(
                [cast.product(session, shop, f"Vare {n}").id for n in range(PRODUCTS // SHOPS)]
            )
        people = [cast.buyer(session, home).id for _each in range(buyers)]
    database.dispose()
    baskets = [
        [shelves[line % SHOPS][(number + line) % len(shelves[0])] for line in range(BASKET)]
        for number in range(len(shelves[0]))
    ]
    return people, baskets


def _purchases(
    config: dict[str, str], person_id: int, baskets: list[list[int]], seconds: float
) -> Run:
    app = create_app(config)
    client = app.test_client()
    cast.sign_in_as(client, _person(app, person_id))
    token = csrf_token(client.get("/kurv").text)
    _buy(client, token, baskets[0])  # templates are compiled by then
    placing, whole, failed, began, number = [], [], 0, time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        number += 1
        start = time.perf_counter()
        took = _buy(client, token, baskets[number % len(baskets)])
        if took is None:
            failed += 1
        else:
            placing.append(took * 1000)
            whole.append((time.perf_counter() - start) * 1000)
    return Run(placing, whole, failed, time.perf_counter() - began)


def _buy(client: FlaskClient, token: str, basket: list[int]) -> float | None:
    """Make a purchase; return the seconds of the request that orders, None if it failed."""
    for product_id in basket:
        chosen = {"product_id": product_id, "quantity": "1", "csrf_token": token}
        client.post("/kurv/tilfoej", data=chosen)
    client.get("/kurv")
    page = client.get("/kurv/bestil").text
    form = DELIVERY | {"placing_key": placing_key(page), "csrf_token": token}
    start = time.perf_counter()
    answer = client.post("/kurv/bestil", data=form)
    took = time.perf_counter() - start
    receipt = client.get(answer.location or "/")
    return (
        took if "/kvittering/" in (answer.location or "") and receipt.status_code == 200 else None
    )


def _person(app: Any, person_id: int) -> Any:
    with app.extensions["catalogue"].database.reading() as session:
        return session.get_one(cast.Person, person_id)


def _install_oscar(folder: Path) -> Path:
    print("installing django-oscar …", file=sys.stderr)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "django-oscar[sorl-thumbnail]", "psycopg[binary]", "sqlalchemy"],
        check=True,
    )  # fmt: skip
    return python


def _oscar(python: Path, settings: dict[str, str], count: int, seconds: float) -> Run:
    script = str(Path(__file__).with_name("oscar_shop.py"))
    environment = os.environ | settings
    subprocess.run(
        [python, script, "make", str(PRODUCTS), str(SHOPS), str(count)], check=True, env=environment
    )
    started = [
        subprocess.Popen(
            [python, script, "buy", str(number), str(BASKET), str(seconds)],
            stdout=subprocess.PIPE, env=environment,
        )
        for number in range(count)
    ]  # fmt: skip
    return _joined([Run(**json.loads(each.communicate()[0])) for each in started])


def _joined(runs: list[Run]) -> Run:
    return Run(
        [each for run in runs for each in run.placing],
        [each for run in runs for each in run.purchase],
        sum(run.failed for run in runs),
        max(run.seconds for run in runs),
    )


def _told(run: Run) -> Measured:
    if len(run.placing) < 2:
        return Measured(0, 0, 0, 0, run.failed)
    return Measured(
        round(statistics.median(run.placing), 1),
        round(statistics.quantiles(run.placing, n=20)[-1], 1),
        round(statistics.median(run.purchase), 1),
        round(len(run.purchase) / run.seconds, 2),
        run.failed,
    )


def _print(results: dict[str, dict[str, Measured]]) -> None:
    print(f"{machine()}\n")
    print("| | ordering, ms p50 / p95 | purchase, ms p50 | purchases/s | failed | ours are |")
    print("|---|---|---|---|---|---|")
    for place, found in results.items():
        ours = found["Catalogue"].purchases_per_second
        for name, each in found.items():
            times = f"{ours / each.purchases_per_second:.1f} times" if each.purchase_p50 else ""
            print(
                f"| {place}: {name} | {each.placing_p50} / {each.placing_p95}"
                f" | {each.purchase_p50} | {each.purchases_per_second} | {each.failed}"
                f" | {times if name != 'Catalogue' else ''} |"
            )


if __name__ == "__main__":
    main()
