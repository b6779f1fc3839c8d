"""Whom to ask at a municipality: who stands there, else one of its staff. Shown at each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.db import ask
from catalogue.core.errors import NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .models import Municipality, Person, PersonRole
from .queries import enterprises_table


@dataclass(frozen=True)
class Contact:
    """Somebody who answers for a municipality."""

    name: str
    email: str
    municipality_name: str


def find_contact(session: Session, who: Who) -> Contact | None:
    """Return whom `who` asks: at her municipality, or at the one that reviews her enterprise.

    Who is named by the municipality, else its longest-standing staff. One query.
    """
    asked = {"municipality_id": who.municipality_id, "enterprise_id": who.enterprise_id}
    query = _answering_for_reviewed() if who.municipality_id is None else _answering_at_home()
    row = ask(session, query, asked).first()
    if row is None:
        return None
    if row.contact_email:
        name = row.contact_name or row.contact_email
        return Contact(name, row.contact_email, row.municipality)
    return Contact(row.name, row.email, row.municipality) if row.email else None


# Asked by each page that refuses something: to write these takes longer than to answer them.
@cache
def _answering_at_home() -> Any:
    return _answering().where(Municipality.id == bindparam("municipality_id"))


@cache
def _answering_for_reviewed() -> Any:
    shops = enterprises_table()
    reviewer = select(shops.c.reviewer_id).where(shops.c.id == bindparam("enterprise_id"))
    return _answering().where(Municipality.id == reviewer.scalar_subquery())


def _answering() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of these rows differently
    works_there = and_(PersonRole.municipality_id == Municipality.id, PersonRole.role == Role.STAFF)
    can_answer = and_(
        Person.id == PersonRole.person_id, Person.disabled_at.is_(None), Person.is_system.is_(False)
    )
    return (
        select(
            Municipality.name.label("municipality"), Municipality.contact_name,
            Municipality.contact_email, Person.name, Person.email,
        )
        .outerjoin(PersonRole, works_there)
        .outerjoin(Person, can_answer)
        .order_by(Person.id.is_(None), PersonRole.id)
        .limit(1)
    )  # fmt: skip


def name_contact(
    session: Session, who: Who, name: str | None, email: str | None, now: datetime
) -> None:
    """Say whom people of one's municipality ask; without an address, one of its staff again."""
    if who.role != Role.STAFF or who.municipality_id is None:
        raise NotAllowed(_("Only staff of a municipality say whom its people ask."))
    own = session.get_one(Municipality, who.municipality_id)
    own.contact_name, own.contact_email = (name or None) if email else None, email or None
    facts = {"before": {}, "after": {}, "untold": ["contact"]}  # of a person
    audit.record(
        session, "municipality.contact_named", ("municipality", own.id), person_id=who.person_id,
        now=now, facts=facts, municipality_id=own.id,
    )  # fmt: skip
