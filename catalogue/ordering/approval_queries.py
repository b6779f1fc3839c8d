"""What an approver sees: what waits for her, and what she needs to decide, in fixed numbers of
queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement
from catalogue.agreements.queries import OrderableColumns
from catalogue.core.text import slug
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product
from catalogue.products.queries import leading_where

from . import handing, queries, standing
from .approval_cases import Case, list_holders, load_case, load_cases
from .ceilings import Used
from .changing import find_open
from .models import Order, OrderLine, OrderState
from .policy_models import OrderChange
from .queries import Listed
from .rules import ENDS, OPEN_STATES, RESERVING_STATES, VOID_STATES

ALTERNATIVES = 3


@dataclass(frozen=True)
class Waiting:
    """An order that awaits approval, and whether `who` may approve it now."""

    listed: Listed
    case: Case
    is_mine: bool


@dataclass(frozen=True)
class LastPrice:
    """What a product cost when the municipality ordered it last."""

    price_ore: int
    placed_at: datetime


@dataclass(frozen=True)
class Alternative:
    """Another product of the same category that may be ordered today."""

    product: Product
    enterprise_name: str

    @property
    def slug(self) -> str:
        """Return the title as the address of the product page carries it."""
        return slug(self.product.title)


@dataclass(frozen=True)
class Basis:
    """What an approver decides on, beside the order itself."""

    agreements: Mapping[int, Agreement]
    used: Mapping[int, Used]
    last_prices: Mapping[int, LastPrice]
    alternatives: Mapping[str, list[Alternative]]
    problems: list[str]


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
    """Return agreements, ceilings, last prices, alternatives and what stands in the way today."""
    seen = standing.look(session, order, today)
    return Basis(
        seen.agreements,
        {each.agreement_id: each for each in seen.used},
        _last_prices(session, order),
        _alternatives(session, order, today),
        [str(each) for each in seen.problems],
    )


def _last_prices(session: Session, order: Order) -> dict[int, LastPrice]:
    """Return by product what the municipality ordered it at last, this order aside. One query."""
    ids = [line.product_id for line in order.lines if line.product_id is not None]
    rows = session.execute(
        select(OrderLine.product_id, OrderLine.price_ore, Order.placed_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.product_id.in_(ids))
        .where(Order.municipality_id == order.municipality_id, Order.id != order.id)
        .where(Order.state.not_in(VOID_STATES))
        .order_by(Order.placed_at, Order.id)
    )
    return {id_: LastPrice(price, at) for id_, price, at in rows if id_ is not None}


def _alternatives(session: Session, order: Order, today: date) -> dict[str, list[Alternative]]:
    """Return by category what else may be ordered today, the cheapest first. One query."""
    codes = {line.category_code for line in order.lines}
    published = leading_where()
    columns = OrderableColumns(published, Product.enterprise_id, Product.category_code)
    rows = session.execute(
        select(Product, Enterprise.name)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(Product.category_code.in_(codes), Product.price_ore.is_not(None))
        .where(Product.enterprise_id != order.enterprise_id)
        .where(agreements.orderable_where(columns, order.municipality_id, today))
        .order_by(Product.price_ore, Product.id)
        .limit(ALTERNATIVES * len(codes))
    )
    found: dict[str, list[Alternative]] = {}
    for product, name in rows:
        found.setdefault(product.category_code or "", []).append(Alternative(product, name))
    return {code: each[:ALTERNATIVES] for code, each in found.items()}


def list_deputies(session: Session, who: Who) -> list[tuple[int, str]]:
    """List the other approvers of the municipality, by name. One query."""
    holders = list_holders(session, who.municipality_id or 0)
    return [(id_, each.name) for id_, each in holders.items() if id_ != who.person_id]
