"""What the worker does with catalogue files: write each one every night, and whenever it changes.

A failure is a run with its error, and a notice to staff, once a night. The work is tried again some
times; then the next night is waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import faults
from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role
from catalogue.exchange import mail_kinds, notices
from catalogue.exchange.notices import News
from catalogue.settings import Settings

from . import service, store, writing
from .models import CatalogueFile, FileRun
from .store import Written

log = logging.getLogger("catalogue.feeds")
DAILY = Daily("catalogue_file.night", time(3))  # agreements change with the day, webshops at dawn
MOST_TRIES = 5
RUNS_KEPT = 60
Clock = Callable[[], datetime]


def plan_night(session: Session, now: datetime) -> int:
    """Put the work of every file, and tomorrow's; return how many."""
    found = session.scalars(select(CatalogueFile.id).order_by(CatalogueFile.id)).all()
    for file_id in found:
        service.put(session, file_id, now)
    DAILY.put_next(session, now)
    return len(found)


def write_batch(
    database: Database, settings: Settings, batch: Sequence[Work], clock: Clock
) -> None:
    """Write what is due; what fails is noted, and raised while it is to be tried again."""
    for work in batch:
        file_id = int(work.payload["file_id"])
        planned_at = datetime.fromisoformat(work.payload["planned_at"])
        try:
            write(database, settings, file_id, planned_at, clock)
        except Exception as error:  # the border of the worker: a row with its error
            with database.transaction() as session:
                note_failed(session, file_id, planned_at, error, clock())
            if work.attempts < MOST_TRIES:
                raise
            faults.note(log, "catalogue file was given up", file=file_id)


def write(
    database: Database, settings: Settings, file_id: int, planned_at: datetime, clock: Clock
) -> None:
    """Write a file as of now and note it; nothing for one that was deleted meanwhile."""
    with database.reading() as session:
        file = session.get(CatalogueFile, file_id)
        if file is None:
            return
        layout = service.layout_of(file)
        code = session.get_one(Municipality, file.municipality_id).code
        name = store.name_of(file.id, layout.kind)
        found = service.stream(session, file, settings.address, today_in_copenhagen(clock()))
        fill = partial(writing.write, layout=layout, rows=found)
        written = store.write(settings, code, name, fill)
    store.forget_others(settings, code, file_id, layout.kind)
    with database.transaction() as session:
        if session.get(CatalogueFile, file_id) is None:
            store.forget(settings, code, file_id)
            return
        _note(session, _run(session, file_id, planned_at), written, clock())
        _forget_old(session, file_id)


def note_failed(
    session: Session, file_id: int, planned_at: datetime, error: Exception, now: datetime
) -> None:
    """Write down that a file could not be written, and tell staff once a night."""
    file = session.get(CatalogueFile, file_id)
    if file is None:
        return
    run = _run(session, file_id, planned_at)
    run.tries += 1
    run.ended_at, run.error = now, f"{type(error).__name__}: {error}"[:500]
    day = today_in_copenhagen(planned_at)
    told = _("The catalogue file %(name)s could not be written.", name=file.name)
    news = News(
        f"catalogue_file:{file_id}:{day.isoformat()}", mail_kinds.CATALOGUE_FILE, told,
        f"katalogfiler/{file_id}",
    )  # fmt: skip
    notices.put(session, notices.audience(Role.STAFF, file.municipality_id), news, now)


def _run(session: Session, file_id: int, planned_at: datetime) -> FileRun:
    """Return the run of this piece of work, made on its first try."""
    same = select(FileRun).where(FileRun.file_id == file_id, FileRun.planned_at == planned_at)
    found = session.scalars(same).first()
    if found is None:
        found = FileRun(file_id=file_id, planned_at=planned_at, ended_at=planned_at, tries=0)
        session.add(found)
    return found


def _note(session: Session, run: FileRun, written: Written, now: datetime) -> None:
    run.tries += 1
    run.ended_at, run.error = now, None
    run.rows, run.size_bytes, run.sha256 = written.rows, written.size_bytes, written.sha256
    session.flush()


def _forget_old(session: Session, file_id: int) -> None:
    own = select(FileRun.id).where(FileRun.file_id == file_id).order_by(FileRun.id.desc())
    old = session.scalars(own.offset(RUNS_KEPT)).all()
    session.execute(delete(FileRun).where(FileRun.id.in_(old)))
