"""Who holds a session, who holds which role, and which municipalities there are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.core.db import Base, ask
from catalogue.core.who import Role, Who

from .models import Municipality, Person, PersonRole, SignIn

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Held:
    """A role as the person reads it: what, and where."""

    id: int
    role: Role
    place: str


@dataclass(frozen=True)
class Signed:
    """A session that is open: whose, and when and by what it was last noted to be used."""

    sign_in_id: int
    who: Who
    used_at: datetime
    device: str | None


def find_who(
    session: Session, token: str, now: datetime, idle: timedelta | None = None
) -> Who | None:
    """Return who holds `token`, in the role she acts in; one query."""
    found = find_signed(session, token, now, idle)
    return found.who if found else None


def find_signed(
    session: Session, token: str, now: datetime, idle: timedelta | None
) -> Signed | None:
    """Return the session of `token`; None when it has ended, or was not used for `idle`.

    One query.
    """
    since = _LONG_AGO if idle is None else now - idle
    asked = {"token_hash": hash_of(token), "now": now, "since": since}
    row = ask(session, _holder(), asked).first()
    if row is None:
        return None
    return Signed(row.id, _who(row), row.used_at, row.device)


def _who(row: Row[Any]) -> Who:
    return Who(
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        locale=row.locale,
        role=Role(row.role) if row.role_id else None,
        role_id=row.role_id,
        toured=row.toured_at is not None,
        municipality_id=row.municipality_id,
        municipality_name=row.municipality or "",
        enterprise_id=row.enterprise_id,
        enterprise_name=row.enterprise or "",
    )


def list_roles(session: Session, person_id: int) -> list[Held]:
    """List the roles of a person, oldest first."""
    enterprises = enterprises_table()
    rows = session.execute(
        select(
            PersonRole.id, PersonRole.role, func.coalesce(Municipality.name, enterprises.c.name, "")
        )
        .outerjoin(Municipality, Municipality.id == PersonRole.municipality_id)
        .outerjoin(enterprises, enterprises.c.id == PersonRole.enterprise_id)
        .where(PersonRole.person_id == person_id)
        .order_by(PersonRole.id)
    )
    return [Held(id_, Role(role), place) for id_, role, place in rows]


def list_persons(session: Session) -> list[tuple[Person, list[Held]]]:
    """List all persons with their roles, by name, in two queries; systems are none."""
    enterprises = enterprises_table()
    rows = session.execute(
        select(PersonRole, func.coalesce(Municipality.name, enterprises.c.name, ""))
        .outerjoin(Municipality, Municipality.id == PersonRole.municipality_id)
        .outerjoin(enterprises, enterprises.c.id == PersonRole.enterprise_id)
        .order_by(PersonRole.id)
    )
    held: dict[int, list[Held]] = {}
    for role, place in rows:
        held.setdefault(role.person_id, []).append(Held(role.id, Role(role.role), place))
    query = select(Person).where(Person.is_system.is_(False))
    people = session.scalars(query.order_by(Person.name, Person.id))
    return [(person, held.get(person.id, [])) for person in people]


def list_municipalities(session: Session) -> list[Municipality]:
    """List all municipalities by name."""
    return list(session.scalars(select(Municipality).order_by(Municipality.name)))


def hash_of(token: str) -> str:
    """Return what is kept of a secret, so that reading the database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache  # asked by every request: to write the statement takes longer than to answer it
def _holder() -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    enterprises = enterprises_table()
    used_at = last_used()
    return (
        select(
            SignIn.id,
            used_at.label("used_at"),
            SignIn.device,
            Person.id.label("person_id"),
            *(Person.name, Person.email, Person.locale),
            PersonRole.id.label("role_id"),
            *(PersonRole.role, PersonRole.toured_at),
            *(PersonRole.municipality_id, PersonRole.enterprise_id),
            Municipality.name.label("municipality"),
            enterprises.c.name.label("enterprise"),
        )
        .select_from(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(
            PersonRole, and_(PersonRole.id == SignIn.role_id, PersonRole.person_id == Person.id)
        )
        .outerjoin(Municipality, Municipality.id == PersonRole.municipality_id)
        .outerjoin(enterprises, enterprises.c.id == PersonRole.enterprise_id)
        .where(SignIn.token_hash == bindparam("token_hash"), SignIn.expires_at > bindparam("now"))
        .where(Person.disabled_at.is_(None), used_at > bindparam("since"))
    )


def last_used() -> ColumnElement[datetime]:
    """Return when a session was last noted to be used; one of an older version, when it began."""
    return func.coalesce(SignIn.used_at, SignIn.created_at)


def enterprises_table() -> Table:
    """Return the table of the feature after this one: only names are read from it."""
    return Base.metadata.tables["catalogue_enterprises"]
