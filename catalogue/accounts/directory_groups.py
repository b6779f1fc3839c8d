"""Groups of a municipality's directory: who is in one whose name means a role, holds that role.

Whoever is taken out of a group loses its role, unless another group of hers gives it: a directory
that takes somebody out means it, whoever gave the role first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import directory
from . import directory_rules as rules
from .directory import Taken
from .directory_models import DirectoryGroup, GroupMember, Membership

MOST_GROUPS = 1000


@dataclass(frozen=True)
class GroupEntry:
    """A group as a directory tells it; its members are persons of the municipality."""

    name: str
    members: frozenset[int]
    external_id: str | None = None


def create(session: Session, by: Who, entry: GroupEntry, now: datetime) -> int:
    """Keep a group and give its members their role; return its number. Raises Taken, Conflict."""
    place_id = directory.place_of(by)
    known = select(func.count()).where(DirectoryGroup.municipality_id == place_id)
    if (session.scalar(known) or 0) >= MOST_GROUPS:
        raise Conflict(_("Your directory has too many groups here: %(most)s", most=MOST_GROUPS))
    _refuse_taken(session, place_id, entry, None)
    made = DirectoryGroup(
        municipality_id=place_id, name=entry.name, name_folded=entry.name.casefold(),
        external_id=entry.external_id, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _set_members(session, by, made, entry.members, now)
    _record(session, by, "group_created", made, audit.changes({}, _facts(session, made)), now)
    return made.id


def amend(session: Session, by: Who, group_id: int, entry: GroupEntry, now: datetime) -> None:
    """Write what the directory says of a group now; a new name may mean another role."""
    found = lock(session, by, group_id)
    _refuse_taken(session, found.municipality_id, entry, group_id)
    before = _facts(session, found)
    kept = (found.external_id, members_of(session, found.id))
    was = rules.find_role(found.name)
    found.name, found.name_folded = entry.name, entry.name.casefold()
    found.external_id = entry.external_id
    session.flush()
    if was != rules.find_role(entry.name):
        for person_id in members_of(session, found.id):
            _settle(session, by, person_id, was, now)
    _set_members(session, by, found, entry.members, now)
    after = _facts(session, found)
    if before != after or kept != (found.external_id, members_of(session, found.id)):
        found.changed_at = now
        _record(session, by, "group_changed", found, audit.changes(before, after), now)


def remove(session: Session, by: Who, group_id: int, now: datetime) -> None:
    """Let a group go, and take its role from those who were in it."""
    found = lock(session, by, group_id)
    before = _facts(session, found)
    _set_members(session, by, found, frozenset(), now)
    _record(session, by, "group_deleted", found, audit.changes(before, {}), now)
    session.delete(found)
    session.flush()


def lock(session: Session, by: Who, group_id: int) -> DirectoryGroup:
    """Return a group of the municipality for one writer at a time; raises Missing."""
    own = (
        DirectoryGroup.id == group_id,
        DirectoryGroup.municipality_id == directory.place_of(by),
    )
    found = session.scalars(select(DirectoryGroup).where(*own).with_for_update()).first()
    if found is None:
        raise Missing(_("Your directory has no group of that number."))
    return found


def members_of(session: Session, group_id: int) -> set[int]:
    """Return who is in a group. One query."""
    query = select(GroupMember.person_id).where(GroupMember.group_id == group_id)
    return set(session.scalars(query))


def _set_members(
    session: Session, by: Who, group: DirectoryGroup, wanted: Collection[int], now: datetime
) -> None:
    present = members_of(session, group.id)
    gone, new = present - set(wanted), set(wanted) - present
    if gone:
        of_it = GroupMember.group_id == group.id
        session.execute(delete(GroupMember).where(of_it, GroupMember.person_id.in_(gone)))
    session.add_all(GroupMember(group_id=group.id, person_id=each) for each in sorted(new))
    session.flush()
    for person_id in sorted(gone | new):
        _settle(session, by, person_id, rules.find_role(group.name), now)


def _settle(session: Session, by: Who, person_id: int, touched: Role | None, now: datetime) -> None:
    """Give a person the roles of her groups; take the one touched unless a group gives it."""
    place_id = directory.place_of(by)
    given = directory.roles_of_groups(session, place_id, person_id)
    kept = session.get(Membership, (place_id, person_id))
    if kept is not None and kept.user_name is not None and not kept.active:
        return  # whoever has left holds none; taken on again, she has those of her groups
    held = directory.held_roles(session, place_id, person_id)
    wanted = (held - {touched}) | given
    if wanted != held:
        directory.settle_roles(session, by, person_id, frozenset(wanted), now)


def _refuse_taken(session: Session, place_id: int, entry: GroupEntry, group_id: int | None) -> None:
    query = select(DirectoryGroup.id).where(
        DirectoryGroup.municipality_id == place_id,
        DirectoryGroup.name_folded == entry.name.casefold(),
    )
    if any(each != group_id for each in session.scalars(query)):
        raise Taken(_("Another group of your directory has this displayName."))


def _facts(session: Session, group: DirectoryGroup) -> dict[str, Any]:
    role = rules.find_role(group.name)
    return {
        "name": group.name,
        "role": None if role is None else str(role),
        "members": len(members_of(session, group.id)),
    }


def _record(
    session: Session, by: Who, deed: str, group: DirectoryGroup, facts: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        session, f"directory.{deed}", ("directory_group", group.id), person_id=by.person_id,
        now=now, facts=facts, municipality_id=by.municipality_id,
    )  # fmt: skip
