"""The outbox: work that goes on failing, or takes longer than a lease."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from cast import NOW
from sqlalchemy import select

from catalogue.core import jobs, leases
from catalogue.core.db import Database

TOPIC = "order.mail"


def put(database: Database, count: int = 1) -> None:
    """Commit pieces of work that are due."""
    with database.transaction() as session:
        for _each in range(count):
            jobs.put(session, TOPIC, {}, now=NOW)


def waiting(database: Database) -> list[jobs.Job]:
    """List the work that is not done."""
    with database.reading() as session:
        return list(session.scalars(select(jobs.Job).order_by(jobs.Job.id)))


def test_work_that_fails_for_days_is_tried_each_hour_and_ends_no_worker(
    database: Database,
) -> None:
    put(database)

    def fail(_batch: Sequence[jobs.Work]) -> None:
        raise OSError("450 come again")

    now = NOW
    for _time in range(60):  # the power of two in seconds is no time from the 47th on
        assert jobs.run_once(database, {TOPIC: fail}, clock=lambda at=now: at) == 1
        (job,) = waiting(database)
        now = job.due_at
    assert job.attempts == 60
    assert now - NOW > timedelta(days=2)
    assert jobs.run_once(database, {TOPIC: lambda _batch: None}, clock=lambda: now) == 1
    assert waiting(database) == []


def test_work_that_takes_longer_than_its_lease_is_left_to_its_worker(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED_SECONDS", 0.01)
    put(database, 2)
    hands = [NOW]

    def take_long(batch: Sequence[jobs.Work]) -> None:
        for _work in batch:
            hands[0] += jobs.LEASE / 2
            until(lambda: all(job.due_at >= hands[0] + jobs.LEASE for job in waiting(database)))
        assert taken_by_another(database, hands[0] + jobs.LEASE / 2) == []

    jobs.run_once(database, {TOPIC: take_long}, clock=lambda: hands[0])
    assert waiting(database) == []


def test_rest_of_a_batch_that_failed_is_left_to_its_worker(database: Database) -> None:
    put(database, 3)
    alone: list[int] = []

    def fail_together(batch: Sequence[jobs.Work]) -> None:
        if len(batch) > 1:
            raise OSError("550 no such person")
        alone.extend(work.id for work in batch)
        assert taken_by_another(database, NOW + timedelta(seconds=30)) == []

    jobs.run_once(database, {TOPIC: fail_together}, clock=lambda: NOW)
    assert len(alone) == 3
    assert waiting(database) == []


def taken_by_another(database: Database, now: datetime) -> list[jobs.Job]:
    """List what another worker would take now."""
    return [job for job in waiting(database) if job.due_at <= now]


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, ten seconds at the most."""
    last = time.monotonic() + 10
    while not true():
        assert time.monotonic() < last
