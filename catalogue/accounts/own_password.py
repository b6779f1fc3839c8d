"""Change one's own password, by the old one; who else is signed in as her is out.

A try that fails is counted as one at sign-in, so it is returned and not raised: raising would undo
the row.
"""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import delete
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import password_links, passwords, second_factor, throttling
from .factor_models import HalfSignIn
from .factor_rules import News
from .models import Person, SignIn
from .queries import hash_of
from .second_factor import Gate, Tried


@dataclass(frozen=True)
class Change:
    """The password she has, the one she wants, and the token of the session she stays in."""

    old: str
    new: str
    token: str


def has_one(session: Session, who: Who) -> bool:
    """Tell whether one signs in by a password here."""
    person = session.get(Person, who.person_id)
    return person is not None and passwords.has_one(person)


def change(session: Session, who: Who, wanted: Change, gate: Gate) -> Tried:
    """Change one's password, end one's other sessions and links, and tell it by mail.

    Raises Conflict for whoever has none here, Invalid for the password she has already.
    """
    person = session.get_one(Person, who.person_id, with_for_update=True)
    if not passwords.has_one(person):
        raise Conflict(_("You have no password here: your municipality signs you in."))
    if wanted.new == wanted.old:
        raise Invalid({"password": [_("This is the one you have. Choose another")]})
    subjects = {
        throttling.subject("email", person.email_folded): gate.per_person,
        throttling.subject("address", gate.address): gate.per_address,
    }
    throttling.forget_old(session, gate.now)
    if throttling.is_throttled(session, subjects, gate.now):
        return Tried.TOO_MANY
    if not passwords.matches(person, wanted.old):
        throttling.note_failure(session, subjects, gate.now)
        return Tried.WRONG
    person.password_hash = PasswordHasher().hash(wanted.new)
    _shut_others_out(session, person.id, wanted.token, gate)
    return Tried.RIGHT


def _shut_others_out(session: Session, person_id: int, token: str, gate: Gate) -> None:
    """End whatever the old password opened, and tell of the new one."""
    others = SignIn.token_hash != hash_of(token)
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, others))
    session.execute(delete(HalfSignIn).where(HalfSignIn.person_id == person_id))
    password_links.end(session, person_id, gate.now)
    second_factor.record(session, person_id, "person.password_changed", {}, gate.now)
    second_factor.tell(session, person_id, News.PASSWORD, gate.now)
