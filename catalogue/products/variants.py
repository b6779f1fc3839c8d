"""The verb of variants: save all of a product at once, as one table.

They are facts of the product that leads them, so what checks, versions and agreements ask of a
change of it holds for them too; their rows on the shelf follow by `families.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import changing, families, prices, revisions, rules, schema, service, shelf
from .models import Product
from .price_rules import Price
from .rules import ProductFacts
from .shelf import NewPicture
from .variant_rules import NEW, Variant

__all__ = ["NEW", "Table", "save"]


@dataclass(frozen=True)
class Table:
    """The variants as one saves them: what tells the product itself apart, then the others.

    A blank item number is given; a new variant has the key `NEW`. `pictures`: new ones of the
    product, by the place of the variant that is shown by them.
    """

    size: str = ""
    colour: str = ""
    trait: str = ""
    variants: Sequence[Variant] = ()
    pictures: Mapping[int, NewPicture] = field(default_factory=dict)
    at_most: int = 12  # pictures of a product


class _Taken(NamedTuple):
    """Which product has an item number, and what it costs."""

    product_id: int
    leader_id: int | None
    key: int | None
    price: Price | None


def save(session: Session, who: Who, product_id: int, table: Table, now: datetime) -> Product:
    """Save the variants of a product; return it, or the draft that is to change it.

    What is no more in the table is taken off the shelf; a number that comes back is the same
    variant again. Raises Missing, Conflict as `changing.open_beside`, and Invalid by field when
    variants are told alike, a number is taken, a price would rise that agreements bind, or there
    would be too many pictures.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    product = service.get_own(session, enterprise_id, product_id)
    revision = revisions.find(session, product.id)
    leader_id = revision.product_id if revision else product.id
    taken = _list_taken(session, enterprise_id)
    before = shelf.facts_of(product)
    used = {each.key for each in before.variants} | {
        each.key or 0 for each in taken.values() if each.leader_id == leader_id
    }
    variants = _named(table.variants, taken, leader_id, used)
    _check_numbers(variants, taken, {leader_id, product.id})
    _check_returning(session, product, variants, taken, now)
    own = (table.size, table.colour, table.trait) if variants else ("", "", "")
    size, colour, trait = own
    facts = replace(before, size=size, colour=colour, trait=trait, variants=variants)
    schema.check(facts)
    if not table.pictures:
        return service.save_beside(session, who, product_id, facts, now)
    return _write_pictured(session, who, product, (facts, table), now)


def _write_pictured(
    session: Session, who: Who, product: Product, told: tuple[ProductFacts, Table], now: datetime
) -> Product:
    """Write variants and their new pictures as one change."""
    facts, table = told
    target = changing.open_beside(session, who, product.id, now)
    before = shelf.told(target)
    ids = shelf.put_pictures(session, target, [*table.pictures.values()], now).ids
    if len(target.images) > table.at_most:
        text = _("A product has at most %(limit)s pictures", limit=table.at_most)
        raise Invalid({"images": [text]})
    chosen = {
        facts.variants[place].key: ids[each.received.sha256]
        for place, each in table.pictures.items()
    }
    facts = replace(families.with_pictures(facts, chosen), item_number=target.item_number)
    session.flush()
    return changing.write(session, who, target, (before, facts), now)


def _list_taken(session: Session, enterprise_id: int) -> dict[str, _Taken]:
    """Return whose the item numbers of an enterprise are. One query."""
    rows = session.execute(
        select(
            Product.item_number, Product.id, Product.variant_of_id, Product.variant_key,
            Product.price_ore, Product.price_base_quantity, Product.unit,
        ).where(Product.enterprise_id == enterprise_id)
    )  # fmt: skip
    return {
        number: _Taken(id_, leader_id, key, None if ore is None else Price(ore, base, unit))
        for number, id_, leader_id, key, ore, base, unit in rows
    }


def _named(
    variants: Sequence[Variant], taken: Mapping[str, _Taken], leader_id: int, used: set[int]
) -> tuple[Variant, ...]:
    """Give every variant an item number and a key that no other has or had."""
    numbers = {*taken, *(each.item_number for each in variants)}
    keys = {each.key for each in variants}
    made = []
    for each in variants:
        number = each.item_number or rules.next_item_number(numbers)
        numbers.add(number)
        key = each.key
        if key == NEW:
            former = taken.get(number)
            returns = former and former.leader_id == leader_id and former.key not in keys
            key = (former.key if former and returns else None) or max(used | keys, default=0) + 1
            keys.add(key)
        made.append(each._replace(key=key, item_number=number))
    return tuple(made)


def _check_numbers(
    variants: Sequence[Variant], taken: Mapping[str, _Taken], family: set[int]
) -> None:
    for each in variants:
        found = taken.get(each.item_number)
        if found and found.leader_id not in family and found.product_id not in family:
            text = _("Another product has the item number %(number)s", number=each.item_number)
            raise Invalid({"variants": [text]})


def _check_returning(
    session: Session,
    product: Product,
    variants: Sequence[Variant],
    taken: Mapping[str, _Taken],
    now: datetime,
) -> None:
    """Refuse a variant that comes back dearer: being off the shelf for a while frees no price."""
    returning = [
        (each, taken[each.item_number].price)
        for each in variants
        if each.item_number in taken and taken[each.item_number].key == each.key
    ]
    dearer = any(
        price and prices.is_dearer(price, each.price_ore, product) for each, price in returning
    )
    today = today_in_copenhagen(now)
    if dearer and prices.is_bound(session, product, today):
        raise Invalid({"variants": [prices.PROPOSE]})
