"""The basket: what a buyer collects until she orders, kept per person and municipality."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from catalogue.agreements import refusals
from catalogue.core.db import Base, ask, insert_on
from catalogue.core.errors import Conflict, Missing
from catalogue.core.fields import MESSAGES, MOST_QUANTITY
from catalogue.core.text import Text, today_in_copenhagen, typed_number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.products import prices, stock
from catalogue.products.models import AgreedPrice, Product
from catalogue.products.stock_models import ProductStock
from catalogue.search import counting
from catalogue.search.count_models import Seen

from . import rules
from .items import in_force, judge_product, pause_of, price_products, shown_price
from .models import Basket, BasketId, BasketLine
from .rules import Price


class NotOrderable(Conflict):
    """The product may not be ordered, or not in this quantity; the detail says what to do."""

    title = _("The product cannot be ordered")


def count(session: Session, who: Who) -> int:
    """Count the lines of the buyer's basket, in one query."""
    return ask(session, _count(), Basket.of(who)).scalar() or 0


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _count() -> Any:
    return select(func.count()).select_from(BasketLine).join(Basket).where(Basket.belongs())


def add(
    session: Session, who: Who, product_id: int, quantity: Decimal | None, now: datetime
) -> Product:
    """Put a product into the buyer's basket, on top of what lies there; None: the smallest order.

    Raises Missing for an unknown product and NotOrderable with the reason and where to buy.
    """
    basket_id, today = lock(session, who, now), today_in_copenhagen(now)
    asked = {"basket_id": basket_id, "product_id": product_id, "day": today}
    rows = session.execute(_product(), Basket.of(who) | asked).all()
    if not rows:
        raise Missing(_("The product does not exist."))
    product: Product = rows[0][0]
    there, left = rows[0][1:3]
    applies = in_force(session, who, today, among=[product.enterprise_id])
    judgement = judge_product(applies, product)
    if not judgement.orderable:
        raise NotOrderable(refusals.in_one_text(judgement))
    if pause := pause_of(product, today):
        raise NotOrderable(pause)
    more = Decimal(product.minimum_quantity) if quantity is None else quantity
    whole = more if there is None else there + more
    for problem in (
        rules.below_minimum(whole, product.minimum_quantity),
        stock.beyond(whole, left),
        _too_many(whole),
    ):
        if problem:
            raise NotOrderable(problem)
    if there is None:
        agreement_id = judgement.voluntary.agreement_id if judgement.voluntary else None
        agreed = [row[3] for row in rows if row[3] is not None]
        priced = prices.price_of(product, agreement_id, agreed, today)
        line = _new_line(basket_id, product, shown_price(product, priced), more)
        ask(session, _adding(session.get_bind().dialect.name), line)
    else:
        ask(session, _setting(), {"basket": basket_id, "product": product_id, "whole": whole})
    counting.note_seen(session, [product_id], Seen.BASKET, now)
    return product


