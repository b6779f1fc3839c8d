"""Orders without a basket: a system sends lines and delivery in one call, judged like any order.

The lines become items as a basket has them, so that orderability, stock, ceilings, approval,
numbers, events and mail are those of any order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.products import stock
from catalogue.products.models import Product
from catalogue.products.prices import BuyerPrice
from catalogue.products.rules import next_season
from catalogue.products.service import facts_but_area

from . import items as judging
from . import service
from .items import Item
from .models import BasketLine, Order
from .rules import Price
from .service import CannotBePlaced, Placing


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
    ids = {each.product_id for each in wanted}
    products = _lock(session, ids)
    enterprise_ids = {product.enterprise_id for product in products.values()}
    judging.lock_agreements(session, placing.who, enterprise_ids)
    left = {id_: row.left for id_, row in stock.lock(session, ids).items()}
    applies = judging.in_force(session, placing.who, today)
    priced = judging.price_products(session, applies, products.values())
    names = _names(session, enterprise_ids)
    known = [each for each in wanted if each.product_id in products]
    bare = [_item(each, products[each.product_id], applies, priced) for each in known]
    items = [
        replace(
            item, left=left.get(item.product.id), enterprise_name=names[item.product.enterprise_id]
        )
        for item in bare
    ]
    _refuse_unless_ready(session, items, wanted, today)
    items.sort(key=lambda item: (item.enterprise_name, item.product.enterprise_id))
    return service.place_items(session, placing, items)


def _lock(session: Session, ids: Collection[int]) -> Mapping[int, Product]:
    query = (
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        # Shared: many may order one product at a time, nobody may change it meanwhile.
        .with_for_update(read=True, of=Product)
        .execution_options(populate_existing=True)
    )
    return {product.id: product for product in session.scalars(query)}


def _names(session: Session, enterprise_ids: Collection[int]) -> dict[int, str]:
    query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(enterprise_ids))
    return {id_: name for id_, name in session.execute(query)}


def _item(
    wanted: Wanted, product: Product, applies: InForce, prices: Mapping[int, BuyerPrice]
) -> Item:
    """Return a line as an item. Its basket line is never stored: it says what was accepted."""
    priced = prices[product.id]
    accepted = price = judging.shown_price(product, priced)
    if wanted.price_ore is not None:
        accepted = Price(wanted.price_ore, price.base_quantity, price.unit)
    line = BasketLine(
        product_id=product.id,
        quantity=wanted.quantity,
        accepted_price_ore=accepted.ore,
        accepted_base_quantity=accepted.base_quantity,
        accepted_unit=accepted.unit,
    )
    day = applies.day
    return Item(
        line, product, "", judging.judge_product(applies, product), priced,
        judging.pause_of(product, day), None, next_season(facts_but_area(product), day),
    )  # fmt: skip


def _refuse_unless_ready(
    session: Session, items: Sequence[Item], wanted: Sequence[Wanted], today: date
) -> None:
    there = {item.product.id for item in items}
    faults = [
        _fault(each.product_id, "missing", _("The product does not exist."))
        for each in wanted
        if each.product_id not in there
    ]
    faults += [_explain(item) for item in items if not item.ready]
    if faults:
        raise CannotBePlaced(_("Nothing was ordered: see the lines."), lines=faults)
    for problem in judging.ceiling_problems(session, items, today):
        raise CannotBePlaced(problem)


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
