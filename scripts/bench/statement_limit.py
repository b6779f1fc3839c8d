#!/usr/bin/env python3
"""What the limit of time of SQLite's statements costs: the same questions with and without it.

Usage: .venv/bin/python scripts/bench/statement_limit.py [--rounds 5]
Prints a table of the best times of each, and how late a statement is broken off.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from catalogue.core.db import Database

COUNT = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {}) "
SHORT, LONG, ENDLESS = (f"{COUNT}SELECT count(*) FROM c".format(n) for n in (5, 10**6, 10**12))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        bare, limited = (Database(f"sqlite:///{folder}/{name}.sqlite") for name in "ab")
        limited.limit_statements(60)
        print("| question | without | with the limit |\n|---|---:|---:|")
        for name, ask in (
            ("1,000 short ones", lambda db: _ask(db, SHORT, 1000)),
            ("one of a million rows", lambda db: _ask(db, LONG, 1)),
            ("four threads, each one of a million rows", _four),
        ):
            print(f"| {name} | {_best(ask, bare, rounds)} | {_best(ask, limited, rounds)} |")
        limited.limit_statements(1)
        print(f"\nA statement without end is broken off after {_broken_off(limited):.2f} s of 1 s.")


def _ask(database: Database, statement: str, times: int) -> None:
    with database.reading() as session:
        for _ in range(times):
            session.execute(text(statement)).all()


def _four(database: Database) -> None:
    threads = [threading.Thread(target=_ask, args=(database, LONG, 1)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _best(ask: Callable[[Database], None], database: Database, rounds: int) -> str:
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask(database)
        found.append(time.perf_counter() - begun)
    return f"{min(found) * 1000:.0f} ms"


def _broken_off(database: Database) -> float:
    begun = time.perf_counter()
    try:
        _ask(database, ENDLESS, 1)
    except OperationalError:
        return time.perf_counter() - begun
    raise SystemExit("it was not broken off")


if __name__ == "__main__":
    main()
