"""How much of the ceilings of agreements is used on a day: by orders that stand, and reserved by
orders that wait for approval.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.ceiling_rules import Ceiling
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.agreements.rules import counted_since
from catalogue.core.among import among
from catalogue.core.db import ask
from catalogue.core.text import COPENHAGEN

from .models import Order, OrderLine
from .rules import FREE_STATES, RESERVING_STATES

NEAR_PERCENT = 80  # time to raise the ceiling or to tell the enterprise
PORTION = 200  # agreements whose sums are asked for at once


@dataclass(frozen=True)
class Used:
    """A ceiling as it is on a day, and what counts to it, in øre without VAT."""

    agreement_id: int
    number: str
    ceiling_ore: int
    ceiling_months: int | None
    ordered_ore: int
    reserved_ore: int = 0  # by orders that await approval

    @property
    def bound_ore(self) -> int:
        """Return what nobody else can order any more."""
        return self.ordered_ore + self.reserved_ore

    @property
    def is_near(self) -> bool:
        """Tell whether so much is used that staff should know."""
        return self.bound_ore * 100 >= self.ceiling_ore * NEAR_PERCENT


def list_used(session: Session, agreement_ids: Collection[int], day: date) -> list[Used]:
    """List the ceilings of those of the agreements that have one, by number. Two queries."""
    return list_used_of(session, list_ceilings(session, agreement_ids, day), day)


def list_ceilings(session: Session, agreement_ids: Collection[int], day: date) -> list[Ceiling]:
    """List the ceilings of those of the agreements that have one on a day."""
    rows = session.execute(
        select(Agreement.id, Agreement.number, *agreements.ceiling_columns())
        .outerjoin(FormerTerms, agreements.former_on(day))
        .where(Agreement.id.in_(agreement_ids))
    )
    return [each for each in map(agreements.ceiling_of, rows) if each is not None]


def list_used_of(session: Session, ceilings: Iterable[Ceiling], day: date) -> list[Used]:
    """List how much is used of ceilings on a day, by number. One query; none of none."""
    return _list(session, ceilings, day, begin_of(day + timedelta(days=1)))


def list_taken(session: Session, ceilings: Iterable[Ceiling], today: date) -> list[Used]:
    """List the same with what is dated after today, which judges an order. One query; none of none.

    A clock that was ahead and was set right has left orders of tomorrow, and they stand.
    """
    return _list(session, ceilings, today, begin_of(date.max))


def _list(session: Session, ceilings: Iterable[Ceiling], day: date, until: datetime) -> list[Used]:
    found = sorted(ceilings, key=lambda each: each.number)
    since = {each.agreement_id: counted_since(day, each.starts_on, each.months) for each in found}
    sums = _sums(session, since, until)
    return [
        Used(each.agreement_id, each.number, each.ore, each.months,
             *sums.get(each.agreement_id, (0, 0)))
        for each in found
    ]  # fmt: skip


def list_overrun(session: Session, day: date) -> Iterator[str]:
    """Yield the agreements, by number, of whose ceilings more is used on a day than there is.

    Two queries for each `PORTION` of them, for a statement holds no more.
    """
    running = (Agreement.is_draft.is_(False), Agreement.starts_on <= day, Agreement.ends_on >= day)
    ids = session.scalars(select(Agreement.id).where(*running).order_by(Agreement.number)).all()
    for start in range(0, len(ids), PORTION):
        for each in list_used(session, ids[start : start + PORTION], day):
            if each.bound_ore > each.ceiling_ore:
                yield each.number


def list_most(session: Session, ceilings: Iterable[Ceiling]) -> list[Used]:
    """List the most that may be used of ceilings, by number: all that was ever ordered, whatever
    came of it. One query, of an index alone; a tenth of what `list_used_of` takes.
    """
    found = sorted(ceilings, key=lambda each: each.number)
    if not found:
        return []
    ids = [each.agreement_id for each in found]
    rows = ask(session, _ever(), {"agreements": ids})
    sums = {agreement_id: int(net_ore) for agreement_id, net_ore in rows}
    return [
        Used(each.agreement_id, each.number, each.ore, each.months,
             sums.get(each.agreement_id, 0))
        for each in found
    ]  # fmt: skip


@cache
def _ever() -> Any:
    summed = select(OrderLine.agreement_id, func.sum(OrderLine.net_ore))
    return summed.where(among(OrderLine.agreement_id, "agreements")).group_by(
        OrderLine.agreement_id
    )


def sum_ordered(session: Session, since: Mapping[int, date], until: date) -> dict[int, int]:
    """Sum up what stands of what was ordered on agreements, of each from its day on, before the
    day `until`. One query for each `PORTION` of them.
    """
    found: dict[int, int] = {}
    asked = list(since.items())
    for start in range(0, len(asked), PORTION):
        sums = _sums(session, dict(asked[start : start + PORTION]), begin_of(until))
        found |= {agreement_id: ordered for agreement_id, (ordered, _held) in sums.items()}
    return found


def _sums(session: Session, since: dict[int, date], until: datetime) -> dict[int, tuple[int, int]]:
    """Return what is ordered and what is reserved, by agreement. One query.

    A reservation counts whenever it was asked for: approved, it will be an order of that day.
    """
    if not since:
        return {}
    asked: dict[str, Any] = {"until": until}
    for place, (agreement_id, first) in enumerate(since.items()):
        asked |= {f"agreement_{place}": agreement_id, f"since_{place}": begin_of(first)}
    rows = ask(session, _summed(len(since)), asked)
    return {agreement_id: (int(ordered), int(held)) for agreement_id, ordered, held in rows}


@lru_cache(maxsize=64)  # asked by each step of a purchase: to write it takes longer than to answer
def _summed(count: int) -> Any:
    """Return what asks for the sums of `count` agreements."""
    reserves = Order.state.in_(RESERVING_STATES)
    counted = [
        and_(
            OrderLine.agreement_id == bindparam(f"agreement_{place}"),
            or_(reserves, Order.placed_at >= bindparam(f"since_{place}")),
        )
        for place in range(count)
    ]
    return (
        select(
            OrderLine.agreement_id,
            func.sum(case((reserves, 0), else_=OrderLine.net_ore)),
            func.sum(case((reserves, OrderLine.net_ore), else_=0)),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(or_(*counted), Order.state.not_in(FREE_STATES))
        .where(Order.placed_at < bindparam("until"))
        .group_by(OrderLine.agreement_id)
    )


def begin_of(day: date) -> datetime:
    """Return the first moment of a day in Copenhagen."""
    return datetime.combine(day, time.min, COPENHAGEN)
