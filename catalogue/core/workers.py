"""Which workers are alive: each writes a row when it starts, and says every half minute that it is.

A worker that ends takes its row along; one that dies leaves it behind, growing old. The row says
which topics it knows, by lane: what nobody knows is never done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import JSON, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import outage
from .db import Base, BigId, Database, UtcDateTime

log = logging.getLogger("catalogue.jobs")
BEAT = timedelta(seconds=30)
DEAD = timedelta(minutes=2)  # four beats
_FORGOTTEN = timedelta(days=1)


class Worker(Base):
    """A worker that has started and has not ended in order."""

    __tablename__ = "catalogue_workers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))  # machine and process
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lanes: Mapped[dict[str, Any]] = mapped_column(JSON)  # topics by lane


def begin(session: Session, name: str, lanes: Mapping[str, Sequence[str]], now: datetime) -> int:
    """Write that a worker has started, forget those that died long ago; return its id."""
    session.execute(delete(Worker).where(Worker.seen_at < now - _FORGOTTEN))
    made = Worker(name=name[:120], started_at=now, seen_at=now, lanes=dict(lanes))
    session.add(made)
    session.flush()
    return made.id


def beat(database: Database, worker_id: int, clock: Callable[[], datetime], ending: Event) -> None:
    """Say again and again that a worker is alive, until it ends; then take its row away."""
    while not ending.wait(BEAT.total_seconds()):
        said = update(Worker).where(Worker.id == worker_id).values(seen_at=clock())
        with outage.endured(log, "worker not heard"), database.transaction() as session:
            session.execute(said)
    with outage.endured(log, "worker not heard"), database.transaction() as session:
        session.execute(delete(Worker).where(Worker.id == worker_id))


def list_workers(session: Session) -> list[Worker]:
    """List all workers, who was seen last first."""
    return list(session.scalars(select(Worker).order_by(Worker.seen_at.desc(), Worker.id)))
