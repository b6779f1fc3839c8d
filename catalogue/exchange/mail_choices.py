"""Who will be without which optional mail: by the link in each, or on a page of one's own.

A choice belongs to an address and a kind, for many addresses are no person's: those of enterprises,
municipalities and contact persons. The token is made of both with the secret of the installation,
so it can be written into a letter before anything is stored, and says nothing of whose it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import audit
from catalogue.core.db import insert_for
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from .mail_kinds import BY_NAME, Kind, optional_for
from .mail_models import FailingAddress, MailChoice


@dataclass(frozen=True)
class Line:
    """An optional kind at one address, and whether it is wanted there."""

    kind: Kind
    wanted: bool


@dataclass(frozen=True)
class Box:
    """An address whose mail a person may choose: her own, or the one she shares with others."""

    name: str  # of the field of its form
    address: str
    shared: bool
    lines: list[Line]
    failing: FailingAddress | None


def token_of(secret: str, kind: Kind, address: str) -> str:
    """Return the token of the link that stops a kind of mail to an address."""
    said = f"unsubscribe\n{kind.name}\n{address.casefold()}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def remember(session: Session, kind: Kind, address: str, token: str) -> MailChoice:
    """Return the choice of an address about a kind, made when it gets its first such mail."""
    own = (MailChoice.address_folded == address.casefold(), MailChoice.kind == kind.name)
    found = session.scalars(select(MailChoice).where(*own)).first()
    if found is None:  # another may write it in this moment, about another letter to that address
        new = {"address_folded": address.casefold(), "kind": kind.name, "token": token}
        adding = insert_for(session, MailChoice).values(**new)
        session.execute(adding.on_conflict_do_nothing())
        found = session.scalars(select(MailChoice).where(*own)).one()
    found.token = token  # an installation may get another secret
    return found


def get(session: Session, token: str) -> MailChoice:
    """Return the choice of a link; raises Missing for a token that we did not make."""
    found = session.scalars(select(MailChoice).where(MailChoice.token == token)).first()
    if found is None:
        raise Missing(_("The link is not whole. Copy all of it from the mail."))
    return found


def refuse(session: Session, choice: MailChoice, now: datetime, person_id: int | None) -> None:
    """Send no more mail of that kind to that address; once more changes nothing."""
    if choice.refused_at is None:
        choice.refused_at = now
        _note(session, choice, "mail.stopped", now, person_id)


def want(session: Session, choice: MailChoice, now: datetime, person_id: int | None) -> None:
    """Send mail of that kind to that address again."""
    if choice.refused_at is not None:
        choice.refused_at = None
        _note(session, choice, "mail.wanted", now, person_id)


def list_boxes(session: Session, who: Who) -> list[Box]:
    """List the addresses whose mail `who` may choose in her role, her own first. Three queries."""
    shared = _shared_address(session, who)
    addresses = [who.email]
    if shared and shared.casefold() != who.email.casefold():
        addresses.append(shared)
    folded = [each.casefold() for each in addresses]
    rows = session.scalars(select(MailChoice).where(MailChoice.address_folded.in_(folded)))
    refused = {(each.address_folded, each.kind) for each in rows if each.refused_at}
    failing = find_failing(session, folded)
    names = ("own", "shared")
    return [
        Box(
            name,
            address,
            name == "shared",
            [
                Line(kind, (address.casefold(), kind.name) not in refused)
                for kind in optional_for(who.role)
            ],
            failing.get(address.casefold()),
        )
        for name, address in zip(names, addresses, strict=False)
    ]


def choose(
    session: Session,
    who: Who,
    wanted: Mapping[str, Iterable[str]],
    *,
    secret: str,
    now: datetime,
) -> None:
    """Write which kinds are wanted at each of the person's addresses, by the names of its boxes."""
    for box in list_boxes(session, who):
        for line in box.lines:
            wants = line.kind.name in wanted.get(box.name, ())
            if wants == line.wanted:
                continue
            token = token_of(secret, line.kind, box.address)
            choice = remember(session, line.kind, box.address, token)
            (want if wants else refuse)(session, choice, now, who.person_id)


def find_failing(session: Session, folded: Iterable[str]) -> dict[str, FailingAddress]:
    """Return those of the addresses that fail, by their folded form."""
    query = select(FailingAddress).where(FailingAddress.address_folded.in_(list(folded)))
    return {each.address_folded: each for each in session.scalars(query)}


def mend(session: Session, who: Who, failing_id: int, now: datetime) -> None:
    """Write to an address again that failed; raises Missing unless it is hers or her place's."""
    for box in list_boxes(session, who):
        if box.failing is not None and box.failing.id == failing_id:
            note_mended(session, who, box.failing, now)
            return
    raise Missing(_("There is no such address."))


def note_mended(session: Session, who: Who, found: FailingAddress, now: datetime) -> None:
    """Take an address off those that fail, with its trace in the audit."""
    session.delete(found)
    audit.record(
        session,
        "mail.mended",
        ("mail_address", found.id),
        person_id=who.person_id,
        now=now,
        facts=audit.changes({"mail_status": found.status}, {}),
        municipality_id=who.municipality_id,
    )


def _note(
    session: Session, choice: MailChoice, action: str, now: datetime, person_id: int | None
) -> None:
    """Leave an event: an address may be shared. Whose it is stays out of it."""
    stopped = action == "mail.stopped"
    audit.record(
        session,
        action,
        ("mail_choice", choice.id),
        person_id=person_id,
        now=now,
        facts=audit.changes({"wanted_mail": stopped}, {"wanted_mail": not stopped})
        | {"mail_kind": str(BY_NAME[choice.kind].name)},
    )


def _shared_address(session: Session, who: Who) -> str | None:
    if who.role == Role.STAFF:
        query = select(Municipality.contact_email).where(Municipality.id == who.municipality_id)
        return session.scalar(query)
    if who.role == Role.ENTERPRISE:
        return session.scalar(select(Enterprise.email).where(Enterprise.id == who.enterprise_id))
    return None
