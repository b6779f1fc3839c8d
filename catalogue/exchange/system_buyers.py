"""The buyer that a purchasing system acts as: nobody who can sign in, with the role of a buyer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.accounts import passwords
from catalogue.accounts.models import Person
from catalogue.accounts.service import grant
from catalogue.core.who import Role, Who


def make(session: Session, who: Who, called: tuple[str, str], key: str, now: datetime) -> int:
    """Make the buyer of a system of the municipality of `who` and return its id.

    `called`: its name, and the address that news of its orders go to; `key` tells it from others.
    """
    name, email = called
    person = Person(
        email=email,
        email_folded=key,
        name=name,
        password_hash=passwords.NONE,
        is_system=True,
        created_at=now,
    )
    session.add(person)
    session.flush()
    place = who.municipality_id
    grant(session, person.id, Role.BUYER, municipality_id=place, now=now, by=who.person_id)
    return person.id
