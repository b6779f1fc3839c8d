"""Signed-in sessions: begin one, and end all of a person or of some of her roles."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .models import PersonRole, SignIn
from .queries import hash_of


def begin(session: Session, person_id: int, now: datetime, hours: int) -> str:
    """Sign a person in, in her first role; return the token for the browser."""
    role = session.scalars(
        select(PersonRole).where(PersonRole.person_id == person_id).order_by(PersonRole.id)
    ).first()
    until = now + timedelta(hours=hours)
    return write(session, person_id, role.id if role else None, now, until)[1]


def write(
    session: Session, person_id: int, role_id: int | None, now: datetime, until: datetime
) -> tuple[SignIn, str]:
    """Write a session in a role; return it with the token for the browser."""
    token = secrets.token_urlsafe(32)
    made = SignIn(
        token_hash=hash_of(token), person_id=person_id, role_id=role_id, created_at=now,
        expires_at=until,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made, token


def end_all(session: Session, person_id: int) -> None:
    """Sign a person out wherever she is signed in."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def end_in(session: Session, role_ids: Collection[int]) -> None:
    """Sign out whoever acts in one of the roles."""
    session.execute(delete(SignIn).where(SignIn.role_id.in_(role_ids)))
