"""Forms that were taken, kept for a day, so that one that is sent twice makes nothing twice.

Kept in the transaction of the deed: after a crash either both are there or none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import JSON, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, UtcDateTime

KEPT_FOR = timedelta(days=1)


class FormKey(Base):
    """A form as it was sent, whereto its first answer led, and what was said there.

    The digest is of what stood in it and of whose it was: what is typed anew after one went back
    is another form, and the form of somebody else is known here to nobody.
    """

    __tablename__ = "catalogue_form_keys"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[str] = mapped_column(String(2000))
    messages: Mapped[list[list[str]]] = mapped_column(JSON)  # pairs of level and text
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Repeated(Exception):
    """The form was taken before, a while ago or at this very moment."""


def claim(session: Session, digest: str, now: datetime) -> FormKey:
    """Take a form in the transaction of what it does; raises Repeated when it was taken.

    Who sends it at the same moment waits here until the first is done.
    """
    made = FormKey(digest=digest, path="", messages=[], made_at=now)
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        raise Repeated from None
    return made


def find(session: Session, digest: str) -> FormKey | None:
    """Return what was answered to a form, if it was taken."""
    return session.get(FormKey, digest)
