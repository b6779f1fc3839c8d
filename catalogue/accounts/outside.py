"""Sign-in at the municipality: let somebody in whom its provider vouches for, and end it again.

What the protocol is does not matter here: `Arrival` is what a provider said, checked already.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from catalogue.core import audit

from . import directory, sessions
from . import outside_rules as rules
from . import outside_settling as settling
from .models import Municipality, Person, PersonRole, SignIn
from .outside_models import (
    IdentityProvider,
    OutsideIdentity,
    OutsideMessage,
    OutsideSession,
    OutsideTry,
)
from .outside_rules import Refusal
from .queries import hash_of


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: what goes along to the provider and must come back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Arrival:
    """What a provider says of somebody: its claims, its session, and its sealed proof."""

    issuer: str
    claims: Mapping[str, Any]
    sid: str | None
    id_token: str
    until: datetime | None = None  # when its session ends by itself, if it says so


@dataclass(frozen=True)
class Admitted:
    """How somebody's arrival ended: `token` of her new session, or why there is none."""

    token: str = ""
    refusal: Refusal | None = None


def begin(session: Session, provider_id: int, browser: str, back: str, now: datetime) -> Begun:
    """Begin a sign-in in a browser, known by its secret; `back` is the page it leads to."""
    session.execute(delete(OutsideTry).where(OutsideTry.expires_at <= now))
    begun = Begun(*(secrets.token_urlsafe(length) for length in (32, 32, 64)))
    session.add(
        OutsideTry(
            state_hash=hash_of(begun.state),
            browser_hash=hash_of(browser),
            provider_id=provider_id,
            nonce=begun.nonce,
            verifier=begun.verifier,
            back=back[:2000],
            expires_at=now + rules.TRY_FOR,
        )
    )
    return begun


def take_try(
    session: Session, provider_id: int, state: str, browser: str, now: datetime
) -> OutsideTry | None:
    """Return the sign-in that an answer belongs to, and never again; None: there is none.

    An answer that comes to another browser, or to the address of another provider, has none.
    """
    query = select(OutsideTry).where(OutsideTry.state_hash == hash_of(state))
    found = session.scalars(query.with_for_update()).first()
    if found is None:
        return None
    session.delete(found)
    fits = found.browser_hash == hash_of(browser) and found.provider_id == provider_id
    return found if fits and found.expires_at > now else None


def keep_answer(
    session: Session, provider_id: int, state: str, answer: str, now: datetime
) -> str | None:
    """Keep the sealed answer to a sign-in until its browser fetches it; return its new state.

    None: there is no such sign-in under way, or it was answered already.
    """
    query = select(OutsideTry).where(
        OutsideTry.state_hash == hash_of(state),
        OutsideTry.provider_id == provider_id,
        OutsideTry.answer.is_(None),
        OutsideTry.expires_at > now,
    )
    found = session.scalars(query.with_for_update()).first()
    if found is None:
        return None
    renewed = secrets.token_urlsafe(32)
    found.state_hash, found.answer = hash_of(renewed), answer
    return renewed


def admit(
    session: Session, provider_id: int, arrival: Arrival, now: datetime, hours: int
) -> Admitted:
    """Let somebody in, in the roles the mapping gives her now; else tell why not.

    A refusal is returned, not raised: the roles she has lost are taken away all the same.
    """
    provider = _lock(session, provider_id)  # two arrivals of somebody new take turns
    home = provider.municipality_id
    told = rules.read(arrival.claims)
    gain = rules.gain(rules.lines_of(provider.mapping), arrival.claims)
    identity: OutsideIdentity | Refusal | None
    identity = settling.find(session, provider, arrival.issuer, told.subject)
    cvr = session.get_one(Municipality, home).cvr
    if not rules.is_of(provider.cvr_claim, cvr, arrival.claims):
        return _refuse(session, provider, Refusal.OTHER_MUNICIPALITY, now)
    if not gain.roles:
        if identity is not None:
            settling.settle(session, provider, identity, gain, now)
            end(session, OutsideSession.identity_id == identity.id)
        return _refuse(session, provider, Refusal.NO_ROLE, now)
    if identity is None:
        identity = settling.link(session, provider, arrival.issuer, told, now)
    if isinstance(identity, Refusal):
        return _refuse(session, provider, identity, now)
    person = session.get_one(Person, identity.person_id)
    # Whoever acts elsewhere too keeps her log-in when the directory here says that she has left.
    if person.disabled_at is not None or directory.has_left(session, home, person.id):
        return _refuse(session, provider, Refusal.DISABLED, now)
    settling.settle(session, provider, identity, gain, now)
    identity.last_at = now
    until = min(filter(None, (now + timedelta(hours=hours), arrival.until)))
    return Admitted(_open(session, identity, arrival, now, until))


