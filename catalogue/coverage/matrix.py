"""The overview with what cannot be added up: orders, enterprises, and what is looked for in vain.

An order with lines in two categories is one order of what stands above both, so such things are
counted anew at each height.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from . import conflict_queries, counting, demand_queries, remembering
from .behind import Part
from .counting import Counted
from .outline import Distinct
from .overview import Overview, make_overview
from .rules import Asked
from .shelves import Shelves

MONTHS = 12  # in which a search in vain counts


@dataclass(frozen=True)
class Matrix:
    """The overview, the orders of twelve months and who could deliver, by category."""

    overview: Overview
    orders: Distinct
    enterprises: Distinct
    demand: int  # in all, with what belongs to no category
    counted: Counted  # what it is made of

    def orders_of(self, part: Part) -> int:
        """Count the orders of twelve months with lines in a category."""
        return self.orders.count(part.code, part.alone)

    def enterprises_of(self, part: Part) -> int:
        """Count the enterprises that could deliver something of a category."""
        return self.enterprises.count(part.code, part.alone)


def read(session: Session, parts: dict[str, Any], asked: Asked) -> Matrix:
    """Return the matrix. 23 queries at most, eight when nothing has changed since it was read.

    Products, enterprises and demand are those of today, for their past is not kept.
    """
    remembered = remembering.of(parts)
    version = counting.version(session, remembered, asked.municipality_id)
    groups = demand_queries.list_groups(session, parts, asked.municipality_id, asked.today, MONTHS)
    demand = Counter(each.category_code for each in groups if each.category_code)
    basis = asked, version, len(groups), demand

    def made(counted: Counted) -> Matrix:
        return Matrix(
            overview=make_overview(asked, counted, demand),
            orders=counted.spent.ordered.year.orders,
            enterprises=counted.offered.enterprises,
            demand=len(groups),
            counted=counted,
        )

    def renew(before: tuple[Any, ...], kept: Matrix) -> Matrix | None:
        """Return what is kept where what has changed is nothing that is shown."""
        if (before[0], *before[2:]) != (asked, len(groups), demand):
            return None
        counted = counting.count(session, asked, remembered, version)
        return kept if counted.is_that(kept.counted) else made(counted)

    what = "matrix", asked.municipality_id, asked.locale, asked.past
    return remembered.ask(
        what, basis, lambda: made(counting.count(session, asked, remembered, version)), renew
    )


def read_overview(session: Session, parts: dict[str, Any], asked: Asked) -> Overview:
    """Return the overview alone, and nothing of what is looked for in vain.

    Seventeen queries at most, two when nothing has changed since it was read.
    """
    remembered = remembering.of(parts)
    version = counting.version(session, remembered, asked.municipality_id)
    return remembered.ask(
        ("overview", asked.municipality_id, asked.locale, asked.past), (asked, version),
        lambda: make_overview(asked, counting.count(session, asked, remembered, version)),
    )  # fmt: skip


def count_conflicts(session: Session, parts: dict[str, Any], asked: Asked) -> int:
    """Count the conflicts of a municipality from the day on. Five queries, one when remembered."""
    home, day, remembered = asked.municipality_id, asked.day, remembering.of(parts)
    last = remembered.last(session, home)
    anywhere = last.anywhere
    news = counting.News(session, remembered, home, last.newest)

    def sides() -> conflict_queries.Sides:
        found: conflict_queries.Sides = remembered.ask(
            ("sides", home, day),
            anywhere,
            lambda: conflict_queries.list_sides(session, home, day),
            news.unless(counting.AGREED),
        )
        return found

    def stands() -> Shelves:
        return counting.count_shelves(session, remembered, anywhere, news)

    def renew(event: int, kept: set[int]) -> set[int] | None:
        shops = news.shops_that_sell_anew(event)
        if not shops:
            return None if shops is None else kept
        theirs = conflict_queries.outside_of(sides(), stands().of(shops), day)
        return {each for each in kept if each not in shops} | theirs

    outside = remembered.ask(
        ("outside", home, day), anywhere,
        lambda: conflict_queries.outside_of(sides(), stands(), day), renew,
    )  # fmt: skip
    return len(sides().conflicts) + len(outside)
