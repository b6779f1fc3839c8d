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
    last_event: int  # the last one, of whichever municipality, that it was reckoned from

    def orders_of(self, part: Part) -> int:
        """Count the orders of twelve months with lines in a category."""
        return self.orders.count(part.code, part.alone)

    def enterprises_of(self, part: Part) -> int:
        """Count the enterprises that could deliver something of a category."""
        return self.enterprises.count(part.code, part.alone)


def read(session: Session, parts: dict[str, Any], asked: Asked) -> Matrix:
    """Return the matrix. 22 queries at most, seven when nothing has changed since it was read.

    Products, enterprises and demand are those of today, for their past is not kept.
    """
    remembered = remembering.of(parts)
    version = counting.version(session, remembered, asked.municipality_id)
    groups = demand_queries.list_groups(session, parts, asked.municipality_id, asked.today, MONTHS)
    demand = Counter(each.category_code for each in groups if each.category_code)
    basis = version.last, version.ledger, len(groups), demand

    def reckon() -> Matrix:
        counted = counting.count(session, asked, remembered, version)
        return Matrix(
            overview=make_overview(asked, counted, demand),
            orders=Distinct(*counted.spent.ordered.year.by_code()),
            enterprises=counted.offered.enterprises,
            demand=len(groups),
            last_event=version.last.anywhere,
        )

    return remembered.ask(("matrix", asked), basis, reckon)


def read_overview(session: Session, parts: dict[str, Any], asked: Asked) -> Overview:
    """Return the overview alone, and nothing of what is looked for in vain.

    Sixteen queries at most, two when nothing has changed since it was read.
    """
    remembered = remembering.of(parts)
    version = counting.version(session, remembered, asked.municipality_id)
    return remembered.ask(
        ("overview", asked), version,
        lambda: make_overview(asked, counting.count(session, asked, remembered, version)),
    )  # fmt: skip


def count_conflicts(session: Session, parts: dict[str, Any], asked: Asked, last_event: int) -> int:
    """Count the conflicts of a municipality from the day on. Four queries, none when remembered.

    `last_event`: that of the matrix, which was read before.
    """
    home, day, remembered = asked.municipality_id, asked.day, remembering.of(parts)
    news = counting.News(session, home)

    def sides() -> conflict_queries.Sides:
        found: conflict_queries.Sides = remembered.ask(
            ("sides", home, day),
            last_event,
            lambda: conflict_queries.list_sides(session, home, day),
            news.unless(counting.AGREED),
        )
        return found

    def stands() -> Shelves:
        return counting.count_shelves(session, remembered, last_event, news)

    def renew(event: int, kept: set[int]) -> set[int] | None:
        shops = news.shops_that_sell_anew(event)
        if not shops:
            return None if shops is None else kept
        theirs = conflict_queries.outside_of(sides(), stands().of(shops), day)
        return {each for each in kept if each not in shops} | theirs

    outside = remembered.ask(
        ("outside", home, day), last_event,
        lambda: conflict_queries.outside_of(sides(), stands(), day), renew,
    )  # fmt: skip
    return len(sides().conflicts) + len(outside)
