"""Sign-ins that are half done: the password was right, and the second step is owed.

The browser holds a token of its own kind meanwhile, which opens nothing but the second step.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import second_factor, sessions
from .factor_models import HalfSignIn, SecondFactor
from .factor_rules import HALF_FOR, Step
from .models import Person
from .queries import hash_of
from .second_factor import Gate, Tried


@dataclass(frozen=True)
class Half:
    """Who has done the first step, and what she owes."""

    person_id: int
    email: str
    step: Step


def begin(session: Session, person_id: int, now: datetime) -> tuple[Step, str] | None:
    """Begin the second step for a person whose password was right; None: she owes none.

    Returns what she owes, and the token for the browser.
    """
    step = _owed(session, person_id)
    if step is None:
        return None
    session.execute(delete(HalfSignIn).where(HalfSignIn.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        HalfSignIn(
            token_hash=hash_of(token), person_id=person_id, step=step, expires_at=now + HALF_FOR
        )
    )
    return step, token


def find(session: Session, token: str, now: datetime) -> Half | None:
    """Return who did the first step; None when that was too long ago, or never. One query."""
    row = session.execute(
        select(HalfSignIn.person_id, Person.email, HalfSignIn.step)
        .join(Person, Person.id == HalfSignIn.person_id)
        .where(HalfSignIn.token_hash == hash_of(token), HalfSignIn.expires_at > now)
        .where(Person.disabled_at.is_(None))
    ).first()
    return Half(row.person_id, row.email, Step(row.step)) if row else None


def finish(session: Session, half: Half, code: str, gate: Gate, hours: int) -> tuple[Tried, str]:
    """Try a code; when it is right, sign the person in and return the token of her session."""
    tried = second_factor.try_code(session, half.person_id, code, gate)
    return tried, _sign_in(session, half, gate, hours) if tried == Tried.RIGHT else ""


def finish_set_up(
    session: Session, half: Half, new: tuple[str, str], gate: Gate, hours: int
) -> tuple[list[str], str]:
    """Turn on the factor that the municipality asks for, and sign the person in.

    `new`: its secret, and a code of it. Returns the recovery codes and the token of her session;
    raises Invalid for a wrong code, Conflict when she has a factor already.
    """
    codes = second_factor.turn_on(session, half.person_id, *new, gate)
    return codes, _sign_in(session, half, gate, hours)


def _sign_in(session: Session, half: Half, gate: Gate, hours: int) -> str:
    session.execute(delete(HalfSignIn).where(HalfSignIn.person_id == half.person_id))
    return sessions.begin(session, half.person_id, gate.now, hours)


def _owed(session: Session, person_id: int) -> Step | None:
    if session.get(SecondFactor, person_id) is not None:
        return Step.CODE
    return Step.SET_UP if second_factor.is_required(session, person_id) else None
