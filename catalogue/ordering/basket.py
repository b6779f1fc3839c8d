"""The basket: what a buyer collects until she orders, kept per person and municipality."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.agreements import refusals
from catalogue.agreements.rules import Judgement
from catalogue.core.db import ask
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.products import stock
from catalogue.products.models import Product, ProductState
from catalogue.products.stock_models import ProductStock
from catalogue.search import counting
from catalogue.search.count_models import Seen

from . import rules
from .items import in_force, judge_product, pause_of, price_products, shown_price
from .models import Basket, BasketLine
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
    basket = lock(session, who, now)
    asked = {"basket_id": basket.id, "product_id": product_id}
    found: tuple[Product, BasketLine | None, Decimal | None] | None
    found = session.execute(_product(), asked).first()
    if found is None:
        raise Missing(_("The product does not exist."))
    product, line, left = found
    today = today_in_copenhagen(now)
    applies = in_force(session, who, today, among=[product.enterprise_id])
    judgement = judge_product(applies, product)
    if refused := _refusal(product, judgement) or pause_of(product, today):
        raise NotOrderable(refused)
    if line is None:
        priced = price_products(session, applies, [product])[product.id]
        line = _new_line(session, basket, product, shown_price(product, priced))
    line.quantity += product.minimum_quantity if quantity is None else quantity
    for problem in (
        rules.below_minimum(line.quantity, product.minimum_quantity),
        stock.beyond(line.quantity, left),
    ):
        if problem:
            raise NotOrderable(problem)
    counting.note_seen(session, [product_id], Seen.BASKET, now)
    return product


def add_all(session: Session, who: Who, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Put those of the products that may be ordered into the basket, on top of what lies there.

    A fixed number of queries; `filling` has told the buyer of those that may not.
    """
    basket = lock(session, who, now)
    products = session.scalars(select(Product).where(Product.id.in_(quantities))).all()
    parties = {each.enterprise_id for each in products}
    applies = in_force(session, who, today_in_copenhagen(now), among=parties)
    priced = price_products(session, applies, products)
    there = session.scalars(select(BasketLine).where(BasketLine.basket_id == basket.id))
    lines = {line.product_id: line for line in there}
    for product in sorted(products, key=lambda each: list(quantities).index(each.id)):
        if not judge_product(applies, product).orderable:
            continue
        line = lines.get(product.id) or _new_line(
            session, basket, product, shown_price(product, priced[product.id])
        )
        line.quantity += quantities[product.id]


def update(session: Session, who: Who, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Set quantities by product id; products that are not in the basket are passed over."""
    basket = lock(session, who, now)
    lines = select(BasketLine).where(BasketLine.basket_id == basket.id)
    for line in session.scalars(lines):
        line.quantity = quantities.get(line.product_id, line.quantity)


def remove(session: Session, who: Who, product_id: int, now: datetime) -> None:
    """Take a product out of the basket; one that is gone already is no fault."""
    basket = lock(session, who, now)
    own = (BasketLine.basket_id == basket.id, BasketLine.product_id == product_id)
    session.execute(delete(BasketLine).where(*own))


def accept_prices(session: Session, who: Who, seen: Mapping[int, int], now: datetime) -> None:
    """Accept the present prices of products, by `BuyerPrice.seen` of each as the buyer saw it.

    A product that has changed since she saw it keeps its old price and is shown to her again.
    """
    basket = lock(session, who, now)
    query = (
        select(BasketLine, Product)
        .join(Product, Product.id == BasketLine.product_id)
        .where(BasketLine.basket_id == basket.id)
    )
    rows = session.execute(query).all()
    parties = {row[1].enterprise_id for row in rows}
    applies = in_force(session, who, today_in_copenhagen(now), among=parties)
    priced = price_products(session, applies, [row[1] for row in rows])
    for line, product in rows:
        found = priced[product.id]
        if seen.get(product.id) == found.seen and found.price is not None:
            accept(line, found.price)


def lock(session: Session, who: Who, now: datetime) -> Basket:
    """Return the buyer's basket, made on first use, locked: one change of it at a time."""
    found: Basket | None = session.scalars(_own(), Basket.of(who)).first()
    if found is None:
        try:
            with session.begin_nested():
                session.add(_empty(who, now))
        except IntegrityError:
            pass  # made by another request of the same buyer a moment ago
        made: Basket = session.scalars(_own(), Basket.of(who)).one()
        found = made
    found.updated_at = now
    return found


@cache
def _own() -> Any:
    return select(Basket).where(Basket.belongs()).with_for_update()


def empty(session: Session, basket: Basket) -> None:
    """Take everything out of the basket."""
    session.execute(delete(BasketLine).where(BasketLine.basket_id == basket.id))


def _empty(who: Who, now: datetime) -> Basket:
    return Basket(
        person_id=who.person_id,
        municipality_id=who.municipality_id,
        key=who.basket_key,
        updated_at=now,
    )


def _refusal(product: Product, judgement: Judgement) -> Text | str | None:
    if product.state == ProductState.PUBLISHED and product.price_ore is None:
        return _("The price is told on request: ask the enterprise for it on the product's page.")
    return None if judgement.orderable else refusals.in_one_text(judgement)


@cache
def _product() -> Any:
    """Return what is asked of a product: itself, its line in the basket, how many are left."""
    line = and_(BasketLine.product_id == Product.id, BasketLine.basket_id == bindparam("basket_id"))
    return (
        select(Product, BasketLine, ProductStock.left)
        .outerjoin(BasketLine, line)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .where(Product.id == bindparam("product_id"))
    )


def _new_line(session: Session, basket: Basket, product: Product, price: Price) -> BasketLine:
    line = BasketLine(basket_id=basket.id, product_id=product.id, quantity=Decimal(0))
    accept(line, price)
    session.add(line)
    return line


def accept(line: BasketLine, price: Price) -> None:
    """Write on a line the price that its buyer accepts."""
    line.accepted_price_ore = price.ore
    line.accepted_base_quantity = price.base_quantity
    line.accepted_unit = price.unit
