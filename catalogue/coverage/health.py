"""How the installation is, in figures: work that waits, workers, mail, ceilings. Names nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core.jobs import Job
from catalogue.core.workers import Worker, list_workers
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.ordering import ceilings

MAIL_PERIOD = timedelta(days=1)
NOBODYS = "none"  # the lane of topics that no worker knows
SEARCH = "search."


@dataclass(frozen=True)
class Queue:
    """The work of a lane: how much is due or comes later, since when, and how much failed once."""

    jobs: int = 0
    due_seconds: float = 0.0  # how long the one that is due longest has been so
    failing: int = 0


@dataclass(frozen=True)
class Health:
    """How the installation is at a moment."""

    queues: Mapping[str, Queue]
    index_lag_seconds: float
    workers: Sequence[Worker]
    mails: Mapping[str, int]  # of the last day, by what became of them
    ceilings: Mapping[str, int]  # of agreements in force: near, used_up, all


def look(session: Session, now: datetime, today: date) -> Health:
    """Return how the installation is. Six queries."""
    workers = list_workers(session)
    lanes = {topic: lane for each in workers for lane, topics in each.lanes.items()
             for topic in topics}  # fmt: skip
    queues: dict[str, Queue] = defaultdict(Queue, {lane: Queue() for lane in lanes.values()})
    lag = 0.0
    for topic, jobs, due_at, since, failing in session.execute(_queued()):
        lane, due = lanes.get(topic, NOBODYS), max(0.0, (now - due_at).total_seconds())
        queue = queues[lane]
        queues[lane] = Queue(
            queue.jobs + jobs, max(queue.due_seconds, due), queue.failing + failing
        )
        if topic.startswith(SEARCH):
            lag = max(lag, (now - since).total_seconds())
    return Health(queues, lag, workers, _mails(session, now), _ceilings(session, today))


def _queued() -> Select[str, int, datetime, datetime, int]:
    failing = func.sum(cast(Job.error.is_not(None), Integer))
    since = func.min(Job.created_at)
    return select(Job.topic, func.count(), func.min(Job.due_at), since, failing).group_by(Job.topic)


def _mails(session: Session, now: datetime) -> dict[str, int]:
    query = select(MailRecord.outcome, func.count()).where(MailRecord.last_at > now - MAIL_PERIOD)
    counted = {outcome: count for outcome, count in session.execute(
        query.group_by(MailRecord.outcome))}  # fmt: skip
    return {str(each): counted.get(each, 0) for each in Outcome}


def _ceilings(session: Session, today: date) -> dict[str, int]:
    running = select(Agreement.id).where(
        Agreement.is_draft.is_(False), Agreement.starts_on <= today, Agreement.ends_on >= today
    )
    used = ceilings.list_used(session, session.scalars(running).all(), today)
    return {
        "all": len(used),
        "near": sum(each.is_near for each in used),
        "used_up": sum(each.bound_ore >= each.ceiling_ore for each in used),
    }
