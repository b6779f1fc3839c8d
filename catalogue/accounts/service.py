"""Persons, roles and sign-in: what somebody may do with them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold, take_turn
from catalogue.core.who import MUNICIPAL, OF_ENTERPRISE, Role

from . import half_sign_ins, passwords, sessions, throttling
from .models import Municipality, Person, PersonRole, SignIn
from .outside_models import IdentityProvider, OutsideIdentity, OutsideSession
from .queries import hash_of

MUNICIPALITIES = Path(__file__).parent / "data" / "municipalities.csv"


class Outcome(StrEnum):
    """How a try to sign in ended."""

    SIGNED_IN = "signed_in"
    WRONG = "wrong"
    TOO_MANY = "too_many"
    CODE = "code"  # half done: a one-time code is owed
    SET_UP = "set_up"  # half done: she must set up a second factor first


@dataclass(frozen=True)
class Credentials:
    """What was typed, the network address it came from, and the browser's mark for that person."""

    email: str
    password: str
    address: str
    known: str = ""  # accounts/known_browsers.py


@dataclass(frozen=True)
class Limits:
    """How many failed tries within a quarter of an hour are borne, and how long a session lasts."""

    per_email: int
    per_address: int
    session_hours: int


@dataclass(frozen=True)
class Newcomer:
    """A person to be registered."""

    name: str
    email: str
    password: str
    locale: str = "da"


def sign_in(
    session: Session, typed: Credentials, now: datetime, limits: Limits
) -> tuple[Outcome, str]:
    """Try to sign in; return the outcome and the token for the browser.

    The token is that of a session, or of a sign-in that is half done (half_sign_ins.py). A failure
    is written as a row and so returned, not raised: raising would undo the row.
    """
    by_person = ("known", typed.known) if typed.known else ("email", typed.email.casefold())
    subjects = {
        throttling.subject(*by_person): limits.per_email,
        throttling.subject("address", typed.address): limits.per_address,
    }
    throttling.forget_old(session, now)
    take_turn(session, "sign_in", typed.email.casefold())  # tries at once count each other too
    if throttling.is_throttled(session, subjects, now):
        return Outcome.TOO_MANY, ""
    person = session.scalars(
        select(Person).where(
            Person.email_folded == typed.email.casefold(), Person.disabled_at.is_(None)
        )
    ).first()
    if not passwords.matches(person, typed.password) or person is None:
        throttling.note_failure(session, subjects, now)
        return Outcome.WRONG, ""
    if (half := half_sign_ins.begin(session, person.id, now)) is not None:
        return Outcome(half[0]), half[1]
    return Outcome.SIGNED_IN, sessions.begin(session, person.id, now, limits.session_hours)


def choose_role(session: Session, token: str, person_id: int, role_id: int) -> None:
    """Act in another of one's own roles from now on; raises Missing for a role of others.

    What a municipality's provider vouches for is good in that municipality: raises NotAllowed.
    """
    held = session.get(PersonRole, role_id)
    found = session.scalars(select(SignIn).where(SignIn.token_hash == hash_of(token))).first()
    if held is None or held.person_id != person_id or found is None:
        raise Missing(_("You do not hold this role."))
    place = _outside_place(session, found.id)
    if place is not None and place != held.municipality_id:
        raise NotAllowed(_("Sign in with your password to act in this role."))
    found.role_id = role_id


def choose_locale(session: Session, person_id: int, locale: str) -> None:
    """Keep the language a person wants to read."""
    session.get_one(Person, person_id).locale = locale


def register_person(
    session: Session, newcomer: Newcomer, now: datetime, *, by: int | None = None
) -> Person:
    """Write a person without role; raises Invalid when the e-mail address is known already.

    `by` is the person who registers her; None: the system, or she herself with an application.
    """
    folded = newcomer.email.casefold()
    known = session.scalars(select(Person.id).where(Person.email_folded == folded)).first()
    if known is not None:
        text = _("This e-mail address has a log-in already; sign in with it, or use another")
        raise Invalid({"email": [text]})
    password_hash = PasswordHasher().hash(newcomer.password)
    return write_person(session, newcomer, now, password_hash=password_hash, by=by)


