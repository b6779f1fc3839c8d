"""Reads for the yearly report of a municipality; writes nothing, and reads no person's name.

Eighteen queries at most, however much there is: orders 2, agreements 5, ledger 6, searches in vain
and the words they are gathered by 2, enterprises, their statements and categories 3.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, FormerTerms
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used, begin_of
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import VOID_STATES

from . import demand_queries, ledger_queries, ledger_sums, yearly, yearly_effects
from .demand_rules import Group
from .ledger_rules import SOCIAL, Spent
from .ledger_sets import Sought
from .yearly import Figures, Ordered, Placed
from .yearly_effects import Stated

# Fewer searches than this stay out of a paper that is handed around: they may be one person's.
FEWEST_SEARCHES = 3
MOST_SOUGHT = 10


@dataclass(frozen=True)
class Period:
    """A year, and the day its report is as of: the last of December, or today in a running year."""

    year: int
    day: date

    @property
    def first(self) -> date:
        """Return the first day of the year."""
        return date(self.year, 1, 1)

    @property
    def is_over(self) -> bool:
        """Tell whether the year is at its end; else its figures are preliminary."""
        return self.day == date(self.year, 12, 31)


@dataclass(frozen=True)
class Seller:
    """An enterprise as the report names it; `social_purpose` is its own statement."""

    name: str
    city: str
    social_purpose: str
    cvr: str


@dataclass(frozen=True)
class Agreed:
    """An agreement that was in force on some day of the year, as it stood on the report's day."""

    agreement_id: int
    kind: str
    number: str
    title: str
    party: str
    starts_on: date
    ends_on: date
    is_new: bool
    has_ended: bool
    used: Used | None  # of its ceiling


@dataclass(frozen=True)
class Agreements:
    """The agreements of the year by number; counts by kind, in force on the report's day."""

    listed: Sequence[Agreed]
    in_force: dict[str, int]
    in_force_before: dict[str, int]  # at the end of the year before

    def of_kind(self, kind: str) -> list[Agreed]:
        """List those of a kind."""
        return [each for each in self.listed if each.kind == kind]


@dataclass(frozen=True)
class Ledger:
    """What the ledger says of the year and of the one before, and the days it has rows of."""

    spent: Spent
    before: Spent
    first_on: date
    last_on: date


@dataclass(frozen=True)
class Report:
    """All that the report of a municipality shows of a year."""

    period: Period
    figures: Figures
    sellers: dict[int, Seller]
    agreements: Agreements
    ledger: Ledger | None  # None: no rows of the year
    sought: Sequence[Group]
    labels: dict[str, str]
    stated: Stated


def report(
    session: Session, parts: dict[str, Any], municipality_id: int, period: Period, locale: str
) -> Report:
    """Return the report of a year; `parts` are what search keeps open, for its words."""
    figures = yearly.figures(
        period.year,
        _ordered(session, municipality_id, period.year),
        _placed(session, municipality_id, period.year),
    )
    span = (period.first, date(period.year, 12, 31))
    sought = demand_queries.list_in_vain(session, parts, municipality_id, span)
    sought = [group for group in sought if group.times >= FEWEST_SEARCHES][:MOST_SOUGHT]
    codes = {group.category_code for group in sought if group.category_code}
    for division in figures.divisions:
        codes |= {division.whole.key, *(part.key for part in division.groups)}
    return Report(
        period=period,
        figures=figures,
        sellers=_sellers(session, [part.key for part in figures.enterprises]),
        agreements=_agreements(session, municipality_id, period),
        ledger=_ledger(session, municipality_id, period.year),
        sought=sought,
        labels=agreements.category_labels(session, codes, locale),
        stated=_stated(session, figures, period),
    )


def stated(
    session: Session, municipality_id: int, period: Period
) -> tuple[Stated, dict[int, tuple[str, str]]]:
    """Return what the enterprises ordered from in a year state, and their CVR numbers and names."""
    figures = yearly.figures(period.year, _ordered(session, municipality_id, period.year), [])
    found = _stated(session, figures, period)
    sellers = _sellers(session, [part.key for part in figures.enterprises if part.net_ore])
    by_name = sorted(sellers.items(), key=lambda each: each[1].name)
    return found, {id_: (seller.cvr, seller.name) for id_, seller in by_name}


def _months(year: int) -> list[date]:
    return [date(each, number, 1) for each in (year - 1, year) for number in range(1, 13)]


