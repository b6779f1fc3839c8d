"""How a standing order becomes an order: by the rules of a basket, at the prices of the day.

All or nothing: a line that may not be ordered as the buyer wants it keeps back the whole order, for
she is told and decides, and nobody gets half of what was agreed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.agreements import refusals
from catalogue.core.errors import Invalid
from catalogue.core.text import (
    DEFAULT_LOCALE,
    Text,
    day,
    gettext,
    money,
    reading_in,
    today_in_copenhagen,
)
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import frames, service, standing_rules, takes
from . import items as judging
from .frame_models import QuoteFrame
from .frame_rules import FrameKind
from .items import Item
from .models import Order
from .rules import Delivery, Price, PriceChange
from .schema import QUANTITY_PREFIX
from .service import CannotBePlaced, Placing
from .standing_models import StandingOrder
from .standing_orders import basket_lines
from .standing_rules import Occasion, Plan

KEY = "standing"  # a form's own key has no colon, so none can be taken for one of these


class NotPlaced(CannotBePlaced):
    """The standing order cannot be placed for a date; nothing was ordered."""

    title = _("The standing order was not placed")


def place(
    session: Session, who: Who, standing: StandingOrder, occasion: Occasion, now: datetime
) -> Order:
    """Order what a standing order, locked and with its lines, has for one of its dates.

    Raises NotPlaced with all that stands in the way, CannotBePlaced for a ceiling or a budget, and
    of a frame what `frames.call_off` raises; then nothing is written.
    """
    delivery = Delivery(**standing.delivery).noting(_note(standing.plan, occasion))
    placing = Placing(who, delivery, key_of(standing.id, occasion.planned_on), now)
    if standing.quote_id is not None:
        return _call_off(session, placing, standing, standing.quote_id)
    today = today_in_copenhagen(now)
    items = judging.check_lines_locked(session, who, basket_lines(standing), today)
    taken = takes.list_locked(session, items, today)
    found = [*list_problems(items), *takes.problems(taken)]
    if found:
        raise NotPlaced("\n".join(map(str, found)))
    (order,) = service.place_items(session, placing, items, taken)
    return order


def _call_off(session: Session, placing: Placing, standing: StandingOrder, quote_id: int) -> Order:
    """Call its lines off a frame; where less is left, a form tells it at the line, a mail by name.

    What is left of an amount is told of all lines together.
    """
    wanted = {line.position: line.quantity for line in standing.lines}
    try:
        return frames.call_off(session, placing, quote_id, wanted)
    except Invalid as error:
        if session.get_one(QuoteFrame, quote_id).kind != FrameKind.QUANTITY:
            raise
        names = {f"{QUANTITY_PREFIX}{line.position}": line.title for line in standing.lines}
        found = [
            _("%(title)s: %(problem)s", title=names[field], problem=problem)
            for field, problems in error.problems.items()
            for problem in problems
        ]
        raise NotPlaced("\n".join(map(str, found))) from None


def key_of(standing_id: int, planned_on: date) -> str:
    """Return the key by which the order of a date is known: with it, no second can be placed."""
    return f"{KEY}:{standing_id}:{planned_on.isoformat()}"


def standing_id_of(placing_key: str) -> int | None:
    """Return which standing order an order comes from; None when it comes from none."""
    name, _colon, rest = placing_key.partition(":")
    return int(rest.partition(":")[0]) if name == KEY and rest else None


def list_problems(items: Sequence[Item]) -> list[Text]:
    """List why the lines may not be ordered as the buyer wants them, and what to do. Pure."""
    return [
        _("%(title)s: %(problem)s", title=item.product.name, problem=problem)
        for item in items
        for problem in _problems(item)
    ]


def _problems(item: Item) -> Iterator[Text | str]:
    if not item.judgement.orderable:
        yield refusals.in_one_text(item.judgement)
        return
    if item.price_change == PriceChange.OTHER_UNIT:
        yield _("It is sold by another unit now. Order it anew.")
    elif item.must_be_accepted:
        yield _(
            "It costs %(price)s now, and you allow %(most)s. Accept the new price on the page of"
            " the standing order.",
            price=_said(item.price),
            most=_said(item.accepted),
        )
    for problem in (item.below_minimum, item.pause, item.beyond_stock):
        if problem:
            yield problem


def _said(price: Price) -> str:
    amount = money(price.ore)
    return amount if price.base_quantity == 1 else f"{amount} / {price.base_quantity}"


def _note(plan: Plan, occasion: Occasion) -> str:
    """Return what the enterprise is told of the wanted day, in its language."""
    with reading_in(DEFAULT_LOCALE):
        return gettext(
            "Delivery is wanted on %(day)s. Standing order: %(rhythm)s.",
            day=day(occasion.delivery_on),
            rhythm=str(standing_rules.describe(plan)),
        )
