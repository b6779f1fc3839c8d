#!/usr/bin/env python3
"""Buyers fight for the last of a stock and of a ceiling while web server and worker are killed.

Usage: scripts/postgres scripts/torture/orders.py [--kills N] [--buyers N] [--json]
Real processes: the web server, the worker, a mail server on loopback, and a process for each buyer,
who sends each form until it is answered. The enterprise rejects what it gets, so that there is
always a last piece to fight for. Every other second or so a process of the web server, all of
them, or the worker is ended with SIGKILL, until there were `--kills` of them. The web server gives
up when a new process of it is killed soon again; it is started anew then, as a supervisor does.
Then the worker does what is left, and everything is held against everything (audit.py). Ends with
status 1 when anything was lost, doubled, oversold or overrun. Without scripts/postgres around it
SQLite alone is tried.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
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
from ledger import fresh
from search import machine

ROOT = Path(__file__).parents[2]
PAUSE_SECONDS = (1.0, 4.0)  # between two kills
SETTLE_SECONDS = 90
WARM_UP_SECONDS = 30
WAYS = ("web process", "web process", "web process", "web server", "worker", "worker")


class Victim:
    """A process group of ours that is killed and started again."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "catalogue.cli", *self.command],
            cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill_child(self) -> None:
        """End one of its processes; it is for the rest to go on and to start another."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(each) for each in task.read_text().split()]
        if children:
            os.kill(children[-1], signal.SIGKILL)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def revive(self) -> None:
        """Start it anew when it has given up."""
        if self.process.poll() is not None:
            self.start()

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def main() -> None:
    """Torture each database at hand, and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--buyers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {"sqlite": _torture("", options)}
    if server := os.environ.get("CATALOGUE_TEST_POSTGRES_URL"):
        with fresh(server) as url:
            results["postgresql"] = _torture(url, options)
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2))
    else:
        _print(results)
    sys.exit(any(each["faults"] for each in results.values()))


def _torture(url: str, options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, ground.mail_server() as post:
        place = ground.lay(Path(folder), url, options.buyers, post.port)
        began = time.monotonic()
        told = _under_fire(place, options)
        seconds = time.monotonic() - began
        faults = audit.faults(place, told["acknowledged"], post)
        return {
            "kills": told["kills"], "seconds": round(seconds),
            "requests": sum(each["requests"] for each in told["sides"]),
            "requests that broke off": sum(each["broken"] for each in told["sides"]),
            "orders acknowledged": len(told["acknowledged"]),
            "refused, for all was taken": sum(each["refused"] for each in told["sides"]),
            **audit.counts(place, post), "faults": faults,
        }  # fmt: skip


def _under_fire(place: ground.Place, options: argparse.Namespace) -> dict[str, Any]:
    web = Victim(["web", "--port", str(place.port)], place.environment)
    worker = Victim(["work"], place.environment)
    context = multiprocessing.get_context("spawn")
    stop = Path(place.folder / "stop")
    kills: Counter[str] = Counter()
    try:
        buyers.wait_until_it_answers(place.address, web.revive)
        with ProcessPoolExecutor(options.buyers + 1, mp_context=context) as pool:
            tasks = [
                pool.submit(buyers.order_until, place.address, email, place.product_id, stop)
                for email in place.buyers
            ]
            tasks.append(pool.submit(buyers.reject_until, place.address, place.worker, stop))
            time.sleep(WARM_UP_SECONDS)  # in which the buyers' processes start and sign in
            chance = random.Random(options.seed)
            while sum(kills.values()) < options.kills and not any(t.done() for t in tasks):
                time.sleep(chance.uniform(*PAUSE_SECONDS))
                what = chance.choice(WAYS)
                kills[what] += 1
                _strike(what, web, worker)
                buyers.wait_until_it_answers(place.address, web.revive)
            stop.touch()
            sides = [task.result() for task in tasks]
        ground.wait_until_done(place, SETTLE_SECONDS)
    finally:
        web.end()
        worker.end()
    acknowledged = [key for side in sides for key in side["acknowledged"]]
    return {"kills": dict(kills), "sides": sides, "acknowledged": acknowledged}


def _strike(what: str, web: Victim, worker: Victim) -> None:
    if what == "web process":
        web.kill_child()
        return
    victim = web if what == "web server" else worker
    victim.kill()
    victim.start()


def _print(results: dict[str, Any]) -> None:
    print(f"{machine()}\n")
    names = [name for name in next(iter(results.values())) if name != "faults"]
    print("| | " + " | ".join(results) + " |")
    print("|---|" + "---|" * len(results))
    for name in names:
        print(f"| {name} | " + " | ".join(_said(each[name]) for each in results.values()) + " |")
    for database, each in results.items():
        for fault in each["faults"]:
            print(f"FAULT on {database}: {fault}")


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in sorted(value.items()))
    return str(value)


if __name__ == "__main__":
    main()
