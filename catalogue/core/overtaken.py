"""Tell a fault of ours from a deed that another was quicker with.

Each deed looks first whether it may be done. On PostgreSQL another may write between the look and
the writing: what the database then refuses, the same look would refuse a moment later.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from .errors import Conflict
from .text import lazy as _

# A key that is there by now, and a row that something belongs to and that is there no longer.
_MEANWHILE = frozenset({"23505", "23503"})


class Overtaken(Conflict):
    """Another changed the same between our look and our writing; nothing of ours was written."""

    title = _("Somebody was quicker")


def of(error: BaseException) -> Overtaken | None:
    """Return what an exception tells of a deed that was overtaken, or None when it does not.

    SQLite has one writer at a time: what it refuses is a fault.
    """
    refused = isinstance(error, IntegrityError) and (
        getattr(error.orig, "sqlstate", None) in _MEANWHILE
    )
    if not refused and not isinstance(error, StaleDataError):
        return None
    return Overtaken(
        _(
            "The same was changed at this very moment, perhaps by a form that was sent twice."
            " Nothing was written this time. Load the page again and look."
        )
    )
