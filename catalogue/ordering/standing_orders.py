"""The verbs of a buyer about standing orders: pause, go on, change how many, accept prices, end.

They are made in `standing_making`. Nothing is ordered here: that happens each due morning, in
`standing_work`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who

from . import items as judging
from . import standing_rules
from .models import BasketLine
from .quote_trace import iso
from .rules import Price
from .standing_models import StandingLine, StandingOrder, StandingRun

NONE = _("There is no such standing order.")


class Ended(Conflict):
    """The standing order is ended, so that it can be changed no more."""

    title = _("The standing order is ended")


def pause(
    session: Session, who: Who, standing_id: int, days: tuple[date, date], now: datetime
) -> StandingOrder:
    """Deliver nothing from one day to another, by the rhythm's own dates; raises Invalid."""
    found = lock_own(session, who, standing_id)
    today = today_in_copenhagen(now)
    if problems := standing_rules.pause_problems(*days, today):
        raise Invalid(problems)
    return _set_pause(session, who, found, days, now)


def go_on(session: Session, who: Who, standing_id: int, now: datetime) -> StandingOrder:
    """Take the pause back: what can still be ordered in time is."""
    found = lock_own(session, who, standing_id)
    return _set_pause(session, who, found, (None, None), now)


def set_quantities(
    session: Session, who: Who, standing_id: int, quantities: Mapping[int, Decimal], now: datetime
) -> None:
    """Set how many are ordered from the next date on, by position; others stay."""
    found = lock_own(session, who, standing_id)
    before = _quantities(found)
    for line in found.lines:
        line.quantity = quantities.get(line.position, line.quantity)
    record(session, who, "changed", found, audit.changes(before, _quantities(found)), now)


def accept_prices(
    session: Session, who: Who, standing_id: int, seen: Mapping[int, int], now: datetime
) -> None:
    """Accept the prices of today, by `BuyerPrice.seen` of each product as the buyer saw it.

    One that has changed since keeps the price that was accepted before.
    """
    found = lock_own(session, who, standing_id)
    lines = basket_lines(found)
    by_product = {line.product_id: line for line in found.lines}
    before = _prices(found)
    for item in judging.check_lines(session, who, lines, today_in_copenhagen(now)):
        price, line = item.priced.price, by_product[item.product.id]
        if price is None or seen.get(item.product.id) != item.priced.seen:
            continue
        line.price_ore, line.price_base_quantity = price.ore, price.base_quantity
        line.unit = price.unit
    record(session, who, "changed", found, audit.changes(before, _prices(found)), now)


def end(session: Session, who: Who, standing_id: int, now: datetime) -> None:
    """Order nothing more of it; what was ordered goes on. The staff may, too. Raises Missing."""
    found = _get(session, _locking(_seen_by(who, standing_id)))
    if found.ended_at is not None:
        return
    found.ended_at, found.next_on, found.due_on = now, None, None
    record(session, who, "ended", found, audit.changes({"open": True}, {"open": False}), now)


def get_open(session: Session, who: Who, standing_id: int) -> StandingOrder:
    """Return a standing order that `who` may see, with its lines; raises Missing and Ended.

    One query, for a form that shows neither what it costs today nor what came of it.
    """
    query = select(StandingOrder).where(*_own(who, standing_id))
    return _open(session, query.options(joinedload(StandingOrder.lines)))


def lock_own(session: Session, who: Who, standing_id: int) -> StandingOrder:
    """Return the buyer's standing order, locked, as long as it is not ended; raises Missing."""
    if who.role != Role.BUYER:
        raise Missing(NONE)
    return _open(session, _locking(_seen_by(who, standing_id)))


def set_next(of: StandingOrder, occasion: standing_rules.Occasion | None) -> None:
    """Write which delivery comes next, and the morning it is ordered."""
    of.next_on = occasion.planned_on if occasion else None
    of.due_on = occasion.order_on if occasion else None


def basket_lines(of: StandingOrder) -> list[BasketLine]:
    """Return its products as lines of a basket, with the highest price as the accepted one.

    So they are judged as any basket is. The rows are never stored.
    """
    return [
        BasketLine(
            product_id=line.product_id,
            quantity=line.quantity,
            accepted_price_ore=standing_rules.highest(price_of(line), of.rise_percent).ore,
            accepted_base_quantity=line.price_base_quantity,
            accepted_unit=line.unit,
        )
        for line in of.lines
        if line.product_id is not None
    ]


def price_of(line: StandingLine) -> Price:
    """Return the price that the buyer accepted."""
    return Price(line.price_ore, line.price_base_quantity, line.unit)


def record(
    session: Session, who: Who, action: str, of: StandingOrder, facts: dict[str, Any], now: datetime
) -> None:
    """Write the event, unless nothing was changed; staff of the municipality may read it."""
    if not any(facts.values()):
        return
    audit.record(
        session, f"standing_order.{action}", ("standing_order", of.id), person_id=who.person_id,
        now=now, facts=facts, municipality_id=of.municipality_id,
    )  # fmt: skip


def _set_pause(
    session: Session, who: Who, of: StandingOrder,
    days: tuple[date | None, date | None], now: datetime,
) -> StandingOrder:  # fmt: skip
    before, today = _pause(of), today_in_copenhagen(now)
    of.paused_from, of.paused_until = days
    if not _is_being_placed(of, today):
        _turn_to_next(session, of, today)
    record(session, who, "changed", of, audit.changes(before, _pause(of)), now)
    return of


def _is_being_placed(of: StandingOrder, today: date) -> bool:
    """Tell whether the morning of its next order has come and the worker has not: it stays due."""
    if of.next_on is None or of.due_on is None or of.due_on > today:
        return False
    return not standing_rules.list_ahead(of.plan, of.next_on, 1)[0].paused


def _turn_to_next(session: Session, of: StandingOrder, today: date) -> None:
    last = session.scalar(
        select(func.max(StandingRun.planned_on)).where(StandingRun.standing_order_id == of.id)
    )
    set_next(of, standing_rules.find_in_time(of.plan, today, last))


def _open(session: Session, query: Any) -> StandingOrder:
    found = _get(session, query)
    if found.ended_at is not None:
        raise Ended(_("It is ended. Make a new one."))
    return found


def _get(session: Session, query: Any) -> StandingOrder:
    found: StandingOrder | None = session.scalars(query).unique().first()
    if found is None:
        raise Missing(NONE)
    return found


def _seen_by(who: Who, standing_id: int) -> Any:
    query = select(StandingOrder).where(*_own(who, standing_id))
    return query.options(selectinload(StandingOrder.lines))


def _own(who: Who, standing_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StandingOrder.visible_to(who), StandingOrder.id == standing_id


def _locking(query: Any) -> Any:
    return query.with_for_update(of=StandingOrder).execution_options(populate_existing=True)


def _quantities(of: StandingOrder) -> dict[str, Any]:
    return {"quantities": {str(line.position): str(line.quantity) for line in of.lines}}


def _prices(of: StandingOrder) -> dict[str, Any]:
    return {"prices_ore": {str(line.position): line.price_ore for line in of.lines}}


def _pause(of: StandingOrder) -> dict[str, Any]:
    days = {"paused_from": of.paused_from, "paused_until": of.paused_until}
    return {name: day and iso(day) for name, day in days.items()}
