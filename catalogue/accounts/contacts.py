"""Whom to ask at a municipality: who stands there, else one of its staff. Shown at each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from catalogue.core import audit
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
    shops = enterprises_table()
    reviewer = select(shops.c.reviewer_id).where(shops.c.id == who.enterprise_id)
    place = who.municipality_id or reviewer.scalar_subquery()
    works_there = and_(PersonRole.municipality_id == Municipality.id, PersonRole.role == Role.STAFF)
    can_answer = and_(
        Person.id == PersonRole.person_id, Person.disabled_at.is_(None), Person.is_system.is_(False)
    )
    row = session.execute(
        select(Municipality, Person.name, Person.email)
        .outerjoin(PersonRole, works_there)
        .outerjoin(Person, can_answer)
        .where(Municipality.id == place)
        .order_by(Person.id.is_(None), PersonRole.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    at, name, email = row
    if at.contact_email:
        return Contact(at.contact_name or at.contact_email, at.contact_email, at.name)
    return Contact(name, email, at.name) if email else None


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