def add_all(session: Session, who: Who, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Put those of the products that may be ordered into the basket, on top of what lies there.

    A fixed number of queries; `filling` has told the buyer of those that may not.
    """
    basket_id = lock(session, who, now)
    products = session.scalars(select(Product).where(Product.id.in_(quantities))).all()
    parties = {each.enterprise_id for each in products}
    applies = in_force(session, who, today_in_copenhagen(now), among=parties)
    priced = price_products(session, applies, products)
    place = {product_id: number for number, product_id in enumerate(quantities)}
    lines = [
        _new_line(basket_id, each, shown_price(each, priced[each.id]), quantities[each.id])
        for each in sorted(products, key=lambda each: place[each.id])
        if judge_product(applies, each).orderable
    ]
    if lines:
        ask(session, _adding(session.get_bind().dialect.name), lines)
        most = select(func.max(BasketLine.quantity)).where(BasketLine.basket_id == basket_id)
        if problem := _too_many(session.scalar(most) or Decimal(0)):
            raise NotOrderable(problem)


def update(session: Session, who: Who, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Set quantities by product id; products that are not in the basket are passed over."""
    basket_id = lock(session, who, now)
    if quantities:
        told = [
            {"basket": basket_id, "product": product_id, "whole": whole}
            for product_id, whole in quantities.items()
        ]
        ask(session, _setting(), told)


def remove(session: Session, who: Who, product_id: int, now: datetime) -> None:
    """Take a product out of the basket; one that is gone already is no fault."""
    basket_id = lock(session, who, now)
    own = (BasketLine.basket_id == basket_id, BasketLine.product_id == product_id)
    ask(session, delete(BasketLine).where(*own))


def accept_prices(session: Session, who: Who, seen: Mapping[int, int], now: datetime) -> None:
    """Accept the present prices of products, by `BuyerPrice.seen` of each as the buyer saw it.

    A product that has changed since she saw it keeps its old price and is shown to her again.
    """
    basket_id = lock(session, who, now)
    query = (
        select(BasketLine, Product)
        .join(Product, Product.id == BasketLine.product_id)
        .where(BasketLine.basket_id == basket_id)
    )
    rows = session.execute(query).all()
    parties = {row[1].enterprise_id for row in rows}
    applies = in_force(session, who, today_in_copenhagen(now), among=parties)
    priced = price_products(session, applies, [row[1] for row in rows])
    for line, product in rows:
        found = priced[product.id]
        if seen.get(product.id) == found.seen and found.price is not None:
            accept(line, found.price)


def lock(session: Session, who: Who, now: datetime) -> BasketId:
    """Return the buyer's basket, made on first use, locked: one change of it at a time.

    One statement.
    """
    asked = Basket.of(who) | {"now": now}
    found: BasketId = ask(session, _touching(session.get_bind().dialect.name), asked).scalar_one()
    return found


@cache
def _touching(dialect: str) -> Any:
    made = insert_on(dialect, Basket).values(
        person_id=bindparam("person_id"), municipality_id=bindparam("municipality_id"),
        key=bindparam("basket_key"), updated_at=bindparam("now"),
    )  # fmt: skip
    own = [Basket.person_id, Basket.municipality_id, Basket.key]
    touched = {"updated_at": made.excluded.updated_at}
    return made.on_conflict_do_update(index_elements=own, set_=touched).returning(Basket.id)


def empty(session: Session, basket_id: BasketId) -> None:
    """Take everything out of the basket."""
    ask(session, _emptying(), {"basket_id": basket_id})


@cache
def _emptying() -> Any:
    return delete(BasketLine).where(BasketLine.basket_id == bindparam("basket_id"))


@cache
def _product() -> Any:
    """Return what is asked of a product: itself, how many lie in the basket, how many are left, and
    each price agreed for it here.
    """
    line = and_(BasketLine.product_id == Product.id, BasketLine.basket_id == bindparam("basket_id"))
    return (
        select(Product, BasketLine.quantity, ProductStock.left, AgreedPrice)
        .outerjoin(BasketLine, line)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .outerjoin(AgreedPrice, prices.agreed_where())
        .where(Product.id == bindparam("product_id"))
        .order_by(AgreedPrice.id)
    )


@cache
def _adding(dialect: str) -> Any:
    """Return what puts lines into a basket, on top of what lies there at the price accepted."""
    lines = Base.metadata.tables[BasketLine.__tablename__]
    made = insert_on(dialect, lines)
    more = {"quantity": lines.c.quantity + made.excluded.quantity}
    return made.on_conflict_do_update(index_elements=["basket_id", "product_id"], set_=more)


def _too_many(whole: Decimal) -> Text | None:
    """Return what a form says of a quantity above the largest there is."""
    if whole <= MOST_QUANTITY:
        return None
    return _(MESSAGES["too_large"].message, limit=typed_number(Decimal(MOST_QUANTITY)))


@cache
def _setting() -> Any:
    """Return what sets how many of a product lie in a basket."""
    lines = Base.metadata.tables[BasketLine.__tablename__]
    line = and_(
        lines.c.basket_id == bindparam("basket"), lines.c.product_id == bindparam("product")
    )
    return update_rows(lines).where(line).values(quantity=bindparam("whole"))


def _new_line(
    basket_id: BasketId, product: Product, price: Price, quantity: Decimal
) -> dict[str, Any]:
    return {
        "basket_id": basket_id, "product_id": product.id, "quantity": quantity,
        "accepted_price_ore": price.ore, "accepted_base_quantity": price.base_quantity,
        "accepted_unit": price.unit,
    }  # fmt: skip


def accept(line: BasketLine, price: Price) -> None:
    """Write on a line the price that its buyer accepts."""
    line.accepted_price_ore = price.ore
    line.accepted_base_quantity = price.base_quantity
    line.accepted_unit = price.unit
