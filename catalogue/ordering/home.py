"""What a buyer's front page shows: what is under way, what she orders again, her lists, new things.

Nothing of it is kept: it is read from orders, lists and the shelf each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.agreements import queries as agreements
from catalogue.core.text import Text
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.search import service as search
from catalogue.search.queries import Card
from catalogue.search.query import Query, Sort

from . import lists, next_rules
from .models import Order, OrderLine
from .queries import Listed, named
from .rules import FREE_STATES, Given, given
from .shipment_models import Shipment

EACH, NEWEST = 4, 4
FINISHED = frozenset({"received", "accepted", "closed"})


@dataclass(frozen=True)
class Own(Listed):
    """An order of the buyer's; `asked`: what it waits for her to do, if anything."""

    asked: Text | None


@dataclass(frozen=True)
class Home:
    """A buyer's front page."""

    under_way: list[Own]
    again: list[Own]
    lists: list[lists.Listed]
    newest: list[Card]


def get_home(session: Session, parts: dict[str, Any], who: Who, today: date) -> Home:
    """Return the front page of a buyer; eight queries, nine where a new product is a family."""
    orders = list_own(session, who)
    return Home(
        under_way=sorted((each for each in orders if not is_finished(each)), key=_urgency),
        again=[each for each in orders if is_finished(each)],
        lists=lists.list_visible(session, who)[:EACH],
        newest=_newest(session, parts, who, today),
    )


def list_own(session: Session, who: Who) -> list[Own]:
    """List her newest orders of both kinds with their lines, newest first. Two queries."""
    waits = waits_for_buyer()
    finished = case((and_(Order.state.in_(FINISHED), not_(waits)), 1), else_=0)
    asks = case((waits, 0), else_=1)
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
        .add_columns(_under_way())
        .join(ranked, ranked.c.id == Order.id)
        .where(ranked.c.place <= EACH)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .options(selectinload(Order.lines))
    )
    return [_own(*row) for row in session.execute(query)]


def is_finished(one: Own) -> bool:
    """Tell whether an order has come, and nothing of it waits for its buyer. Pure."""
    return one.order.state in FINISHED and one.asked is None


def _urgency(one: Own) -> int:
    """Sort what waits for the buyer before what waits for others; the newest first stays so."""
    return 0 if one.asked else 1


def _own(order: Order, enterprise: Enterprise, home: str, buyer: Person, under_way: int) -> Own:
    kinds = [line.kind for line in order.lines]
    known = given(kinds, seen=True, withheld=order.withheld, under_way=under_way)
    asked = next_rules.asked_of_buyer(order.state, known)
    return Own(order, enterprise.name, home, buyer.name, asked)


def waits_for_buyer() -> ColumnElement[bool]:
    """Return the condition of the orders that wait for their buyer, as `next_rules` has it."""
    holds: dict[Given | None, ColumnElement[bool]] = {
        None: true(),
        Given.UNDER_WAY: _under_way() > 0,
        Given.WORK: exists().where(OrderLine.order_id == Order.id, OrderLine.kind == "service"),
    }
    asked = next_rules.list_asked_of_buyer()
    return or_(*(and_(Order.state == state, holds[known]) for state, known in asked))


def _under_way() -> ScalarSelect[int]:
    """Return how many shipments of an order have not been received."""
    of = (Shipment.order_id == Order.id, Shipment.received_at.is_(None))
    return select(func.count()).where(*of).correlate(Order).scalar_subquery()


def _newest(session: Session, parts: dict[str, Any], who: Who, today: date) -> list[Card]:
    """List what may be ordered, the newest first."""
    in_force = agreements.in_force(session, who.municipality_id or 0, today)
    asked = Query(sort=Sort.NEWEST, page_size=NEWEST)
    found = search.find_ids(session, parts, search.looked(session, parts, asked, in_force))
    return search.list_cards(session, found.ids, in_force)
