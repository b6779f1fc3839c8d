"""What an approver sees: what waits for her, and what she needs to decide, in fixed numbers of
queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements.models import Agreement
from catalogue.core.who import Role, Who
from catalogue.products import price_rules

from . import alternatives, handing, queries, standing
from .alternatives import Alternative, Compared
from .approval_cases import Case, list_holders, load_case, load_cases
from .ceilings import Used
from .changing import find_open
from .models import Order, OrderLine, OrderState
from .policy_models import OrderChange
from .queries import Listed
from .rules import (
    ENDS,
    OPEN_STATES,
    RESERVING_STATES,
    VOID_STATES,
    Price,
    PriceChange,
    compare_prices,
)


@dataclass(frozen=True)
class Waiting:
    """An order that awaits approval, and whether `who` may approve it now."""

    listed: Listed
    case: Case
    is_mine: bool


@dataclass(frozen=True)
class LastPrice:
    """What a product cost when the municipality ordered it last, and per how many of what."""

    price: Price
    placed_at: datetime

    @property
    def price_ore(self) -> int:
        """Return the price in øre, per what it was for."""
        return self.price.ore


@dataclass(frozen=True)
class Then:
    """The last price of a line's product per as many as the line's, and how that stands to it.

    Of another unit it is per its own.
    """

    price: Price
    placed_at: datetime
    change: PriceChange
    percent: Decimal | None  # by how much it is dearer now; None: cannot be said


@dataclass(frozen=True)
class Basis:
    """What an approver decides on, beside the order itself."""

    agreements: Mapping[int, Agreement]
    used: Mapping[int, Used]
    last_prices: Mapping[int, LastPrice]
    alternatives: list[Alternative]
    problems: list[str]

    def then(self, line: OrderLine) -> Then | None:
        """Return what the product of a line cost last, to compare; None: not ordered before."""
        last = self.last_prices.get(line.product_id or 0)
        if last is None:
            return None
        own, was = alternatives.price_of(line), last.price
        if was.unit != own.unit:
            return Then(was, last.placed_at, PriceChange.OTHER_UNIT, None)
        was = price_rules.per_quantity(was, own.base_quantity)
        percent = price_rules.change_percent(was.ore, own.ore)
        return Then(was, last.placed_at, compare_prices(was, own), percent)

    def instead_of(self, line: OrderLine) -> list[Compared]:
        """List the alternatives to a line, those that can be compared first."""
        return alternatives.compare(line, self.alternatives)


@dataclass(frozen=True)
class Extras:
    """What the page of an order shows beside it while it waits for somebody."""

    case: Case | None = None
    change: OrderChange | None = None
    others: tuple[tuple[int, str], ...] = ()  # whom staff may ask instead
    takers: tuple[tuple[int, str], ...] = ()  # to whom they may hand it over
    buyer_has_left: bool = False

    @property
    def makers(self) -> frozenset[int]:
        """Return who may not approve the order, for it is or was hers."""
        return self.case.makers if self.case else frozenset()


def list_waiting(session: Session, who: Who, today: date) -> list[Waiting]:
    """List what awaits approval in the municipality, hers first, then the oldest. Six queries."""
    query = (
        queries.named()
        .where(Order.visible_to(who), Order.state == OrderState.AWAITING)
        .options(selectinload(Order.lines))
        .order_by(Order.placed_at, Order.id)
    )
    found = [queries.listed(*row) for row in session.execute(query)]
    cases = load_cases(session, [each.order for each in found], today)
    waiting = [
        Waiting(each, cases[each.order.id], who.person_id in cases[each.order.id].acting)
        for each in found
    ]
    return sorted(waiting, key=lambda each: not each.is_mine)


def extras(session: Session, who: Who, order: Order, today: date) -> Extras:
    """Return who is to approve a waiting order, or the change that waits for an answer.

    For staff also who could do instead of those who do nothing.
    """
    found = Extras()
    if order.state in OPEN_STATES:
        found = Extras(change=find_open(session, order.id))
    elif order.state in RESERVING_STATES:
        found = Extras(case=load_case(session, order, today))
    if who.role != Role.STAFF or order.state in ENDS:
        return found
    buyers = handing.list_buyers(session, order)
    holders = found.case.holders.items() if found.case else ()
    return replace(
        found,
        others=tuple((id_, each.name) for id_, each in holders if id_ not in found.makers),
        takers=tuple(each for each in buyers.items() if each[0] != order.buyer_id),
        buyer_has_left=order.buyer_id not in buyers,
    )


def basis(session: Session, order: Order, today: date) -> Basis:
    """Return agreements, ceilings, last prices, alternatives and what stands in the way today.

    Nothing does where the order was placed before, and what changed since is approved anew.
    """
    seen = standing.look(session, order, today)
    return Basis(
        seen.agreements,
        {each.agreement_id: each for each in seen.used},
        _last_prices(session, order),
        alternatives.list_alternatives(session, order, seen.applies),
        [str(each) for each in seen.problems] if order.withheld else [],
    )


def _last_prices(session: Session, order: Order) -> dict[int, LastPrice]:
    """Return by product what it cost in the newest order before this one. One query."""
    ids = [line.product_id for line in order.lines if line.product_id is not None]
    newest = func.row_number().over(
        partition_by=OrderLine.product_id,
        order_by=(Order.placed_at.desc(), Order.id.desc(), OrderLine.position),
    )
    at_once = and_(Order.placed_at == order.placed_at, Order.id < order.id)
    ranked = (
        select(OrderLine.id, Order.placed_at, newest.label("place"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.product_id.in_(ids), Order.municipality_id == order.municipality_id)
        .where(or_(Order.placed_at < order.placed_at, at_once))
        .where(Order.state.not_in(VOID_STATES))
        .subquery()
    )
    rows = session.execute(
        select(OrderLine, ranked.c.placed_at)
        .join(ranked, ranked.c.id == OrderLine.id)
        .where(ranked.c.place == 1)
    )
    return {
        line.product_id: LastPrice(alternatives.price_of(line), at)
        for line, at in rows
        if line.product_id is not None
    }


def list_deputies(session: Session, who: Who) -> list[tuple[int, str]]:
    """List the other approvers of the municipality, by name. One query."""
    holders = list_holders(session, who.municipality_id or 0)
    return [(id_, each.name) for id_, each in holders.items() if id_ != who.person_id]
