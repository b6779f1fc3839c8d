#!/usr/bin/env python3
"""What limits and the memory of pages ask of the database: what a store such as Redis would save.

Usage: scripts/postgres scripts/bench/limits.py [--rounds 2000] [--writers 8]
Each thing is done as a request does it, in a transaction of its own; "uncounted" is the same
request of the API without its count. Prints medians in milliseconds, of one alone and of several at
once. Without scripts/postgres around it SQLite alone is measured. The private PostgreSQL does not
wait for the disk (fsync=off); counts of requests never do (core/db.py, `noting`).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import cast
from sqlalchemy import select

from catalogue import app  # every table  # noqa: F401
from catalogue.accounts import throttling, token_rules, tokens
from catalogue.accounts.tokens import Wanted
from catalogue.agreements.models import InForceVersion
from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.core.who import Role

MANY = 10**9  # nobody comes to the limit
Deed = Callable[[int], object]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    print(f"| database | what | alone, ms | {options.writers} at once, ms |\n|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/limits.sqlite"}
        if "CATALOGUE_TEST_POSTGRES_URL" in os.environ:
            urls["PostgreSQL"] = os.environ["CATALOGUE_TEST_POSTGRES_URL"]
        for name, url in urls.items():
            database = Database(url)
            migrations.upgrade(database)
            for what, deed in deeds(database, options.writers):
                alone = _median(deed, options.rounds)
                crowded = _at_once(deed, options.rounds // options.writers, options.writers)
                print(f"| {name} | {what} | {alone:.2f} | {crowded:.2f} |")
            database.dispose()


def deeds(database: Database, holders: int) -> Iterator[tuple[str, Deed]]:
    """Yield what is measured, each done in the name of one of several holders of tokens."""
    secrets = []
    with database.transaction() as session:
        who = cast.who(session, cast.buyer(session))
        granted = list(token_rules.ROLE_SCOPES[Role.BUYER])
        for _ in range(holders):
            wanted = Wanted("Lønsystemet", granted, 30)
            secrets.append(tokens.create(session, who, wanted, cast.NOW)[1])

    def uncounted(number: int) -> None:
        with database.reading() as session:
            tokens.find_bearer(session, secrets[number], MANY, cast.NOW)

    def counted(number: int) -> None:
        with database.noting() as session:
            tokens.find_bearer(session, secrets[number], MANY, cast.NOW)

    def guessed(number: int) -> None:
        limits = {throttling.subject("email", str(number)): MANY,
                  throttling.subject("address", str(number)): MANY}  # fmt: skip
        with database.transaction() as session:
            throttling.forget_old(session, cast.NOW)
            throttling.is_throttled(session, limits, cast.NOW)

    def remembered(_number: int) -> None:
        with database.reading() as session:
            session.scalar(select(InForceVersion.number))

    with mock.patch.object(tokens, "_count", lambda *_asked: 1):
        yield "a request of the API, uncounted", uncounted
    yield "a request of the API, counted", counted
    yield "asking whether somebody has guessed too often", guessed
    yield "asking whether what a page remembers holds still", remembered


def _median(deed: Deed, rounds: int, number: int = 0) -> float:
    for _ in range(20):
        deed(number)
    return statistics.median(_times(deed, rounds, number))


def _times(deed: Deed, rounds: int, number: int) -> list[float]:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        deed(number)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _at_once(deed: Deed, rounds: int, writers: int) -> float:
    times: list[float] = []
    threads = [
        threading.Thread(target=lambda number=number: times.extend(_times(deed, rounds, number)))
        for number in range(writers)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return statistics.median(times)


if __name__ == "__main__":
    main()
