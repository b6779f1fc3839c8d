"""What is used of the ceilings in force on a day: what of it coverage knows is summed up there.

Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from catalogue.agreements.ceiling_rules import Ceiling
from catalogue.agreements.rules import counted_since
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used, begin_of
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import RESERVING_STATES

from .spending import Ordered


@dataclass(frozen=True)
class Bound:
    """What is used of ceilings, by agreement.

    `since`: the first day whose orders count. `history`: what was ordered from that day on, before
    the twelve months of which all is known.
    """

    ceilings: Sequence[Ceiling]
    since: Mapping[int, date]
    history: Mapping[int, int]
    used: Mapping[int, Used]


def read(
    session: Session, municipality_id: int, limits: Sequence[Ceiling], ordered: Ordered
) -> Bound:
    """Return what is used of ceilings. A query, and one of the history where it counts."""
    since = _since(limits, ordered.last)
    history = _history(session, since, ordered.first)
    return _made(session, municipality_id, limits, ordered, history)


def renewed(
    session: Session,
    municipality_id: int,
    kept: Bound,
    limits: Sequence[Ceiling],
    orders: tuple[Ordered, Ordered],
) -> Bound:
    """Return what is used after orders or ceilings changed, or on a later day.

    `kept` is what was used before; `orders`: what has become history since, and what was ordered.
    A query, and one of the history of ceilings that count from another day.
    """
    gone, ordered = orders
    since = _since(limits, ordered.last)
    same = {each: begin for each, begin in since.items() if kept.since.get(each) == begin}
    new = {each: begin for each, begin in since.items() if each not in same}
    left = gone.since(same)
    history = {each: kept.history.get(each, 0) + left.get(each, 0) for each in same}
    history |= _history(session, new, ordered.first)
    return _made(session, municipality_id, limits, ordered, history)


def reserved_anew(session: Session, municipality_id: int, day: date, kept: Bound) -> Bound:
    """Return what is used after orders changed that wait; `kept` where nothing differs. A query."""
    if not kept.ceilings:
        return kept
    reserved = _reserved(session, municipality_id, day)
    used = {
        agreement_id: replace(each, reserved_ore=reserved.get(agreement_id, 0))
        for agreement_id, each in kept.used.items()
    }
    return kept if used == kept.used else replace(kept, used=used)


def _since(limits: Sequence[Ceiling], day: date) -> dict[int, date]:
    return {each.agreement_id: counted_since(day, each.starts_on, each.months) for each in limits}


def _history(session: Session, since: Mapping[int, date], first: date) -> dict[int, int]:
    """Return what was ordered before a day on those agreements that count earlier days."""
    early = {each: begin for each, begin in since.items() if begin < first}
    return ceilings.sum_ordered(session, early, first)


def _made(
    session: Session,
    municipality_id: int,
    limits: Sequence[Ceiling],
    ordered: Ordered,
    history: Mapping[int, int],
) -> Bound:
    since = _since(limits, ordered.last)
    reserved = _reserved(session, municipality_id, ordered.last) if limits else {}
    in_year = ordered.since(since)
    used = {
        each.agreement_id: Used(
            each.agreement_id, each.number, each.ore, each.months,
            history.get(each.agreement_id, 0) + in_year.get(each.agreement_id, 0),
            reserved.get(each.agreement_id, 0),
        )
        for each in limits
    }  # fmt: skip
    return Bound(limits, since, history, used)


def _reserved(session: Session, municipality_id: int, day: date) -> dict[int, int]:
    """Return what orders that wait reserve, by agreement. One query.

    Those that wait are found by themselves, for SQLite looks through all orders for those of days.
    """
    each = aliased(Order)
    waiting = select(each.id).where(
        each.municipality_id == municipality_id, each.state.in_(RESERVING_STATES)
    )
    rows = session.execute(
        select(OrderLine.agreement_id, func.sum(OrderLine.net_ore))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.id.in_(waiting), Order.placed_at < begin_of(day + timedelta(days=1)))
        .group_by(OrderLine.agreement_id)
    )
    return {agreement_id: int(net_ore) for agreement_id, net_ore in rows}
