"""Sums of the ledger, read from those that are kept where they tell it, else from the rows.

Sums of all rows, of a department, of an account or a category are kept (`LedgerSum`): whole months
are read, and single days at the ends of a period. From the rows are summed up: what was bought at
social enterprises, and what is asked for by supplier or by department and account together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from catalogue.core.db import ask

from . import ledger_rules as rules
from .ledger_rules import SOCIAL, Bought
from .ledger_sets import Purchases, Sought, of_category
from .models import LedgerRow, LedgerSum, Span, SumKind


@dataclass(frozen=True)
class Sum:
    """How many rows there are, and their amount in øre."""

    rows: int = 0
    ore: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.rows + other.rows, self.ore + other.ore)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.rows - other.rows, self.ore - other.ore)


Months = Mapping[str, Sum]  # by the month's name, such as 2025-12
Days = Mapping[str, Sum]  # by the day, such as 2025-12-31


def total(session: Session, municipality_id: int, sought: Sought) -> Sum:
    """Count and sum up the rows asked for. One query, two for other suppliers."""
    return sum(by_month(session, municipality_id, sought).values(), Sum())


def by_month(session: Session, municipality_id: int, sought: Sought) -> Months:
    """Count and sum up the rows asked for in each month that has some. Queries as `total`."""
    if sought.bought is None:
        return _all_kinds(session, municipality_id, sought)
    if sought.bought != (Bought.ELSEWHERE,):
        return _of_rows(session, municipality_id, sought)
    # Of the few social ones the rows are read, and all others need not be.
    months = _all_kinds(session, municipality_id, replace(sought, bought=None))
    social = _of_rows(session, municipality_id, replace(sought, bought=SOCIAL))
    return {month: found - social.get(month, Sum()) for month, found in months.items()}


def totals_of_few(session: Session, municipality_id: int, asked: Sequence[Sought]) -> list[Sum]:
    """Count and sum up rows of few suppliers (`Sought.of_few`), of one question after the other.

    One query, for each may take other suppliers for social ones: those of its own first day.
    """
    parts = []
    for place, sought in enumerate(asked):
        sets = Purchases(municipality_id, sought.verified_since)
        found, conditions = sets.of_few((LedgerRow.amount_ore,), sought)
        sums = select(literal(place), func.count(), func.sum(found.c.amount_ore))
        parts.append(sums.select_from(found).where(*conditions))
    rows = {place: Sum(count, int(ore or 0)) for place, count, ore in
            session.execute(union_all(*parts))}  # fmt: skip
    return [rows[place] for place in range(len(asked))]


def by_day(session: Session, municipality_id: int, sought: Sought) -> Days:
    """Count and sum up rows of few suppliers (`Sought.of_few`) on each day. One query."""
    sets = Purchases(municipality_id, sought.verified_since)
    found, conditions = sets.of_few((LedgerRow.booked_on, LedgerRow.amount_ore), sought)
    day = found.c.booked_on
    query = select(day, func.count(), func.sum(found.c.amount_ore)).where(*conditions)
    rows = session.execute(query.group_by(day))
    return {day.isoformat(): Sum(int(count), int(ore)) for day, count, ore in rows}


def narrowed(sought: Sought, spans: Months | Days, limit: int, offset: int) -> tuple[Sought, int]:
    """Return the days that hold a page of the rows, the latest first, and its offset in them.

    So the database passes over the rows of one span at most, however far down the page is.
    """
    if offset >= sum(found.rows for found in spans.values()):
        return sought, offset  # nothing stands there
    first, last, before = sought.first_on, sought.last_on, 0
    behind = 0  # rows of the spans so far
    for span in sorted(spans, reverse=True):
        begin = date.fromisoformat(f"{span}-01"[:10])
        if behind + spans[span].rows <= offset:
            before = behind + spans[span].rows
            last = min(last, rules.day_before(begin))
        behind += spans[span].rows
        if behind >= offset + limit:
            first = max(first, begin)
            break
    days = replace(sought, first_on=first, last_on=last, since=sought.verified_since)
    return days, offset - before


def by_name(
    session: Session, municipality_id: int, period: tuple[date, date]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the amounts of a period in øre by department and by account. One query."""
    found: dict[str, dict[str, int]] = {kind.value: {} for kind in SumKind}
    rows = session.execute(
        select(LedgerSum.kind, LedgerSum.name, func.sum(LedgerSum.amount_ore))
        .where(LedgerSum.municipality_id == municipality_id, _of(*period))
        .group_by(LedgerSum.kind, LedgerSum.name)
    )
    for kind, name, ore in rows:
        found[kind][name] = int(ore)
    return found[SumKind.DEPARTMENT], found[SumKind.ACCOUNT]


