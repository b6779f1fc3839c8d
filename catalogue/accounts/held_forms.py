"""Forms that came when their session had ended: held for their person until she is back.

Nothing is done by them before she has signed in and sends them herself. Whoever sat down at her
open browser can put one there; so she is shown what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import service
from .held_rules import HELD_FOR, Pairs
from .models import HeldForm, Person, PersonRole, SignIn
from .queries import hash_of


@dataclass(frozen=True)
class Sent:
    """A form as it came: where to, and its fields."""

    path: str
    pairs: Pairs


def hold(session: Session, token: str, sent: Sent, now: datetime) -> bool:
    """Keep a form for the person of a session that has ended; tell whether it is kept.

    Only while her session is known: one that she or others ended holds nothing.
    """
    query = (
        select(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == hash_of(token), Person.disabled_at.is_(None))
    )
    ended = session.scalars(query).first()
    if ended is None:
        return False
    _drop(session, ended.person_id)
    session.add(
        HeldForm(
            person_id=ended.person_id,
            role_id=ended.role_id,
            path=sent.path,
            fields=[list(pair) for pair in sent.pairs],
            sent_at=now,
            expires_at=now + HELD_FOR,
        )
    )
    return True


def find(session: Session, who: Who, now: datetime) -> HeldForm | None:
    """Return the form that waits for a person, if one does."""
    own = HeldForm.person_id == who.person_id, HeldForm.expires_at > now
    return session.scalars(select(HeldForm).where(*own)).first()


def find_role(session: Session, found: HeldForm, who: Who) -> PersonRole | None:
    """Return the role a form was sent in, when it is another than she acts in now."""
    if found.role_id is None or found.role_id == who.role_id:
        return None
    return session.get(PersonRole, found.role_id)


def take(session: Session, who: Who, token: str, now: datetime) -> str:
    """Let a form go where it was sent to, in the role it was sent in; return where.

    Raises Missing when none waits, and what choosing the role raises.
    """
    found = find(session, who, now)
    if found is None:
        raise Missing(_("No form waits for you any more."))
    if (role := find_role(session, found, who)) is not None:
        service.choose_role(session, token, who.person_id or 0, role.id)
    _drop(session, found.person_id)
    return found.path


def drop(session: Session, who: Who) -> None:
    """Throw the form away that waits for a person."""
    _drop(session, who.person_id or 0)


def _drop(session: Session, person_id: int) -> None:
    session.execute(delete(HeldForm).where(HeldForm.person_id == person_id))
