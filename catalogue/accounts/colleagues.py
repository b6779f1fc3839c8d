"""What staff see of their municipality's people, who must have a second factor, and resetting it.

Owners of an enterprise reset that of its people, administrators that of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing, NotAllowed
from catalogue.core.listing import Columns, Sought
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import OF_ENTERPRISE, Role, Who

from . import factor_rules as rules
from . import passwords, second_factor, sessions
from .factor_models import FactorRule, SecondFactor
from .factor_rules import COVERED, News, Place, Required
from .models import Person, PersonRole
from .rules import ROLE_NAMES

PER_PAGE = 50
BY_NAME = "navn"
# By the value in the address; the first is what the list begins with.
SORTS: dict[str, tuple[Text, tuple[Any, ...]]] = {
    BY_NAME: (_("Name"), ()),
    "mail": (_("E-mail"), (Person.email_folded,)),
    "uden-totrin": (_("Without two steps first"), (SecondFactor.person_id.is_not(None),)),
}
# Systems and purchasing systems act as persons too; nobody signs in as one.
PERSONS = Person.is_system.is_(False)


@dataclass(frozen=True)
class Colleague:
    """A person of a municipality as its staff read her."""

    person_id: int
    name: str
    email: str
    roles: Sequence[Role]
    has_password: bool
    has_factor: bool
    must_have: bool


COLUMNS: Columns[Colleague] = (
    (_("Name"), lambda each: each.name),
    (_("E-mail"), lambda each: each.email),
    (_("Roles"), lambda each: ", ".join(str(ROLE_NAMES[role]) for role in each.roles)),
    (_("Password here"), lambda each: _("Yes") if each.has_password else _("No")),
    (_("Sign-in in two steps"), lambda each: _("On") if each.has_factor else _("Off")),
)


@dataclass(frozen=True)
class Counts:
    """How many people a municipality has, and how many of them lack the factor they must have."""

    people: int
    lacking: int


def list_people(
    session: Session, who: Who, sought: Sought, required: Required, part: slice
) -> list[Colleague]:
    """List a part of the municipality's people that are sought, in their order. Two queries."""
    _label, order = SORTS[sought.sort or BY_NAME]
    query = (
        select(Person, SecondFactor.person_id.is_not(None))
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(_named(sought.words), Person.id.in_(_holders(who.municipality_id)), PERSONS)
        .order_by(*order, func.lower(Person.name), Person.id)
    )
    rows = session.execute(query.offset(part.start).limit(part.stop - part.start)).all()
    held: dict[int, list[Role]] = {}
    roles = select(PersonRole.person_id, PersonRole.role).where(
        PersonRole.municipality_id == who.municipality_id,
        PersonRole.person_id.in_([person.id for person, _has in rows]),
    )
    for person_id, role in session.execute(roles.order_by(PersonRole.id)):
        held.setdefault(person_id, []).append(Role(role))
    return [
        Colleague(
            person.id, person.name, person.email, held[person.id], passwords.has_one(person), has,
            any(role in COVERED[required] for role in held[person.id]),
        )
        for person, has in rows
    ]  # fmt: skip


def count(session: Session, who: Who, words: str, required: Required) -> Counts:
    """Count the people that `words` find, and those of all who lack what they must have."""
    ours = Person.id.in_(_holders(who.municipality_id))
    found = select(func.count()).where(_named(words), ours, PERSONS)
    owing = _holders(who.municipality_id).where(PersonRole.role.in_(COVERED[required]))
    lacking = select(func.count()).where(
        Person.id.in_(owing), Person.disabled_at.is_(None),
        Person.id.not_in(select(SecondFactor.person_id)), passwords.with_one(),
    )  # fmt: skip
    return Counts(session.scalar(found) or 0, session.scalar(lacking) or 0)


def get_required(session: Session, municipality_id: int | None) -> Required:
    """Return of whom a municipality asks a second factor."""
    found = session.get(FactorRule, municipality_id)
    return Required(found.required) if found else Required.NONE


def require(session: Session, who: Who, required: Required, now: datetime) -> None:
    """Say of whom one's municipality asks a second factor, from their next sign-in on."""
    if who.role != Role.STAFF or who.municipality_id is None:
        raise NotAllowed(_("Only staff of a municipality decide who must sign in in two steps."))
    found = session.get(FactorRule, who.municipality_id, with_for_update=True)
    before = Required(found.required) if found else Required.NONE
    if found is None:
        found = FactorRule(municipality_id=who.municipality_id)
        session.add(found)
    found.required, found.decided_at, found.decided_by = required, now, who.person_id
    if before != required:
        audit.record(
            session, "factor.required", ("municipality", who.municipality_id),
            person_id=who.person_id, now=now, municipality_id=who.municipality_id,
            facts=audit.changes({"must_have": before}, {"must_have": required}),
        )  # fmt: skip


def reset(session: Session, who: Who, person_id: int, now: datetime) -> Person:
    """Take another's second factor out, sign her out everywhere and tell her by mail.

    Raises Missing for whom `who` does not know, NotAllowed for whom she may not, Conflict without
    a factor.
    """
    places = list_places(session, person_id)
    person = session.get(Person, person_id)
    if person is None or not knows(who, places):
        raise Missing(_("There is no such person among yours."))
    if (refusal := rules.refuses_reset(who, person_id, places)) is not None:
        raise NotAllowed(refusal)
    if not second_factor.take_out(session, person_id):
        raise Conflict(_("%(name)s does not sign in in two steps.", name=person.name))
    sessions.end_all(session, person_id)
    facts: dict[str, Any] = audit.changes({"two_steps": True}, {"two_steps": False})
    audit.record(
        session, "factor.reset", ("person", person_id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=who.municipality_id,
    )  # fmt: skip
    second_factor.tell(session, person_id, News.RESET, now, by=who.person_id)
    return person


def list_with_factor(session: Session, person_ids: Sequence[int]) -> set[int]:
    """Return who of the persons signs in in two steps."""
    own = SecondFactor.person_id.in_(person_ids)
    return set(session.scalars(select(SecondFactor.person_id).where(own)))


def knows(who: Who, places: Sequence[Place]) -> bool:
    """Tell whether a person is one of theirs; of all others nothing is said, not even that."""
    if who.role == Role.ADMINISTRATOR:
        return True
    if who.role == Role.STAFF:
        return any(each.municipality_id == who.municipality_id for each in places)
    return any(
        each.role in OF_ENTERPRISE and each.enterprise_id == who.enterprise_id for each in places
    )


def list_places(session: Session, person_id: int) -> list[Place]:
    """List the roles of a person with where she holds them."""
    rows = session.execute(
        select(PersonRole.role, PersonRole.municipality_id, PersonRole.enterprise_id).where(
            PersonRole.person_id == person_id
        )
    )
    return [Place(Role(role), municipality, enterprise) for role, municipality, enterprise in rows]


def _holders(municipality_id: int | None) -> Select[Any]:
    return select(PersonRole.person_id).where(PersonRole.municipality_id == municipality_id)


def _named(words: str) -> ColumnElement[bool]:
    # SQLite folds no Danish letters, so a name is also looked for as it is typed and as written.
    return or_(
        func.lower(Person.name).contains(words.lower(), autoescape=True),
        Person.name.contains(words, autoescape=True),
        Person.name.contains(words.capitalize(), autoescape=True),
        Person.email_folded.contains(words.casefold(), autoescape=True),
    )