def _orders(municipality_id: int, year: int) -> Any:
    """Return the orders of two years as a table, with the place of their month in Copenhagen."""
    firsts = _months(year)
    after = [begin_of(first) for first in (*firsts[1:], date(year + 1, 1, 1))]
    place = case(*((Order.placed_at < end, place) for place, end in enumerate(after)))
    return (
        select(
            Order.id, Order.enterprise_id, Order.institution, place.label("month"),
            Order.state.in_(VOID_STATES).label("void"),
        )
        .where(Order.municipality_id == municipality_id)
        .where(Order.placed_at >= begin_of(firsts[0]), Order.placed_at < after[-1])
        .subquery("placed")
    )  # fmt: skip


def _ordered(session: Session, municipality_id: int, year: int) -> list[Ordered]:
    placed, firsts = _orders(municipality_id, year), _months(year)
    keys = (placed.c.month, placed.c.enterprise_id, placed.c.institution,
            OrderLine.category_code, OrderLine.agreement_id)  # fmt: skip
    rows = session.execute(
        select(*keys, func.sum(OrderLine.net_ore))
        .join(placed, placed.c.id == OrderLine.order_id)
        .where(~placed.c.void)
        .group_by(*keys)
    )
    return [
        Ordered(firsts[month], enterprise_id, institution, code, agreement_id, int(net_ore))
        for month, enterprise_id, institution, code, agreement_id, net_ore in rows
    ]


def _placed(session: Session, municipality_id: int, year: int) -> list[Placed]:
    placed, firsts = _orders(municipality_id, year), _months(year)
    keys = (placed.c.month, placed.c.enterprise_id, placed.c.institution, placed.c.void)
    rows = session.execute(select(*keys, func.count()).group_by(*keys))
    return [
        Placed(firsts[month], enterprise_id, institution, bool(void), orders)
        for month, enterprise_id, institution, void, orders in rows
    ]


def _sellers(session: Session, ids: Collection[int]) -> dict[int, Seller]:
    rows = session.execute(
        select(
            Enterprise.id,
            Enterprise.name,
            Enterprise.city,
            Enterprise.social_purpose,
            Enterprise.cvr,
        ).where(Enterprise.id.in_(ids))
    )
    return {id_: Seller(*told) for id_, *told in rows}


def _stated(session: Session, figures: Figures, period: Period) -> Stated:
    ids = [part.key for part in figures.enterprises if part.net_ore]
    return yearly_effects.stated(session, ids, period.year, is_over=period.is_over)


def _agreements(session: Session, municipality_id: int, period: Period) -> Agreements:
    day = period.day
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.starts_on,
               Agreement.ends_on, Enterprise.name,
               *map(agreements.said, ("title", "supplier_name")))
        .outerjoin(FormerTerms, agreements.former_on(day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == municipality_id, Agreement.is_draft.is_(False))
        .where(Agreement.starts_on <= day, Agreement.ends_on >= period.first)
        .order_by(Agreement.number)
    ).all()  # fmt: skip
    voluntary = [row.id for row in rows if row.kind == AgreementKind.VOLUNTARY]
    used = {each.agreement_id: each for each in ceilings.list_used(session, voluntary, day)}
    return Agreements(
        listed=[
            Agreed(
                row.id, row.kind, row.number, row.title, row.name or row.supplier_name or "",
                row.starts_on, row.ends_on, is_new=row.starts_on >= period.first,
                has_ended=row.ends_on <= day, used=used.get(row.id),
            )
            for row in rows
        ],
        in_force=_count_in_force(session, municipality_id, day),
        in_force_before=_count_in_force(session, municipality_id, period.first - timedelta(days=1)),
    )  # fmt: skip


def _count_in_force(session: Session, municipality_id: int, day: date) -> dict[str, int]:
    rows = session.execute(
        select(Agreement.kind, func.count(Agreement.id.distinct()))
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .where(agreements.in_force_where(municipality_id, day))
        .group_by(Agreement.kind)
    )
    return {AgreementKind(kind).value: count for kind, count in rows}


def _ledger(session: Session, municipality_id: int, year: int) -> Ledger | None:
    booked = ledger_queries.period_of(session, municipality_id)
    spent, before = (_spent(session, municipality_id, each) for each in (year, year - 1))
    if booked is None or spent.total_ore == 0:
        return None
    return Ledger(spent, before, *booked)


def _spent(session: Session, municipality_id: int, year: int) -> Spent:
    """Return a year's spend; where it was bought socially is not told apart here."""
    days = (date(year, 1, 1), date(year, 12, 31))
    whole = ledger_sums.total(session, municipality_id, Sought(*days))
    social = ledger_sums.total(session, municipality_id, Sought(*days, bought=SOCIAL))
    return Spent(total_ore=whole.ore, uncertain_ore=social.ore)
