"""Reads for the yearly report of a municipality; writes nothing, and reads no person's name.

Ten queries at most, however much there is: orders 1, agreements 2, ledger 3, searches in vain and
the words they are gathered by 2, enterprises with their statements 1, categories 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, FormerTerms
from catalogue.enterprises.effect_models import EffectStatement
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used

from . import demand_queries, ledger_queries, ledger_sums, yearly, yearly_effects, yearly_orders
from .demand_rules import Group
from .ledger_rules import SOCIAL, Spent
from .ledger_sets import Sought
from .yearly import Figures
from .yearly_effects import Stated

# Fewer searches than this stay out of a paper that is handed around: they may be one person's.
FEWEST_SEARCHES = 3
MOST_SOUGHT = 10


@dataclass(frozen=True)
class Period:
    """A year, and the day on which its report is read."""

    year: int
    today: date

    @property
    def first(self) -> date:
        """Return the first day of the year."""
        return date(self.year, 1, 1)

    @property
    def day(self) -> date:
        """Return the day as of which the report tells: today, or the last day of the year."""
        return min(self.today, date(self.year, 12, 31))

    @property
    def is_over(self) -> bool:
        """Tell whether the year is over; until its last midnight its figures are preliminary."""
        return self.today.year > self.year

    def has_ended(self, ends_on: date) -> bool:
        """Tell whether an agreement ended in the year; on its last day it is still in force."""
        return ends_on < self.today and ends_on <= self.day


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
    in_force_before: dict[str, int]  # those of the year before that went on into this one

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
        period.year, *yearly_orders.read(session, municipality_id, period.year)
    )
    span = (period.first, date(period.year, 12, 31))
    sought = demand_queries.list_in_vain(session, parts, municipality_id, span)
    sought = [group for group in sought if group.times >= FEWEST_SEARCHES][:MOST_SOUGHT]
    codes = {group.category_code for group in sought if group.category_code}
    for division in figures.divisions:
        codes |= {division.whole.key, *(part.key for part in division.groups)}
    sellers, said = _sellers(session, figures, period)
    return Report(
        period=period,
        figures=figures,
        sellers=sellers,
        agreements=_agreements(session, municipality_id, period),
        ledger=_ledger(session, municipality_id, period.year),
        sought=sought,
        labels=agreements.category_labels(session, codes, locale),
        stated=said,
    )


def stated(
    session: Session, municipality_id: int, period: Period
) -> tuple[Stated, dict[int, tuple[str, str]]]:
    """Return what the enterprises ordered from in a year state, and their CVR numbers and names."""
    figures = yearly.figures(
        period.year, *yearly_orders.read(session, municipality_id, period.year)
    )
    sellers, found = _sellers(session, figures, period)
    by_name = sorted((sellers[id_].name, id_) for id_ in _paid(figures))
    return found, {id_: (sellers[id_].cvr, name) for name, id_ in by_name}


def _sellers(
    session: Session, figures: Figures, period: Period
) -> tuple[dict[int, Seller], Stated]:
    """Return who was ordered from, and what those of them that got something state. One query."""
    year = yearly_effects.year_of(period.year, is_over=period.is_over)
    of_year = and_(EffectStatement.enterprise_id == Enterprise.id, EffectStatement.year == year)
    rows = session.execute(
        select(
            Enterprise.id,
            Enterprise.name,
            Enterprise.city,
            Enterprise.social_purpose,
            Enterprise.cvr,
            EffectStatement,
        )
        .outerjoin(EffectStatement, of_year)
        .where(Enterprise.id.in_([part.key for part in figures.enterprises]))
    ).all()
    sellers = {id_: Seller(*told) for id_, *told, _statement in rows}
    paid = _paid(figures)
    said = {id_: statement for id_, *_told, statement in rows if statement and id_ in paid}
    return sellers, yearly_effects.sum_up(said, year, len(paid))


def _paid(figures: Figures) -> set[int]:
    return {part.key for part in figures.enterprises if part.net_ore}


def _agreements(session: Session, municipality_id: int, period: Period) -> Agreements:
    day, eve = period.day, period.first - timedelta(days=1)
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.ends_on, Enterprise.name,
               *map(agreements.said, ("title", "supplier_name")), *agreements.ceiling_columns(),
               _is_in_force(municipality_id, day).label("in_force"),
               _is_in_force(municipality_id, eve).label("in_force_before"))
        .outerjoin(FormerTerms, agreements.former_on(day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == municipality_id, Agreement.is_draft.is_(False))
        .where(Agreement.starts_on <= day, Agreement.ends_on >= period.first)
        .order_by(Agreement.number)
    ).all()  # fmt: skip
    voluntary = [row for row in rows if row.kind == AgreementKind.VOLUNTARY]
    known = [each for each in map(agreements.ceiling_of, voluntary) if each is not None]
    used = {each.agreement_id: each for each in ceilings.list_used_of(session, known, day)}
    return Agreements(
        listed=[
            Agreed(
                row.id, row.kind, row.number, row.title, row.name or row.supplier_name or "",
                row.starts_on, row.ends_on, is_new=row.starts_on >= period.first,
                has_ended=period.has_ended(row.ends_on), used=used.get(row.id),
            )
            for row in rows
        ],
        # What ended with a year is not in force at its end: each is counted once.
        in_force=Counter(
            AgreementKind(row.kind).value
            for row in rows
            if row.in_force and not period.has_ended(row.ends_on)
        ),
        in_force_before=Counter(
            AgreementKind(row.kind).value for row in rows if row.in_force_before
        ),
    )  # fmt: skip


def _is_in_force(municipality_id: int, day: date) -> ColumnElement[bool]:
    """Return whether an agreement is in force on a day with any category."""
    return exists().where(
        AgreementCategory.agreement_id == Agreement.id,
        agreements.in_force_where(municipality_id, day),
    )


def _ledger(session: Session, municipality_id: int, year: int) -> Ledger | None:
    """Return the spend of two years; where it was bought socially is not told apart here."""
    booked = ledger_queries.period_of(session, municipality_id)
    if booked is None:
        return None
    years = [Sought(date(each, 1, 1), date(each, 12, 31)) for each in (year, year - 1)]
    both = Sought(years[1].first_on, years[0].last_on)
    months = ledger_sums.by_month(session, municipality_id, both)
    of_social = [replace(each, bought=SOCIAL) for each in years]
    spent, before = (
        Spent(
            total_ore=sum(found.ore for month, found in months.items() if month[:4] == name),
            uncertain_ore=social.ore,
        )
        for name, social in zip(
            (str(year), str(year - 1)),
            ledger_sums.totals_of_few(session, municipality_id, of_social),
            strict=True,
        )
    )
    return Ledger(spent, before, *booked) if spent.total_ore else None
