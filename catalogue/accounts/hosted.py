"""People whom a host has signed in: they become persons here, with the roles the host gives them.

They have no password here. What they choose, their role and language, is kept as for all others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.core.text import DEFAULT_LOCALE, LOCALES
from catalogue.core.who import MUNICIPAL, OF_ENTERPRISE, Role

from . import queries, service, sessions
from .models import Municipality, Person, PersonRole
from .service import Newcomer

LONGEST_NAME = 120
Place = tuple[Role, int | None, int | None]  # role, municipality, enterprise


class UnknownPlace(LookupError):
    """A host gives a role in a municipality or an enterprise that is not known here."""


@dataclass(frozen=True)
class HostRole:
    """A role that a host gives: `municipality` is its code (0330), `enterprise` its CVR number."""

    role: Role | str
    municipality: str = ""
    enterprise: str = ""


@dataclass(frozen=True)
class HostPerson:
    """Whom a host has signed in; her address tells who she is.

    `roles`: all that she has here, from now on; None: administrators of the catalogue give them.
    """

    email: str
    name: str
    locale: str = "da"
    roles: tuple[HostRole, ...] | None = None

    def __post_init__(self) -> None:
        if "@" not in self.email:
            raise ValueError(f"the host told of a person without an e-mail address: {self.email!r}")

    @property
    def digest(self) -> str:
        """Return what tells whether the host says something new of her."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:24]


def admit(session: Session, told: HostPerson, now: datetime, session_hours: int) -> str | None:
    """Begin a session of whom the host has signed in, known before or not; return its token.

    Returns None for a person who is shut out here. Raises UnknownPlace, and Invalid for a role that
    does not go with its place.
    """
    locale = told.locale[:2] if told.locale[:2] in LOCALES else DEFAULT_LOCALE
    newcomer = Newcomer(told.name[:LONGEST_NAME], told.email, "", locale)
    person = _find_or_write(session, newcomer, now)
    if person.disabled_at is not None or person.is_system:
        return None
    person.name = newcomer.name
    if told.roles is not None:
        _give(session, person, [_place(session, each) for each in told.roles], now)
    return sessions.begin(session, person.id, now, session_hours)


def _find_or_write(session: Session, newcomer: Newcomer, now: datetime) -> Person:
    folded = newcomer.email.casefold()
    query = select(Person).where(Person.email_folded == folded).with_for_update()
    found = session.scalars(query).first()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            return service.write_person(session, newcomer, now)
    except IntegrityError:  # another of her first requests was quicker by a moment
        return session.scalars(query).one()


def _give(session: Session, person: Person, places: Sequence[Place], now: datetime) -> None:
    """Let a person hold these roles and no others."""
    query = select(PersonRole).where(PersonRole.person_id == person.id)
    held = {
        (Role(each.role), each.municipality_id, each.enterprise_id): each
        for each in session.scalars(query)
    }
    for place in dict.fromkeys(places):
        if place not in held:
            role, municipality_id, enterprise_id = place
            service.grant(
                session, person.id, role, municipality_id=municipality_id,
                enterprise_id=enterprise_id, now=now,
            )  # fmt: skip
    for place in held.keys() - set(places):
        service.withdraw(session, held[place], now)
    session.flush()


def _place(session: Session, given: HostRole) -> Place:
    """Find where a role is held; raises UnknownPlace, ValueError for what is no role."""
    role = Role(given.role)
    municipality_id = enterprise_id = None
    if role in MUNICIPAL:
        query = select(Municipality.id).where(Municipality.code == given.municipality)
        municipality_id = session.scalar(query)
    if role in OF_ENTERPRISE:
        table = queries.enterprises_table()
        enterprise_id = session.scalar(select(table.c.id).where(table.c.cvr == given.enterprise))
    if role != Role.ADMINISTRATOR and municipality_id is None and enterprise_id is None:
        raise UnknownPlace(f"nobody here is {given}: the host's identity names a place unknown")
    return role, municipality_id, enterprise_id
