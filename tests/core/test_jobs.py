"""The outbox: work that goes on failing, or takes longer than a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cast import NOW
from sqlalchemy import select

from catalogue.core import jobs
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
