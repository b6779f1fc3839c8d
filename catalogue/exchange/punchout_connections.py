"""Connections to purchasing systems: set up, changed and closed by staff, secrets shown once."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.accounts.queries import hash_of
from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Role, Who

from . import punchout_rules as rules
from . import system_buyers
from .punchout_models import PunchOutConnection, PunchOutSecret, PunchOutSession
from .punchout_schema import Terms

SESSIONS_SHOWN = 50


@dataclass(frozen=True)
class Connected:
    """A connection with the secrets that hold now and its newest sessions."""

    connection: PunchOutConnection
    secrets: Sequence[PunchOutSecret]
    sessions: Sequence[PunchOutSession]


@dataclass(frozen=True)
class Listed:
    """A connection in the list, with how often it was used and when last."""

    connection: PunchOutConnection
    session_count: int
    last_at: datetime | None


def create(session: Session, who: Who, terms: Terms, now: datetime) -> tuple[int, str]:
    """Set a connection up; return its id and its first secret, which is kept nowhere."""
    key = secrets.token_hex(8)
    called = terms.name, terms.contact_email
    made = PunchOutConnection(
        **asdict(terms),
        municipality_id=who.municipality_id,
        person_id=system_buyers.make(session, who, called, f"punchout:{key}", now),
        key=key,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _record(session, who, made, "created", audit.changes({}, _told(terms)), now)
    return made.id, _give_secret(session, made, now)


def amend(session: Session, who: Who, connection_id: int, terms: Terms, now: datetime) -> None:
    """Change what is said of a connection; sessions that are open go on by what is said now."""
    connection = get_open(session, who, connection_id)
    before = _told(connection)
    for name, value in asdict(terms).items():
        setattr(connection, name, value)
    person = session.get_one(Person, connection.person_id)
    person.name, person.email = terms.name, terms.contact_email
    _record(session, who, connection, "amended", audit.changes(before, _told(terms)), now)


def rotate(session: Session, who: Who, connection_id: int, now: datetime) -> str:
    """Give a new secret and return it; the present one holds for some days more, older ones end."""
    connection = get_open(session, who, connection_id)
    held = list_secrets(session, connection.id, now)
    for each in held:
        ends = rules.overlap_ends(now) if each is held[0] else now
        each.expires_at = min(each.expires_at or ends, ends)
    facts = audit.changes({}, {"secret_until": rules.overlap_ends(now).isoformat()})
    _record(session, who, connection, "secret_rotated", facts, now)
    return _give_secret(session, connection, now)


def drop_old_secrets(session: Session, who: Who, connection_id: int, now: datetime) -> None:
    """Let only the newest secret hold from now on."""
    connection = get_open(session, who, connection_id)
    old = list_secrets(session, connection.id, now)[1:]
    for each in old:
        each.expires_at = now
    facts = audit.changes({"secrets": len(old) + 1}, {"secrets": 1})
    _record(session, who, connection, "old_secrets_dropped", facts, now)


def close(session: Session, who: Who, connection_id: int, now: datetime) -> None:
    """Close a connection for good: nothing gets in by it, and its sessions end now."""
    connection = get_open(session, who, connection_id)
    connection.closed_at = now
    for each in list_secrets(session, connection.id, now):
        each.expires_at = now
    _record(session, who, connection, "closed", audit.changes({"open": True}, {"open": False}), now)


def list_own(session: Session, who: Who) -> list[Listed]:
    """List the municipality's connections, the open ones first, by name. One query."""
    used = (
        select(
            PunchOutSession.connection_id,
            func.count().label("sessions"),
            func.max(PunchOutSession.begun_at).label("last_at"),
        )
        .group_by(PunchOutSession.connection_id)
        .subquery()
    )
    query = (
        select(PunchOutConnection, func.coalesce(used.c.sessions, 0), used.c.last_at)
        .outerjoin(used, used.c.connection_id == PunchOutConnection.id)
        .where(PunchOutConnection.municipality_id == who.municipality_id)
        .order_by(PunchOutConnection.closed_at.is_not(None), PunchOutConnection.name)
    )
    return [Listed(*row) for row in session.execute(query)]


