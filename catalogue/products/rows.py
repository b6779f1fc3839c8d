"""Facts to rows and back: what a product tells, written into its row and read out again.

Who may do it, and whether the number is free, is asked before (service.py, plan.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from catalogue.core import seen

from . import details, prices, variant_rules
from .models import (
    Product,
    ProductImage,
    ProductKind,
    ProductMunicipality,
    ProductState,
    Unit,
)
from .rules import ProductFacts

# Facts that are columns of the row as they are.
_COLUMNS = tuple(
    name
    for name in ProductFacts.__dataclass_fields__
    if name not in ("municipality_ids", "tiers", *details.STORED, *variant_rules.FAMILY)
)
# Facts that many products do not have: told only when there is something to tell.
_RARE = ("gtin", "paused_until", "tiers")
_RARELY_TOLD = ("gtin", "tiers", "attachments")
_BESIDE_FORM = ("state", "images", "attachments")  # what forms of their own change


def whole() -> tuple[ExecutableOption, ...]:
    """Return the options of a query that loads all that a product tells."""
    return selectinload(Product.images), selectinload(Product.delivery_area)


def start(session: Session, enterprise_id: int, facts: ProductFacts, now: datetime) -> Product:
    """Add the row of a new draft to the session; the item number is known to be free."""
    product = Product(
        enterprise_id=enterprise_id,
        state=ProductState.DRAFT,
        version=0,
        created_at=now,
        updated_at=now,
    )
    product.images, product.delivery_area = [], []
    put_facts(product, facts)
    session.add(product)
    return product


def put_facts(product: Product, facts: ProductFacts) -> None:
    """Write facts into the row; the one place where they become columns."""
    given = asdict(facts)
    for name in _COLUMNS:
        setattr(product, name, given[name])
    product.tiers = [list(each) for each in facts.tiers] or None
    product.details = details.stored(given)
    product.kind, product.unit = ProductKind(facts.kind), Unit(facts.unit)
    known = {each.municipality_id: each for each in product.delivery_area}
    wanted = frozenset() if facts.delivers_everywhere else facts.municipality_ids
    product.delivery_area = [
        known.get(each) or ProductMunicipality(municipality_id=each) for each in sorted(wanted)
    ]


def facts_of(product: Product) -> ProductFacts:
    """Return what the row says, as rules take it."""
    area = frozenset(each.municipality_id for each in product.delivery_area)
    return replace(facts_but_area(product), municipality_ids=area)


def facts_but_area(product: Product) -> ProductFacts:
    """Return what the row alone says: all facts but the municipalities it is delivered to."""
    columns = {name: getattr(product, name) for name in _COLUMNS}
    tiers = prices.tiers_of(product)
    return ProductFacts(**columns, tiers=tiers, **details.read(product.details))


def told(product: Product) -> dict[str, Any]:
    """Return all that a product tells, as versions and the audit keep it."""
    given = asdict(facts_of(product))
    facts = {name: given[name] for name in (*_COLUMNS, "municipality_ids") if name not in _RARE}
    facts["municipality_ids"] = sorted(facts["municipality_ids"])
    facts |= details.stored(given) or {}
    if product.paused_until:
        facts["paused_until"] = product.paused_until.isoformat()
    facts |= {name: value for name in _RARELY_TOLD if (value := getattr(product, name))}
    pictures = [{"image_id": each.image_id, "alt": each.alt} for each in product.images]
    return facts | {"state": str(product.state), "currency": product.currency, "images": pictures}


def mark_of(product: Product) -> str:
    """Return what a form drawn of a product is known by: another once a fact in it has changed."""
    said = {name: value for name, value in told(product).items() if name not in _BESIDE_FORM}
    return seen.mark_of(said)


def put_images(product: Product, images: Sequence[tuple[int, str]]) -> None:
    """Give a product these pictures (id, alternative text) in this order, and no others."""
    known = {each.image_id: each for each in product.images}
    kept = [known.get(image_id) or ProductImage(image_id=image_id) for image_id, _alt in images]
    for position, (each, (_image_id, alt)) in enumerate(zip(kept, images, strict=True), start=1):
        each.position, each.alt = position, alt
    product.images = kept
