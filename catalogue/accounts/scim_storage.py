"""Where SCIM reads and writes the persons of one municipality, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scim2_models import (
    ConflictException,
    Meta,
    MutabilityException,
    NotFoundException,
    PreconditionFailedException,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
)
from scim2_models.path import Comparison
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from catalogue.core.errors import CatalogueError, Missing
from catalogue.core.ids import LARGEST_ID, is_id
from catalogue.core.who import Role, Who

from . import directory
from . import directory_rules as rules
from .directory import NotYours, Taken
from .directory_models import Membership
from .models import Person, PersonRole
from .scim_shapes import User, fill, held_roles, read_entry


@dataclass(frozen=True)
class _Row:
    """A person as the database has her."""

    person: Person
    membership: Membership | None
    roles: list[Role]


class Versioned(ScimStorage):
    """A storage whose resources are changed by whoever saw their present version."""

    def check(self, resource_type: ResourceType, id_: str, version: str | None) -> None:
        """Raise PreconditionFailedException where a version is asked for that is no more."""
        present = self.get(resource_type, id_).meta
        if version is not None and present is not None and present.version != version:
            raise PreconditionFailedException


class Persons(Versioned):
    """The persons of the municipality of `by`, as its directory sees them."""

    def __init__(self, session: Session, by: Who, now: datetime) -> None:
        self.session, self.by, self.now = session, by, now

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> User:
        """Return a person. Two queries."""
        rows = self._load(Person.id == int(resource_id)) if is_id(resource_id) else []
        if not rows:
            raise NotFoundException(detail=f"User {resource_id} not found")
        return _user(rows[0])

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Return a page of those that a filter finds, by number unless sorted otherwise."""
        filter_, start = search_request.filter, search_request.start_index_0 or 0
        count = search_request.count
        start = min(start, LARGEST_ID)  # no database skips or counts more
        count = None if count is None else min(count, LARGEST_ID)
        if filter_ is None and search_request.sort_by is None:
            total = self.session.scalar(select(func.count()).where(self._ours())) or 0
            rows = self._load(None, start, count)
            return SearchPage(total, [*map(_user, rows)])
        found: list[Any] = [
            _user(each) for each in self._load(_narrowed(filter_.ast if filter_ else None))
        ]
        return page_of(found, search_request)

    def create(self, resource_type: ResourceType, resource: Any) -> User:
        """Take a person on."""
        entry = read_entry(resource)
        with refusals_told():
            person_id = directory.join(self.session, self.by, entry, self.now)
        return self.get(resource_type, str(person_id))

    def update(
        self, resource_type: ResourceType, resource: Any, *, expected_version: str | None = None
    ) -> User:
        """Write a person anew."""
        self.check(resource_type, resource.id, expected_version)
        entry = read_entry(resource)
        with refusals_told():
            directory.amend(self.session, self.by, int(resource.id), entry, self.now)
        return self.get(resource_type, resource.id)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Close a person, and show her to the directory no more."""
        self.check(resource_type, resource_id, expected_version)
        with refusals_told():
            directory.release(self.session, self.by, int(resource_id), self.now)

    def known(self, person_ids: Sequence[int]) -> set[int]:
        """Return those of the numbers that are persons of the municipality. One query."""
        query = select(Person.id).where(Person.id.in_(person_ids), self._ours())
        return set(self.session.scalars(query))

    def _load(
        self, narrowed: ColumnElement[bool] | None, start: int = 0, count: int | None = None
    ) -> list[_Row]:
        query = (
            select(Person, Membership)
            .outerjoin(
                Membership,
                and_(
                    Membership.person_id == Person.id,
                    Membership.municipality_id == self.by.municipality_id,
                ),
            )
            .where(self._ours())
            .order_by(Person.id)
            .execution_options(populate_existing=True)
        )
        if narrowed is not None:
            query = query.where(narrowed)
        self.session.flush()
        rows = self.session.execute(query.offset(start).limit(count)).all()
        held = self._roles([person.id for person, _kept in rows])
        return [_Row(person, kept, held.get(person.id, [])) for person, kept in rows]

    def _ours(self) -> ColumnElement[bool]:
        place = self.by.municipality_id
        holding: Select[Any] = select(PersonRole.person_id).where(
            PersonRole.municipality_id == place
        )
        kept = select(Membership.person_id).where(
            Membership.municipality_id == place, Membership.user_name.is_not(None)
        )
        ours = or_(Person.id.in_(holding), Person.id.in_(kept))
        return and_(Person.is_system.is_(False), ours)

    def _roles(self, person_ids: Sequence[int]) -> dict[int, list[Role]]:
        query = select(PersonRole.person_id, PersonRole.role).where(
            PersonRole.municipality_id == self.by.municipality_id,
            PersonRole.person_id.in_(person_ids),
        )
        held: dict[int, list[Role]] = {}
        for person_id, role in self.session.execute(query):
            held.setdefault(person_id, []).append(Role(role))
        return {person_id: rules.in_order(roles) for person_id, roles in held.items()}


def page_of(found: list[Any], asked: SearchRequest[Any]) -> SearchPage:
    """Return the page that is asked for of what a filter finds."""
    if asked.filter is not None:
        found = [each for each in found if asked.filter.match(each)]
    if asked.sort_by is not None:
        found = asked.sort(found)
    start, count = asked.start_index_0 or 0, asked.count
    return SearchPage(len(found), found[start : None if count is None else start + count])


def _narrowed(node: Any) -> ColumnElement[bool] | None:
    """Return a condition that what directories ask each time is found by, without reading all."""
    if not isinstance(node, Comparison) or node.op != "eq" or not isinstance(node.value, str):
        return None
    folded, name = node.value.casefold(), str(node.attr_path).rsplit(":", 1)[-1].casefold()
    if name == "username":
        return or_(
            Membership.user_name_folded == folded,
            and_(Membership.user_name.is_(None), Person.email_folded == folded),
        )
    if name == "externalid":
        return Membership.external_id == node.value
    if name == "id":
        return Person.id == (int(node.value) if is_id(node.value) else 0)
    return None


def _user(row: _Row) -> User:
    person, kept = row.person, row.membership
    listed = kept is not None and kept.user_name is not None
    user = User(id=str(person.id), user_name=kept.user_name if kept and listed else person.email)
    fill(user, kept.said if kept and listed else {}, person.email, person.name)
    user.external_id = kept.external_id if kept else None
    user.active = person.disabled_at is None and (kept.active if kept and listed else True)
    if user.active:
        user.roles = held_roles(user.roles, row.roles)
    user.meta = Meta(
        resource_type="User",
        created=kept.created_at if kept else person.created_at,
        last_modified=kept.changed_at if kept else person.created_at,
        version=_version(user),
    )
    return user


def _version(user: User) -> str:
    """Return the ETag of a person as she is told: roles may be given to her otherwise too."""
    text = json.dumps(user.model_dump(), sort_keys=True, default=str)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what the block refuses as SCIM tells it."""
    try:
        yield
    except CatalogueError as error:
        raise _told(error) from error


def _told(error: CatalogueError) -> Exception:
    """Return a refusal as SCIM tells it."""
    detail = str(error.detail or error.title)
    if isinstance(error, Taken):
        return UniquenessException(detail=detail)
    if isinstance(error, NotYours):
        return MutabilityException(detail=detail)
    if isinstance(error, Missing):
        return NotFoundException(detail=detail)
    return ConflictException(detail=detail)
