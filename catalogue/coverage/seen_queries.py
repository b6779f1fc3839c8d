"""How an enterprise's own products do: seen, opened, put in a basket, ordered, and found by what.

Nobody's identity is told, and no text that was asked so seldom that it might tell it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func, literal, or_, select
from sqlalchemy.orm import Session

from catalogue.core.text import COPENHAGEN
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import VOID_STATES
from catalogue.products.models import Product, ProductState
from catalogue.products.queries import leading_where
from catalogue.search.count_models import FoundBy, ProductCount, Seen
from catalogue.search.models import Asked, AskedMonth
from catalogue.search.rules import Outcome

FEWEST_SEARCHES = 3  # a text asked less often may be known to be one person's
MOST_WORDS, MOST_PRODUCTS = 30, 100
GROUP_DIGITS = 3  # of a CPV code: what buyers lack beside what one sells already
ORDERED = "ordered"
STEPS = (*(str(each) for each in Seen), ORDERED)
Steps = Mapping[str, int]
Months = Sequence[date]  # the first day of each
Counts = Counter[tuple[int, date, str]]  # by product, month and step
# What happens to a variant is told of the product that leads it.
_FAMILY = func.coalesce(Product.variant_of_id, Product.id)


@dataclass(frozen=True)
class Row:
    """How one product does; `steps` by name, 0 where nothing happened."""

    product_id: int
    title: str
    state: ProductState
    steps: Steps


@dataclass(frozen=True)
class Lacked:
    """A text that was searched for in vain near what the enterprise sells."""

    text: str
    times: int
    outcome: Outcome


@dataclass(frozen=True)
class Numbers:
    """All numbers of an enterprise since a day."""

    rows: list[Row]
    by_month: Mapping[date, Steps]
    words: list[tuple[str, int]]
    lacked: list[Lacked]

    @property
    def total(self) -> Steps:
        """Return the sums of all products."""
        return {step: sum(each[step] for each in self.by_month.values()) for step in STEPS}


def numbers(session: Session, enterprise_id: int, since: date, today: date) -> Numbers:
    """Return the numbers of an enterprise's products since the first day of a month.

    Six queries.
    """
    months = _months(since, today)
    counted = _counted(session, enterprise_id, months) + _ordered(session, enterprise_id, months)
    by_product: dict[int, Counter[str]] = {}
    by_month: dict[date, Counter[str]] = {each: Counter() for each in months}
    for (product_id, month, step), times in counted.items():
        by_product.setdefault(product_id, Counter())[step] += times
        by_month.setdefault(month, Counter())[step] += times
    return Numbers(
        rows=_rows(session, enterprise_id, by_product),
        by_month={month: _steps(each) for month, each in sorted(by_month.items())},
        words=_words(session, enterprise_id, since),
        lacked=_lacked(session, enterprise_id, since, today),
    )


def _counted(session: Session, enterprise_id: int, months: Months) -> Counts:
    month = _month_of(ProductCount.day, months)
    query = (
        select(_FAMILY, month, ProductCount.seen, func.sum(ProductCount.times))
        .select_from(ProductCount)
        .join(Product, Product.id == ProductCount.product_id)
        .where(Product.enterprise_id == enterprise_id, ProductCount.day >= months[0])
        .group_by(_FAMILY, month.name, ProductCount.seen)
    )
    return Counter({
        (product_id, months[number], str(seen)): int(times)
        for product_id, number, seen, times in session.execute(query)
    })  # fmt: skip


def _ordered(session: Session, enterprise_id: int, months: Months) -> Counts:
    """Count order lines; orders that came to nothing do not count."""
    starts = [datetime.combine(each, time.min, COPENHAGEN).astimezone(UTC) for each in months]
    month = _month_of(Order.placed_at, starts)
    lines = (
        select(OrderLine.product_id, month, func.count().label("times"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.enterprise_id == enterprise_id,
            Order.placed_at >= starts[0],
            Order.state.not_in(VOID_STATES),
        )
        .group_by(OrderLine.product_id, month.name)
    ).subquery()
    of = lines.c
    query = (
        select(_FAMILY, of.month_number, func.sum(of.times))
        .join_from(lines, Product, Product.id == of.product_id)  # a line of a quote has none
        .group_by(_FAMILY, of.month_number)
    )
    return Counter({
        (product_id, months[number], ORDERED): int(times)
        for product_id, number, times in session.execute(query)
    })  # fmt: skip


def _month_of(at: Any, starts: Sequence[Any]) -> Label[int]:
    """Return the number of the month that a column lies in, the last one without an end."""
    return _among(at, starts, 0, len(starts) - 1).label("month_number")


def _among(at: Any, starts: Sequence[Any], first: int, last: int) -> ColumnElement[int]:
    """Return which of the months it is, asked by halves: one after the other takes a dozen."""
    if first == last:
        return literal(first)
    middle = (first + last + 1) // 2
    before = _among(at, starts, first, middle - 1)
    return case((at < starts[middle], before), else_=_among(at, starts, middle, last))


def _rows(session: Session, enterprise_id: int, found: Mapping[int, Counter[str]]) -> list[Row]:
    """List the products that are on the shelf or were seen, those opened most first."""
    seen = or_(leading_where(), Product.id.in_(found))
    query = select(Product.id, Product.title, Product.state).where(
        Product.enterprise_id == enterprise_id, seen
    )
    rows = [
        Row(id_, title, ProductState(state), _steps(found.get(id_, Counter())))
        for id_, title, state in session.execute(query)
    ]
    rows.sort(key=lambda row: (*(-row.steps[step] for step in ("opened", "shown")), row.title))
    return rows[:MOST_PRODUCTS]


def _words(session: Session, enterprise_id: int, since: date) -> list[tuple[str, int]]:
    times = func.sum(FoundBy.times)
    query = (
        select(func.min(FoundBy.text), times)
        .where(FoundBy.enterprise_id == enterprise_id, FoundBy.month >= since)
        .group_by(FoundBy.text_folded)
        .having(times >= FEWEST_SEARCHES)
        .order_by(times.desc(), FoundBy.text_folded)
        .limit(MOST_WORDS)
    )
    return [(text, int(count)) for text, count in session.execute(query)]


def _lacked(session: Session, enterprise_id: int, since: date, today: date) -> list[Lacked]:
    """List what was searched for in vain in the CPV groups the enterprise sells in.

    Only for one that is verified, as with all that buyers ask for.
    """
    own = select(Product.category_code).where(
        Product.enterprise_id == enterprise_id,
        Product.state == ProductState.PUBLISHED,
        select(Enterprise.id).where(Enterprise.id == enterprise_id, reviewed_where(today)).exists(),
    )
    groups = {code[:GROUP_DIGITS] for code in session.scalars(own) if code}
    if not groups:
        return []
    times = func.sum(AskedMonth.times)
    query = (
        select(func.min(Asked.text), times, func.min(AskedMonth.outcome))
        .join(AskedMonth, AskedMonth.asked_id == Asked.id)
        .where(
            AskedMonth.month >= since,
            func.substr(AskedMonth.category_code, 1, GROUP_DIGITS).in_(groups),
        )
        .group_by(Asked.text_folded)
        .having(times >= FEWEST_SEARCHES)
        .order_by(times.desc(), Asked.text_folded)
        .limit(MOST_WORDS)
    )
    return [
        Lacked(text, int(count), Outcome(outcome))
        for text, count, outcome in session.execute(query)
    ]


def _steps(found: Counter[str]) -> Steps:
    return {step: found[step] for step in STEPS}


def _months(since: date, today: date) -> list[date]:
    count = (today.year - since.year) * 12 + today.month - since.month + 1
    firsts = (divmod(since.month - 1 + each, 12) for each in range(count))
    return [date(since.year + years, month + 1, 1) for years, month in firsts]
