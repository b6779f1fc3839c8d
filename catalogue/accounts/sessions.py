"""Signed-in sessions: begin one, note its use, and end all of a person or of some of her roles.

Who asks for a page is read each time; that she was there is written now and then alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from .models import PersonRole, SignIn
from .queries import Signed, hash_of

# A session that ends after an hour ends at most this much too early, and is written so seldom.
NOTED_EACH = timedelta(minutes=5)


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
        expires_at=until, used_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made, token


def is_to_be_noted(signed: Signed, device: str, now: datetime, idle: timedelta | None) -> bool:
    """Tell whether the use of a session is worth writing: not for a while, or by another device."""
    each = min(NOTED_EACH, idle / 12) if idle else NOTED_EACH
    return signed.device != device or abs(now - signed.used_at) >= each


def note_use(session: Session, sign_in_id: int, device: str, now: datetime) -> None:
    """Write when and by what a session was used; nothing while another writes it too."""
    free = select(SignIn.id).where(SignIn.id == sign_in_id).with_for_update(skip_locked=True)
    if session.scalar(free) is not None:
        noted = update(SignIn).where(SignIn.id == sign_in_id)
        session.execute(noted.values(used_at=now, device=device))


def end_all(session: Session, person_id: int) -> None:
    """Sign a person out wherever she is signed in."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def end_in(session: Session, role_ids: Collection[int]) -> None:
    """Sign out whoever acts in one of the roles."""
    session.execute(delete(SignIn).where(SignIn.role_id.in_(role_ids)))