def sign_out(session: Session, token: str) -> tuple[IdentityProvider, str] | None:
    """End the session of `token`; return where else it is to be ended, with its sealed proof."""
    query = (
        select(IdentityProvider, OutsideSession.id_token)
        .join(OutsideIdentity, OutsideIdentity.provider_id == IdentityProvider.id)
        .join(OutsideSession, OutsideSession.identity_id == OutsideIdentity.id)
        .join(SignIn, SignIn.id == OutsideSession.sign_in_id)
        .where(SignIn.token_hash == hash_of(token))
    )
    row = session.execute(query).first()
    session.execute(delete(SignIn).where(SignIn.token_hash == hash_of(token)))
    return None if row is None else (row[0], row[1])


def end_by_provider(
    session: Session, provider: IdentityProvider, subject: str, sid: str, now: datetime
) -> int:
    """End the sessions that a provider says are over; return how many. Empty: any of them."""
    named: list[ColumnElement[bool]] = [OutsideIdentity.provider_id == provider.id]
    if subject:
        named += [OutsideIdentity.subject == subject, OutsideIdentity.issuer == provider.issuer]
    only = [OutsideSession.sid_hash == hash_of(sid)] if sid else []
    people = select(OutsideIdentity.id, OutsideIdentity.person_id).join(OutsideSession)
    ended = 0
    for identity_id, person_id in session.execute(people.where(*named, *only).distinct()).all():
        count = end(session, OutsideSession.identity_id == identity_id, *only)
        ended += count
        audit.record(
            session, "outside.signed_out", ("person", person_id), person_id=None, now=now,
            facts=audit.changes({"sessions": count}, {"sessions": 0}),
            municipality_id=provider.municipality_id,
        )  # fmt: skip
    return ended


def end(session: Session, *which: ColumnElement[bool]) -> int:
    """End the sessions that providers began, of those that are meant; return how many."""
    ids: Sequence[int] = session.scalars(select(OutsideSession.sign_in_id).where(*which)).all()
    session.execute(delete(SignIn).where(SignIn.id.in_(ids)))
    return len(ids)


def is_new(
    session: Session, provider_id: int, message: str, until: datetime, now: datetime
) -> bool:
    """Tell whether a message was never acted on, and remember it until it counts no more."""
    session.execute(delete(OutsideMessage).where(OutsideMessage.expires_at <= now))
    known = select(OutsideMessage.id).where(
        OutsideMessage.provider_id == provider_id, OutsideMessage.message_hash == hash_of(message)
    )
    if session.scalar(known) is not None:
        return False
    session.add(
        OutsideMessage(provider_id=provider_id, message_hash=hash_of(message), expires_at=until)
    )
    return True


def _lock(session: Session, provider_id: int) -> IdentityProvider:
    query = select(IdentityProvider).where(IdentityProvider.id == provider_id)
    return session.scalars(query.with_for_update()).one()


def _refuse(session: Session, provider: IdentityProvider, why: Refusal, now: datetime) -> Admitted:
    audit.record(
        session, "outside.refused", ("identity_provider", provider.id), person_id=None, now=now,
        facts=audit.changes({}, {"refusal": why}), municipality_id=provider.municipality_id,
    )  # fmt: skip
    return Admitted(refusal=why)


def _open(
    session: Session, identity: OutsideIdentity, arrival: Arrival, now: datetime, until: datetime
) -> str:
    """Open her session in the first of her roles in the municipality; return its token."""
    provider = session.get_one(IdentityProvider, identity.provider_id)
    held = select(PersonRole.id, PersonRole.role).where(
        PersonRole.person_id == identity.person_id,
        PersonRole.municipality_id == provider.municipality_id,
    )
    first = min(session.execute(held).all(), key=lambda row: rules.ROLES.index(row.role))
    made, token = sessions.write(session, identity.person_id, first.id, now, until)
    session.add(
        OutsideSession(
            sign_in_id=made.id,
            identity_id=identity.id,
            sid_hash=hash_of(arrival.sid) if arrival.sid else None,
            id_token=arrival.id_token,
        )
    )
    audit.record(
        session, "outside.signed_in", ("person", identity.person_id),
        person_id=identity.person_id, now=now, municipality_id=provider.municipality_id,
        facts=audit.changes({}, {"role": first.role}),
    )  # fmt: skip
    return token
