"""Finding on open shelves: what everybody may see takes the place of what a town may order.

So the engine answers a visitor as it answers buyers, with counts that hold, and looks at nothing
that an enterprise has not opened itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce, Voluntary
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where

from .. import service
from ..query import Hits, Query
from .models import OpenShelf
from .queries import Shown, list_shown

NOBODY = 0  # the municipality of visitors: none has this id
ANY = ("",)  # the digits that all categories begin with


def find(
    session: Session, parts: dict[str, Any], query: Query, today: date
) -> tuple[Hits, list[Shown]]:
    """Find what everybody may see; a page of hits and their products in order. Six queries."""
    hits = service.find(session, parts, query, visible(session, today))
    return hits, in_order(hits.ids, list_shown(session, hits.ids, today))


def visible(session: Session, today: date) -> InForce:
    """Return the open shelves in the form in which engines are told what may be ordered."""
    ids = session.scalars(
        select(OpenShelf.enterprise_id)
        .join(Enterprise, Enterprise.id == OpenShelf.enterprise_id)
        .where(reviewed_where(today))
        .order_by(OpenShelf.enterprise_id)
    ).all()
    shelves = tuple(Voluntary(0, "", each, ANY) for each in ids)
    return InForce(NOBODY, today, shelves, (), frozenset(ids))


def in_order(ids: Sequence[int], found: Sequence[Shown]) -> list[Shown]:
    """Return products in the order of their ids; what is gone since is left out. Pure."""
    by_id = {each.product.id: each for each in found}
    return [by_id[each] for each in ids if each in by_id]
