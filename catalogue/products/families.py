"""Variants on the shelf: a row for each, kept in step with the product that leads them.

What a variant tells stands with the leading product (`variant_rules.py`). Whenever that product
is put on the shelf, changed there or taken off, its rows follow in the same transaction: they
share all but what a variant tells of its own. So baskets, agreed prices, proposals and orders
know products alone, and nothing of families.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from . import prices, rows
from .models import Product, ProductState, ProductVersion
from .rules import ProductFacts
from .variant_rules import Variant

LEADER = 0  # the key of the leading product


def follow(session: Session, leader: Product, *, person_id: int | None, now: datetime) -> None:
    """Let the rows of the variants tell what the leading product tells now, in its state.

    A variant that is told no more is taken off the shelf; orders still name its row. Those that
    changed get a version. Two queries, and none for a product that never had variants. Raises
    Invalid when another product has the item number of a variant.
    """
    facts = rows.facts_of(leader)
    if leader.variant_key is None and not facts.variants:
        return
    leader.variant_key = LEADER
    session.flush()
    found = list_rows(session, leader.id)
    before = {key: rows.told(row) for key, row in found.items()}
    _free_numbers(session, leader, found, facts)
    for variant in facts.variants:
        row = found.get(variant.key) or _begin(session, leader, variant, now)
        found[variant.key] = row
        _put(session, row, (leader, facts, variant), now)
    for key in found.keys() - {each.key for each in facts.variants}:
        found[key].state = ProductState.WITHDRAWN
    session.flush()
    for key, row in sorted(found.items()):
        if rows.told(row) != before.get(key):
            _record(session, row, person_id, now)


def list_rows(session: Session, leader_id: int) -> dict[int, Product]:
    """Return the rows of the variants of a product by key, locked, withdrawn ones too."""
    query = (
        select(Product)
        .where(Product.variant_of_id == leader_id)
        .options(*rows.whole())
        .order_by(Product.id)
        .with_for_update()
    )
    return {each.variant_key or LEADER: each for each in session.scalars(query)}


def facts_for(facts: ProductFacts, variant: Variant) -> ProductFacts:
    """Return what the row of a variant tells. Pure."""
    return replace(
        facts,
        item_number=variant.item_number,
        size=variant.size,
        colour=variant.colour,
        trait=variant.trait,
        price_ore=variant.price_ore,
        gtin=variant.gtin,
        made_to_order=variant.made_to_order,
        paused_until=variant.paused_on,
        pause_reason=variant.pause_reason,
        variants=(),
    )


def with_prices(facts: ProductFacts, by_key: Mapping[int, int]) -> ProductFacts:
    """Return the facts of a leading product with other prices in øre of its variants. Pure."""
    variants = (
        each._replace(price_ore=by_key.get(each.key, each.price_ore)) for each in facts.variants
    )
    return replace(facts, variants=tuple(variants))


def with_pictures(facts: ProductFacts, by_key: Mapping[int, int]) -> ProductFacts:
    """Return the facts of a leading product with other pictures (ids) of its variants. Pure."""
    variants = (
        each._replace(image_id=by_key.get(each.key, each.image_id)) for each in facts.variants
    )
    return replace(facts, variants=tuple(variants))


def _begin(session: Session, leader: Product, variant: Variant, now: datetime) -> Product:
    facts = facts_for(rows.facts_of(leader), variant)
    made = rows.start(session, leader.enterprise_id, facts, now)
    made.variant_of_id, made.variant_key = leader.id, variant.key
    made.is_demo = leader.is_demo
    return made


def _put(
    session: Session, row: Product, told: tuple[Product, ProductFacts, Variant], now: datetime
) -> None:
    """Write into the row of a variant what (leading product, its facts, variant) tell."""
    leader, facts, variant = told
    price = prices.listed(row)
    rows.put_facts(row, facts_for(facts, variant))
    # Its own picture first: that is the one which lists and baskets show.
    pictures = [(each.image_id, each.alt) for each in leader.images]
    pictures.sort(key=lambda each: each[0] != variant.image_id)
    rows.put_images(row, pictures)
    row.attachments = leader.attachments
    row.state, row.updated_at = leader.state, now
    if row.state == ProductState.PUBLISHED:
        row.published_at = row.published_at or now
    if row.id is not None and prices.listed(row) != price:
        prices.pass_on(session, row, now)


def _free_numbers(
    session: Session, leader: Product, found: Mapping[int, Product], facts: ProductFacts
) -> None:
    """See that the item numbers of the variants are free, also when they change places."""
    wanted = {each.item_number: each.key for each in facts.variants}
    query = select(Product.item_number).where(
        Product.enterprise_id == leader.enterprise_id,
        Product.item_number.in_(wanted),
        Product.id.not_in([each.id for each in found.values()]),
    )
    for number in session.scalars(query):
        text = _("Another product has the item number %(number)s", number=number)
        raise Invalid({"variants": [text]})
    moved = [row for key, row in found.items() if wanted.get(row.item_number, key) != key]
    for row in moved:
        row.item_number = f"~{row.id}"
    if moved:
        session.flush()


def _record(session: Session, row: Product, person_id: int | None, now: datetime) -> None:
    row.version += 1
    session.add(
        ProductVersion(
            product_id=row.id, version=row.version, at=now, person_id=person_id,
            facts=rows.told(row),
        )
    )  # fmt: skip
