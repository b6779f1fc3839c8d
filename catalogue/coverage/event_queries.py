"""Reads of the audit: who may see which events, what fits a search, and what rows are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements.models import Agreement
from catalogue.core.audit import AuditEvent
from catalogue.core.ids import is_id
from catalogue.core.text import COPENHAGEN, fold
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order
from catalogue.products.models import Product
from catalogue.search.models import Demand, KeptSynonym

from .event_rules import Names, references
from .event_schema import Search

Where = Sequence[ColumnElement[bool]]
MOST_FOUND = 200  # persons or objects that a word may stand for
_LABELS: dict[str, tuple[Any, Any]] = {
    "agreement": (Agreement.id, Agreement.number + " " + Agreement.title),
    "demand": (Demand.id, Demand.text),
    "enterprise": (Enterprise.id, Enterprise.name),
    "municipality": (Municipality.id, Municipality.name),
    "order": (Order.id, Order.number),
    "person": (Person.id, Person.name),
    "product": (Product.id, Product.title),
    "word": (KeptSynonym.id, KeptSynonym.word),
}


def conditions(session: Session, who: Who, search: Search) -> Where:
    """Return what events must meet that `who` may read and that fit the search.

    One query each for a person and an object that are searched for by words.
    """
    found = [_visible_to(who)]
    if search.since is not None:
        found.append(AuditEvent.at >= _begin(search.since))
    if search.until is not None:
        found.append(AuditEvent.at < _begin(search.until + timedelta(days=1)))
    if search.action.endswith("."):
        found.append(AuditEvent.action.startswith(search.action, autoescape=True))
    elif search.action:
        found.append(AuditEvent.action == search.action)
    if search.person:
        found.append(AuditEvent.person_id.in_(_find_persons(session, search.person)))
    if search.subject:
        found.append(_about(_find_objects(session, search.subject)))
    if search.about:
        found.append(_about([_object(search.about)]))
    return found


def list_newest(
    session: Session, where: Where, search: Search, limit: int
) -> tuple[list[AuditEvent], bool, bool]:
    """List a page of events, newest first; tell whether there are newer and older ones."""
    query = select(AuditEvent).where(*where).limit(limit + 1)
    if search.newer is not None:
        query = query.where(AuditEvent.id > search.newer).order_by(AuditEvent.id)
        found = list(session.scalars(query))
        return found[:limit][::-1], len(found) > limit, True
    if search.older is not None:
        query = query.where(AuditEvent.id < search.older)
    found = list(session.scalars(query.order_by(AuditEvent.id.desc())))
    return found[:limit], search.older is not None, len(found) > limit


def list_after(session: Session, where: Where, number: int, limit: int) -> list[AuditEvent]:
    """List the next events behind that number, oldest first."""
    query = select(AuditEvent).where(*where, AuditEvent.id > number)
    return list(session.scalars(query.order_by(AuditEvent.id).limit(limit)))


def list_names(session: Session, events: Iterable[AuditEvent]) -> Names:
    """Return what the rows are called that events are about, by, or point at; one query."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        pairs = [(event.object_type, event.object_id), *references(event.facts)]
        pairs += [("person", event.person_id)] if event.person_id else []
        pairs += [("municipality", event.municipality_id)] if event.municipality_id else []
        for kind, number in pairs:
            wanted.setdefault(kind, set()).add(number)
    queries = [
        select(literal(kind).label("kind"), id_.label("id"), label.label("name")).where(
            id_.in_(wanted[kind])
        )
        for kind, (id_, label) in _LABELS.items()
        if kind in wanted
    ]
    if not queries:
        return {}
    return {(kind, id_): name for kind, id_, name in session.execute(union_all(*queries))}


def _visible_to(who: Who) -> ColumnElement[bool]:
    """Return which events `who` may read: staff those of their municipality."""
    if who.role == Role.ADMINISTRATOR:
        return true()
    if who.role == Role.STAFF and who.municipality_id is not None:
        return AuditEvent.municipality_id == who.municipality_id
    return false()


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)


def _find_persons(session: Session, text: str) -> Sequence[int]:
    named = Person.name.icontains(text, autoescape=True)
    query = select(Person.id).where(or_(named, Person.email_folded == text.casefold()))
    return session.scalars(query.order_by(Person.id).limit(MOST_FOUND)).all()


def _find_objects(session: Session, text: str) -> list[tuple[str, int]]:
    """List what a typed number or name stands for, by type and number."""
    queries = [
        select(literal("order"), Order.id).where(Order.number == text),
        select(literal("agreement"), Agreement.id).where(Agreement.number == text),
        select(literal("enterprise"), Enterprise.id).where(
            or_(Enterprise.cvr == text, Enterprise.name_folded == fold(text))
        ),
        select(literal("product"), Product.id).where(
            or_(Product.item_number == text, Product.title == text)
        ),
        select(literal("word"), KeptSynonym.id).where(KeptSynonym.word_folded == fold(text)),
        select(literal("demand"), Demand.id).where(Demand.text == text),
    ]
    rows = session.execute(union_all(*queries).limit(MOST_FOUND))
    return [(found, id_) for found, id_ in rows]


def _object(text: str) -> tuple[str, int]:
    """Read `type:number`; anything else names nothing."""
    kind, _point, number = text.partition(":")
    return kind, int(number) if is_id(number) else -1


def _about(objects: Sequence[tuple[str, int]]) -> ColumnElement[bool]:
    by_kind: dict[str, list[int]] = {}
    for kind, number in objects:
        by_kind.setdefault(kind, []).append(number)
    return or_(
        false(),
        *(
            and_(AuditEvent.object_type == kind, AuditEvent.object_id.in_(numbers))
            for kind, numbers in by_kind.items()
        ),
    )
