"""Orders without a basket: a system sends lines and delivery in one call, judged like any order.

The lines become items as a basket has them, so that orderability, stock, ceilings, approval,
numbers, events and mail are those of any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _

from . import basket as baskets
from . import items as judging
from . import service
from .items import Item
from .models import BasketLine, Order
from .service import CannotBePlaced, Placing
from .takes import Take


@dataclass(frozen=True)
class Wanted:
    """A product and how many; `price_ore` is the highest price for its units that is accepted."""

    product_id: int
    quantity: Decimal
    price_ore: int | None = None


def place(session: Session, placing: Placing, wanted: Sequence[Wanted]) -> list[Order]:
    """Order lines, one order per enterprise, by number; sent again under its key, as at first.

    Raises CannotBePlaced, with nothing written, and tells of each line what stands in the way.
    """
    if placed := service.list_placed(session, placing.who, placing.key):
        return placed
    today = today_in_copenhagen(placing.now)
    lines = [BasketLine(product_id=each.product_id, quantity=each.quantity) for each in wanted]
    items = judging.check_lines_locked(session, placing.who, lines, today)
    prices = {each.product_id: each.price_ore for each in wanted}
    for item in items:
        _accept(item, prices[item.product.id])
    taken = _refuse_unless_ready(session, items, wanted, today)
    items.sort(key=lambda item: (item.enterprise_name, item.product.enterprise_id))
    return service.place_items(session, placing, items, taken)


def _accept(item: Item, price_ore: int | None) -> None:
    """Write on a line, which is never stored, what was accepted; None: what it costs today."""
    price = item.price
    ore = price.ore if price_ore is None else price_ore
    baskets.accept(item.line, replace(price, ore=ore))


def _refuse_unless_ready(
    session: Session, items: Sequence[Item], wanted: Sequence[Wanted], today: date
) -> list[Take]:
    there = {item.product.id for item in items}
    faults = [
        _fault(each.product_id, "missing", _("The product does not exist."))
        for each in wanted
        if each.product_id not in there
    ]
    faults += [_explain(item) for item in items if not item.ready]
    if faults:
        raise CannotBePlaced(_("Nothing was ordered: see the lines."), lines=faults)
    return service.take(session, items, today)


def _explain(item: Item) -> dict[str, Any]:
    """Tell of a line the first reason why it may not be ordered."""
    id_, refusal = item.product.id, item.refusal
    if refusal is not None:
        reason = str(item.judgement.reason)
        detail = f"{refusal.title} {refusal.detail}"
        return _fault(id_, reason, detail) | {
            "where_to_buy": str(refusal.where_to_buy) if refusal.where_to_buy else None,
            "agreement_number": refusal.agreement_number,
        }
    if item.pause:
        return _fault(id_, "paused", item.pause)
    if item.below_minimum:
        return _fault(id_, "below_minimum", item.below_minimum)
    if item.beyond_stock:
        return _fault(id_, "beyond_stock", item.beyond_stock)
    told = _("The price is now higher than the one you accept.")
    return _fault(id_, "price_risen", told) | {"price_ore": item.price.ore}


def _fault(product_id: int, reason: str, detail: Text | str) -> dict[str, Any]:
    return {"product_id": product_id, "reason": reason, "detail": str(detail)}
