#!/usr/bin/env python3
"""Ten times what the grown form can do, connections that trickle, and bodies that are too large.

Usage: scripts/postgres scripts/torture/overload.py [--seconds N] [--json]
Two nodes behind HAProxy. First the rate that is sustained is measured: eight visitors, each asking
for the list of hits again as soon as it was answered. Then ten times as many requests a second come
in, whether answered or not, and after that eight visitors again. Meanwhile the nodes' health is
asked. Then 300 connections send their headers a letter at a time, and eight bodies of 100 MB come
in, while one visitor reads. Ends with status 1 when a request was answered by anything but its page
or 503 with Retry-After, when health failed, or when others waited for longer than `SLOW_MS`.
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
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

import site_world
from form import Site, grown
from ledger import fresh
from search import machine
from site_forms import PLAIN
from site_visits import at_once, percentile, sign_in

PRODUCTS, VISITORS, TIMES, SLOW_MS = 2_000, 8, 10, 2_000
TRICKLING, LARGE_BYTES, LARGE = 300, 100_000_000, 8
Head = tuple[int, bool, float]  # status (0: none), whether Retry-After came, milliseconds


def main() -> None:
    """Overload, and print what was answered."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    server = os.environ.get("CATALOGUE_TEST_POSTGRES_URL")
    if not server:
        parser.error("run it by scripts/postgres")
    with tempfile.TemporaryDirectory() as folder, fresh(server) as url:
        engine = {"CATALOGUE_DATABASE_URL": url, "CATALOGUE_SEARCH_ENGINE": "postgresql"}
        shop = site_world.make(Path(folder), PLAIN | engine, PRODUCTS, VISITORS)
        with grown(Path(folder), shop.settings) as site:
            found = _overload(site, shop, options.seconds)
    if options.json:
        print(json.dumps({"machine": machine(), "results": found}, indent=2))
    else:
        print(f"{machine()}\n\n| | |\n|---|---|")
        print("\n".join(f"| {name} | {each} |" for name, each in found.items()))
    sys.exit(bool(found["faults"]))


def _overload(site: Site, shop: site_world.Shop, seconds: float) -> dict[str, Any]:
    visitors = [sign_in(site.port, each) for each in shop.buyers]
    cookies = "; ".join(f"{name}={each}" for name, each in visitors[0].cookies.items())

    def visit(visitor: Any, _shop: Any) -> bool:
        return bool(visitor.get("/soeg"))

    at_once(visitors, visit, shop, 3)
    before, failed, over = at_once(visitors, visit, shop, seconds / 2)
    rate = len(before) / over
    heads, health = asyncio.run(_flood(site, cookies, rate * TIMES, seconds))
    time.sleep(1)
    after, failed_after, over_after = at_once(visitors, visit, shop, seconds / 2)
    slow = asyncio.run(_trickle(site, cookies, seconds))
    statuses = Counter(status for status, _retry, _ms in heads)
    good = [ms for status, _retry, ms in heads if status == 200]
    found: dict[str, Any] = {
        "sustained, requests a second": round(rate, 1),
        "sustained, ms p95": round(percentile(before, 95)),
        f"sent at {TIMES} times that": len(heads),
        "answered by the page": statuses[200], "ms p95 of these": round(percentile(good, 95)),
        "answered by 503 with Retry-After": sum(r for s, r, _ms in heads if s == 503),
        "answered otherwise": dict(statuses - Counter({200: 10**9, 503: 10**9})),
        "health asked, and failed": f"{len(health)}, {health.count(False)}",
        "afterwards, requests a second": round(len(after) / over_after, 1),
        "afterwards, ms p95": round(percentile(after, 95)),
        "while connections trickle and large bodies come, ms p95": round(percentile(slow, 95)),
    }  # fmt: skip
    checks = {
        "a request failed": failed or failed_after,
        "an answer is neither page nor 503": found["answered otherwise"],
        "a 503 has no Retry-After": statuses[503] - found["answered by 503 with Retry-After"],
        "health failed": not all(health),
        "it is not as fast as before": len(after) / over_after < rate / 2,
        "trickling connections hold others up": percentile(slow, 95) > SLOW_MS,
    }
    return found | {"faults": [name for name, wrong in checks.items() if wrong]}


async def _flood(
    site: Site, cookies: str, rate: float, seconds: float
) -> tuple[list[Head], list[bool]]:
    """Send so many requests a second, whether answered or not; ask for health meanwhile."""
    began, tasks, health = time.monotonic(), [], []
    watching = asyncio.create_task(_watch(site, health))
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(_ask(site.port, "/soeg", cookies)))
    heads = await asyncio.gather(*tasks)
    watching.cancel()
    return heads, health


async def _watch(site: Site, health: list[bool]) -> None:
    while True:
        for node in site.nodes:
            status, _retry, _ms = await _ask(node.port, "/healthz", "")
            health.append(status == 200)
        await asyncio.sleep(0.5)


async def _ask(port: int, path: str, cookies: str) -> Head:
    start = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0, False, 0.0
    with suppress(OSError):
        told = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n"
        writer.write(f"{told}Connection: close\r\n\r\n".encode())
        answer = (await reader.read()).partition(b"\r\n\r\n")[0].decode("latin-1")
        writer.close()
        if answer:
            ms = (time.monotonic() - start) * 1000
            return int(answer.split()[1]), "retry-after:" in answer.lower(), ms
    return 0, False, 0.0


async def _trickle(site: Site, cookies: str, seconds: float) -> list[float]:
    """Hold connections by sending little, send bodies too large, and read as one visitor."""
    held = [asyncio.create_task(_send_slowly(site.port)) for _each in range(TRICKLING)]
    held += [asyncio.create_task(_send_large(site.port)) for _each in range(LARGE)]
    await asyncio.sleep(1)
    spent, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        status, _retry, ms = await _ask(site.port, "/soeg", cookies)
        spent.append(ms if status == 200 else 60_000.0)
        await asyncio.sleep(0.1)
    for each in held:
        each.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    return spent


async def _send_slowly(port: int) -> None:
    with suppress(OSError):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /log-ind HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(1)


async def _send_large(port: int) -> None:
    with suppress(OSError):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /log-ind HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LARGE_BYTES}\r\n\r\n"
        writer.write(head.encode())
        for _each in range(LARGE_BYTES // 65536):
            writer.write(b"x" * 65536)
            await writer.drain()
            await asyncio.sleep(0)


if __name__ == "__main__":
    main()