def social_by_name(
    session: Session, municipality_id: int, period: tuple[date, date]
) -> dict[str, dict[str, dict[Bought, int]]]:
    """Return the amounts at social enterprises in øre by where they were bought. One query.

    By `cvr`, `department` and `account`, then by the name of each.
    """
    sets = Purchases(municipality_id, period[0])
    columns = (LedgerRow.cvr, LedgerRow.department, LedgerRow.account)
    query = select(*columns, sets.place.label("place"), LedgerRow.amount_ore)
    of_social = sets.sought(query, Sought(*period, bought=SOCIAL))
    judged = of_social.cte().prefix_with("MATERIALIZED")  # once, then summed up three times
    found: dict[str, dict[str, dict[Bought, int]]] = {column.key: {} for column in columns}
    parts = [
        select(_text(kind), name := judged.c[kind], judged.c.place, func.sum(judged.c.amount_ore))
        .group_by(name, judged.c.place)
        for kind in found
    ]  # fmt: skip
    for kind, name, place, ore in session.execute(union_all(*parts)):
        found[kind].setdefault(name, {})[Bought(place)] = int(ore)
    return found


def by_account(session: Session, municipality_id: int) -> dict[str, Sum]:
    """Return the accounts of all rows in the ledger, with count and amount. One query."""
    rows = ask(session, _by_account(), {"municipality_id": municipality_id})
    return {account: Sum(int(count), int(ore)) for account, count, ore in rows}


@cache  # asked by each look at coverage: to write it takes longer than to answer it
def _by_account() -> Any:
    return (
        select(LedgerSum.name, func.sum(LedgerSum.row_count), func.sum(LedgerSum.amount_ore))
        .where(LedgerSum.municipality_id == bindparam("municipality_id"))
        .where(LedgerSum.span == Span.MONTH, LedgerSum.kind == SumKind.ACCOUNT)
        .group_by(LedgerSum.name)
    )


def _all_kinds(session: Session, municipality_id: int, sought: Sought) -> Months:
    """Return the months of rows of all kinds: from the sums where one kind of them tells it."""
    of_account = sought.account is not None or sought.category is not None
    if sought.cvr is not None or (of_account and sought.department is not None):
        return _of_rows(session, municipality_id, sought)
    kind = SumKind.ACCOUNT if sought.department is None else SumKind.DEPARTMENT
    conditions = [LedgerSum.municipality_id == municipality_id, LedgerSum.kind == kind,
                  _of(sought.first_on, sought.last_on)]  # fmt: skip
    for name in (sought.department, sought.account):
        if name is not None:
            conditions.append(LedgerSum.name == name)
    if sought.category is not None:
        conditions.append(of_category(LedgerSum.name, municipality_id, sought.category))
    day = LedgerSum.first_on
    query = select(day, func.sum(LedgerSum.row_count), func.sum(LedgerSum.amount_ore))
    return _read(session, query.where(*conditions).group_by(day))


def _of_rows(session: Session, municipality_id: int, sought: Sought) -> Months:
    if sought.of_few:
        months: dict[str, Sum] = {}
        for day, found in by_day(session, municipality_id, sought).items():
            months[day[:7]] = months.get(day[:7], Sum()) + found
        return months
    month = func.substr(cast(LedgerRow.booked_on, String), 1, 7).label("month")
    query = select(month, func.count(), func.sum(LedgerRow.amount_ore)).group_by(month)
    sets = Purchases(municipality_id, sought.verified_since)
    return _read(session, sets.sought(query, sought))


def _read(session: Session, query: Any) -> Months:
    months: dict[str, Sum] = {}
    for day, rows, ore in session.execute(query):
        month = str(day)[:7]
        months[month] = months.get(month, Sum()) + Sum(int(rows), int(ore))
    return months


def _of(first: date, last: date) -> ColumnElement[bool]:
    """Return the condition on the sums that make up a period: whole months, and days beside."""
    whole = rules.whole_months(first, last)
    parts = [
        and_(LedgerSum.span == Span.DAY, LedgerSum.first_on.between(*edge))
        for edge in rules.edges(first, last)
    ]
    if whole is not None:
        parts.append(and_(LedgerSum.span == Span.MONTH, LedgerSum.first_on.between(*whole)))
    return or_(*parts)


def _text(name: str) -> Any:
    return cast(name, String)
