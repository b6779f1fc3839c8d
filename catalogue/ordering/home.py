"""What a buyer's front page shows: what is under way, what she orders again, her lists, new things.

Nothing of it is kept: it is read from orders, lists and the shelf each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements import queries as agreements
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.search import service as search
from catalogue.search.queries import Card
from catalogue.search.query import Query, Sort

from . import lists
from .models import Order
from .queries import Listed, listed, named
from .rules import FREE_STATES

EACH, NEWEST = 4, 4
FINISHED = frozenset({"received", "accepted", "closed"})
# What waits for the buyer herself, in the order in which she should see it.
ASKS = {
    "returned": _("Mend it and send it again"),
    "proposed": _("Answer the change"),
    "partly": _("Answer what can be delivered"),
    "dispatched": _("Confirm that it has come"),
    "done": _("Accept the work"),
}


@dataclass(frozen=True)
class Home:
    """A buyer's front page."""

    under_way: list[Listed]
    again: list[Listed]
    lists: list[lists.Listed]
    newest: list[Card]


def get_home(session: Session, parts: dict[str, Any], who: Who, today: date) -> Home:
    """Return the front page of a buyer; eight queries, nine where a new product is a family."""
    orders = _orders(session, who)
    return Home(
        under_way=sorted(
            (each for each in orders if each.order.state not in FINISHED), key=_urgency
        ),
        again=[each for each in orders if each.order.state in FINISHED],
        lists=lists.list_visible(session, who)[:EACH],
        newest=_newest(session, parts, who, today),
    )


def asked_of_buyer(state: str) -> Text | None:
    """Return what an order in this state waits for the buyer to do, or None. Pure."""
    return ASKS.get(state)


def _urgency(one: Listed) -> int:
    """Sort what waits for the buyer before what waits for others; the newest first stays so."""
    return 0 if one.order.state in ASKS else 1


def _orders(session: Session, who: Who) -> Sequence[Listed]:
    """List her newest orders of both kinds with their lines, newest first. Two queries."""
    finished = case((Order.state.in_(FINISHED), 1), else_=0)
    asks = case((Order.state.in_(ASKS.keys()), 0), else_=1)
    place = func.row_number().over(
        partition_by=finished, order_by=(asks, Order.placed_at.desc(), Order.id.desc())
    )
    ranked = (
        select(Order.id, place.label("place"))
        .where(Order.visible_to(who), Order.state.not_in(FREE_STATES))
        .subquery()
    )
    query = (
        named()
        .join(ranked, ranked.c.id == Order.id)
        .where(ranked.c.place <= EACH)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .options(selectinload(Order.lines))
    )
    return [listed(*row) for row in session.execute(query)]


def _newest(session: Session, parts: dict[str, Any], who: Who, today: date) -> list[Card]:
    """List what may be ordered, the newest first."""
    in_force = agreements.in_force(session, who.municipality_id or 0, today)
    asked = Query(sort=Sort.NEWEST, page_size=NEWEST)
    found = search.find_ids(session, parts, search.looked(session, parts, asked, in_force))
    return search.list_cards(session, found.ids, in_force)
