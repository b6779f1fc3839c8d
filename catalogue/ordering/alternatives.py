"""What a municipality could order instead of the lines of an order, at what it costs her there.

Each category has alternatives of its own, the cheapest of each unit: prices per another unit cannot
be compared, and a cheap category crowds out none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Float, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce
from catalogue.core.text import slug
from catalogue.enterprises.models import Enterprise
from catalogue.products import price_rules, prices
from catalogue.products.models import AgreedPrice, Product
from catalogue.products.prices import BuyerPrice
from catalogue.products.queries import delivered_where, leading_where
from catalogue.products.stock_models import ProductStock

from .items import judge_product
from .models import Order, OrderLine
from .rules import Price, PriceChange, compare_prices

ALTERNATIVES = 3
# Of a category and unit; more than are shown, for what is taken off depends on the quantity.
CANDIDATES = 4 * ALTERNATIVES


@dataclass(frozen=True)
class Alternative:
    """Another product of the same category that can be ordered today, and what it costs here."""

    product: Product
    enterprise_name: str
    priced: BuyerPrice

    @property
    def slug(self) -> str:
        """Return the title as the address of the product page carries it."""
        return slug(self.product.title)


@dataclass(frozen=True)
class Compared:
    """An alternative to a line: its price for the line's quantity, per as many as the line's.

    `change` tells how it stands to the line's price; of another unit it is per its own.
    """

    alternative: Alternative
    price: Price
    change: PriceChange


def price_of(line: OrderLine) -> Price:
    """Return the price of a line."""
    return Price(line.price_ore, line.price_base_quantity, line.unit)


def compare(line: OrderLine, among: Iterable[Alternative]) -> list[Compared]:
    """List the alternatives to a line: those sold by its unit first, then the cheapest. Pure."""
    own = price_of(line)
    found = []
    for each in among:
        price = each.priced.at(line.quantity)
        if price is None or each.product.category_code != line.category_code:
            continue
        if price.unit == own.unit:
            price = price_rules.per_quantity(price, own.base_quantity)
        found.append(Compared(each, price, compare_prices(own, price)))
    found.sort(key=lambda each: (each.change == PriceChange.OTHER_UNIT, each.price.unit,
                                 each.price.ore / each.price.base_quantity,
                                 each.alternative.product.id))  # fmt: skip
    return found[:ALTERNATIVES]


def list_alternatives(session: Session, order: Order, applies: InForce) -> list[Alternative]:
    """List what others sell in the categories of an order, the cheapest of each unit.

    `applies`: all that applies in the municipality today. One query, however many categories.
    """
    agreed: dict[Product, tuple[str, list[AgreedPrice]]] = {}
    for product, name, price in session.execute(_candidates(order, applies.day)):
        agreed.setdefault(product, (name, []))[1].extend([price] if price else [])
    # What the query finds may be ordered, so each enterprise is verified.
    judged = replace(applies, verified=frozenset(each.enterprise_id for each in agreed))
    return [
        Alternative(product, name, _priced(judged, product, rows))
        for product, (name, rows) in agreed.items()
    ]


def _priced(applies: InForce, product: Product, agreed: list[AgreedPrice]) -> BuyerPrice:
    under = judge_product(applies, product).voluntary
    return prices.price_of(product, under.agreement_id if under else None, agreed, applies.day)


def _candidates(order: Order, today: date) -> Any:  # SQLAlchemy 2.0 and 2.1 write it differently
    codes = sorted({line.category_code for line in order.lines})
    columns = OrderableColumns(leading_where(), Product.enterprise_id, Product.category_code)
    cheapest = func.row_number().over(
        partition_by=(Product.category_code, Product.unit),
        order_by=(_price_of_one(), Product.id),
    )
    ranked = (
        select(Product.id, cheapest.label("place"))
        .where(Product.category_code.in_(codes), Product.price_ore.is_not(None))
        .where(Product.enterprise_id != order.enterprise_id)
        .where(agreements.orderable_where(columns, order.municipality_id, today))
        .where(*_to_be_had(order.municipality_id, today))
        .subquery()
    )
    return (
        select(Product, Enterprise.name, AgreedPrice)
        .join(ranked, ranked.c.id == Product.id)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(AgreedPrice, prices.agreed_where())
        .where(ranked.c.place <= CANDIDATES)
        .order_by(Product.category_code, Product.unit, ranked.c.place, AgreedPrice.id)
        .params(municipality_id=order.municipality_id, day=today)
    )


def _to_be_had(municipality_id: int, today: date) -> tuple[Any, ...]:
    """Return the conditions of a Product that is delivered there, not paused and not sold out."""
    sold_out = select(ProductStock.product_id).where(ProductStock.left <= 0)
    return (
        delivered_where(municipality_id),
        or_(Product.paused_until.is_(None), Product.paused_until <= today),
        Product.id.not_in(sold_out),
    )


def _price_of_one() -> Any:
    """Return what one unit of a Product costs in the municipality: as agreed, else as listed."""
    agreed = (
        select(func.min(cast(AgreedPrice.price_ore, Float) / AgreedPrice.price_base_quantity))
        .where(prices.agreed_where(), AgreedPrice.from_on <= bindparam("day"))
        .correlate(Product)
        .scalar_subquery()
    )
    listed = cast(Product.price_ore, Float) / Product.price_base_quantity
    return func.coalesce(agreed, listed)
