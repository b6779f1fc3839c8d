#!/usr/bin/env python3
"""What the audit costs: per order and agreement, with many writers, and to prove a long chain.

Usage: scripts/postgres scripts/bench/audit.py [--events 1000000] [--rounds 200] [--writers 8]
Each verb is run with and without the audit by turns, in transactions of its own. Without
scripts/postgres around it SQLite alone is measured. The private PostgreSQL does not wait for the
disk (fsync=off), so its writers are bound by the processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

sys.path.pop(0)  # this folder, whose ordering.py would hide the tests' folder of that name
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import cast
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import insert, select, update

from catalogue import app  # every table  # noqa: F401
from catalogue.agreements import service as agreements
from catalogue.agreements.rules import Terms
from catalogue.core import audit, chain, migrations, proof
from catalogue.core.audit import AuditEvent, AuditHead
from catalogue.core.db import Database
from catalogue.coverage import event_queries
from catalogue.coverage.event_schema import Search
from catalogue.ordering import service as ordering

CHUNK = 10_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    print("| database | what | without audit | with audit |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/audit.sqlite"}
        if "CATALOGUE_TEST_POSTGRES_URL" in os.environ:
            urls["PostgreSQL"] = os.environ["CATALOGUE_TEST_POSTGRES_URL"]
        for name, url in urls.items():
            database = Database(url)
            migrations.upgrade(database)
            with database.transaction() as session:
                world = make(session)
                cast.category(session, cast.GIFTS)
            measure_verbs(name, database, world, options.rounds)
            measure_writers(name, database, options.rounds, options.writers)
            measure_long_chain(name, database, world, options.events)
            database.dispose()


def measure_verbs(name: str, database: Database, world: World, rounds: int) -> None:
    """Print what an order placed and an agreement saved take, by turns with and without."""
    numbers = iter(range(1, 10**9))

    def place() -> None:
        with database.transaction() as session:
            ordering.place(session, world.who, DELIVERY, f"key {next(numbers)}", cast.NOW)

    def fill_basket() -> None:
        with database.transaction() as session:
            put(session, world)

    def save() -> None:
        terms = Terms(
            "mandatory", f"F-{next(numbers)}", "Rengøring", cast.TODAY, cast.TODAY,
            (cast.GIFTS,), supplier_name="Rent Hus A/S", where_to_buy="I systemet.",
        )  # fmt: skip
        with database.transaction() as session:
            agreements.create(session, world.who, terms, cast.NOW)

    for what, verb, before in (
        ("agreement saved", save, lambda: None),
        ("order placed", place, fill_basket),
    ):
        took: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * rounds):
            audited = turn % 2 == 0
            before()
            with audit_on(audited):
                took[audited].append(timed(verb))
        without, with_ = (1000 * statistics.median(took[each]) for each in (False, True))
        print(f"| {name} | {what}, median | {without:.2f} ms | {with_:.2f} ms |")


def measure_writers(name: str, database: Database, rounds: int, writers: int) -> None:
    """Print how many transactions of one change and one event a second many writers commit."""

    def work(number: int) -> None:
        for each in range(rounds):
            with database.transaction() as session:
                cast.demand(session, people[number], home, text=f"{number} {each}")
                audit.record(
                    session, "demand.asked", ("demand", each + 1),
                    person_id=people[number].id, now=cast.NOW,
                )  # fmt: skip

    with database.transaction() as session:
        home = cast.municipality(session)
        people = [cast.buyer(session, home) for _ in range(writers)]
    rates: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(6):
        audited = turn % 2 == 1
        threads = [threading.Thread(target=work, args=(each,)) for each in range(writers)]
        with audit_on(audited):
            start = time.perf_counter()
            for each in threads:
                each.start()
            for each in threads:
                each.join()
        rates[audited].append(rounds * writers / (time.perf_counter() - start))
    told = " | ".join(f"{statistics.median(rates[each]):,.0f}/s" for each in (False, True))
    print(f"| {name} | transactions of {writers} writers, median of 3 | {told} |")


def measure_long_chain(name: str, database: Database, world: World, events: int) -> None:
    """Print what it takes to prove a chain of that many events, and to open the page of them."""
    fill(database, world, events)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with database.reading() as session:
        start = time.perf_counter()
        found = proof.prove(session)
        took = time.perf_counter() - start
    assert found.fault is None, found.fault
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told = f"{took:.1f} s, {grown:.0f} MB more memory"
    print(f"| {name} | {found.reached.number:,} events proved | – | {told} |")
    staff = replace(world.who, role=cast.Role.STAFF)
    searches = {
        "newest page": Search(),
        "page of a person and an action": Search(person="Mette", action="order."),
        "page of a day long ago": Search(since=cast.TODAY, until=cast.TODAY, older=events // 2),
    }
    for what, search in searches.items():

        def read(search: Search = search) -> None:
            with database.reading() as session:
                where = event_queries.conditions(session, staff, search)
                page, _newer, _older = event_queries.list_newest(session, where, search, 50)
                event_queries.list_names(session, page)

        took = 1000 * statistics.median(timed(read) for _ in range(20))
        print(f"| {name} | {what} of {events:,} events, median | – | {took:.1f} ms |")


def fill(database: Database, world: World, events: int) -> None:
    """Write events of orders until there are that many."""
    with database.transaction() as session:
        point = chain.Point(*session.execute(select(AuditHead.last, AuditHead.digest)).one())
    while point.number < events:
        count = min(CHUNK, events - point.number)
        values = [
            {
                "at": cast.NOW, "person_id": world.buyer.id, "municipality_id": world.home.id,
                "action": "order.confirmed", "object_type": "order", "object_id": each + 1,
                "facts": audit.changes({"state": "placed"}, {"state": "confirmed"}),
            }
            for each in range(count)
        ]  # fmt: skip
        linked = chain.link(point, values)
        point = chain.Point(linked[-1]["id"], linked[-1]["digest"])
        with database.transaction() as session:
            session.execute(insert(AuditEvent), linked)
            session.execute(update(AuditHead).values(last=point.number, digest=point.digest))


@contextmanager
def audit_on(on: bool) -> Iterator[None]:
    """Let verbs record what they do, or not."""
    if on:
        yield
        return
    with mock.patch.object(audit, "record", lambda *_args, **_named: None):
        yield


def timed(deed: Callable[[], None]) -> float:
    """Return the seconds a deed takes."""
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
