#!/usr/bin/env python3
"""Ten times what a form can do, connections that do not get on, and bodies that are too large.

Usage: scripts/postgres scripts/torture/overload.py [--forms NAME …] [--seconds N] [--json]
Forms: the web server alone, behind what is shipped for nginx and for Caddy (SQLite), and two nodes
behind what is shipped for HAProxy (PostgreSQL; left out without scripts/postgres, as is what is not
installed). First the rate that is sustained is measured: eight visitors, each asking for the list
of hits again as soon as it was answered. Then ten times as many requests a second come in, whether
answered or not, and after that eight visitors again. Then one visitor reads and sends a form while
others press in each way of pressure.py. Meanwhile health is asked. Ends with status 1 when a
request was answered by anything but its page or 503 with Retry-After, when health failed, when the
site did not recover, or when the visitor was not answered, or waited for longer than `SLOW_MS`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

import fronts
import pressure
import site_world
from form import CannotGrow, Process, grown
from ledger import fresh
from ports import free_port
from search import machine
from site_forms import PLAIN
from site_visits import Visitor, at_once, percentile, sign_in
from waiting import wait_until

PRODUCTS, VISITORS, TIMES, SLOW_MS = 2_000, 8, 10, 2_000
REST_SECONDS = 2.0
Front = Callable[[Path, int], AbstractContextManager[int]]
Ports = tuple[int, list[int]]  # of the site, and of what is asked for its health


def main() -> None:
    """Overload each form, and print what was answered."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for name in options.forms:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found[name] = _measure(name, Path(folder), options.products, options.seconds)
            except CannotGrow as error:
                print(f"{name}: {error}", file=sys.stderr)
    if options.json:
        print(json.dumps({"machine": machine(), "results": found}, indent=2))
    else:
        print("\n".join(_table(found)))
    sys.exit(any(each["faults"] for each in found.values()))


def _measure(name: str, folder: Path, products: int, seconds: float) -> dict[str, Any]:
    with FORMS[name](folder, products) as (ports, shop):
        port, health = ports
        visitors = [sign_in(port, each) for each in shop.buyers]
        cookies = "; ".join(f"{key}={each}" for key, each in visitors[0].cookies.items())
        large = f"/billeder/{shop.pictures[0]}/1280.webp"
        target = pressure.Target(port, cookies, large, health)
        print(f"{name}: ten times too much …", file=sys.stderr)
        found = _overload(target, visitors, shop, seconds)
        faults = found.pop("faults")
        for way, (how, count) in pressure.PRESSES.items():
            print(f"{name}: {way} …", file=sys.stderr)
            seen = asyncio.run(pressure.press(target, how, count, seconds / 3))
            met = [*seen.pages, *seen.forms]
            p95 = round(percentile([each.ms for each in met], 95))
            lost = sum(each.status in (0, 500, 502, 503, 504) for each in met)
            ill = sum(each.status != 200 for each in seen.health)
            told = f"{p95}" + (f", {lost} of {len(met)} not answered" if lost else "")
            found[f"{count} × {way}, ms p95"] = told + (f", health failed {ill} times" * bool(ill))
            faults += [f"{way}: {told}"] * bool(lost or p95 > SLOW_MS)
            faults += [f"{way}: health failed"] * bool(ill)
        return found | {"faults": faults}


def _overload(
    target: pressure.Target, visitors: list[Visitor], shop: site_world.Shop, seconds: float
) -> dict[str, Any]:
    def visit(visitor: Visitor, _shop: site_world.Shop) -> bool:
        return visitor.get("/soeg")

    at_once(visitors, visit, shop, min(3.0, seconds))
    before, failed, over = at_once(visitors, visit, shop, seconds / 2)
    rate = len(before) / over
    answers, seen = asyncio.run(pressure.flood(target, rate * TIMES, seconds))
    time.sleep(REST_SECONDS)
    after, failed_after, over_after = at_once(visitors, visit, shop, seconds / 2)
    statuses = Counter(each.status for each in answers)
    good = [each.ms for each in answers if each.status == 200]
    told = sum(each.retry for each in answers if each.status == 503)
    other = {status: count for status, count in statuses.items() if status not in (200, 503)}
    ill = sum(each.status != 200 for each in seen.health)
    found = {
        "sustained, requests a second": round(rate, 1),
        "sustained, ms p95": round(percentile(before, 95)),
        f"sent at {TIMES} times that": len(answers),
        "answered by the page": statuses[200], "ms p95 of these": round(percentile(good, 95)),
        "answered by 503 with Retry-After": told, "answered otherwise": other or "none",
        "health asked, and failed": f"{len(seen.health)}, {ill}",
        "health, ms p95": round(percentile([each.ms for each in seen.health], 95)),
        "afterwards, requests a second": round(len(after) / over_after, 1),
        "afterwards, ms p95": round(percentile(after, 95)),
    }  # fmt: skip
    checks = {
        "a request failed": failed or failed_after,
        f"an answer is neither page nor 503: {other}": other,
        "a 503 has no Retry-After": statuses[503] - told,
        "health failed": ill,
        "it is not as fast as before": len(after) / over_after < rate / 2,
    }
    return found | {"faults": [name for name, wrong in checks.items() if wrong]}


@contextmanager
def _one(folder: Path, products: int, front: Front | None) -> Iterator[tuple[Ports, Any]]:
    """Run one web server on SQLite, alone or behind a proxy."""
    proxies = {"CATALOGUE_TRUSTED_PROXIES": "1" if front else "0"}
    shop = site_world.make(folder / "data", PLAIN | proxies, products, VISITORS)
    port = free_port()
    command = [sys.executable, "-m", "catalogue.cli", "web", "--port", str(port)]
    around = {name: told for name, told in os.environ.items() if not name.startswith("CATALOGUE_")}
    web = Process("web", command, around | shop.settings, folder / "web.log", port)
    try:
        wait_until(f"http://127.0.0.1:{port}/healthz", by=web.process, log=web.log)
        if front is None:
            yield (port, [port]), shop
        else:
            with front(folder, port) as before:
                yield (before, [port, before]), shop
    finally:
        web.end()


@contextmanager
def _grown(folder: Path, products: int) -> Iterator[tuple[Ports, Any]]:
    """Run two nodes behind HAProxy on PostgreSQL."""
    server = os.environ.get("CATALOGUE_TEST_POSTGRES_URL")
    if not server:
        raise CannotGrow("run it by scripts/postgres")
    with fresh(server) as url:
        engine = {"CATALOGUE_DATABASE_URL": url, "CATALOGUE_SEARCH_ENGINE": "postgresql",
                  "CATALOGUE_TRUSTED_PROXIES": "1"}  # fmt: skip
        shop = site_world.make(folder, PLAIN | engine, products, VISITORS)
        with grown(folder, shop.settings) as site:
            yield (site.port, [each.port for each in site.nodes]), shop


FORMS: dict[str, Callable[[Path, int], AbstractContextManager[tuple[Ports, Any]]]] = {
    "alone": partial(_one, front=None),
    "nginx": partial(_one, front=fronts.nginx),
    "caddy": partial(_one, front=fronts.caddy),
    "haproxy": _grown,
}


def _table(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"{machine()}\n"
    yield f"| | {' | '.join(found)} |"
    yield "|---" * (len(found) + 1) + "|"
    for row in next(iter(found.values()), {}):
        if row != "faults":
            yield f"| {row} | {' | '.join(str(each[row]) for each in found.values())} |"
    told = [", ".join(each["faults"]) or "none" for each in found.values()]
    yield f"| **faults** | {' | '.join(told)} |"


if __name__ == "__main__":
    main()
