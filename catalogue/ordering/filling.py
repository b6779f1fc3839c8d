"""Filling the basket from what was ordered before or stands on a list, line by line.

Each line is judged by the rule of orderability and priced as the basket prices it, so that the
buyer reads what has changed before anything is put into her basket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.agreements import refusals
from catalogue.agreements.rules import InForce, Judgement
from catalogue.core.errors import Missing
from catalogue.core.money import line_net_ore
from catalogue.core.text import Text, slug, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.products import price_rules, prices, stock
from catalogue.products.models import AgreedPrice, Product
from catalogue.products.prices import BuyerPrice
from catalogue.products.stock_models import ProductStock

from . import basket as baskets
from . import filling_rules, rules
from .filling_rules import FILLS, Fate
from .form_advice import Planned
from .items import in_force, judge_product, pause_of, price_products
from .models import Order
from .rules import Price, PriceChange


@dataclass(frozen=True)
class Wish:
    """A line to put into the basket; `price` is what it cost then, `product_id` None by a quote."""

    product_id: int | None
    title: str
    quantity: Decimal
    unit: str
    price: Price | None = None
    category_code: str | None = None
    free_text: bool = False


@dataclass(frozen=True)
class Today:
    """The product of a wish as it is today; `price` None: on request, `left` None: not counted."""

    product: Product
    enterprise_name: str
    judgement: Judgement
    price: Price | None
    pause: Text | None = None  # why it cannot be ordered for a while
    left: Decimal | None = None


@dataclass(frozen=True)
class Outlook:
    """A wish beside the product of today: what becomes of it, and what has changed since."""

    wish: Wish
    today: Today | None

    @property
    def fate(self) -> Fate:
        """Return what becomes of the wish."""
        if self.today is None:
            return Fate.MADE_TO_QUOTE
        return filling_rules.fate(
            orderable=self.today.judgement.orderable, same_unit=self.unit == self.wish.unit,
            quantity=self.wish.quantity, minimum_quantity=self.today.product.minimum_quantity,
        )  # fmt: skip

    @property
    def fills(self) -> bool:
        """Tell whether the wish goes into the basket."""
        return self.fate in FILLS

    @property
    def unit(self) -> str:
        """Return the unit in which the product is sold today."""
        return self.today.product.unit if self.today else self.wish.unit

    @property
    def quantity(self) -> Decimal:
        """Return how many go into the basket."""
        least = self.today.product.minimum_quantity if self.today else 0
        return filling_rules.quantity_today(self.wish.quantity, least)

    @property
    def price(self) -> Price | None:
        """Return today's price of a unit; None on request, or for what was made to a quote."""
        return self.today.price if self.today else None

    @property
    def charged(self) -> Price | None:
        """Return the price of today for so many, as the basket charges it."""
        return self.price_at(self.quantity)

    @property
    def price_change(self) -> PriceChange:
        """Tell how the price of today stands to that of then, each for its quantity."""
        if self.wish.price is None or self.charged is None:
            return PriceChange.SAME
        return rules.compare_prices(self.wish.price, self.charged)

    @property
    def net_ore(self) -> int:
        """Return the amount of the line at the price of today."""
        each = self.charged
        return line_net_ore(each.ore, self.quantity, each.base_quantity) if each else 0

    @property
    def refusal(self) -> refusals.Refusal | None:
        """Return why the product may not be ordered and where to buy instead, if so."""
        if self.today is None or self.today.judgement.orderable:
            return None
        return refusals.explain(self.today.judgement)

    @property
    def standstill(self) -> Text | None:
        """Return why what fills the basket cannot be ordered from it for a while, if so."""
        if self.today is None or not self.fills:
            return None
        return self.today.pause or stock.beyond(self.quantity, self.today.left)

    def price_at(self, quantity: Decimal) -> Price | None:
        """Return the price of today for a quantity."""
        tiers = prices.tiers_of(self.today.product) if self.today else ()
        return self.price and price_rules.price_at(self.price, tiers, quantity)

    @property
    def name(self) -> str:
        """Return what it is called today, as orders name it."""
        return self.today.product.name if self.today else self.wish.title

    @property
    def slug(self) -> str:
        """Return the title as the address of the product page carries it."""
        return slug(self.today.product.title if self.today else self.wish.title)


@dataclass(frozen=True)
class Filling:
    """All the wishes of an order or a list beside the products of today."""

    outlooks: list[Outlook]

    @property
    def filling(self) -> list[Outlook]:
        """List those that go into the basket."""
        return [each for each in self.outlooks if each.fills]

    @property
    def net_ore(self) -> int:
        """Return what goes into the basket costs today, in øre excluding VAT."""
        return sum(each.net_ore for each in self.filling)

    @property
    def changed(self) -> list[Outlook]:
        """List those that go into the basket otherwise than then, or not at all."""
        same = (Fate.READY, PriceChange.SAME, None)
        told = ((each, (each.fate, each.price_change, each.standstill)) for each in self.outlooks)
        return [each for each, news in told if news != same]


