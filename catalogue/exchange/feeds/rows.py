"""What stands in a catalogue file: the products that the municipality may order, one after another.

Which ones is decided by orderability in its set-based form; read as a stream, so that a hundred
thousand products take the memory of a thousand, in a number of queries that does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Agreement, Category
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import InForce, Voluntary, judge
from catalogue.core.text import DEFAULT_LOCALE, reading_in, slug, today_in_copenhagen
from catalogue.enterprises.models import Enterprise
from catalogue.media import rules as media
from catalogue.media.models import Image
from catalogue.products import prices, variant_rules
from catalogue.products.models import Product, ProductImage, ProductState
from catalogue.products.price_rules import Agreed, Price, price_on
from catalogue.products.queries import delivered_where, first_image_id
from catalogue.products.rules import KIND_NAMES, UNIT_CODES, UNIT_NAMES

from .rules import Column, Value, shape, with_vat

CHUNK = 1000
Address = Callable[..., str]  # of parts of a path: the address outside


@dataclass(frozen=True)
class Wanted:
    """Whose file, for which day, of which agreements and enterprises; empty: all of them."""

    municipality_id: int
    day: date
    agreement_ids: frozenset[int] = frozenset()
    enterprise_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Said:
    """What is the same for all products of a file; names in Danish, whoever looks at it."""

    day: date
    address: Address
    kinds: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """A product with what it costs the municipality, and under which agreement."""

    row: Any  # of `_query`
    price: Price | None
    agreement_number: str
    agreement_ends_on: date
    said: _Said


def stream(
    session: Session, wanted: Wanted, columns: Sequence[Column], address: Address
) -> Iterator[list[Value]]:
    """Yield the shaped values of each product by its id. Five queries."""
    getters = [_GETTERS.get(each.source, _constant(each.constant)) for each in columns]
    with reading_in(DEFAULT_LOCALE):
        kinds = {key: str(name) for key, name in KIND_NAMES.items()}
        units = {key: str(name) for key, name in UNIT_NAMES.items()}
    for offer in _offers(session, wanted, _Said(wanted.day, address, kinds, units)):
        yield [shape(get(offer), column) for get, column in zip(getters, columns, strict=True)]


def _offers(session: Session, wanted: Wanted, said: _Said) -> Iterator[Offer]:
    in_force = agreements.in_force(session, wanted.municipality_id, wanted.day)
    ids = [each.agreement_id for each in in_force.voluntary]
    agreed = prices.list_agreed_under(session, ids, wanted.day)
    ends = {key: day for key, day in session.execute(
        select(Agreement.id, Agreement.ends_on).where(Agreement.id.in_(ids))
    )}  # fmt: skip
    found = session.execute(_query(wanted), execution_options={"yield_per": CHUNK})
    for row in found:
        voluntary = _judge(in_force, row)
        if voluntary is None or not _is_chosen(wanted, voluntary.agreement_id):
            continue
        own = agreed.get((voluntary.agreement_id, row.id), [])
        yield Offer(
            row, _price(row, own, wanted.day), voluntary.number, ends[voluntary.agreement_id],
            said,
        )  # fmt: skip


def _judge(in_force: InForce, row: Any) -> Voluntary | None:
    """Return the agreement on which a row may be ordered, by the rule itself."""
    return judge(
        in_force, published=True, enterprise_id=row.enterprise_id, category_code=row.category_code
    ).voluntary


def _is_chosen(wanted: Wanted, agreement_id: int) -> bool:
    return not wanted.agreement_ids or agreement_id in wanted.agreement_ids


def _price(row: Any, agreed: Sequence[Agreed], day: date) -> Price | None:
    if row.price_ore is None:
        return None
    return price_on(Price(row.price_ore, row.price_base_quantity, row.unit), agreed, day)


def _query(wanted: Wanted) -> Select[Any]:
    columns = OrderableColumns(
        Product.state == ProductState.PUBLISHED, Product.enterprise_id, Product.category_code
    )
    query: Select[Any] = (
        select(
            *(getattr(Product, name) for name in _OF_PRODUCT),
            Enterprise.name.label("enterprise_name"), Enterprise.cvr,
            Category.label_da, Image.sha256, Image.width, ProductImage.alt,
        )
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .outerjoin(ProductImage, ProductImage.id == first_image_id())
        .outerjoin(Image, Image.id == ProductImage.image_id)
        .where(agreements.orderable_where(columns, wanted.municipality_id, wanted.day))
        .where(delivered_where(wanted.municipality_id))
        .order_by(Product.id)
    )  # fmt: skip
    if wanted.enterprise_ids:
        query = query.where(Product.enterprise_id.in_(sorted(wanted.enterprise_ids)))
    return query


_OF_PRODUCT = ("id", "enterprise_id", "item_number", "title", "summary", "description", "kind",
               "category_code", "unit", "price_ore", "price_base_quantity", "currency", "vat_rate",
               "minimum_quantity", "delivery_days", "paused_until", "gtin", "details",
               "updated_at")  # fmt: skip


def _picture_address(offer: Offer) -> str | None:
    if offer.row.sha256 is None:
        return None
    width = media.widths(offer.row.width)[-1]
    return offer.said.address("billeder", offer.row.sha256, f"{width}.jpg")


def _title(offer: Offer) -> str:
    return variant_rules.full_name(offer.row.title, offer.row.details)


def _priced(offer: Offer, value: Callable[[Price], Value]) -> Value:
    return None if offer.price is None else value(offer.price)


def _constant(text: str) -> Callable[[Offer], Value]:
    return lambda _offer: text or None


_GETTERS: Mapping[str, Callable[[Offer], Value]] = {
    "item_number": lambda offer: offer.row.item_number,
    "product_id": lambda offer: offer.row.id,
    "title": _title,
    "summary": lambda offer: offer.row.summary,
    "description": lambda offer: offer.row.description,
    "kind": lambda offer: offer.said.kinds[offer.row.kind],
    "price": lambda offer: _priced(offer, lambda price: price.ore),
    "price_with_vat": lambda offer: _priced(
        offer, lambda price: with_vat(price.ore, offer.row.vat_rate)
    ),
    "price_quantity": lambda offer: _priced(offer, lambda price: price.base_quantity),
    "unit_code": lambda offer: UNIT_CODES[offer.row.unit],
    "unit": lambda offer: offer.said.units[offer.row.unit],
    "currency": lambda offer: offer.row.currency,
    "vat_rate": lambda offer: offer.row.vat_rate,
    "minimum_quantity": lambda offer: offer.row.minimum_quantity,
    "delivery_days": lambda offer: offer.row.delivery_days,
    "paused_until": lambda offer: offer.row.paused_until,
    "cpv_code": lambda offer: offer.row.category_code,
    "cpv_name": lambda offer: offer.row.label_da,
    "unspsc": lambda offer: (offer.row.details or {}).get("unspsc"),
    "gtin": lambda offer: offer.row.gtin,
    "enterprise_name": lambda offer: offer.row.enterprise_name,
    "enterprise_cvr": lambda offer: offer.row.cvr,
    "agreement_number": lambda offer: offer.agreement_number,
    "agreement_ends_on": lambda offer: offer.agreement_ends_on,
    "picture_address": _picture_address,
    "picture_text": lambda offer: offer.row.alt,
    "page_address": lambda offer: offer.said.address(
        "varer", str(offer.row.id), slug(_title(offer))
    ),
    "changed_on": lambda offer: today_in_copenhagen(offer.row.updated_at),
    "today": lambda offer: offer.said.day,
}
