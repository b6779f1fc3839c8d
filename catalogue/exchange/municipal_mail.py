"""Where mail to a municipality goes that must find a reader, though it has named no contact."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.core.who import Role


def find_address(session: Session, municipality_id: int) -> str | None:
    """Return the address of the municipality's contact, else of the first of its staff."""
    place = session.get_one(Municipality, municipality_id)
    return place.contact_email or session.scalar(
        select(Person.email)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.STAFF, PersonRole.municipality_id == municipality_id)
        .where(Person.disabled_at.is_(None))
        .order_by(PersonRole.id)
        .limit(1)
    )
