"""The outbox: work that follows from a saved change, written in the change's own transaction.

One table and one worker, whose lanes (`catalogue/lanes.py`) do not wait for each other: a
published change is found while two hundred pictures are derived and a mail server sleeps. A failing
piece of work keeps its error and a later `due_at`; nothing is lost when a process dies.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import JSON, Index, String, Text, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import leases, logs, outage
from .clocks import Hands
from .db import Base, BigId, Database, UtcDateTime, ask
from .handling import Handler, Work, handle
from .leases import LEASE, LONGEST_PAUSE, pause_after

__all__ = ["LEASE", "Handler", "Work"]

log = logging.getLogger("catalogue.jobs")
LOOKING = 20  # pauses last this many times longer than a look for work
OUTAGE_SECONDS = 1.0  # until a database that is out is asked again
AHEAD_SECONDS = 10.0  # between two looks for work of another machine whose clock is ahead
_PUT = "catalogue_put"


class Job(Base):
    """One piece of work; gone from the table when it is done."""

    __tablename__ = "catalogue_outbox"
    __table_args__ = (Index("ix_catalogue_outbox_due", "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(64))  # that it follows from


@dataclass(frozen=True)
class Lane:
    """Topics with their handlers that are worked off one batch after the other.

    `limit` is the size of a batch: so small that it ends in time when the worker is told to stop.
    """

    name: str
    handlers: Mapping[str, Handler]
    limit: int


def put(
    session: Session,
    topic: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Write a piece of work into the caller's transaction; due at once unless `due_at` is given."""
    job = Job(topic=topic, payload=payload, created_at=now, due_at=due_at or now)
    job.request_id = logs.present_id()
    session.add(job)
    session.info.setdefault(_PUT, []).append(job)


def put_all(session: Session, work: Sequence[tuple[str, dict[str, Any]]], *, now: datetime) -> None:
    """Write pieces of work (topic, payload), due at once, by one statement; `put_here` knows none
    of them.
    """
    same = {"created_at": now, "due_at": now, "attempts": 0, "request_id": logs.present_id()}
    ask(session, _many(), [{"topic": topic, "payload": payload, **same} for topic, payload in work])


@cache
def _many() -> Any:
    return insert(Base.metadata.tables[Job.__tablename__])  # as mapped objects: half as fast


def put_once(session: Session, topic: str, *, now: datetime, due_at: datetime) -> None:
    """Write a piece of work without payload, unless one of that topic and time is written."""
    same = select(Job.id).where(Job.topic == topic, Job.due_at == due_at).limit(1)
    if session.scalar(same) is None:
        put(session, topic, {}, now=now, due_at=due_at)


def put_here(session: Session, topic: str) -> list[Job]:
    """Return the work of a topic that this transaction has put, to be done within it."""
    return [job for job in session.info.get(_PUT, ()) if job.topic == topic]


def claim(session: Session, topics: Collection[str], *, now: datetime, limit: int) -> list[Work]:
    """Take up to `limit` due jobs of one of the topics, oldest first, for the time of a lease.

    A worker that dies keeps nothing: its jobs are due again when the lease ends. On PostgreSQL
    several workers claim side by side with SKIP LOCKED.
    """
    due = _due(now).where(Job.topic.in_(topics))
    first = session.scalars(due.limit(1)).first()
    if first is None:
        return []
    jobs = session.scalars(due.where(Job.topic == first.topic).limit(limit)).all()
    for job in jobs:
        job.due_at = now + LEASE
        job.attempts += 1
    return [Work(job.id, job.topic, job.payload, job.attempts, job.request_id) for job in jobs]


def run_once(
    database: Database,
    handlers: Mapping[str, Handler],
    *,
    clock: Callable[[], datetime],
    limit: int = 200,
) -> int:
    """Claim one batch, hand it to its handler, and clear or postpone it; return its size.

    A batch that fails is retried job by job, so that one bad job holds up no other. Topics without
    a handler are left for a worker that knows them.
    """
    with database.transaction() as session:
        batch = claim(session, handlers, now=clock(), limit=limit)
    if not batch:
        return 0
    handler, ids = handlers[batch[0].topic], [work.id for work in batch]
    with leases.renewed(ids, partial(_renew, database, clock)) as let_go:
        for part, error in handle(handler, batch):
            let_go([work.id for work in part])
            _end(database, part, error, now=clock())
    return len(batch)


