"""Joiners and leavers: what a municipality's directory does with its people, at once.

Whoever leaves loses her roles there, with the sessions and access keys that hang on them, and her
log-in when she acts nowhere else. What waits for her as an approver is then passed on or decided
by staff, as for any approver who is gone; the orders she made, staff hand over to another buyer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, union_all
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import directory_rules as rules
from . import password_links, service, sessions
from .directory_models import DirectoryGroup, GroupMember, Membership
from .directory_rules import Entry
from .models import Person, PersonRole
from .outside_models import IdentityProvider, OutsideIdentity
from .service import Newcomer


class Taken(Conflict):
    """Another person has that name, number or address."""

    title = _("Somebody else has it already")


class NotYours(Conflict):
    """The person acts elsewhere too, so that this is not the municipality's to change."""

    title = _("The person also acts elsewhere")


def join(session: Session, by: Who, entry: Entry, now: datetime) -> int:
    """Take a person on; return her number. Somebody known by her address is taken on as she is.

    Raises Taken, Conflict when the log-in is closed by others, or is of somebody who acts nowhere:
    she may be about to, and would be the directory's alone, with her address and her password.
    """
    place_id = place_of(by)
    _refuse_taken(session, place_id, entry, None)
    folded = entry.email.casefold()
    query = select(Person).where(Person.email_folded == folded).with_for_update()
    known = session.scalars(query).first()
    person = known or _register(session, by, entry, now)
    found = session.get(Membership, (place_id, person.id))
    if found is not None and found.user_name is not None:
        raise Taken(_("A person with this e-mail address is in your directory already."))
    if person.disabled_at is not None and (found is None or found.active):
        raise Conflict(
            _("The log-in of this address is closed. Ask the administrator of the catalogue.")
        )
    if known is not None and found is None and not _is_somewhere(session, place_id, known.id):
        raise Conflict(
            _("This address has a log-in that acts nowhere now. Send another address of hers.")
        )
    if found is None:
        found = Membership(
            municipality_id=place_id, person_id=person.id, active=False, said={}, created_at=now,
            changed_at=now,
        )  # fmt: skip
        session.add(found)
    _write(session, by, (person, found), entry, now)
    return person.id


def amend(session: Session, by: Who, person_id: int, entry: Entry, now: datetime) -> None:
    """Write what the directory says of one of its people now.

    Raises Missing, Taken, and NotYours for an address that is not the municipality's to change.
    """
    place_id = place_of(by)
    person, found = _lock(session, place_id, person_id, now)
    _refuse_taken(session, place_id, entry, person_id)
    if entry.email.casefold() != person.email_folded:
        _refuse_address(session, place_id, person, entry)
    _write(session, by, (person, found), entry, now)


def close(session: Session, by: Who, person_id: int, now: datetime) -> None:
    """Close a person who is not named any more, as if the directory had said that she has left."""
    person, found = _lock(session, place_of(by), person_id, now)
    _close(session, by, person, now)
    found.active, found.changed_at = False, now
    facts = audit.changes({"active": True}, {"active": False})
    _record(session, by, "directory.left", person_id, facts, now)


def release(session: Session, by: Who, person_id: int, now: datetime) -> None:
    """Let the directory forget a person: she has left, and it does not see her any more."""
    place_id = place_of(by)
    person, found = _lock(session, place_id, person_id, now)
    _close(session, by, person, now)
    found.user_name = found.user_name_folded = found.external_id = None
    found.active, found.said, found.changed_at = False, {}, now
    session.execute(delete(GroupMember).where(GroupMember.person_id == person_id, _of(place_id)))
    _record(session, by, "directory.released", person_id, audit.changes({"active": True}, {}), now)


def has_left(session: Session, place_id: int, person_id: int) -> bool:
    """Tell whether the directory of a municipality says that a person has left it."""
    found = session.get(Membership, (place_id, person_id))
    return found is not None and not found.active


def _write(
    session: Session, by: Who, who: tuple[Person, Membership], entry: Entry, now: datetime
) -> None:
    person, found = who
    changed = _settle_person(session, found.municipality_id, person, entry)
    if "email" in changed:  # the old one may have been another's by mistake
        password_links.end_mailed(session, person.id, now)
    if found.user_name != entry.user_name:
        changed.append("user_name")
    if found.external_id != entry.external_id:
        changed.append("external_id")
    if found.said != entry.said:
        changed.append("said")
    was_active = found.active
    found.user_name, found.user_name_folded = entry.user_name, entry.user_name.casefold()
    found.external_id, found.said = entry.external_id, entry.said
    found.active, found.changed_at = entry.active, now
    if entry.active:
        if not was_active and _is_ours_alone(session, found.municipality_id, person.id):
            person.disabled_at = None  # her directory closed it, so it opens it again
        roles = entry.roles | roles_of_groups(session, found.municipality_id, person.id)
        settle_roles(session, by, person.id, frozenset(roles), now)
    else:
        _close(session, by, person, now)
    session.flush()
    if was_active != entry.active:
        action = "directory.joined" if entry.active else "directory.left"
        facts = audit.changes({"active": was_active}, {"active": entry.active})
        _record(session, by, action, person.id, facts, now)
    elif changed:
        # Which of her facts, not what they are: those stand on her row, where they can go again.
        facts = audit.changes({}, {"what_changed": changed})
        _record(session, by, "directory.changed", person.id, facts, now)


def _settle_person(session: Session, place_id: int, person: Person, entry: Entry) -> list[str]:
    """Write name and address of a person who is the municipality's alone; return what changed."""
    if not _is_ours_alone(session, place_id, person.id):
        return []
    changed = []
    if person.name != entry.name:
        person.name = entry.name
        changed.append("name")
    if person.email != entry.email:
        person.email, person.email_folded = entry.email, entry.email.casefold()
        changed.append("email")
    return changed


