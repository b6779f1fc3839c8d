"""Groups as SCIM tells them, and the storage that has both: persons and groups."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scim2_models import (
    InvalidValueException,
    Meta,
    NotFoundException,
    Reference,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import directory_groups as groups
from .directory_groups import GroupEntry
from .directory_models import DirectoryGroup, GroupMember
from .scim_shapes import LONGEST, Group, Member
from .scim_storage import Persons, Versioned, page_of, refusals_told

PREFIX = "group-"  # an id belongs to one resource of all (RFC 7643, 3.1), also to no person


@dataclass(frozen=True)
class _Row:
    """A group as the database has it, with who is in it, by number."""

    group: DirectoryGroup
    members: list[int]


class Groups(Versioned):
    """The groups of the municipality of `by`, as its directory keeps them."""

    def __init__(self, session: Session, by: Who, now: datetime, persons: Persons) -> None:
        self.session, self.by, self.now, self.persons = session, by, now, persons

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Group:
        """Return a group. Two queries."""
        wanted = _number(resource_id)
        for each in self._load():
            if each.group.id == wanted:
                return _group(each)
        raise NotFoundException(detail=f"Group {resource_id} not found")

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Return a page of those that a filter finds; a municipality has some hundreds at most."""
        found: list[Any] = [_group(each) for each in self._load()]
        return page_of(found, search_request)

    def create(self, resource_type: ResourceType, resource: Any) -> Group:
        """Keep a group."""
        with refusals_told():
            made = groups.create(self.session, self.by, self._entry(resource), self.now)
        return self.get(resource_type, f"{PREFIX}{made}")

    def update(
        self, resource_type: ResourceType, resource: Any, *, expected_version: str | None = None
    ) -> Group:
        """Write a group anew."""
        self.check(resource_type, resource.id, expected_version)
        with refusals_told():
            groups.amend(
                self.session, self.by, _number(resource.id), self._entry(resource), self.now
            )
        return self.get(resource_type, resource.id)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Let a group go."""
        self.check(resource_type, resource_id, expected_version)
        with refusals_told():
            groups.remove(self.session, self.by, _number(resource_id), self.now)

    def _entry(self, sent: Group) -> GroupEntry:
        """Read what a directory says of a group; raises InvalidValueException."""
        name = (sent.display_name or "").strip()
        if not name or max(len(name), len(sent.external_id or "")) > LONGEST:
            text = _("displayName is owed, of at most %(limit)s characters", limit=LONGEST)
            raise InvalidValueException(detail=str(text))
        values = [each.value or "" for each in sent.members or []]
        known = self.persons.known([int(each) for each in values if is_id(each)])
        for each in values:
            if not is_id(each) or int(each) not in known:
                text = _("members knows people of your directory; it does not know %(id)s", id=each)
                raise InvalidValueException(detail=str(text))
        return GroupEntry(name, frozenset(map(int, values)), sent.external_id or None)

    def _load(self) -> list[_Row]:
        own = DirectoryGroup.municipality_id == self.by.municipality_id
        query = select(DirectoryGroup).where(own).order_by(DirectoryGroup.id)
        self.session.flush()
        rows = {each.id: _Row(each, []) for each in self.session.scalars(query)}
        members = self.session.execute(
            select(GroupMember.group_id, GroupMember.person_id)
            .join(DirectoryGroup, DirectoryGroup.id == GroupMember.group_id)
            .where(own)
            .order_by(GroupMember.person_id)
        )
        for group_id, person_id in members:
            rows[group_id].members.append(person_id)
        return list(rows.values())


class Everything(ScimStorage):
    """Persons and groups of one municipality, each by its own storage."""

    def __init__(self, session: Session, by: Who, now: datetime) -> None:
        persons = Persons(session, by, now)
        self.kinds: dict[str, Any] = {"User": persons, "Group": Groups(session, by, now, persons)}

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Any:
        """Return a person or a group."""
        return self._kind(resource_type).get(resource_type, resource_id)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Return a page of persons, of groups, or of both, persons first."""
        if len(resource_types) == 1:
            return self._kind(resource_types[0]).search(resource_types, search_request)  # type: ignore[no-any-return]  # the storages are told apart by name
        whole = search_request.model_copy(update={"count": None, "start_index": None})
        found: list[Any] = []
        for each in resource_types:
            found += self._kind(each).search([each], whole).resources
        start, count = search_request.start_index_0 or 0, search_request.count
        return SearchPage(len(found), found[start : None if count is None else start + count])

    def create(self, resource_type: ResourceType, resource: Any) -> Any:
        """Take a person on, or keep a group."""
        return self._kind(resource_type).create(resource_type, resource)

    def update(
        self, resource_type: ResourceType, resource: Any, *, expected_version: str | None = None
    ) -> Any:
        """Write a person or a group anew."""
        return self._kind(resource_type).update(
            resource_type, resource, expected_version=expected_version
        )

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Let a person or a group go."""
        self._kind(resource_type).delete(
            resource_type, resource_id, expected_version=expected_version
        )

    def _kind(self, resource_type: ResourceType) -> Any:
        return self.kinds[str(resource_type.name)]


def _group(row: _Row) -> Group:
    kept = row.group
    group = Group(id=f"{PREFIX}{kept.id}", display_name=kept.name, external_id=kept.external_id)
    group.members = [_member(each) for each in row.members] or None
    text = json.dumps(group.model_dump(), sort_keys=True, default=str)
    group.meta = Meta(
        resource_type="Group",
        created=kept.created_at,
        last_modified=kept.changed_at,
        version=f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"',
    )
    return group


def _number(resource_id: str) -> int:
    digits = resource_id.removeprefix(PREFIX)
    return int(digits) if digits != resource_id and is_id(digits) else 0


def _member(person_id: int) -> Member:
    return Member(value=str(person_id), ref=Reference(f"Users/{person_id}"), type="User")
