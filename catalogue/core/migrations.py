"""Bring a database to the present schema, from the repository or from the installed wheel."""

from __future__ import annotations

import inspect
import re
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect as inspector
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from .db import Database

_TAKES = re.compile(r"\b(drop_|alter_|rename_|recreate|execute\()")
LOCK_TRIES, LOCK_PAUSE_SECONDS = 120, 0.5  # with half a second for a lock: migrations/env.py
_IN_USE = ("55P03", "40P01")  # lock not available, deadlock
VERSION_TABLE = "catalogue_alembic_version"
_PACKAGE = Path(__file__).parent.parent


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


@cache  # asked each few seconds, and reads forty files
def head() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory(str(folder())).get_current_head()


def present(session: Session) -> str | None:
    """Return the revision that the tables have, or None when there are none."""
    if not inspector(session.connection()).has_table(VERSION_TABLE):
        return None
    found: str | None = session.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  a constant
    return found


def are_missing(session: Session) -> bool:
    """Tell whether the tables are older than this code.

    Newer ones are no fault: an upgrade migrates first, while the old program still serves.
    """
    found = present(session)
    return found is None or (found in _known() and found != head())


def list_pending(session: Session) -> list[Pending]:
    """List what `upgrade` would do, in its order."""
    found, scripts = present(session), ScriptDirectory(str(folder()))
    if found is not None and found not in _known():
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


@cache
def _known() -> frozenset[str]:
    return frozenset(each.revision for each in ScriptDirectory(str(folder())).walk_revisions())


def folder() -> Path:
    """Return the folder of the migrations: inside the wheel, else beside the package."""
    shipped = _PACKAGE / "migrations"
    return shipped if shipped.exists() else _PACKAGE.parent / "migrations"


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()))
    config.attributes["database"] = database
    return config
