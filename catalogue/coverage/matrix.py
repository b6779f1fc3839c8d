"""The overview with what cannot be added up: orders, enterprises, and what is looked for in vain.

An order with lines in two categories is one order of what stands above both, so it is counted anew
at each height. Digits are the key: those of a category for it and all below, all eight for it
alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from catalogue.agreements.rules import ancestors, prefix
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order, OrderLine
from catalogue.products.models import Product

from . import behind, demand_queries, queries, rules
from .behind import Part, Span
from .queries import Overview

ALL = ""
MONTHS = 12  # in which a search in vain counts
_LENGTHS = (0, 2, 3, 4, 5, 6, 7, 8)  # of digits: everything, and the levels of CPV


@dataclass(frozen=True)
class Asked:
    """Whose matrix, as of which day, and the day on which somebody looks at it."""

    municipality_id: int
    day: date
    today: date
    locale: str

    @property
    def year(self) -> Span:
        """Return the twelve months that end with the day."""
        return Span(rules.year_before(self.day), self.day)


@dataclass(frozen=True)
class Matrix:
    """The overview and, by digits, the orders of twelve months and who could deliver."""

    overview: Overview
    orders: Mapping[str, int]
    enterprises: Mapping[str, int]
    demand: int  # in all, with what belongs to no category

    def orders_of(self, part: Part) -> int:
        """Count the orders of twelve months with lines in a category."""
        return self.orders.get(_key(part), 0)

    def enterprises_of(self, part: Part) -> int:
        """Count the enterprises that could deliver something of a category."""
        return self.enterprises.get(_key(part), 0)


def read(session: Session, parts: dict[str, Any], asked: Asked) -> Matrix:
    """Return the matrix. Thirteen queries at most: overview, orders, enterprises, four of demand.

    Products, enterprises and demand are those of today, for their past is not kept.
    """
    groups = demand_queries.list_groups(session, parts, asked.municipality_id, asked.today, MONTHS)
    demand = Counter(each.category_code for each in groups if each.category_code)
    overview = queries.overview(
        session, asked.municipality_id, asked.day, asked.locale, demand=demand
    )
    return Matrix(
        overview=overview,
        orders=_orders(session, asked),
        enterprises=_enterprises(session, asked.municipality_id, asked.today),
        demand=len(groups),
    )


def _key(part: Part) -> str:
    if part.code is None:
        return ALL
    return part.code if part.alone else prefix(part.code)


def _orders(session: Session, asked: Asked) -> dict[str, int]:
    own = (
        select(OrderLine.order_id, OrderLine.category_code)
        .join(Order, Order.id == OrderLine.order_id)
        .where(behind.ordered_where(asked.municipality_id, asked.year))
        .distinct()
        .subquery()
    )
    lengths = union_all(*(select(literal(each).label("length")) for each in _LENGTHS)).subquery()
    rows = session.execute(
        select(func.substr(own.c.category_code, 1, lengths.c.length).label("digits"),
               func.count(own.c.order_id.distinct()))
        .select_from(own.join(lengths, literal(True)))
        .group_by("digits")
    )  # fmt: skip
    return {digits: count for digits, count in rows}


def _enterprises(session: Session, municipality_id: int, today: date) -> dict[str, int]:
    rows = session.execute(
        select(Product.category_code, Product.enterprise_id)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(behind.deliverable_where(municipality_id, today))
        .distinct()
    )
    found: dict[str, set[int]] = {}
    for code, enterprise_id in rows:
        own = str(code)  # published products have one
        for place in {ALL, own, prefix(own), *map(prefix, ancestors(own))}:
            found.setdefault(place, set()).add(enterprise_id)
    return {place: len(ids) for place, ids in found.items()}
