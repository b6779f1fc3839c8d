"""The verbs of the ledger: receive a file, check it, take its rows, remove them, map accounts.

Reading a file is long, so it is done in pieces of their own transactions: a writer of SQLite holds
up all others. A reading that dies is begun anew by the outbox, and finds its own rows there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.rules import prefix
from catalogue.core import audit, jobs
from catalogue.core.db import Database
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import ledger_file, ledger_summing, ledger_writing, survey
from .ledger_faults import UnreadableLedger
from .ledger_rules import Occurrences
from .ledger_store import Kept
from .models import AccountCategory, ImportState, LedgerImport, LedgerRow
from .survey import Progress, Survey

CHECK, TAKE = "ledger.check", "ledger.take"
SILENT = timedelta(seconds=60)  # without a sign of life a reading counts as dead
Clock = Callable[[], datetime]


class NotNow(Conflict):
    """The import is not in the state that the step begins in."""

    title = _("The ledger cannot be read in now")


def receive(session: Session, who: Who, kept: Kept, now: datetime) -> LedgerImport:
    """Write down that a file was sent, to be checked. The outbox checks it if nobody else does."""
    made = LedgerImport(
        municipality_id=who.municipality_id,
        person_id=who.person_id,
        file_name=kept.name,
        token=kept.token,
        sha256=kept.sha256,
        created_at=now,
        state=ImportState.CHECKING,
        facts={},
    )
    session.add(made)
    session.flush()
    return made


def get_own(
    session: Session, municipality_id: int, import_id: int, *, locked: bool = False
) -> LedgerImport:
    """Return an import of the municipality; raises Missing.

    `locked`: for who leads it on, so that its rows are taken, or taken off, once.
    """
    found = session.get(LedgerImport, import_id, with_for_update=locked or None)
    if found is None or found.municipality_id != municipality_id:
        raise Missing(_("There is no such import in your municipality."))
    return found


def put(session: Session, found: LedgerImport, topic: str, now: datetime, *, wait: bool) -> None:
    """Leave a step to the worker; with `wait`, only if who does it now should fail to."""
    due_at = now + SILENT if wait else now
    jobs.put(session, topic, {"import_id": found.id}, now=now, due_at=due_at)


def check(database: Database, import_id: int, path: Path, progress: Progress) -> None:
    """Do the dry run of a received file and keep what it found; a file that is none fails."""
    with database.reading() as session:
        found = session.get(LedgerImport, import_id)
        if found is None or found.state != ImportState.CHECKING:
            return
        municipality_id = found.municipality_id
    try:
        with database.reading() as session:
            made = survey.survey(session, municipality_id, ledger_file.chunks(path), progress)
    except UnreadableLedger as error:
        facts = {"faults": [[0, "ledger", *_told(error)]]}
        _note(database, import_id, {"state": ImportState.FAILED, "facts": facts})
        return
    keep_survey(database, import_id, made)


def keep_survey(database: Database, import_id: int, made: Survey) -> None:
    """Keep what a dry run found; the file is checked with that."""
    _note(database, import_id, {
        "state": ImportState.CHECKED,
        "facts": survey.to_json(made),
        "rows_read": made.read,
        "rows_new": made.new,
        "rows_known": made.known,
        "rows_refused": made.refused,
        "done_percent": 100,
    })  # fmt: skip


def begin(session: Session, who: Who, import_id: int, now: datetime) -> LedgerImport:
    """Decide that the rows of a checked file are to be taken; raises NotNow."""
    found = get_own(session, who.municipality_id or 0, import_id, locked=True)
    if found.state != ImportState.CHECKED:
        raise NotNow(_("The file is not checked yet, or its rows are in the ledger already."))
    found.state, found.done_percent = ImportState.READING, 0
    audit.record(
        session, "ledger.take", ("ledger_import", found.id), person_id=who.person_id, now=now,
        facts=audit.changes({}, {"file": found.file_name, "sha256": found.sha256}),
        municipality_id=found.municipality_id,
    )  # fmt: skip
    return found


def take(
    database: Database, import_id: int, path: Path, clock: Clock, progress: Progress
) -> LedgerImport:
    """Write the rows of a file whose reading was begun; rows known before are left alone.

    Raises NotNow when another process is at it.
    """
    found = _claim(database, import_id, clock())
    if found.state != ImportState.READING:
        return found
    occurrences = Occurrences()
    for chunk in ledger_file.chunks(path):
        prints = occurrences.fingerprints([each.mark for each in chunk.postings])
        with database.transaction() as session:
            ledger_writing.write(session, found, chunk.postings, prints)
            found = session.get_one(LedgerImport, import_id)
            found.touched_at, found.done_percent = clock(), int(chunk.done * 100)
        progress(chunk.done)
    with database.transaction() as session:
        found = session.get_one(LedgerImport, import_id)
        mine = select(func.count()).where(LedgerRow.import_id == import_id)
        found.rows_new = session.scalar(mine) or 0
        found.rows_known = found.rows_read - found.rows_refused - found.rows_new
        found.state, found.done_percent = ImportState.TAKEN, 100
    return found


def remove(session: Session, who: Who, import_id: int, now: datetime) -> LedgerImport:
    """Delete the rows that came by an import, or give up one that was not taken; raises NotNow.

    Rows that the file had in common with an earlier one stay: they came by that. Those in common
    with a later one go (`list_lessened`).
    """
    found = get_own(session, who.municipality_id or 0, import_id, locked=True)
    if found.state in (ImportState.READING, ImportState.REMOVED):
        raise NotNow(_("The rows are being read in, or are deleted already."))
    ledger_summing.take_off(session, found.municipality_id, found.id)
    session.execute(delete(LedgerRow).where(LedgerRow.import_id == found.id))
    audit.record(
        session, "ledger.remove", ("ledger_import", found.id), person_id=who.person_id, now=now,
        facts=audit.changes({"file": found.file_name, "rows": found.rows_new}, {}),
        municipality_id=found.municipality_id,
    )  # fmt: skip
    found.state, found.facts = ImportState.REMOVED, {}
    return found


def list_lessened(session: Session, found: LedgerImport) -> list[str]:
    """List the names of later files that may have rows in common with one that is to be removed.

    Sent again, they bring those back.
    """
    if found.state != ImportState.TAKEN or not found.rows_new:
        return []
    later = select(LedgerImport.file_name).where(
        LedgerImport.municipality_id == found.municipality_id,
        LedgerImport.id > found.id,
        LedgerImport.state == ImportState.TAKEN,
        LedgerImport.rows_known > 0,
    )
    return list(session.scalars(later.order_by(LedgerImport.id)))


def map_accounts(
    session: Session, who: Who, categories: Mapping[str, str | None], now: datetime
) -> None:
    """Remember what is bought on accounts: account -> category code, None to forget it.

    Applies to all rows, those of earlier years too. Raises Invalid for codes that do not exist.
    """
    codes = {code for code in categories.values() if code}
    known = agreements.category_labels(session, codes, "da")
    if unknown := sorted(codes - set(known)):
        detail = _("There is no category %(code)s.", code=", ".join(unknown))
        raise Invalid({"category": [detail]}, detail)
    municipality_id = who.municipality_id or 0
    session.execute(
        delete(AccountCategory)
        .where(AccountCategory.municipality_id == municipality_id)
        .where(AccountCategory.account.in_(list(categories)))
    )
    session.add_all(
        AccountCategory(municipality_id=municipality_id, account=account, category_code=code,
                        prefix=prefix(code), updated_at=now)
        for account, code in categories.items()
        if code
    )  # fmt: skip
    audit.record(
        session, "ledger.map", ("municipality", municipality_id), person_id=who.person_id, now=now,
        facts=audit.changes({}, {"accounts": dict(categories)}),
        municipality_id=municipality_id,
    )  # fmt: skip


def note_progress(database: Database, import_id: int, done: float) -> None:
    """Keep how much of a file is checked."""
    _note(database, import_id, {"done_percent": int(done * 100)})


def _claim(database: Database, import_id: int, now: datetime) -> LedgerImport:
    with database.transaction() as session:
        found = session.get_one(LedgerImport, import_id, with_for_update=True)
        if found.state == ImportState.READING:
            if found.touched_at is not None and found.touched_at > now - SILENT:
                raise NotNow(_("The rows are being read in by another process."))
            found.touched_at = now
    return found


def _note(database: Database, import_id: int, values: dict[str, Any]) -> None:
    with database.transaction() as session:
        session.execute(
            update(LedgerImport)
            .where(LedgerImport.id == import_id, LedgerImport.state == ImportState.CHECKING)
            .values(**values)
        )


def _told(error: UnreadableLedger) -> tuple[str, dict[str, Any]]:
    text = error.detail
    return (str(text), {}) if isinstance(text, str) else (text.message, text.values)