def write_person(
    session: Session,
    newcomer: Newcomer,
    now: datetime,
    *,
    password_hash: str = passwords.NONE,
    by: int | None = None,
    municipality_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Person:
    """Write a person whose address is known to be new, by default one without a password.

    `by` is the person who registers her, None the system; `municipality_id` that whose staff read
    of it, and `facts` what they read, by default her language.
    """
    made = Person(
        email=newcomer.email,
        email_folded=newcomer.email.casefold(),
        name=newcomer.name,
        password_hash=password_hash,
        locale=newcomer.locale,
        created_at=now,
    )
    session.add(made)
    session.flush()
    # Her name and address stay on her row alone, where they can be taken out again.
    audit.record(
        session, "person.registered", ("person", made.id), person_id=by, now=now,
        facts=audit.changes({}, facts or {"locale": made.locale}),
        municipality_id=municipality_id,
    )  # fmt: skip
    return made


def grant(
    session: Session,
    person_id: int,
    role: Role,
    *,
    municipality_id: int | None = None,
    enterprise_id: int | None = None,
    now: datetime,
    by: int | None = None,
) -> PersonRole:
    """Give a person a role where it belongs; raises Invalid when the place does not go with it.

    `by` is the person who gives it; None: the system.
    """
    if (role in MUNICIPAL) != (municipality_id is not None):
        raise Invalid(
            {"municipality_id": [_("Choose a municipality for this role, and only then")]}
        )
    if (role in OF_ENTERPRISE) != (enterprise_id is not None):
        raise Invalid({"enterprise_id": [_("Choose an enterprise for this role, and only then")]})
    same = _same_role(person_id, role, municipality_id, enterprise_id)
    if session.scalars(select(PersonRole.id).where(same)).first() is not None:
        raise Conflict(_("The person holds this role already."))
    made = PersonRole(
        person_id=person_id,
        role=role,
        municipality_id=municipality_id,
        enterprise_id=enterprise_id,
    )
    session.add(made)
    session.flush()
    _take_in_members(session, PersonRole.id == made.id)
    place = {"municipality_id": municipality_id, "enterprise_id": enterprise_id}
    audit.record(
        session, "role.granted", ("person", person_id), person_id=by, now=now,
        facts=audit.changes({}, {"role": role, **place}), municipality_id=municipality_id,
    )  # fmt: skip
    return made


def withdraw(session: Session, held: PersonRole, now: datetime, *, by: int | None = None) -> None:
    """Take a role away, at once, also where its person is signed in.

    `by` is the person who takes it; None: the system.
    """
    hold(session, held)
    session.delete(held)
    place = {"municipality_id": held.municipality_id, "enterprise_id": held.enterprise_id}
    told = {"role": held.role, **{name: id_ for name, id_ in place.items() if id_ is not None}}
    audit.record(
        session, "role.withdrawn", ("person", held.person_id), person_id=by, now=now,
        facts=audit.changes(told, {}), municipality_id=held.municipality_id,
    )  # fmt: skip


def import_municipalities(session: Session) -> None:
    """Bring in the municipalities the database does not know yet, and see who is a member."""
    known = set(session.scalars(select(Municipality.code)))
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as file:
        session.add_all(
            Municipality(code=row["code"], name=row["name"], region=row["region"], cvr=row["cvr"])
            for row in csv.DictReader(file)
            if row["code"] not in known
        )
    session.flush()
    _take_in_members(session, PersonRole.municipality_id.is_not(None))


def _take_in_members(session: Session, these: ColumnElement[bool]) -> None:
    """Make municipalities members whose procurement staff is among `these` roles.

    From then on somebody there reads applications, so enterprises may choose it.
    """
    staffed = select(PersonRole.municipality_id).where(PersonRole.role == Role.STAFF, these)
    session.execute(
        update(Municipality)
        .where(Municipality.id.in_(staffed), Municipality.is_member.is_(False))
        .values(is_member=True)
    )


def _outside_place(session: Session, sign_in_id: int) -> int | None:
    """Return the municipality whose provider began a session; None: a password did."""
    return session.scalar(
        select(IdentityProvider.municipality_id)
        .join(OutsideIdentity, OutsideIdentity.provider_id == IdentityProvider.id)
        .join(OutsideSession, OutsideSession.identity_id == OutsideIdentity.id)
        .where(OutsideSession.sign_in_id == sign_in_id)
    )


def _same_role(
    person_id: int, role: Role, municipality_id: int | None, enterprise_id: int | None
) -> ColumnElement[bool]:
    return and_(
        PersonRole.person_id == person_id,
        PersonRole.role == role,
        PersonRole.municipality_id == municipality_id
        if municipality_id is not None
        else PersonRole.municipality_id.is_(None),
        PersonRole.enterprise_id == enterprise_id
        if enterprise_id is not None
        else PersonRole.enterprise_id.is_(None),
    )
