"""Who acts for an enterprise: invite, withdraw, accept, take out.

The link of an invitation is made when its mail goes out (`issue`), so that the secret stands in
the mail alone: we keep its hash, and the outbox the number of the invitation.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.db import Base
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import OF_ENTERPRISE, Role, Who

from . import passwords, rules, service
from .models import Invitation, Person, PersonRole
from .outside_models import OutsideIdentity
from .queries import hash_of
from .rules import Stage
from .service import Newcomer

MAIL = "invitation.mail"
MOST_A_DAY = 20  # of an enterprise; the largest have as many people in the catalogue


class NoLonger(Conflict):
    """The invitation was used, withdrawn, or has expired."""

    title = _("The invitation no longer counts")


@dataclass(frozen=True)
class Member:
    """Somebody who acts for an enterprise, and in which role."""

    role_id: int
    role: Role
    person_id: int
    name: str
    email: str
    disabled: bool

    @property
    def decides(self) -> bool:
        """Tell whether she can sign in and decide for the enterprise."""
        return self.role == Role.ENTERPRISE and not self.disabled


@dataclass(frozen=True)
class Opened:
    """An open invitation as the invited person reads it."""

    invitation: Invitation
    enterprise: str
    invited_by: str
    has_log_in: bool  # there is a log-in of that address already


def list_members(session: Session, enterprise_id: int | None) -> list[Member]:
    """List who acts for an enterprise, those who decide first, by name. One query."""
    rows = session.execute(
        select(PersonRole, Person)
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.enterprise_id == enterprise_id)
        .order_by(PersonRole.role, Person.name, PersonRole.id)
    )
    return [
        Member(role.id, Role(role.role), person.id, person.name, person.email,
               person.disabled_at is not None)
        for role, person in rows
    ]  # fmt: skip


def list_waiting(session: Session, enterprise_id: int | None) -> Sequence[Invitation]:
    """List the invitations nobody has used or withdrawn, the newest first; expired ones too."""
    query = select(Invitation).where(
        Invitation.enterprise_id == enterprise_id,
        Invitation.withdrawn_at.is_(None),
        Invitation.accepted_at.is_(None),
    )
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def invite(session: Session, who: Who, email: str, role: Role, now: datetime) -> Invitation:
    """Invite somebody to act for the enterprise of `who`; an older invitation is replaced.

    Raises Invalid when the address holds the role already, or too many were invited of late: each
    invitation is a mail to whomever one names, and whoever applies may invite.
    """
    if who.role != Role.ENTERPRISE or who.enterprise_id is None or role not in OF_ENTERPRISE:
        raise NotAllowed(_("Only those who act for an enterprise can invite to it."))
    members = list_members(session, who.enterprise_id)
    if any(each.email.casefold() == email.casefold() and each.role == role for each in members):
        raise Invalid({"email": [_("This person has the role already")]})
    if _count_since(session, who.enterprise_id, now - timedelta(days=1)) >= MOST_A_DAY:
        text = _("You have invited %(limit)s times in a day. Wait until tomorrow.",
                 limit=MOST_A_DAY)  # fmt: skip
        raise Invalid({"email": [text]})
    for each in list_waiting(session, who.enterprise_id):
        if each.email.casefold() == email.casefold():
            each.withdrawn_at = now
    made = Invitation(
        enterprise_id=who.enterprise_id,
        role=role,
        email=email,
        invited_by=who.person_id,
        created_at=now,
        expires_at=rules.expires(now),
    )
    session.add(made)
    session.flush()
    jobs.put(session, MAIL, {"invitation_id": made.id}, now=now)
    _record(session, made, "invitation.sent", who.person_id, now, audit.changes({}, _told(made)))
    return made


def withdraw(session: Session, who: Who, invitation_id: int, now: datetime) -> None:
    """Take an invitation back: its link opens nothing from now on. Raises Missing, NoLonger."""
    found = session.get(Invitation, invitation_id, with_for_update=True)
    if found is None or found.enterprise_id != who.enterprise_id:
        raise Missing(_("There is no such invitation."))
    if found.accepted_at is not None:
        raise NoLonger(_("It was used already. Take the person out of the list instead."))
    if found.withdrawn_at is None:
        found.withdrawn_at = now
        facts = audit.changes(_told(found), {})
        _record(session, found, "invitation.withdrawn", who.person_id, now, facts)


def issue(session: Session, invitation_id: int, now: datetime) -> tuple[Opened, str] | None:
    """Make the link of an invitation that is to be mailed; return it with its secret.

    None when it went out or no longer counts. An earlier link of it, whose mail did not go out,
    opens nothing any more.
    """
    found = session.get(Invitation, invitation_id, with_for_update=True)
    if found is None or found.sent_at is not None or stage_of(found, now) != Stage.OPEN:
        return None
    token = secrets.token_urlsafe(32)
    found.token_hash = hash_of(token)
    return _opened(session, found), token


def mark_sent(session: Session, invitation_id: int, now: datetime) -> None:
    """Write that the mail went out, so that it never goes twice."""
    session.get_one(Invitation, invitation_id).sent_at = now


def open_(session: Session, token: str, now: datetime) -> Opened:
    """Return the invitation of a link, and write nothing; raises Missing, NoLonger."""
    query = select(Invitation).where(Invitation.token_hash == hash_of(token))
    return _opened(session, _still_open(session.scalars(query).first(), now))


def accept_as_new(
    session: Session, token: str, name: str, password: str, now: datetime
) -> Invitation:
    """Register the invited person under the address that was invited, and give her the role.

    Raises Missing, NoLonger, and Invalid when the address has a log-in: then she signs in.
    """
    found = _lock(session, token, now)
    person = service.register_person(session, Newcomer(name, found.email, password), now)
    return _accept(session, found, person.id, now)


def accept_signed_in(session: Session, token: str, who: Who, now: datetime) -> Invitation:
    """Give the role to the signed-in person who was invited.

    Raises NotAllowed for another, and for whom her municipality alone signs in: there she acts for
    it alone, and once she acts elsewhere too, its staff can mail her no link to a password.
    """
    found = _lock(session, token, now)
    if who.person_id is None or who.email.casefold() != found.email.casefold():
        raise NotAllowed(_("The invitation is for another address. Sign in with that one."))
    if _has_no_way_in(session, who.person_id):
        raise NotAllowed(
            _(
                "You need a password here to act for an enterprise. Have the staff of your"
                " municipality mail you a link to choose one, sign in with it, and open the"
                " invitation again."
            )
        )
    return _accept(session, found, who.person_id, now)


def take_out(session: Session, who: Who, role_id: int, now: datetime) -> Member:
    """Take a person out of the enterprise of `who`, at once, also where she is signed in.

    Raises Missing, and Conflict for the last who decides.
    """
    own = select(PersonRole).where(PersonRole.enterprise_id == who.enterprise_id)
    held = {each.id: each for each in session.scalars(own.with_for_update())}
    members = {each.role_id: each for each in list_members(session, who.enterprise_id)}
    if who.enterprise_id is None or role_id not in held:
        raise Missing(_("This person does not act for your enterprise."))
    decide = [each.role_id for each in members.values() if each.decides]
    if not rules.may_take_out(role_id, decide):
        text = _("The last person of an enterprise cannot be taken out. Invite another first.")
        raise Conflict(text)
    member = members[role_id]
    service.withdraw(session, held[role_id], now, by=who.person_id)
    return member


def _has_no_way_in(session: Session, person_id: int) -> bool:
    """Tell whether somebody has no password, and is known by a municipality's provider alone."""
    person = session.get_one(Person, person_id)
    known = select(OutsideIdentity.id).where(OutsideIdentity.person_id == person_id).limit(1)
    return not passwords.has_one(person) and session.scalar(known) is not None