def settle_roles(
    session: Session, by: Who, person_id: int, wanted: frozenset[Role], now: datetime
) -> None:
    """Give and take roles in the municipality until she has those that are wanted."""
    place_id = place_of(by)
    held = _held(session, place_id, person_id)
    gone = [row for role, row in held.items() if role not in wanted]
    sessions.end_in(session, [row.id for row in gone])
    for row in gone:
        service.withdraw(session, row, now, by=by.person_id)  # her access keys in it go too
    session.flush()
    for role in rules.in_order(wanted - held.keys()):
        service.grant(session, person_id, role, municipality_id=place_id, now=now, by=by.person_id)


def _close(session: Session, by: Who, person: Person, now: datetime) -> None:
    """End what a person may do for the municipality, and her log-in if she acts nowhere else."""
    alone = _is_ours_alone(session, place_of(by), person.id)
    settle_roles(session, by, person.id, frozenset(), now)
    if alone:
        sessions.end_all(session, person.id)
        person.disabled_at = person.disabled_at or now


def _register(session: Session, by: Who, entry: Entry, now: datetime) -> Person:
    """Write a person who has no password: she signs in where she works, or chooses one later."""
    return service.write_person(
        session, Newcomer(entry.name, entry.email, ""), now, by=by.person_id,
        municipality_id=by.municipality_id, facts={"municipality_id": by.municipality_id},
    )  # fmt: skip


def _lock(
    session: Session, place_id: int, person_id: int, now: datetime
) -> tuple[Person, Membership]:
    """Return a person of the municipality for one writer at a time; raises Missing."""
    person = session.get(Person, person_id, with_for_update=True)
    found = session.get(Membership, (place_id, person_id))
    known = found is not None and found.user_name is not None
    if person is None or person.is_system or not (known or _held(session, place_id, person_id)):
        raise Missing(_("Your directory has no person of that number."))
    if found is None:  # she was here before the directory wrote to her
        found = Membership(
            municipality_id=place_id, person_id=person_id, user_name=person.email,
            user_name_folded=person.email_folded, active=True, said={}, created_at=now,
            changed_at=now,
        )  # fmt: skip
        session.add(found)
    return person, found


def _refuse_taken(session: Session, place_id: int, entry: Entry, person_id: int | None) -> None:
    same = [Membership.user_name_folded == entry.user_name.casefold()]
    if entry.external_id is not None:
        same.append(Membership.external_id == entry.external_id)
    query = select(Membership.person_id).where(Membership.municipality_id == place_id, or_(*same))
    if any(each != person_id for each in session.scalars(query)):
        raise Taken(_("Another person of your directory has this userName or externalId."))


def _refuse_address(session: Session, place_id: int, person: Person, entry: Entry) -> None:
    if not _is_ours_alone(session, place_id, person.id):
        raise NotYours(
            _("The e-mail address cannot be changed here: the person also acts for others.")
        )
    query = select(Person.id).where(Person.email_folded == entry.email.casefold())
    if session.scalar(query) is not None:
        raise Taken(_("Another person has this e-mail address."))


def _is_ours_alone(session: Session, place_id: int, person_id: int) -> bool:
    held = select(PersonRole.municipality_id).where(PersonRole.person_id == person_id)
    # Another directory may have taken her on and say her groups, so her roles, in a moment.
    taken_on = select(Membership.municipality_id).where(
        Membership.person_id == person_id, Membership.active
    )
    places = session.scalars(union_all(held, taken_on)).all()
    return rules.is_ours_alone(places, place_id)


def _is_somewhere(session: Session, place_id: int, person_id: int) -> bool:
    """Tell whether a person holds a role anywhere, or came by the municipality's own provider."""
    here = (
        select(OutsideIdentity.id)
        .join(IdentityProvider, IdentityProvider.id == OutsideIdentity.provider_id)
        .where(IdentityProvider.municipality_id == place_id)
        .where(OutsideIdentity.person_id == person_id)
    )
    held = select(PersonRole.id).where(PersonRole.person_id == person_id)
    return session.scalar(union_all(held, here).limit(1)) is not None


def _held(session: Session, place_id: int, person_id: int) -> dict[Role, PersonRole]:
    query = select(PersonRole).where(
        PersonRole.person_id == person_id, PersonRole.municipality_id == place_id
    )
    return {Role(each.role): each for each in session.scalars(query)}


def place_of(by: Who) -> int:
    """Return the municipality of a directory; raises Missing for one of none."""
    if by.municipality_id is None:
        raise Missing(_("Your directory has no person of that number."))
    return by.municipality_id


def held_roles(session: Session, place_id: int, person_id: int) -> set[Role]:
    """Return the roles that a person holds in the municipality."""
    return set(_held(session, place_id, person_id))


def roles_of_groups(session: Session, place_id: int, person_id: int) -> set[Role]:
    """Return the roles that the names of a person's groups mean. One query."""
    names = session.scalars(
        select(DirectoryGroup.name)
        .join(GroupMember, GroupMember.group_id == DirectoryGroup.id)
        .where(GroupMember.person_id == person_id, DirectoryGroup.municipality_id == place_id)
    )
    return {role for role in map(rules.find_role, names) if role is not None}


def _of(place_id: int) -> ColumnElement[bool]:
    own = select(DirectoryGroup.id).where(DirectoryGroup.municipality_id == place_id)
    return GroupMember.group_id.in_(own)


def _record(
    session: Session, by: Who, action: str, person_id: int, facts: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session, action, ("person", person_id), person_id=by.person_id, now=now, facts=facts,
        municipality_id=by.municipality_id,
    )  # fmt: skip