def get_own(session: Session, who: Who, connection_id: int) -> PunchOutConnection:
    """Return a connection of the municipality; raises Missing."""
    found = session.get(PunchOutConnection, connection_id)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such connection."))
    return found


def get_open(session: Session, who: Who, connection_id: int) -> PunchOutConnection:
    """Return a connection that is not closed, for who changes it; raises Missing, Conflict."""
    found = get_own(session, who, connection_id)
    hold(session, found)
    if found.closed_at is not None:
        raise Conflict(_("The connection is closed. Make a new one."))
    return found


def show(session: Session, who: Who, connection_id: int, now: datetime) -> Connected:
    """Return a connection with its secrets and newest sessions; raises Missing. Three queries."""
    connection = get_own(session, who, connection_id)
    visits = session.scalars(
        select(PunchOutSession)
        .where(PunchOutSession.connection_id == connection.id)
        .order_by(PunchOutSession.begun_at.desc(), PunchOutSession.id.desc())
        .limit(SESSIONS_SHOWN)
    ).all()
    return Connected(connection, list_secrets(session, connection.id, now), visits)


def find_by_key(session: Session, key: str) -> PunchOutConnection | None:
    """Return the open connection with that key in its addresses.

    Nobody counts wrong secrets: they are 192 random bits, and a count would only let strangers
    lock a purchasing system out.
    """
    if not key.isalnum():  # a database may not even bear to be asked
        return None
    query = select(PunchOutConnection).where(PunchOutConnection.key == key)
    return session.scalars(query.where(PunchOutConnection.closed_at.is_(None))).first()


def list_secrets(session: Session, connection_id: int, now: datetime) -> list[PunchOutSecret]:
    """List the secrets that hold now, the newest first."""
    query = select(PunchOutSecret).where(
        PunchOutSecret.connection_id == connection_id,
        or_(PunchOutSecret.expires_at.is_(None), PunchOutSecret.expires_at > now),
    )
    return list(session.scalars(query.order_by(PunchOutSecret.id.desc())))


def knows(session: Session, connection: PunchOutConnection, secret: str, now: datetime) -> bool:
    """Tell whether a secret is one of the connection's that hold now."""
    asked = hash_of(secret)
    held = list_secrets(session, connection.id, now)
    return any([hmac.compare_digest(each.secret_hash, asked) for each in held])


def buyer_of(connection: PunchOutConnection, *, session_id: int = 0, order: str = "") -> Who:
    """Return who acts in a session, or by an order sent in: each has a basket of its own."""
    return Who(
        person_id=connection.person_id,
        name=connection.name,
        email=connection.contact_email,
        role=Role.BUYER,
        municipality_id=connection.municipality_id,
        punchout_id=session_id or None,
        basket_key=f"punchout:{session_id}" if session_id else f"order:{order}",
    )


def _give_secret(session: Session, connection: PunchOutConnection, now: datetime) -> str:
    secret = secrets.token_urlsafe(24)
    session.add(
        PunchOutSecret(connection_id=connection.id, secret_hash=hash_of(secret), created_at=now)
    )
    return secret


def _told(said: Terms | PunchOutConnection) -> dict[str, Any]:
    """Return what the audit keeps; the mail address stays on the connection."""
    names = ("name", "kind", "identity", "return_hosts", "frame_origins", "encoding", "gln",
             "news_url")  # fmt: skip
    return {name: getattr(said, name) for name in names}


def _record(
    session: Session, who: Who, connection: PunchOutConnection, deed: str, facts: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        session, f"punchout.{deed}", ("punchout_connection", connection.id),
        person_id=who.person_id, now=now, facts=facts, municipality_id=connection.municipality_id,
    )  # fmt: skip
