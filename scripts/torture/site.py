#!/usr/bin/env python3
"""Buyers go on while disk, database, index, mail server and clock fail, one after the other.

Usage: scripts/torture/site.py [--rounds N] [--buyers N] [--seconds N] [--json]
As orders.py, with troubles instead of kills: each begins, lasts `--seconds`, and ends; buyers send
what was answered by an error again, as people do. SQLite: the disk is full (a small one of its
own, which needs root), another process holds the lock, the index is deleted, the mail server takes
letters and never answers, the clock jumps an hour ahead and back (libfaketime). PostgreSQL with a
standby: the server is cut off and started again, mail and clock as above, and at last the primary
is lost and the standby promoted. Then everything is held against everything (audit.py), and the
product must be found. Ends with status 1 when anything was lost, doubled, oversold or overrun.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
sys.path.insert(0, str(Path(__file__).parent))

import audit
import buyers
import ground
import orders
import troubles
from database import primary_with_standby
from form import CannotGrow
from orders import Victim
from search import machine
from troubles import Scene, Trouble

CALM_SECONDS, SETTLE_SECONDS, FOUND_SECONDS = 4.0, 120, 60
ON_SQLITE = (troubles.full_disk, troubles.locked, troubles.no_index, troubles.hanging_mail,
             troubles.clock_ahead, troubles.clock_behind)  # fmt: skip
ON_POSTGRESQL = (troubles.stopped_database, troubles.hanging_mail, troubles.clock_ahead,
                 troubles.clock_behind)  # fmt: skip


def main() -> None:
    """Torture each database at hand, and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--buyers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=6.0, help="that a trouble lasts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {"sqlite": _on_sqlite(options)}
    try:
        results["postgresql"] = _on_postgresql(options)
    except CannotGrow as error:
        print(f"left out: {error}", file=sys.stderr)
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2))
    else:
        orders.print_table(results)
    sys.exit(any(each["faults"] for each in results.values()))


def _on_sqlite(options: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        has_disk = held.enter_context(troubles.small_disk(folder))
        post = held.enter_context(ground.mail_server())
        scene = Scene(ground.lay(folder, "", options.buyers, post.port), post)
        tried = ON_SQLITE[not has_disk :]
        return _torture(scene, list(tried) * options.rounds, options)


def _on_postgresql(options: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)
        post = held.enter_context(ground.mail_server())
        primary, standby = held.enter_context(primary_with_standby(folder / "postgresql"))
        both = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
        # Whichever of the two takes writes is asked: so nodes follow a promotion by themselves.
        url = f"postgresql+psycopg://catalogue@/postgres?{both}&target_session_attrs=read-write"
        place = ground.lay(folder, url, options.buyers, post.port)
        scene = Scene(place, post, primary, standby)
        return _torture(scene, [*ON_POSTGRESQL * options.rounds, troubles.promoted], options)


def _torture(scene: Scene, tried: Sequence[Trouble], options: argparse.Namespace) -> dict[str, Any]:
    place = scene.place
    clock = troubles.clock_environment(place.folder)
    place.environment |= clock | {"CATALOGUE_SMTP_TIMEOUT_SECONDS": "3",
                                  "CATALOGUE_SQLITE_BUSY_TIMEOUT_MS": "4000"}  # fmt: skip
    tried = [each for each in tried if clock or not each.__name__.startswith("clock")]
    began = time.monotonic()
    sides, waits = _under_troubles(scene, tried, options)
    acknowledged = [key for side in sides for key in side["acknowledged"]]
    faults = audit.faults(place, acknowledged, scene.post)
    if waits["found again"] is None:
        faults.append("the search does not find the product after all of it")
    return {
        "troubles": dict(Counter(each.__name__.replace("_", " ") for each in tried)),
        "seconds": round(time.monotonic() - began),
        "answers again after, seconds at most": waits["answers"],
        "requests": sum(each["requests"] for each in sides),
        "requests that failed": sum(each["broken"] for each in sides),
        "orders acknowledged": len(acknowledged), **audit.counts(place, scene.post),
        "faults": faults,
    }  # fmt: skip


def _under_troubles(
    scene: Scene, tried: Sequence[Trouble], options: argparse.Namespace
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    place = scene.place
    web, worker = Victim(["web", "--port", str(place.port)], place.environment), None
    stop = place.folder / "stop"
    longest = 0.0
    try:
        worker = Victim(["work"], place.environment)
        buyers.wait_until_it_answers(place.address, web.revive)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(options.buyers + 1, mp_context=context) as pool:
            tasks = [
                pool.submit(buyers.order_until, place.address, email, place.product_id, stop,
                            forgiving=True)
                for email in place.buyers
            ]  # fmt: skip
            tasks.append(pool.submit(buyers.reject_until, place.address, place.worker, stop,
                                     forgiving=True))  # fmt: skip
            time.sleep(CALM_SECONDS * 3)
            for trouble in tried:
                end = trouble(scene)
                time.sleep(options.seconds)
                end()
                began = time.monotonic()
                buyers.wait_until_it_answers(place.address, web.revive)
                longest = max(longest, time.monotonic() - began)
                worker.revive()
                time.sleep(CALM_SECONDS)
            stop.touch()
            sides = [task.result() for task in tasks]
        ground.wait_until_done(place, SETTLE_SECONDS)
        return sides, {"answers": round(longest, 1), "found again": _found(scene)}
    finally:
        web.end()
        if worker is not None:
            worker.end()


def _found(scene: Scene) -> float | None:
    """Return after how many seconds a search finds the product, or None."""
    browser = buyers.sign_in(scene.place.address, scene.place.buyers[0], forgiving=True)
    began = time.monotonic()
    while time.monotonic() - began < FOUND_SECONDS:
        _place, page = browser.get("/soeg?q=legehus")
        if f"/varer/{scene.place.product_id}/" in page:
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    return None


if __name__ == "__main__":
    main()