def plan(outlook: Outlook, quantity: Decimal) -> Planned:
    """Return what so many of a wish would order, with what is taken off for the quantity. Pure."""
    there, charged = outlook.today, outlook.price_at(quantity)
    if there is None or charged is None:
        return Planned(0, outlook.wish.category_code or "", 0, None)
    product = there.product
    return Planned(
        product.enterprise_id, product.category_code or "",
        line_net_ore(charged.ore, quantity, charged.base_quantity),
        there.judgement.voluntary, there.enterprise_name,
    )  # fmt: skip


def foresee(session: Session, who: Who, wishes: Sequence[Wish], today: date) -> Filling:
    """Set wishes, in their order, beside the products of today. Two queries."""
    asked = Product.id.in_({wish.product_id for wish in wishes} - {None})
    query = (
        sold().add_columns(ProductStock.left, AgreedPrice)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .outerjoin(AgreedPrice, prices.agreed_where())
    )  # fmt: skip
    of = {"municipality_id": who.municipality_id, "day": today}
    names: dict[Product, str] = {}
    counted: dict[Product, Decimal | None] = {}
    agreed: dict[Product, list[AgreedPrice]] = {}
    for product, name, left, price in session.execute(query.where(asked), of):
        names[product], counted[product] = name, left
        agreed.setdefault(product, []).extend([price] if price else [])
    applies = in_force(session, who, today, among={each.enterprise_id for each in names})
    priced = {
        product.id: prices.price_of(product, _agreement_id(applies, product), rows, today)
        for product, rows in agreed.items()
    }
    return _set_beside(wishes, names, applies, priced, counted)


def sold() -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of products with the names of their enterprises."""
    return select(Product, Enterprise.name).join(Enterprise, Enterprise.id == Product.enterprise_id)


def foresee_of(
    session: Session, who: Who, wishes: Sequence[Wish], names: Mapping[Product, str], today: date
) -> Filling:
    """Set wishes beside products that are read already, by the names of their enterprises.

    Two queries.
    """
    applies = in_force(session, who, today, among={each.enterprise_id for each in names})
    return _set_beside(wishes, names, applies, price_products(session, applies, names))


def again(session: Session, who: Who, number: str, today: date) -> Filling:
    """Set the lines of an order beside the products of today; raises Missing if not hers."""
    return foresee(session, who, list_ordered(session, who, number), today)


def order_again(session: Session, who: Who, number: str, now: datetime) -> Filling:
    """Put what may be ordered today of the order's lines into the basket; return what was done."""
    return fill(session, who, list_ordered(session, who, number), now)


def order_alike(session: Session, who: Who, number: str, now: datetime) -> Filling | None:
    """Put the order's lines into an empty basket if all are as then; else do nothing: None."""
    wishes = list_ordered(session, who, number)
    foreseen = foresee(session, who, wishes, today_in_copenhagen(now))
    if foreseen.changed or baskets.count(session, who):
        return None
    return fill(session, who, wishes, now)


def fill(session: Session, who: Who, wishes: Sequence[Wish], now: datetime) -> Filling:
    """Put what may be ordered today of the wishes into the basket; return what became of each."""
    found = foresee(session, who, wishes, today_in_copenhagen(now))
    quantities: dict[int, Decimal] = {}
    for each in found.filling:
        key = each.wish.product_id or 0
        quantities[key] = quantities.get(key, Decimal(0)) + each.quantity
    if quantities:
        baskets.add_all(session, who, quantities, now)
    return found


def list_ordered(session: Session, who: Who, number: str) -> list[Wish]:
    """List what an order that `who` may see wished for, in its order; raises Missing."""
    return wishes_of(get_ordered(session, who, number))


def get_ordered(session: Session, who: Who, number: str) -> Order:
    """Return an order that `who` may see, with its lines; raises Missing."""
    query = select(Order).where(Order.visible_to(who), Order.number == number)
    if (found := session.scalars(query.options(joinedload(Order.lines))).unique().first()) is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    return found


def wishes_of(order: Order) -> list[Wish]:
    """List what an order, with its lines, wished for."""
    return [
        Wish(
            line.product_id, line.title, line.quantity, line.unit,
            Price(line.price_ore, line.price_base_quantity, line.unit),
            line.category_code, line.free_text,
        )
        for line in order.lines
    ]  # fmt: skip


def _agreement_id(applies: InForce, product: Product) -> int | None:
    under = judge_product(applies, product).voluntary
    return under.agreement_id if under else None


def _set_beside(
    wishes: Sequence[Wish], names: Mapping[Product, str], applies: InForce,
    priced: Mapping[int, BuyerPrice], counted: Mapping[Product, Decimal | None] | None = None,
) -> Filling:  # fmt: skip
    found = {
        product.id: Today(
            product, name, judge_product(applies, product), priced[product.id].price,
            pause_of(product, applies.day), (counted or {}).get(product),
        )
        for product, name in names.items()
    }  # fmt: skip
    return Filling([Outlook(wish, found.get(wish.product_id or 0)) for wish in wishes])
