"""The lines of a basket beside the products as they are now, judged by today's rules.

`check` is what the basket page shows; placing decides by `check_locked`, so both always agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.models import Agreement
from catalogue.agreements.rules import InForce, Judgement, Reason, judge
from catalogue.core.among import among
from catalogue.core.db import ask, locks_rows
from catalogue.core.errors import Missing
from catalogue.core.money import line_net_ore
from catalogue.core.text import Text, typed_number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.products import prices, stock
from catalogue.products.models import Product, ProductState
from catalogue.products.price_rules import Agreed
from catalogue.products.prices import Asked, BuyerPrice
from catalogue.products.rules import next_season, pause_on
from catalogue.products.service import facts_but_area
from catalogue.products.stock_models import ProductStock

from . import rules
from .models import Basket, BasketLine
from .rules import Price, PriceChange


@dataclass(frozen=True)
class Item:
    """A basket line beside the product as it is now, and what the rules say of it today.

    What it costs is asked by each sum and by each cell of a page; the line changes no more.
    """

    line: BasketLine
    product: Product
    enterprise_name: str
    judgement: Judgement
    priced: BuyerPrice
    pause: Text | None = None  # why it cannot be ordered for a while
    left: Decimal | None = None  # of what the enterprise counts
    next_season: date | None = None  # when it is delivered from, while it is out of season

    @cached_property
    def price(self) -> Price:
        """Return the price of today, before anything is taken off for the quantity.

        What is taken off can only become more while an agreement binds the product, so that this
        price alone is what a buyer must accept anew.
        """
        return shown_price(self.product, self.priced)

    @cached_property
    def charged(self) -> Price:
        """Return the price of today for the quantity of the line."""
        return self.priced.at(self.line.quantity) or self.price

    @property
    def off_permille(self) -> int:
        """Return what is taken off for the quantity, in tenths of a per cent."""
        return self.priced.off_permille(self.line.quantity)

    @property
    def coming(self) -> Agreed | None:
        """Return the next price that the municipality has accepted, if any."""
        return self.priced.coming if self.judgement.orderable else None

    @property
    def accepted(self) -> Price:
        """Return the price the buyer accepted."""
        line = self.line
        return Price(line.accepted_price_ore, line.accepted_base_quantity, line.accepted_unit)

    @property
    def price_change(self) -> PriceChange:
        """Tell how the price of today stands to the accepted one."""
        return rules.compare_prices(self.accepted, self.price)

    @property
    def must_be_accepted(self) -> bool:
        """Tell whether the buyer must accept the price of today before ordering."""
        return self.judgement.orderable and rules.must_be_accepted(self.price_change)

    @cached_property
    def net_ore(self) -> int:
        """Return the amount of the line at the price of today for its quantity."""
        return line_net_ore(self.charged.ore, self.line.quantity, self.charged.base_quantity)

    @property
    def refusal(self) -> refusals.Refusal | None:
        """Return why the product may not be ordered and where to buy instead, if so."""
        return None if self.judgement.orderable else refusals.explain(self.judgement)

    @property
    def below_minimum(self) -> Text | None:
        """Return what is wrong with the quantity, if anything."""
        return rules.below_minimum(self.line.quantity, self.product.minimum_quantity)

    @property
    def beyond_stock(self) -> Text | None:
        """Return what is wrong when the enterprise has not as many, if so."""
        return stock.beyond(self.line.quantity, self.left)

    @property
    def ready(self) -> bool:
        """Tell whether the line may be ordered as it stands."""
        lacking = self.must_be_accepted or self.below_minimum or self.pause or self.beyond_stock
        return self.judgement.orderable and not lacking


def check(session: Session, who: Who, today: date) -> list[Item]:
    """Judge each line of the buyer's basket by today's rules; by enterprise, then as added."""
    return _items(session, who, today)


def check_locked(session: Session, who: Who, today: date) -> list[Item]:
    """Judge like `check` on rows that stay as they are until the transaction ends."""
    if locks_rows(session):
        own = Basket.of(who)
        lock_agreements(session, who, set(ask(session, _shared(), own).scalars()))
        ask(session, _counted(), own)
    return _items(session, who, today)


def check_lines(session: Session, who: Who, lines: Sequence[BasketLine], today: date) -> list[Item]:
    """Judge lines that lie in no basket, in their order, as `check` judges those of one.

    A line of a product that does not exist is left out.
    """
    query = (
        select(Product, Enterprise.name, ProductStock.left)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .where(Product.id.in_([line.product_id for line in lines]))
        .execution_options(populate_existing=True)
    )
    found = {row[0].id: row for row in session.execute(query)}
    applies = in_force(session, who, today, among={row[0].enterprise_id for row in found.values()})
    priced = price_products(session, applies, [row[0] for row in found.values()])
    return [
        _item(applies, (line, *found[line.product_id]), priced[line.product_id])
        for line in lines
        if line.product_id in found
    ]


def check_lines_locked(
    session: Session, who: Who, lines: Sequence[BasketLine], today: date
) -> list[Item]:
    """Judge like `check_lines` on rows that stay as they are until the transaction ends."""
    if locks_rows(session):
        ids = [line.product_id for line in lines]
        query = select(Product.enterprise_id).where(Product.id.in_(ids)).order_by(Product.id)
        parties = set(ask(session, query.with_for_update(read=True)).scalars())
        lock_agreements(session, who, parties)
        stock.lock(session, ids)
    return check_lines(session, who, lines, today)


def lock_agreements(session: Session, who: Who, enterprise_ids: Collection[int]) -> None:
    """Lock the buyer's agreements with enterprises: their ceilings, and none ends meanwhile."""
    if locks_rows(session):
        asked = {"municipality_id": who.municipality_id, "parties": list(enterprise_ids)}
        ask(session, _agreements(), asked)


