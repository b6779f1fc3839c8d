"""What the rows of a price list are compared with: read once for a part of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.accounts import queries as accounts
from catalogue.core.text import current_locale, fold
from catalogue.media.models import Image
from catalogue.media.service import Received

from . import details, gate, prices, queries, revisions, schema, sheet_cells, shelf
from .check_models import Revision
from .deliveries import Delivery
from .families import LEADER
from .models import Product
from .price_list import Row, spaced
from .price_rules import Price
from .queries import LookedUp


class Former(NamedTuple):
    """The row of a variant, on the shelf or taken off it: its key, and what it costs."""

    key: int
    price: Price | None


@dataclass
class Known:
    """What rows are compared with; read once for all of them."""

    verified: bool
    checked: bool  # the municipality reads products before buyers do
    changing: frozenset[int]  # products that a change has been begun of
    products: dict[str, Product]
    leaders: Mapping[str, str]  # the number of a variant -> that of the product it belongs to
    formers: Mapping[int, Mapping[str, Former]]  # rows of variants by product and number
    images: dict[int, Received]  # the enterprise's own, by id
    places: dict[str, int]  # folded name or code -> municipality id
    categories: dict[str, LookedUp]
    times: Counter[str]
    bound: frozenset[int]  # products whose price cannot rise by the enterprise alone

    def alts_of(self, product: Product | None) -> dict[str, str]:
        """Return the alternative texts of the product's pictures by their hash, in order."""
        shown = product.images if product else []
        return {self.images[each.image_id].sha256: each.alt for each in shown}

    def find(self, item_number: str) -> Product | None:
        """Return the product of that number; blanks within it are not compared."""
        return self.products.get(item_number) or self.products.get(spaced(item_number))

    def leading(self, row: Row) -> str:
        """Return the number of the product that a row is about, or whose variant it tells."""
        if row.withdraws:  # a variant is taken out on the page of its product
            return row.item_number
        return row.variant_of or self.leaders.get(spaced(row.item_number)) or row.item_number


def know(session: Session, enterprise_id: int, delivery: Delivery, today: date) -> Known:
    """Read what the rows are compared with: their products and pictures, and no others."""
    products = _list_families(session, enterprise_id, delivery.numbers)
    by_id = {each.id: each for each in products}
    by_number = {spaced(each.item_number): each for each in products}
    return Known(
        verified=shelf.is_verified(session, enterprise_id, today),
        checked=gate.is_checked(session, enterprise_id),
        changing=revisions.list_changing(session, enterprise_id),
        products=by_number | {each.item_number: each for each in products},
        leaders=_leaders(by_id),
        formers=_list_formers(session, products),
        images=_list_images(session, enterprise_id, products, delivery),
        places=_places(session),
        categories=_categories(session, delivery),
        times=delivery.times,
        bound=prices.bound_ids(session, enterprise_id, today),
    )


def list_leaders(session: Session, enterprise_id: int) -> dict[str, str]:
    """Return by the number of each variant of an enterprise that of its product. Two queries.

    Variants of what was never on the shelf have no rows yet: they are told by their product alone.
    """
    leader = aliased(Product)
    rows = session.execute(
        select(Product.item_number, leader.item_number)
        .join(leader, leader.id == Product.variant_of_id)
        .where(Product.enterprise_id == enterprise_id)
    )
    drafts = session.execute(
        select(Product.item_number, Product.details)
        .where(Product.enterprise_id == enterprise_id, Product.version == 0)
        .where(cast(Product.details, String).contains('"variants"'))
        .where(Product.id.not_in(select(Revision.draft_id)))
    )
    found = {
        spaced(each.item_number): spaced(number)
        for number, told in drafts
        for each in details.read(told).get("variants", ())
    }
    return found | {spaced(number): spaced(leading) for number, leading in rows}


def category_text(row: Row) -> str:
    """Return what a row says of its category: the code, if there is one."""
    text = row.cells.get("category", "")
    code = schema.CATEGORY_CODE.match(text)
    return code[1] if code else text


def _list_families(session: Session, enterprise_id: int, numbers: Collection[str]) -> list[Product]:
    """List the products of those numbers, and those that lead the variants among them."""
    found = _list_own(session, enterprise_id, numbers)
    missing = {each.variant_of_id for each in found} - {each.id for each in found} - {None}
    if not missing:
        return found
    query = select(Product).where(Product.id.in_(missing)).options(*shelf.whole())
    return [*found, *session.scalars(query)]


def _list_own(session: Session, enterprise_id: int, numbers: Collection[str]) -> list[Product]:
    """List the products of those numbers with pictures and area; a change of another is none."""
    uneven = [Product.item_number.contains(blanks) for blanks in ("  ", "\u00a0", "\t", "\n")]
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id)
        .where(or_(Product.item_number.in_(numbers), *uneven))
        .where(Product.id.not_in(select(Revision.draft_id)))
        .options(*shelf.whole())
    )
    return list(session.scalars(query))


def _leaders(by_id: Mapping[int, Product]) -> dict[str, str]:
    told = {
        spaced(variant.item_number): spaced(each.item_number)
        for each in by_id.values()
        for variant in prices.variants_of(each)
    }
    rows = {
        spaced(each.item_number): spaced(by_id[each.variant_of_id].item_number)
        for each in by_id.values()
        if each.variant_of_id is not None
    }
    return told | rows


def _list_formers(session: Session, products: Iterable[Product]) -> dict[int, dict[str, Former]]:
    """Return the rows of the variants of the products; a query if any of them leads some."""
    leading = [each.id for each in products if each.variant_key == LEADER]
    if not leading:
        return {}
    query = select(
        Product.variant_of_id, Product.item_number, Product.variant_key,
        Product.price_ore, Product.price_base_quantity, Product.unit,
    ).where(Product.variant_of_id.in_(leading))  # fmt: skip
    found: dict[int, dict[str, Former]] = {each: {} for each in leading}
    for leader_id, number, key, ore, base, unit in session.execute(query):
        price = None if ore is None else Price(ore, base, unit)
        found[leader_id or 0][spaced(number)] = Former(key or LEADER, price)
    return found


def _places(session: Session) -> dict[str, int]:
    places: dict[str, int] = {}
    for each in accounts.list_municipalities(session):
        name = fold(each.name)
        for spelling in (name, f"{name} kommune", f"{name}s kommune", each.code):
            places[spelling] = each.id
    return places


def _list_images(
    session: Session, enterprise_id: int, products: Collection[Product], delivery: Delivery
) -> dict[int, Received]:
    """Return by id the pictures of the products, and those that rows call by our name for them."""
    wanted = {each.image_id for product in products for each in product.images}
    wanted |= {
        number
        for row in delivery.rows
        for name in row.images
        if (number := sheet_cells.picture_id(name))
    }
    query = select(Image).where(Image.enterprise_id == enterprise_id, Image.id.in_(wanted))
    names = Received.__dataclass_fields__
    return {
        each.id: Received(**{name: getattr(each, name) for name in names})
        for each in session.scalars(query)
    }


def _categories(session: Session, delivery: Delivery) -> dict[str, LookedUp]:
    """Look up every different category of the list; codes in one query, words one by one.

    What was looked up for other rows of the list is not looked up again.
    """
    known, locale = delivery.looked_up, current_locale()
    texts = {category_text(row) for row in delivery.rows} - {"", *known}
    codes = queries.find_categories_by_code(session, texts)
    known |= {
        text: LookedUp(codes[text], ())
        if text in codes
        else queries.look_up_category(session, text, locale)
        for text in texts
    }
    return known