def stage_of(found: Invitation, now: datetime) -> Stage:
    """Tell where an invitation stands."""
    return rules.stage(
        now,
        expires_at=found.expires_at,
        withdrawn_at=found.withdrawn_at,
        accepted_at=found.accepted_at,
    )


def _count_since(session: Session, enterprise_id: int, since: datetime) -> int:
    """Count the invitations of an enterprise, one writer at a time."""
    held = select(PersonRole.id).where(PersonRole.enterprise_id == enterprise_id)
    session.execute(held.order_by(PersonRole.id).with_for_update())
    made = (Invitation.enterprise_id == enterprise_id, Invitation.created_at > since)
    return session.scalar(select(func.count()).where(*made)) or 0


def _lock(session: Session, token: str, now: datetime) -> Invitation:
    """Return the invitation of a link for one person at a time; a link works once."""
    query = select(Invitation).where(Invitation.token_hash == hash_of(token)).with_for_update()
    return _still_open(session.scalars(query).first(), now)


def _still_open(found: Invitation | None, now: datetime) -> Invitation:
    if found is None:
        raise Missing(_("There is no such invitation. Open the link of the newest mail."))
    if stage_of(found, now) != Stage.OPEN:
        raise NoLonger(_("It was used or withdrawn, or is too old. Ask for a new one."))
    return found


def _accept(session: Session, found: Invitation, person_id: int, now: datetime) -> Invitation:
    held = select(PersonRole.id).where(
        PersonRole.person_id == person_id,
        PersonRole.role == found.role,
        PersonRole.enterprise_id == found.enterprise_id,
    )
    if session.scalar(held) is None:
        service.grant(
            session, person_id, Role(found.role), enterprise_id=found.enterprise_id, now=now,
            by=found.invited_by,
        )  # fmt: skip
    before = _told(found) | {"state": Stage.OPEN}
    found.accepted_at, found.accepted_by = now, person_id
    facts = audit.changes(before, _told(found) | {"state": Stage.ACCEPTED})
    _record(session, found, "invitation.accepted", person_id, now, facts)
    return found


def _opened(session: Session, found: Invitation) -> Opened:
    enterprises = Base.metadata.tables["catalogue_enterprises"]
    known = select(Person.id).where(Person.email_folded == found.email.casefold())
    names = select(enterprises.c.name, Person.name).outerjoin(Person, Person.id == found.invited_by)
    enterprise, by = session.execute(names.where(enterprises.c.id == found.enterprise_id)).one()
    return Opened(found, enterprise, by or "", session.scalar(known) is not None)


def _told(found: Invitation) -> dict[str, Any]:
    """Return what the audit keeps; the address stays on the row, where it can be taken out."""
    return {"role": found.role, "enterprise_id": found.enterprise_id}


def _record(
    session: Session,
    found: Invitation,
    action: str,
    person_id: int | None,
    now: datetime,
    facts: dict[str, Any],
) -> None:
    audit.record(
        session, action, ("invitation", found.id), person_id=person_id, now=now, facts=facts
    )
