"""Work the rules of retention: each night, or as a trial; and list what was done."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.daily import Daily
from catalogue.settings import Settings

from .models import RetentionRun
from .retention_rules import RULES
from .rows import Night

DAILY = Daily("privacy.retention", time(4))
SHOWN = 30


def due(session: Session, settings: Settings, now: datetime) -> dict[str, int]:
    """Count what each rule would take out now, by its code; changes nothing.

    Rows are counted by one query for all rules.
    """
    night = Night(now, settings)
    columns = [
        each.work.counted(night).scalar_subquery().label(each.code)
        for each in RULES if each.work.counted
    ]  # fmt: skip
    found = session.execute(select(*columns)).one()._mapping
    return {
        each.code: found[each.code] if each.work.counted else each.work.count(session, night)
        for each in RULES
    }


def work(session: Session, settings: Settings, now: datetime) -> RetentionRun:
    """Take out what is due by each rule, and write the report."""
    night = Night(now, settings)
    removed = {each.code: each.work.take_out(session, night) for each in RULES}
    made = RetentionRun(at=now, removed=removed)
    session.add(made)
    session.flush()
    if made.total:
        audit.record(
            session, "retention.worked", ("retention_run", made.id), person_id=None, now=now,
            facts=audit.changes({}, {"removed": made.total}),
        )  # fmt: skip
    return made


def work_nightly(session: Session, settings: Settings, now: datetime) -> None:
    """Do a night's work, and put the next night's."""
    work(session, settings, now)
    DAILY.put_next(session, now)


def list_runs(session: Session) -> list[RetentionRun]:
    """List the newest reports, newest first. One query."""
    query = select(RetentionRun).order_by(RetentionRun.id.desc()).limit(SHOWN)
    return list(session.scalars(query))
