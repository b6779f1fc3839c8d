"""Answers kept for a day, so that a request that is sent again under its key is not done twice.

The answer is written in the transaction of the deed: after a crash either both are there or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, BigId, UtcDateTime

KEPT_FOR = timedelta(hours=24)


class KeptAnswer(Base):
    """What was answered to a token under a key on a route, and a digest of what it had sent."""

    __tablename__ = "catalogue_api_answers"
    __table_args__ = (
        UniqueConstraint("token_id", "key", "route"),
        Index("ix_catalogue_api_answers_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(BigId)  # no foreign key: `accounts` comes after `core`
    key: Mapped[str] = mapped_column(String(200))
    route: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Claim:
    """A key of a token on a route, and a digest of what was sent under it."""

    token_id: int
    key: str
    route: str
    digest: str


class Repeated(Exception):
    """The key was used before, or is being used at this moment by another request."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.route)
        self.claim = claim


def claim(session: Session, wanted: Claim, now: datetime) -> KeptAnswer:
    """Take a key for the transaction that is to be done once; raises Repeated when it is taken.

    A second request of the same key waits here until the first is done, and finds its answer.
    """
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT_FOR))
    made = KeptAnswer(**vars(wanted), status=0, headers={}, body="", created_at=now)
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        raise Repeated(wanted) from None
    return made


def find(session: Session, wanted: Claim) -> KeptAnswer | None:
    """Return the answer that was given under a key, if it was."""
    query = select(KeptAnswer).where(
        KeptAnswer.token_id == wanted.token_id,
        KeptAnswer.key == wanted.key,
        KeptAnswer.route == wanted.route,
    )
    return session.scalars(query).first()