def work(
    database: Database,
    lanes: Sequence[Lane],
    stopping: threading.Event,
    *,
    clock: Callable[[], datetime],
    pause_seconds: float,
    set_back: Callable[[Session, datetime], None] | None = None,
) -> None:
    """Work off all lanes side by side until `stopping` is set; raises what ends a lane.

    One look for all lanes tells which have something to do: an idle worker asks one question each
    `pause_seconds`, and never takes SQLite's one place for writing. `set_back`: see `catch_up`.
    """
    bells = [threading.Event() for _lane in lanes]

    def drive(lane: Lane, bell: threading.Event) -> None:
        while bell.wait() and not stopping.is_set():
            bell.clear()
            # What is out is asked again with the next look for work.
            with outage.endured(log, "lane rests"):
                while not stopping.is_set() and run_once(
                    database, lane.handlers, clock=clock, limit=lane.limit
                ):
                    pass

    def until_stopped(do: Callable[[], None]) -> None:
        try:
            do()
        finally:  # what ends by a fault ends the worker: its supervisor knows
            stopping.set()
            for bell in bells:
                bell.set()

    pairs = list(zip(lanes, bells, strict=True))
    looking = partial(_ring, database, pairs, stopping, clock, pause_seconds, set_back)
    with ThreadPoolExecutor(len(lanes) + 1, "lane") as pool:
        tasks: list[Callable[[], None]] = [looking, *(partial(drive, *each) for each in pairs)]
        for done in [pool.submit(until_stopped, task) for task in tasks]:
            done.result()


def _ring(
    database: Database,
    pairs: Sequence[tuple[Lane, threading.Event]],
    stopping: threading.Event,
    clock: Callable[[], datetime],
    pause_seconds: float,
    set_back: Callable[[Session, datetime], None] | None,
) -> None:
    """Ring the bell of each lane that has something to do, until `stopping` is set."""
    pause = pause_seconds
    hands, looked_at = Hands(clock), time.monotonic()
    while not stopping.wait(pause):
        begin = time.monotonic()
        pause = OUTAGE_SECONDS
        with outage.endured(log, "worker rests"):
            if hands.were_set_back():
                catch_up(database, clock(), set_back)
            elif begin > looked_at + AHEAD_SECONDS:
                looked_at = begin
                take_ahead(database, clock())
            due = due_topics(database, clock())
            # With a hundred thousand jobs due, looking must not become the work.
            pause = max(pause_seconds, LOOKING * (time.monotonic() - begin))
            for lane, bell in pairs:
                if not due.isdisjoint(lane.handlers):
                    bell.set()


def due_topics(database: Database, now: datetime) -> set[str]:
    """Return the topics of which something is due. One query, which locks nothing."""
    with database.reading() as session:
        return set(session.scalars(select(Job.topic).where(Job.due_at <= now).distinct()))


def catch_up(
    database: Database,
    now: datetime,
    set_back: Callable[[Session, datetime], None] | None = None,
) -> None:
    """Have work be due that a clock put into the future before it was set back.

    Work that was due at once when it was put, in what is the future now; and work that a worker
    claimed or postponed, for longer than any does. `set_back` puts right what only who put it knows
    to lie too far ahead.
    """
    tried = and_(Job.attempts > 0, Job.due_at > now + LONGEST_PAUSE)
    late = Job.due_at > now, or_(_at_once(), tried)
    with database.transaction() as session:
        session.execute(update(Job).where(*late).values(due_at=now))
        if set_back is not None:
            set_back(session, now)


def take_ahead(database: Database, now: datetime) -> None:
    """Have work be due that was due at once for whoever put it, by a clock that is ahead of ours.

    It is looked for before anything is written, for there is none where all clocks agree.
    """
    ahead = Job.due_at > now, _at_once()
    with database.reading() as session:
        if session.scalar(select(Job.id).where(*ahead).limit(1)) is None:
            return
    with database.transaction() as session:
        session.execute(update(Job).where(*ahead).values(due_at=now))


def waiting(session: Session) -> int:
    """Return how many jobs are not done yet."""
    return session.scalar(select(func.count()).select_from(Job)) or 0


def is_waiting(session: Session, topic: str) -> bool:
    """Tell whether a job of that topic is not done yet."""
    return session.scalar(select(Job.id).where(Job.topic == topic).limit(1)) is not None


def _at_once() -> Any:
    return and_(Job.attempts == 0, Job.due_at == Job.created_at)


def _due(now: datetime) -> Any:
    query = select(Job).where(Job.due_at <= now).order_by(Job.due_at, Job.id)
    return query.with_for_update(skip_locked=True)


def _renew(database: Database, clock: Callable[[], datetime], ids: Collection[int]) -> None:
    with database.transaction() as session:
        session.execute(update(Job).where(Job.id.in_(ids)).values(due_at=clock() + LEASE))


def _end(database: Database, batch: Sequence[Work], error: str | None, *, now: datetime) -> None:
    """Clear what is done; postpone what failed."""
    with database.transaction() as session:
        if error is None:
            session.execute(delete(Job).where(Job.id.in_([work.id for work in batch])))
            return
        for work in batch:
            late = {"due_at": now + pause_after(work.attempts), "error": error[:2000]}
            session.execute(update(Job).where(Job.id == work.id).values(late))
