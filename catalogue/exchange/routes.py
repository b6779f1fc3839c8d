"""By which carrier an enterprise or a municipality gets documents of orders, and who sends some."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.core import audit
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import system_buyers
from .route_models import DocumentRoute
from .route_schema import NONE, Route

SYSTEM = _("The municipality's own system")


def find(session: Session, who: Who) -> Route:
    """Return the way of those `who` acts for; by no carrier when they have chosen none."""
    return _said(session.scalars(select(DocumentRoute).where(_own(who))).first())


def choose(session: Session, who: Who, wanted: Route, now: datetime) -> None:
    """Let documents go that way from now on; an enterprise sends no orders.

    A municipality whose system sends orders gets a buyer that it acts as, once.
    """
    if who.role == Role.ENTERPRISE:
        wanted = Route(wanted.carrier, wanted.advanced)
    route = session.scalars(select(DocumentRoute).where(_own(who)).with_for_update()).first()
    before = _said(route)
    if before == wanted:
        return
    if route is None:
        route = DocumentRoute(**_owner(who))
        session.add(route)
    for name, value in asdict(wanted).items():
        setattr(route, name, value)
    route.changed_at = now
    if wanted.contact_email:
        route.person_id = _buyer(session, who, (route.person_id, wanted.contact_email), now)
    kind, owner_id = _subject(who)
    audit.record(
        session, "documents.routed", (kind, owner_id), person_id=who.person_id, now=now,
        facts=audit.changes(_told(before), _told(wanted)),
        municipality_id=_owner(who).get("municipality_id"),
    )  # fmt: skip


def _said(route: DocumentRoute | None) -> Route:
    if route is None:
        return Route()
    return Route(route.carrier or NONE, route.advanced, route.contact_email)


def _told(route: Route) -> dict[str, Any]:
    """Return what the audit keeps; the mail address stays on the route."""
    sends = route.contact_email is not None
    return {"carrier": route.carrier, "advanced": route.advanced, "sends_orders": sends}


def _buyer(session: Session, who: Who, known: tuple[int | None, str], now: datetime) -> int:
    """Return the buyer of the municipality's system, whose news go to that address now."""
    person_id, email = known
    if person_id is None:
        code = session.get_one(Municipality, who.municipality_id).code
        with reading_in(DEFAULT_LOCALE):  # enterprises read it on each order
            called = gettext(SYSTEM.message), email
        return system_buyers.make(session, who, called, f"documents:{code}", now)
    session.get_one(Person, person_id).email = email
    return person_id


def _owner(who: Who) -> dict[str, int | None]:
    if who.role == Role.ENTERPRISE:
        return {"enterprise_id": who.enterprise_id}
    return {"municipality_id": who.municipality_id}


def _subject(who: Who) -> tuple[str, int]:
    ((name, owner_id),) = _owner(who).items()
    return name.removesuffix("_id"), owner_id or 0


def _own(who: Who) -> ColumnElement[bool]:
    if who.role == Role.ENTERPRISE:
        return DocumentRoute.enterprise_id == who.enterprise_id
    return DocumentRoute.municipality_id == who.municipality_id
