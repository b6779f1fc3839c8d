"""Each morning the index is read through: bits that a disk flips leave no trace in its times."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from catalogue.core.daily import Daily

from .service import ask_for_rebuild

DAILY = Daily("search.verify", time(4))


def verify(session: Session, now: datetime) -> int:
    """Have the worker build the index anew if it is not whole, and put tomorrow's work; return 1.

    Repeatable. It is looked at where it would be built: beside what is written meanwhile.
    """
    ask_for_rebuild(session, now)
    DAILY.put_next(session, now)
    return 1
