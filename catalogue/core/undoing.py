"""What a session still tells when its transaction is rolled back: what was read, not what failed.

A roll-back expires every row of the session. A page that then shows the refused form anew could
read neither the basket nor the product that it had read a moment before.
"""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm import Session


def keep_what_was_read(session: Session) -> None:
    """Let go of rows before a roll-back, so that those that were only read tell what they told.

    Of rows that were changed nothing is kept: to ask them is a fault, not an answer that was
    never saved. New ones are unsaved again. Nothing is done where the roll-back came first.
    """
    transaction = session.get_transaction()
    if transaction is None or not session.is_active:
        return
    # SQLAlchemy tells of changes that wait to be written, but not of those that were.
    written = [each for state in transaction._dirty if (each := state.obj()) is not None]
    for each in {*session.dirty, *session.deleted, *written}:
        if inspect(each).persistent:
            session.expire(each)
    session.expunge_all()
