"""Work that is done once a day: put when a worker starts, and by each day's work for the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from . import jobs
from .text import COPENHAGEN, today_in_copenhagen

MORNING = time(7)  # in Copenhagen: there when the working day begins
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Daily:
    """A topic of the outbox that is due once a day at a time in Copenhagen."""

    topic: str
    at: time = MORNING

    def start(self, session: Session, now: datetime) -> None:
        """Put today's work unless some is waiting; called when a worker starts, and when its
        clock was set back.
        """
        self.bring_back(session, now)
        if not jobs.is_waiting(session, self.topic):
            due_at = self.due_at(today_in_copenhagen(now))
            jobs.put(session, self.topic, {}, now=now, due_at=due_at)

    def bring_back(self, session: Session, now: datetime) -> None:
        """Have work that a clock far ahead put for its next day be done today.

        It would be waited for: no night's work for a year when the clock had been wrong by one.
        """
        today = today_in_copenhagen(now)
        ahead = jobs.Job.topic == self.topic, jobs.Job.due_at > self.due_at(today + _ONE_DAY)
        session.execute(update(jobs.Job).where(*ahead).values(due_at=self.due_at(today)))

    def put_next(self, session: Session, now: datetime) -> None:
        """Put tomorrow's work, once; called by today's."""
        due_at = self.due_at(today_in_copenhagen(now) + _ONE_DAY)
        jobs.put_once(session, self.topic, now=now, due_at=due_at)

    def due_at(self, day: date) -> datetime:
        """Return when the work of a day is due."""
        return datetime.combine(day, self.at, COPENHAGEN)
