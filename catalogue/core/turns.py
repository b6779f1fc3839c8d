"""Have deeds that look first and then write do so one after another.

On PostgreSQL others write meanwhile: what two of them find missing, both write, and what both find
there, both take out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from .db import Database, locks_rows
from .errors import Missing
from .text import lazy as _


def take_turn(session: Session, about: str, of: object) -> None:
    """Wait until nobody else has the turn `about` something, and keep it to the transaction's end.

    To be taken before one looks. Nothing to do on SQLite, where writers take turns anyway.
    """
    if locks_rows(session):
        key = func.hashtextextended(f"{about} {of}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


@contextmanager
def keep_turn(database: Database, about: str) -> Iterator[None]:
    """Wait for the turn `about` something, and keep it over as many transactions as follow.

    It is kept by a connection of its own, and ends with the process whatever becomes of that.
    """
    with database.reading() as session:
        if locks_rows(session):
            # By itself a session that reads ends its transaction with each statement.
            session.connection(execution_options={"isolation_level": "READ COMMITTED"})
            take_turn(session, about, "")
        yield


def hold(session: Session, row: object) -> None:
    """Keep a row that was read as it is now to the transaction's end, before it is changed.

    Raises Missing when another has taken it out since.
    """
    if locks_rows(session):
        try:
            session.refresh(row, with_for_update={"of": type(row)})
        except InvalidRequestError:
            raise Missing(_("Somebody has just taken it out.")) from None
