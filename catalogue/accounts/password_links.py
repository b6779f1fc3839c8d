"""Links by which a person chooses a password: mailed by her staff, used once, by her alone.

Whoever was taken on by a directory or a list has no password; others have forgotten theirs. The
link is made when its mail goes out (`issue`): its secret stands in the mail alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import second_factor, sessions
from .directory_rules import is_ours_alone
from .factor_models import PasswordLink
from .factor_rules import News
from .models import Person, PersonRole
from .queries import hash_of

MAIL = "password.mail"
DAYS = 7


@dataclass(frozen=True)
class Issued:
    """A link that goes out, with its secret."""

    link_id: int
    email: str
    locale: str
    put_by: str
    municipality_id: int | None
    expires_at: datetime
    token: str


def put(session: Session, who: Who, person_id: int, now: datetime) -> Person:
    """Mail a person of one's municipality a link; older ones open nothing any more.

    Raises Missing, and NotAllowed for whoever acts elsewhere too.
    """
    person = session.get(Person, person_id, with_for_update=True)
    places = session.scalars(
        select(PersonRole.municipality_id).where(PersonRole.person_id == person_id)
    ).all()
    if who.role != Role.STAFF or who.municipality_id is None:
        raise NotAllowed(_("Only staff of a municipality mail such links."))
    is_here = person is not None and person.disabled_at is None and not person.is_system
    if person is None or not is_here or who.municipality_id not in places:
        raise Missing(_("There is no such person among yours."))
    if not is_ours_alone(places, who.municipality_id):
        raise NotAllowed(
            _("This person also acts elsewhere. Ask the administrator of the catalogue.")
        )
    end(session, person_id, now)
    made = PasswordLink(
        person_id=person_id, put_by=who.person_id, put_at=now, expires_at=now + timedelta(days=DAYS)
    )
    session.add(made)
    session.flush()
    jobs.put(session, MAIL, {"link_id": made.id}, now=now)
    audit.record(
        session, "person.password_link", ("person", person_id), person_id=who.person_id, now=now,
        municipality_id=who.municipality_id,
    )  # fmt: skip
    return person


def issue(session: Session, link_id: int, now: datetime) -> Issued | None:
    """Make the secret of a link that is to be mailed; None when it went out or counts no more."""
    found = session.get(PasswordLink, link_id, with_for_update=True)
    if found is None or found.sent_at is not None or found.used_at is not None:
        return None
    if found.expires_at <= now:
        return None
    token = secrets.token_urlsafe(32)
    found.token_hash = hash_of(token)
    person = session.get_one(Person, found.person_id)
    by = session.get(Person, found.put_by) if found.put_by else None
    return Issued(
        found.id, person.email, person.locale, by.name if by else "", _home(session, person.id),
        found.expires_at, token,
    )  # fmt: skip


def mark_sent(session: Session, link_id: int, now: datetime) -> None:
    """Write that the mail went out, so that it never goes twice."""
    session.get_one(PasswordLink, link_id).sent_at = now


def open_(session: Session, token: str, now: datetime) -> Person:
    """Return whose link it is, and write nothing; raises Missing, Conflict."""
    return session.get_one(Person, _find(session, token, now).person_id)


def choose(session: Session, token: str, password: str, now: datetime) -> None:
    """Give the person of a link her password, and sign her out wherever she is signed in.

    Raises Missing, Conflict.
    """
    found = _find(session, token, now)
    person = session.get_one(Person, found.person_id, with_for_update=True)
    person.password_hash = PasswordHasher().hash(password)
    end(session, person.id, now)
    sessions.end_all(session, person.id)
    second_factor.tell(session, person.id, News.PASSWORD, now)
    audit.record(
        session, "person.password_chosen", ("person", person.id), person_id=person.id, now=now,
        municipality_id=_home(session, person.id),
    )  # fmt: skip


def _find(session: Session, token: str, now: datetime) -> PasswordLink:
    query = (
        select(PasswordLink)
        .join(Person, Person.id == PasswordLink.person_id)
        .where(PasswordLink.token_hash == hash_of(token), Person.disabled_at.is_(None))
    )
    found = session.scalars(query.with_for_update(of=PasswordLink)).first()
    if found is None:
        raise Missing(_("There is no such link. Open that of the newest mail."))
    if found.used_at is not None or found.expires_at <= now:
        raise Conflict(_("The link was used, or is too old. Ask your staff for a new one."))
    return found


def end(session: Session, person_id: int, now: datetime) -> None:
    """See that the links of a person open nothing any more."""
    own = PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None)
    session.execute(update(PasswordLink).where(*own).values(used_at=now))


def end_mailed(session: Session, person_id: int, now: datetime) -> None:
    """See that links which went out open nothing any more: her address is another now."""
    own = PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None)
    went_out = PasswordLink.sent_at.is_not(None)
    session.execute(update(PasswordLink).where(*own, went_out).values(used_at=now))


def _home(session: Session, person_id: int) -> int | None:
    first = select(PersonRole.municipality_id).where(PersonRole.person_id == person_id)
    return session.scalar(first.order_by(PersonRole.id).limit(1))
