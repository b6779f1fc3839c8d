"""Where a person is signed in: she sees it and ends it; so do those who answer for her.

They end her sessions without seeing them: when somebody works is hers to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import factor_rules
from .colleagues import knows, list_places
from .models import Municipality, Person, PersonRole, SignIn
from .outside_models import OutsideSession
from .queries import enterprises_table, hash_of, last_used


@dataclass(frozen=True)
class Sitting:
    """A session as its person reads it; `by_outside`: her municipality's own sign-in began it."""

    id: int
    begun_at: datetime
    used_at: datetime
    device: str | None
    role: Role | None
    place: str
    by_outside: bool
    is_this: bool


def list_open(
    session: Session, person_id: int, token: str, now: datetime, idle: timedelta | None
) -> list[Sitting]:
    """List the open sessions of a person, that of `token` first, then by last use. One query."""
    enterprises = enterprises_table()
    place = func.coalesce(Municipality.name, enterprises.c.name, "")
    rows = session.execute(
        select(SignIn, last_used(), PersonRole.role, place, OutsideSession.sign_in_id)
        .outerjoin(PersonRole, PersonRole.id == SignIn.role_id)
        .outerjoin(Municipality, Municipality.id == PersonRole.municipality_id)
        .outerjoin(enterprises, enterprises.c.id == PersonRole.enterprise_id)
        .outerjoin(OutsideSession, OutsideSession.sign_in_id == SignIn.id)
        .where(*_open(person_id, now, idle))
        .order_by(last_used().desc(), SignIn.id)
    )
    own = hash_of(token)
    found = [
        Sitting(
            each.id, each.created_at, used_at, each.device, Role(role) if role else None, where,
            outside is not None, each.token_hash == own,
        )
        for each, used_at, role, where, outside in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: not each.is_this)


def end_one(session: Session, who: Who, sign_in_id: int, now: datetime) -> None:
    """End one of one's own sessions; raises Missing for one of others, or none."""
    if not _end(session, SignIn.id == sign_in_id, SignIn.person_id == who.person_id):
        raise Missing(_("This session has ended already."))
    _record(session, who, who.person_id or 0, 1, now)


def end_others(session: Session, who: Who, token: str, now: datetime) -> int:
    """End all of one's own sessions but that of `token`; return how many."""
    others = SignIn.token_hash != hash_of(token)
    ended = _end(session, others, SignIn.person_id == who.person_id)
    if ended:
        _record(session, who, who.person_id or 0, ended, now)
    return ended


def end_all_of(session: Session, who: Who, person_id: int, now: datetime) -> Person:
    """Sign a person out everywhere for whom `who` answers.

    Raises Missing for whom `who` does not know, NotAllowed for whoever acts elsewhere too.
    """
    places = list_places(session, person_id)
    person = session.get(Person, person_id)
    if person is None or person.is_system or not knows(who, places):
        raise Missing(_("There is no such person among yours."))
    if person_id == who.person_id:
        raise NotAllowed(_("End your own sessions on the page “Where you are signed in”."))
    if factor_rules.refuses_reset(who, person_id, places) is not None:
        raise NotAllowed(
            _("This person also acts elsewhere. Ask the administrator of the catalogue.")
        )
    ended = _end(session, SignIn.person_id == person_id)
    _record(session, who, person_id, ended, now)
    return person


def _open(person_id: int, now: datetime, idle: timedelta | None) -> Sequence[ColumnElement[bool]]:
    own = [SignIn.person_id == person_id, SignIn.expires_at > now]
    return own if idle is None else [*own, last_used() > now - idle]


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    ids = session.scalars(select(SignIn.id).where(*which)).all()
    session.execute(delete(SignIn).where(SignIn.id.in_(ids)))
    return len(ids)


def _record(session: Session, who: Who, person_id: int, ended: int, now: datetime) -> None:
    """Write how many sessions were ended, and by whom; not where, nor on what."""
    audit.record(
        session, "person.signed_out", ("person", person_id), person_id=who.person_id, now=now,
        facts=audit.changes({"sessions": ended}, {"sessions": 0}),
        municipality_id=who.municipality_id,
    )  # fmt: skip
