"""Steady writing: twenty changes a second through database, outbox and worker, and when each is
found; searches go on meanwhile.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from world import World

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.core.jobs import Lane, Work
from catalogue.products.models import Product
from catalogue.search import service
from catalogue.search.query import Query
from catalogue.settings import Settings

PER_SECOND = 20


def write_steadily(world: World, seconds: int) -> dict[str, float]:
    """Return milliseconds from commit until found (median, p95, most) and of searches (p95)."""
    context = multiprocessing.get_context("spawn")
    ready, stopping = context.Event(), context.Event()
    worker = context.Process(target=_work, args=(world.settings, ready, stopping))
    worker.start()
    ready.wait()
    try:
        waited, asked = _write(world, seconds)
    finally:
        stopping.set()
        worker.join()
    waited.sort()
    asked.sort()
    return {
        "changes": len(waited),
        "found_median_ms": round(waited[len(waited) // 2] * 1000),
        "found_p95_ms": round(waited[int(len(waited) * 0.95)] * 1000),
        "found_most_ms": round(waited[-1] * 1000),
        "search_p95_ms": round(asked[int(len(asked) * 0.95)] * 1000, 1),
    }


def _work(settings: Settings, ready: Any, stopping: Any) -> None:
    """Do the work of search, in a process of its own as the worker is."""
    parts: dict[str, Any] = {}
    service.open_index(parts, settings)
    database = Database(settings.database, settings.sqlite_busy_timeout_ms)

    def index(batch: Sequence[Work]) -> None:
        service.index_batch(database, parts, batch)

    # Both processes have been at work for a while: opening the index is another measure.
    index([Work(0, "search.index", {"product_id": 1}, 1)])
    ready.set()
    lane = Lane("search", {"search.index": index}, 200)
    jobs.work(database, (lane,), stopping, clock=lambda: datetime.now(UTC), pause_seconds=0.2)


def _write(world: World, seconds: int) -> tuple[list[float], list[float]]:
    web: dict[str, Any] = {}
    service.open_index(web, world.settings)
    engine = service.engine(web)
    with world.database.reading() as session:
        engine.beginning(session, "leg", 1)
    waiting: dict[str, float] = {}
    waited, asked, number = [], [], 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds or waiting:
        due = int((time.perf_counter() - start) * PER_SECOND)
        while number < min(due, seconds * PER_SECOND):
            number += 1
            mark = f"kendemaerke{number:06d}"
            with world.database.transaction() as session:
                session.execute(
                    update(Product).where(Product.id == number).values(title=f"Legehus {mark}")
                )
                jobs.put(session, "search.index", {"product_id": number}, now=datetime.now(UTC))
            waiting[mark] = time.perf_counter()
        oldest = next(iter(waiting), None)
        if oldest is None:
            time.sleep(0.005)
            continue
        begun = time.perf_counter()
        with world.database.reading() as session:
            query = Query(oldest, show_all=True)
            looked = service.looked(session, web, query, world.in_force)
            found = engine.find(session, looked).selection.total
        asked.append(time.perf_counter() - begun)
        if found:
            waited.append(time.perf_counter() - waiting.pop(oldest))
        else:
            time.sleep(0.01)
        if time.perf_counter() - start > seconds + 60:
            raise TimeoutError(f"{len(waiting)} changes were not found a minute after the last")
    service.engine(web).close()
    return waited, asked
