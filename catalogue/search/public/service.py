"""The two verbs of open shelves: an enterprise shows its products to everybody, or no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from .models import OpenShelf


def open_shelf(session: Session, who: Who, now: datetime) -> None:
    """Show the published products of the enterprise, with list prices, to everybody."""
    own = _own(session, who)
    if session.get(OpenShelf, own.id) is not None:
        return
    session.add(OpenShelf(enterprise_id=own.id, opened_at=now, opened_by=who.person_id))
    _record(session, who, own, audit.changes({"shelf": "closed"}, {"shelf": "open"}), now)


def close_shelf(session: Session, who: Who, now: datetime) -> None:
    """Show visitors the profile alone from now on."""
    own = _own(session, who)
    found = session.get(OpenShelf, own.id, with_for_update=True)
    if found is None:  # closed already, perhaps in this very moment
        return
    session.delete(found)
    _record(session, who, own, audit.changes({"shelf": "open"}, {"shelf": "closed"}), now)


def _own(session: Session, who: Who) -> Enterprise:
    found = session.get(Enterprise, who.enterprise_id) if who.enterprise_id else None
    if found is None:
        raise Missing(_("Only an enterprise has products."))
    return found


def _record(session: Session, who: Who, own: Enterprise, facts: Any, now: datetime) -> None:
    action = (
        "enterprise.shelf_opened"
        if facts["after"]["shelf"] == "open"
        else "enterprise.shelf_closed"
    )
    audit.record(
        session, action, ("enterprise", own.id), person_id=who.person_id, now=now, facts=facts,
        municipality_id=own.reviewer_id,
    )  # fmt: skip