@cache
def _agreements() -> Any:
    return (
        select(Agreement.id)
        .where(Agreement.municipality_id == bindparam("municipality_id"))
        .where(among(Agreement.enterprise_id, "parties"))
        .order_by(Agreement.id)
        .with_for_update()
    )


def in_force(
    session: Session,
    who: Who,
    today: date,
    verified: frozenset[int] | None = None,
    *,
    among: Collection[int] | None = None,
) -> InForce:
    """Return what applies today in the buyer's municipality; see `agreements.in_force`."""
    if who.municipality_id is None:
        raise Missing(_("Only buyers of a municipality have a basket."))
    return agreements.in_force(session, who.municipality_id, today, verified, among=among)


def judge_product(applies: InForce, product: Product) -> Judgement:
    """Apply orderability to a product; without a price it takes a quote to order it."""
    found = judge(
        applies,
        published=product.state == ProductState.PUBLISHED,
        enterprise_id=product.enterprise_id,
        category_code=product.category_code,
    )
    if found.orderable and product.price_ore is None:
        return Judgement(reason=Reason.ON_REQUEST)
    return found


def pause_of(product: Product, today: date) -> Text | None:
    """Return why a product cannot be ordered for a while, in the words of its enterprise."""
    return pause_on(facts_but_area(product), today)


def price_products(
    session: Session, applies: InForce, products: Iterable[Product]
) -> dict[int, BuyerPrice]:
    """Return by product id what each costs the buyer's municipality today. One query."""
    judged = [(product, judge_product(applies, product).voluntary) for product in products]
    asked = [Asked(product, found.agreement_id if found else None) for product, found in judged]
    return prices.list_prices(session, asked, applies.day)


def shown_price(product: Product, priced: BuyerPrice) -> Price:
    """Return the price of a line."""
    # A product without a price is never orderable; 0 keeps its line drawable.
    return priced.price or Price(0, product.price_base_quantity, product.unit)


def contents(items: Iterable[Item]) -> str:
    """Return what lies in a basket and how many of each, as a form carries what it showed."""
    held = {each.product.id: typed_number(each.line.quantity) for each in items}
    return ";".join(f"{product_id}:{held[product_id]}" for product_id in sorted(held))


def _items(session: Session, who: Who, today: date) -> list[Item]:
    rows = session.execute(_lines(), Basket.of(who) | {"day": today}).all()
    trusted = frozenset(row[1].enterprise_id for row in rows if row.verified)
    parties = {row[1].enterprise_id for row in rows}
    applies = in_force(session, who, today, trusted, among=parties)
    priced = price_products(session, applies, [row[1] for row in rows])
    return [_item(applies, (row[0], row[1], row[2], row[3]), priced[row[1].id]) for row in rows]


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _lines() -> Any:
    verified = enterprises.verified_where(bindparam("municipality_id"), bindparam("day"))
    return (
        select(BasketLine, Product, Enterprise.name, ProductStock.left, verified.label("verified"))
        .join(Basket, Basket.id == BasketLine.basket_id)
        .join(Product, Product.id == BasketLine.product_id)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .where(Basket.belongs())
        .order_by(Enterprise.name, Enterprise.id, BasketLine.id)
        .execution_options(populate_existing=True)
    )


def _item(
    applies: InForce, row: tuple[BasketLine, Product, str, Decimal | None], priced: BuyerPrice
) -> Item:
    line, product, name, left = row
    facts = facts_but_area(product)
    return Item(
        line, product, name, judge_product(applies, product), priced,
        pause_on(facts, applies.day), left, next_season(facts, applies.day),
    )  # fmt: skip


@cache
def _shared() -> Any:
    """Return what locks the products of a basket, and tells the enterprise of each."""
    return (
        select(Product.enterprise_id)
        .join(BasketLine, BasketLine.product_id == Product.id)
        .join(Basket, Basket.id == BasketLine.basket_id)
        .where(Basket.belongs())
        .order_by(Product.id)
        # Shared: many may order one product at a time, nobody may change it meanwhile.
        .with_for_update(read=True, of=Product)
    )


@cache
def _counted() -> Any:
    """Return what locks how many are left of the products of a basket."""
    own = select(BasketLine.product_id).join(Basket).where(Basket.belongs())
    return stock.locking(own)
