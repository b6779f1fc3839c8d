"""What products cost under agreements, for many at once: the set-based form of `price_rules`.

Cards of hits, the product page, the basket and an order all ask `list_prices`; nothing else decides
what a buyer pays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement
from catalogue.agreements.queries import OrderableColumns
from catalogue.core.among import among
from catalogue.core.db import ask
from catalogue.core.text import Text, today_in_copenhagen
from catalogue.core.text import lazy as _

from . import price_rules as rules
from . import variant_rules
from .models import AgreedPrice, Product
from .price_rules import Agreed, Price, PriceChange, Tier
from .rules import ProductFacts
from .variant_rules import Variant

# What of a product makes its price.
FIELDS = frozenset({"price_ore", "price_base_quantity", "unit"})
SEEN_FACTOR = 1_000_000  # more versions than a product can have
PROPOSE = _(
    "The product is under agreements: lower the price as you like, but propose a higher one to"
    " the municipalities under “New prices”. Another unit needs a new product."
)


KEEP_TIERS = _(
    "The product is under agreements: what is taken off at larger quantities can become more,"
    " never less."
)


@dataclass(frozen=True)
class Asked:
    """A product, and the agreement under which it would be ordered; None: it may not be."""

    product: Product
    agreement_id: int | None


@dataclass(frozen=True)
class BuyerPrice:
    """What a product costs a buyer; `price` None is on request, `coming` the next change known."""

    price: Price | None
    coming: Agreed | None = None
    agreed_id: int = 0
    version: int = 0
    tiers: tuple[Tier, ...] = ()

    def at(self, quantity: Decimal) -> Price | None:
        """Return what it costs when `quantity` units are ordered."""
        return self.price and rules.price_at(self.price, self.tiers, quantity)

    def off_permille(self, quantity: Decimal) -> int:
        """Return what is taken off for `quantity` units, in tenths of a per cent."""
        return rules.off_permille(self.tiers, quantity)

    @property
    def seen(self) -> int:
        """Return a number that tells this price from others that the product had or will have."""
        return self.agreed_id * SEEN_FACTOR + self.version


def list_prices(session: Session, asked: Sequence[Asked], day: date) -> dict[int, BuyerPrice]:
    """Return by product id what each costs on `day` under its agreement; a query if any has one."""
    agreement_ids = {each.agreement_id for each in asked if each.agreement_id is not None}
    product_ids = {each.product.id for each in asked if each.agreement_id is not None}
    found = list_agreed(session, product_ids, day, agreement_ids) if agreement_ids else {}
    return {
        each.product.id: _buyer_price(
            each.product, found.get((each.agreement_id or 0, each.product.id), []), day
        )
        for each in asked
    }


def price_of(
    product: Product, agreement_id: int | None, agreed: Iterable[AgreedPrice], day: date
) -> BuyerPrice:
    """Return what a product costs on `day` under an agreement, of what is `agreed_where`. Pure."""
    found = _by_pair(agreed).get((agreement_id or 0, product.id), [])
    return _buyer_price(product, found, day)


def agreed_where() -> ColumnElement[bool]:
    """Return the condition of prices agreed in a municipality for a Product; its parameters are
    `municipality_id` and `day`.
    """
    home: Any = bindparam("municipality_id")
    here = select(Agreement.id).where(Agreement.municipality_id == home)
    of_product = AgreedPrice.product_id == Product.id
    return and_(of_product, AgreedPrice.agreement_id.in_(here), _stands())


def list_agreed(
    session: Session,
    product_ids: Collection[int],
    day: date,
    agreement_ids: Collection[int] | None = None,
) -> dict[tuple[int, int], list[Agreed]]:
    """Return the agreed prices in force on `day` or coming, by (agreement id, product id).

    What a later row has replaced by then is left out, so that years of prices cost nothing.
    """
    asked: dict[str, Any] = {"product_ids": list(product_ids), "day": day}
    if agreement_ids is not None:
        asked["agreement_ids"] = list(agreement_ids)
    query = _agreed() if agreement_ids is None else _agreed_under()
    return _by_pair(ask(session, query, asked))


def list_agreed_under(
    session: Session, agreement_ids: Collection[int], day: date
) -> dict[tuple[int, int], list[Agreed]]:
    """Return the same of all products under some agreements. One query."""
    query = _in_force_or_coming().where(AgreedPrice.agreement_id.in_(agreement_ids))
    return _by_pair(ask(session, query, {"day": day}))


def _by_pair(rows: Iterable[Any]) -> dict[tuple[int, int], list[Agreed]]:
    found: dict[tuple[int, int], list[Agreed]] = {}
    for row in rows:
        price = Price(row.price_ore, row.price_base_quantity, row.unit)
        agreed = Agreed(row.id, row.from_on, price)
        found.setdefault((row.agreement_id, row.product_id), []).append(agreed)
    return found


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _agreed() -> Select[Any]:
    return _in_force_or_coming().where(among(AgreedPrice.product_id, "product_ids"))


def _in_force_or_coming() -> Select[Any]:
    return select(AgreedPrice).where(_stands()).order_by(AgreedPrice.id)


def _stands() -> ColumnElement[bool]:
    """Return the condition of agreed prices that are in force on a day, or coming."""
    newer = aliased(AgreedPrice)
    day: Any = bindparam("day")
    replaced = exists().where(
        newer.agreement_id == AgreedPrice.agreement_id,
        newer.product_id == AgreedPrice.product_id,
        newer.from_on <= day,
        or_(
            newer.from_on > AgreedPrice.from_on,
            and_(newer.from_on == AgreedPrice.from_on, newer.id > AgreedPrice.id),
        ),
    )
    return ~replaced


@cache
def _agreed_under() -> Select[Any]:
    return _agreed().where(among(AgreedPrice.agreement_id, "agreement_ids"))


def listed(product: Product) -> Price | None:
    """Return the list price of a product; None while it has none."""
    return _per(product, product.price_ore)


def tiers_of(product: Product) -> tuple[Tier, ...]:
    """Return what is taken off at larger quantities, the smallest first."""
    return tuple(Tier(*each) for each in product.tiers or ())


def list_tiers(price: Price | None, tiers: Sequence[Tier]) -> list[tuple[Tier, Price]]:
    """List what a price becomes at larger quantities."""
    if price is None:
        return []
    return [(each, rules.price_at(price, tiers, Decimal(each.from_quantity))) for each in tiers]


def bound_ids(session: Session, enterprise_id: int, day: date) -> frozenset[int]:
    """Return the products whose price cannot rise by the enterprise alone. One query.

    Those that buyers have seen and that an agreement covers, now or to come; being off the shelf
    for a while frees none.
    """
    query = select(Product.id).where(Product.enterprise_id == enterprise_id, bound_where(day))
    return frozenset(session.scalars(query))


def is_bound(session: Session, product: Product, day: date) -> bool:
    """Tell whether the price of a product is one of `bound_ids`. One query."""
    found = session.scalar(select(Product.id).where(Product.id == product.id, bound_where(day)))
    return found is not None


def bound_where(day: date) -> ColumnElement[bool]:
    """Return the condition of products that buyers have seen under an agreement not over."""
    columns = OrderableColumns(true(), Product.enterprise_id, Product.category_code)
    return and_(Product.version > 0, agreements.bound_where(columns, day))


def rise_problem(product: Product, facts: ProductFacts) -> Text | None:
    """Return what is wrong with changing a bound product into `facts`, else None. Pure."""
    before = listed(product)
    if before and is_dearer(before, facts.price_ore, facts):
        return PROPOSE
    if dearer_keys(product, facts):
        return PROPOSE
    return KEEP_TIERS if before and rules.are_worse(facts.tiers, tiers_of(product)) else None


def dearer_keys(product: Product, facts: ProductFacts) -> set[int]:
    """Return the keys of the variants that would cost more than the product tells now. Pure."""
    kept = {each.key: _per(product, each.price_ore) for each in variants_of(product)}
    return {
        each.key
        for each in facts.variants
        if (was := kept.get(each.key)) and is_dearer(was, each.price_ore, facts)
    }


def is_dearer(before: Price, price_ore: int | None, per: Product | ProductFacts) -> bool:
    """Tell whether a price in øre for the unit of `per`, or none at all, must be accepted first."""
    if price_ore is None:
        return True
    after = Price(price_ore, per.price_base_quantity, per.unit)
    return rules.must_be_accepted(rules.compare_prices(before, after))


def variants_of(product: Product) -> tuple[Variant, ...]:
    """Return the variants that a product leads, as it tells them."""
    found: tuple[Variant, ...] = variant_rules.read(product.details).get("variants", ())
    return found


def pass_on(session: Session, product: Product, now: datetime) -> None:
    """Pass a fallen list price on to the agreements under which the product still costs more."""
    price = listed(product)
    if price is None:
        return
    today = today_in_copenhagen(now)
    for (agreement_id, product_id), agreed in list_agreed(session, [product.id], today).items():
        present = rules.agreed_on(agreed, today)
        if present and rules.compare_prices(present.price, price) == PriceChange.FALLEN:
            session.add(agreed_row((agreement_id, product_id), price, today))


def agreed_row(
    pair: tuple[int, int], price: Price, from_on: date, proposal_id: int | None = None
) -> AgreedPrice:
    """Return a new row for (agreement id, product id)."""
    values: dict[str, Any] = {
        "price_ore": price.ore, "price_base_quantity": price.base_quantity, "unit": price.unit,
    }  # fmt: skip
    return AgreedPrice(
        agreement_id=pair[0], product_id=pair[1], from_on=from_on, proposal_id=proposal_id, **values
    )


def _per(product: Product, price_ore: int | None) -> Price | None:
    """Return a price in øre for the unit of a product."""
    if price_ore is None:
        return None
    return Price(price_ore, product.price_base_quantity, product.unit)


def _buyer_price(product: Product, agreed: Sequence[Agreed], day: date) -> BuyerPrice:
    price = listed(product)
    if price is None:
        return BuyerPrice(None, version=product.version)
    found = rules.agreed_on(agreed, day)
    return BuyerPrice(
        rules.price_on(price, agreed, day),
        rules.coming_after(agreed, day),
        found.id if found else 0,
        product.version,
        tiers_of(product),
    )
