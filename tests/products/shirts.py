"""A shirt in three sizes, for the tests of variants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import cast
from cast import NOW, TODAY
from sqlalchemy.orm import Session

from catalogue.core.who import Who
from catalogue.products import (
    families,
    shelf,
    variants,
)
from catalogue.products.models import Product
from catalogue.products.variant_rules import Variant
from catalogue.products.variants import NEW, Table

LARGE = Variant(NEW, "T-L", size="L", colour="blå", price_ore=12_000, gtin="5701234567899")
EXTRA = Variant(NEW, "", size="XL", colour="blå", price_ore=14_000)
SHIRTS = Table("M", "blå", variants=(LARGE, EXTRA))


@dataclass
class World:
    """An enterprise with a product in three sizes, and a buyer who has an agreement with it."""

    product: Product
    seller: Who
    buyer: Who
    staff: Who
    agreement: Any


def make(session: Session) -> World:
    """Make a published shirt of 100 kr. in M, L and XL."""
    here = cast.municipality(session)
    shop = cast.enterprise(session, municipality=here)
    product = cast.product(session, shop, "Arbejdsskjorte", item_number="T-M", price_ore=10_000)
    made = World(
        product,
        cast.who(session, cast.worker(session, shop)),
        cast.who(session, cast.buyer(session, here)),
        cast.who(session, cast.staff(session, here)),
        cast.voluntary(session, here, shop, ends_on=TODAY + timedelta(days=900)),
    )
    variants.save(session, made.seller, product.id, SHIRTS, NOW)
    return made


def rows(session: Session, product: Product) -> dict[str, Product]:
    """Return the rows of the variants of a product by item number."""
    session.flush()
    found = families.list_rows(session, product.id)
    return {each.item_number: each for each in found.values()}


def again(session: Session, product: Product) -> Table:
    """Return the table as the product tells it now."""
    facts = shelf.facts_of(product)
    return Table(facts.size, facts.colour, facts.trait, facts.variants)


def saved(session: Session, world: World, *changed: Variant) -> Product:
    """Save the table with other variants."""
    table = replace(again(session, world.product), variants=changed)
    return variants.save(session, world.seller, world.product.id, table, NOW)
