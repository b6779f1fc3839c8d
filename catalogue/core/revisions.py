"""Which migrations there are, and which the tables of a database have had.

Asked by the health of each web process every few seconds, so nothing here reads what migrations do
or loads what carries them out (`migrations`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

VERSION_TABLE = "catalogue_alembic_version"
_PACKAGE = Path(__file__).parent.parent


def folder() -> Path:
    """Return the folder of the migrations: inside the wheel, else beside the package."""
    shipped = _PACKAGE / "migrations"
    return shipped if shipped.exists() else _PACKAGE.parent / "migrations"


@cache
def known() -> frozenset[str]:
    """Return the revisions that this code knows, by the names of their files."""
    files = (folder() / "versions").glob("[0-9]*_*.py")
    return frozenset(each.name.partition("_")[0] for each in files)


def head() -> str | None:
    """Return the newest revision this code knows: the one with the highest number."""
    return max(known(), default=None)


def present(session: Session) -> str | None:
    """Return the revision that the tables have, or None when there are none."""
    if not inspect(session.connection()).has_table(VERSION_TABLE):
        return None
    found: str | None = session.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  a constant
    return found


def are_newer(session: Session) -> bool:
    """Tell whether a newer program has made the tables what they are."""
    found = present(session)
    return found is not None and found not in known()


def are_missing(session: Session) -> bool:
    """Tell whether the tables are older than this code.

    Newer ones are no fault: an upgrade migrates first, while the old program still serves.
    """
    found = present(session)
    return found is None or (found in known() and found != head())
