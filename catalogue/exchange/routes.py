"""By which carrier an enterprise or a municipality gets documents of orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import marshmallow as ma
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalogue.core import audit, fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .document_carriers import OrderCarrier
from .route_models import DocumentRoute

NONE = "none"


def offered(carriers: Mapping[str, OrderCarrier]) -> dict[str, str]:
    """Return what may be chosen, with what it is called: first of all, none."""
    names = {name: str(each.label) for name, each in carriers.items() if each.offered}
    return {NONE: str(_("No documents: mail and these pages are enough")), **names}


def read_carrier(form: Mapping[str, Any], carriers: Mapping[str, OrderCarrier]) -> str:
    """Read the form; raises Invalid by field."""
    field = fields.Choice(lambda: [NONE, *carriers], required=True)
    chosen = str(fields.load(ma.Schema.from_dict({"carrier": field})(), form)["carrier"])
    if chosen not in offered(carriers):
        raise Invalid({"carrier": [_("There is no access point here; choose another way")]})
    return chosen


def find(session: Session, who: Who) -> str:
    """Return the carrier of those `who` acts for, NONE when they have none."""
    return session.scalar(select(DocumentRoute.carrier).where(_own(who))) or NONE


def choose(session: Session, who: Who, carrier: str, now: datetime) -> None:
    """Let documents go by that carrier from now on, or by none."""
    route = session.scalars(select(DocumentRoute).where(_own(who)).with_for_update()).first()
    before = route.carrier if route else NONE
    if before == carrier:
        return
    if carrier == NONE:
        session.delete(route)
    elif route is not None:
        route.carrier, route.changed_at = carrier, now
    else:
        session.add(DocumentRoute(**_owner(who), carrier=carrier, changed_at=now))
    facts = audit.changes({"carrier": before}, {"carrier": carrier})
    kind, owner_id = _subject(who)
    audit.record(
        session, "documents.routed", (kind, owner_id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=_owner(who).get("municipality_id"),
    )  # fmt: skip


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
