"""Who at a provider is which person here, and which roles the provider gives and takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.text import DEFAULT_LOCALE
from catalogue.core.who import Role

from . import outside_rules as rules
from . import service
from .models import Person, PersonRole
from .outside_models import IdentityProvider, OutsideIdentity
from .outside_rules import Gain, Refusal, Told
from .service import Newcomer

INSTITUTIONS = "person.institutions"  # work: she orders for institutions that her provider names


def find(
    session: Session, provider: IdentityProvider, issuer: str, subject: str
) -> OutsideIdentity | None:
    """Return who somebody at the provider is here, if she was here before."""
    query = select(OutsideIdentity).where(
        OutsideIdentity.provider_id == provider.id,
        OutsideIdentity.issuer == issuer,
        OutsideIdentity.subject == subject,
    )
    return session.scalars(query).first()


def link(
    session: Session, provider: IdentityProvider, issuer: str, told: Told, now: datetime
) -> OutsideIdentity | Refusal:
    """Join somebody at the provider to the person with her mail address, or to a new one."""
    if not rules.is_vouched(told, provider.vouches_for_email):
        return Refusal.NO_EMAIL
    query = select(Person).where(Person.email_folded == told.email.casefold())
    person = session.scalars(query).first()
    if person is not None:
        held = select(PersonRole.municipality_id).where(PersonRole.person_id == person.id)
        if not rules.may_link(session.scalars(held), provider.municipality_id):
            return Refusal.EMAIL_TAKEN
    elif not provider.may_create:
        return Refusal.UNKNOWN
    else:
        person = _create(session, provider, told, now)
    made = OutsideIdentity(
        provider_id=provider.id, issuer=issuer, subject=told.subject, person_id=person.id,
        roles=[], institutions=[], created_at=now, last_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "outside.linked", ("person", person.id), person_id=person.id, now=now,
        facts=audit.changes({}, {"issuer": issuer}), municipality_id=provider.municipality_id,
    )  # fmt: skip
    return made


def settle(
    session: Session, provider: IdentityProvider, identity: OutsideIdentity, gain: Gain,
    now: datetime,
) -> None:  # fmt: skip
    """Give her the roles that the provider gives now, and take away those it gave before.

    Roles that somebody here gave her are not the provider's to take.
    """
    home, person_id = provider.municipality_id, identity.person_id
    query = select(PersonRole).where(
        PersonRole.person_id == person_id, PersonRole.municipality_id == home
    )
    held = {Role(each.role): each for each in session.scalars(query)}
    before = _names_of(session, provider, person_id)
    given = {Role(role) for each in before for role in each.roles}
    wanted = set(gain.roles)
    for role in rules.ROLES:
        if role in given - wanted and role in held:
            service.withdraw(session, held[role], now)
        if role in wanted - held.keys():
            service.grant(session, person_id, role, municipality_id=home, now=now)
    session.flush()
    now_given = (given & wanted) | (wanted - held.keys())
    for each in before:
        each.roles = []
    identity.roles = [role for role in rules.ROLES if role in now_given]
    if new := [each for each in gain.institutions if each not in identity.institutions]:
        facts = {"person_id": person_id, "municipality_id": home, "glns": new}
        jobs.put(session, INSTITUTIONS, facts, now=now)
    identity.institutions = list(gain.institutions)


def _names_of(
    session: Session, provider: IdentityProvider, person_id: int
) -> Sequence[OutsideIdentity]:
    """List all that a provider has called a person by: who is registered there anew, or at its
    follower, is called otherwise, and what was given her under the old name is still its to take.
    """
    query = select(OutsideIdentity).where(
        OutsideIdentity.provider_id == provider.id, OutsideIdentity.person_id == person_id
    )
    return session.scalars(query).all()


def _create(session: Session, provider: IdentityProvider, told: Told, now: datetime) -> Person:
    """Make a person who signs in at the provider alone: no password is hers."""
    return service.write_person(
        session, Newcomer(told.name, told.email, ""), now,
        municipality_id=provider.municipality_id,
        facts={"locale": DEFAULT_LOCALE, "issuer": provider.issuer},
    )  # fmt: skip
