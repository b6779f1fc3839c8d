"""Have deeds that look first and then write do so one after another.

On PostgreSQL others write meanwhile: what two of them find missing, both write. Where a row stands
for it, that is locked; here is the rest, for what is not there yet.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .db import locks_rows


def take_turn(session: Session, about: str, of: object) -> None:
    """Wait until nobody else has the turn `about` something, and keep it to the transaction's end.

    To be taken before one looks. Nothing to do on SQLite, where writers take turns anyway.
    """
    if locks_rows(session):
        key = func.hashtextextended(f"{about} {of}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
