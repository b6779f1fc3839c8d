"""Tell a fault of ours from something we need that is out for the moment, and say so politely.

A database that stops or is locked, a disk that is full: nobody made a mistake, and what is sent
again in a while is done. Everything else an exception may be is a fault.
"""

from __future__ import annotations

import errno
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from . import faults
from .errors import Unavailable
from .text import lazy as _

# SQLite's own numbers: busy, locked, read-only, input/output, full, cannot open, protocol of locks.
_OF_SQLITE = frozenset({5, 6, 8, 10, 13, 14, 15})
# Classes of SQLSTATE: connection, rolled back for another, resources, intervention, system.
_OF_POSTGRESQL = frozenset({"08", "40", "53", "57", "58"})
# What stands in the file is no database, or no whole one: waiting mends nothing.
_SPOILT_SQLITE, _SPOILT_POSTGRESQL = frozenset({11, 26}), frozenset({"XX001", "XX002"})
_LACKING_POSTGRESQL = frozenset({"42P01", "42703"})
_LACKING_SQLITE = re.compile(r"^no such (table|column)|has no column named")  # it has no number
_READ_ONLY = "25006"  # a standby, or the primary that was
_OF_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


class Outage(Unavailable):
    """The database or the disk is out for the moment; nothing is wrong with what was asked."""

    title = _("The catalogue is out of order for a moment")


def of(error: BaseException | None) -> Outage | None:
    """Return the outage that an exception tells of, or None when it is a fault."""
    if isinstance(error, Outage):
        return error
    if isinstance(error, OSError) and error.errno in _OF_DISK:
        return Outage(_("There is no room left to keep what you sent, so nothing of it was kept."))
    if isinstance(error, exc.TimeoutError) or _is_of_database(error):
        return busy()
    return None


def is_spoilt(error: BaseException) -> bool:
    """Tell whether the database says that its file is spoilt."""
    own = getattr(error, "orig", None) or error  # SQLAlchemy's, or that of the library below it
    number: int = getattr(own, "sqlite_errorcode", None) or 0
    return number & 0xFF in _SPOILT_SQLITE or getattr(own, "sqlstate", "") in _SPOILT_POSTGRESQL


def lacks_tables(error: BaseException) -> bool:
    """Tell whether the database lacks a table or column that was asked for."""
    own = getattr(error, "orig", None) or error
    return getattr(own, "sqlstate", "") in _LACKING_POSTGRESQL or (
        isinstance(own, sqlite3.OperationalError) and _LACKING_SQLITE.search(str(own)) is not None
    )


@contextmanager
def endured(log: logging.Logger, event: str) -> Iterator[None]:
    """Go on after the block when an outage broke it off: it is logged, and done another time."""
    try:
        yield
    except Exception as error:
        if of(error) is None:
            raise
        faults.note(log, event)


def busy() -> Outage:
    """Return the outage of a database that cannot be read or written now."""
    return Outage(
        _(
            "Its data cannot be reached right now. What was acknowledged to you is kept;"
            " what you sent just now may have to be sent again."
        )
    )


def _is_of_database(error: BaseException | None) -> bool:
    if not isinstance(error, exc.DBAPIError):
        return False
    number: int | None = getattr(error.orig, "sqlite_errorcode", None)
    if number is not None:
        return number & 0xFF in _OF_SQLITE  # the upper bits tell more of the same
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state[:2] in _OF_POSTGRESQL or state == _READ_ONLY
    return error.connection_invalidated or isinstance(error, exc.OperationalError)
