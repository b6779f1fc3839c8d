"""Long steps of the ledger: done at once for a small file, else by the worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.settings import Settings

from . import ledger, ledger_store
from .ledger import Clock
from .models import ImportState, LedgerImport

# CSV of 12,000 rows, Excel of 25,000: about a second, which a person waits for.
AT_ONCE_BYTES = 1_000_000
_WAITING = {ledger.CHECK: ImportState.CHECKING, ledger.TAKE: ImportState.READING}


def is_small(settings: Settings, token: str) -> bool:
    """Tell whether a file is read within the request that asks for it."""
    with ledger_store.opened(settings, token) as path:
        return path.stat().st_size <= AT_ONCE_BYTES


def is_taken_at_once(settings: Settings, found: LedgerImport) -> bool:
    """Tell it of a file that is checked; any other is not taken at all."""
    return found.state == ImportState.CHECKED and is_small(settings, found.token)


def run(database: Database, settings: Settings, topic: str, import_id: int, clock: Clock) -> None:
    """Do one step, CHECK or TAKE, of an import; nothing when it is done already."""
    with database.reading() as session:
        found = session.get(LedgerImport, import_id)
    if found is None or found.state != _WAITING[topic]:
        return
    with ledger_store.opened(settings, found.token) as path:
        if topic == ledger.CHECK:
            ledger.check(database, import_id, path, _noting(database, import_id))
            return
        ledger.take(database, import_id, path, clock, lambda _done: None)
    ledger_store.forget(settings, found.token)


def run_batch(database: Database, settings: Settings, batch: Sequence[Work], clock: Clock) -> None:
    """Do the steps that were left to the worker."""
    for work in batch:
        run(database, settings, work.topic, int(work.payload["import_id"]), clock)


def _noting(database: Database, import_id: int) -> Callable[[float], None]:
    """Return what keeps progress where the page reads it."""
    return lambda done: ledger.note_progress(database, import_id, done)
