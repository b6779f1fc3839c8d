"""Bring a database to the present schema, from the repository or from the installed wheel."""

from __future__ import annotations

import inspect
import re
import time
from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from . import revisions
from .db import Database

_TAKES = re.compile(r"\b(drop_|alter_|rename_|recreate|execute\()")
LOCK_TRIES, LOCK_PAUSE_SECONDS = 120, 0.5  # with half a second for a lock: migrations/env.py
_IN_USE = ("55P03", "40P01")  # lock not available, deadlock


@dataclass(frozen=True)
class Pending:
    """A migration that the tables lack; the program before it serves on beside one that adds."""

    revision: str
    title: str
    only_adds: bool


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to `revision`; safe to repeat.

    A migration that finds its tables in use gives way and is tried again, for two minutes.
    """
    for left in reversed(range(LOCK_TRIES)):
        try:
            command.upgrade(_config(database), revision)
            return
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in _IN_USE:
                raise
        time.sleep(LOCK_PAUSE_SECONDS)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to `revision` ("base": nothing left)."""
    command.downgrade(_config(database), revision)


def list_pending(session: Session) -> list[Pending]:
    """List what `upgrade` would do, in its order."""
    found, scripts = revisions.present(session), ScriptDirectory(str(revisions.folder()))
    if revisions.are_newer(session):
        return []
    steps = [each for each in scripts.iterate_revisions("head", found or "base") if each]
    return [
        Pending(
            each.revision,
            (each.doc or "").partition("\n")[0],
            not _TAKES.search(inspect.getsource(each.module.upgrade)),
        )
        for each in reversed(steps)
    ]


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(revisions.folder()))
    config.attributes["database"] = database
    return config
