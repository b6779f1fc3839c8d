"""Looks at what an installation consists of: database, store, index, worker, people."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from catalogue.accounts import passwords
from catalogue.accounts.models import Person
from catalogue.core import jobs, revisions, shelves, workers
from catalogue.core.audit import AuditEvent
from catalogue.core.storage import Files
from catalogue.core.text import today_in_copenhagen
from catalogue.coverage import health
from catalogue.media import service as media
from catalogue.search import service as search
from catalogue.settings import Settings

from .doctor import MIGRATE, MIGRATIONS, Finding, Patient, fault, fine, warning
from .surroundings import is_public

LATE = timedelta(minutes=10)
SKEW = timedelta(seconds=5)
_OLDEST_SERVER = 130000


class _Undone(Exception):
    """What was tried is not to be kept."""


def database(patient: Patient) -> Iterator[Finding]:
    """Look whether the database answers, has our tables as they should be, and lets us write."""
    with patient.database.reading() as session:
        yield _server(session)
        if revisions.are_missing(session):
            has = revisions.present(session) or "none"
            says = f"tables have revision {has}, this program wants {revisions.head()}"
            yield fault(MIGRATIONS, says, MIGRATE)
            return
        newer = " of a newer program" if revisions.are_newer(session) else ""
        yield fine(MIGRATIONS, f"tables have revision {revisions.present(session)}{newer}")
    with suppress(_Undone), patient.database.transaction() as session:
        jobs.put(session, "doctor.try", {}, now=patient.now)
        session.flush()
        raise _Undone
    yield fine("rights", "rows can be written")


def store(patient: Patient) -> Iterator[Finding]:
    """Write a file of pictures and one that only some may read, read them, and take them away."""
    folder = patient.settings.data_folder
    if not patient.settings.media_bucket and not folder.is_dir():  # writing would make it
        yield fault("store", f"{folder} is not there", "see the disk")
        return
    pictures: Files = patient.parts[media.PART].files
    for files in (pictures, shelves.open_shelf(patient.settings, shelves.EVIDENCE)):
        name = f"doctor/{secrets.token_hex(8)}"
        files.write(name, b"try")
        read = files.read(name)
        files.remove(name)
        if read != b"try":
            says = "a file that was written cannot be read"
            yield fault("store", says, "look at bucket or folder")
            return
    yield fine("store", "pictures and documents can be written and read")


def index(patient: Patient) -> Iterator[Finding]:
    """Look whether there is an index that can be used."""
    with patient.database.reading() as session:
        if search.needs_rebuild(session, dict(patient.parts)):
            yield fault("index", "there is none, or it is of another program", "catalogue reindex")
            return
    if shut := _shut(patient.settings):
        says = f"{shut} cannot be written: nothing new is found"
        yield fault("index", says, f"chown -R catalogue:catalogue {patient.settings.index_folder}")
        return
    yield fine("index", "can be used; whether it is whole: catalogue check")


def worker(patient: Patient) -> Iterator[Finding]:
    """Look whether a worker is alive and keeps up."""
    with patient.database.reading() as session:
        found = health.look(session, patient.now, today_in_copenhagen(patient.now))
    alive = [each for each in found.workers if each.seen_at > patient.now - workers.DEAD]
    if not alive:
        says = "no worker is alive: nothing new is found, and no mail goes out"
        yield fault("worker", says, "systemctl start catalogue-worker, or: catalogue work")
        return
    yield fine("worker", f"{len(alive)} alive: {', '.join(each.name for each in alive)}")
    if any(each.seen_at > patient.now + SKEW for each in alive):
        yield fault("clock", "a worker's clock is ahead of this one's", "let NTP set both clocks")
    for lane, queue in sorted(found.queues.items()):
        if lane == health.NOBODYS:
            says = f"{queue.jobs} pieces of work are of a kind that no worker knows"
            yield warning("worker", says, "restart workers: they are of an older program")
        elif queue.due_seconds > LATE.total_seconds():
            says = f"{lane}: work waits since {queue.due_seconds / 60:.0f} minutes"
            yield warning("worker", says, "read its log: journalctl -u catalogue-worker")
        if queue.failing:
            says = f"{lane}: {queue.failing} pieces of work failed and are tried again"
            yield warning("worker", says, "read its log: journalctl -u catalogue-worker")


def clock(patient: Patient) -> Iterator[Finding]:
    """Hold the clock against the database's, and against what was written last."""
    with patient.database.reading() as session:
        last = session.scalar(select(func.max(AuditEvent.at)))
        there = None if patient.database.is_sqlite else session.scalar(select(func.now()))
    if last is not None and last > patient.now + SKEW:
        yield fault("clock", f"the audit has an event of {last:%Y-%m-%d %H:%M}, in the future",
                    "let NTP set the clock")  # fmt: skip
    elif there is not None and abs(there - patient.now) > SKEW:
        yield fault("clock", "it differs from the database server's", "let NTP set both clocks")
    else:
        yield fine("clock", f"{patient.now:%Y-%m-%d %H:%M:%S} UTC")


def demo_people(patient: Patient) -> Iterator[Finding]:
    """Look for people of the demonstration world whose password everybody knows."""
    with patient.database.reading() as session:
        people = session.scalars(select(Person).where(Person.is_demo).limit(5)).all()
    if not any(passwords.matches(each, _demo_password()) for each in people):
        yield fine("passwords", "no password of the demonstration world is in use")
        return
    says = "people of the demonstration world sign in with a password that everybody knows"
    remedy = "begin with an empty database: catalogue migrate, without demo"
    yield (fault if is_public(patient.settings) else warning)("passwords", says, remedy)


def _shut(settings: Settings) -> Path | None:
    """Return what of the index is not ours to write, as after a `reindex` by root."""
    if settings.search_engine != "whoosh":
        return None
    folder = settings.index_folder
    used = folder / (folder / "current").read_text()
    written = [folder, used, *folder.glob("*.lock"), *used.glob("*LOCK")]
    return next((each for each in written if not os.access(each, os.W_OK)), None)


def _demo_password() -> str:
    from catalogue.demo import PASSWORD  # noqa: PLC0415  it draws pictures, and knows all features

    return PASSWORD


def _server(session: Session) -> Finding:
    bind = session.get_bind()
    if bind.dialect.name == "sqlite":
        version = session.scalar(text("SELECT sqlite_version()"))
        return fine("database", f"SQLite {version}")
    number = int(str(session.scalar(text("SHOW server_version_num"))))
    encoding = session.scalar(text("SHOW server_encoding"))
    version = session.scalar(text("SHOW server_version"))
    if number < _OLDEST_SERVER:
        return fault("database", f"PostgreSQL {version} is too old", "install 13 or newer")
    if encoding != "UTF8":
        return fault("database", f"its encoding is {encoding}", "createdb --encoding UTF8")
    return fine("database", f"PostgreSQL {version}")
