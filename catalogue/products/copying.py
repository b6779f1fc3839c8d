"""Copies of products as drafts: of one, of many for a new season, and back to a former version."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import details, rows, rules, shelf, variant_rules
from .models import Product
from .price_rules import Tier
from .rules import ProductFacts

LONGEST_TITLE, LONGEST_NUMBER = 120, 40
RARELY_TOLD = ("gtin", "paused_until", "tiers", *details.STORED, *variant_rules.FAMILY)
CHANGE = " (rettelse)"  # the enterprise reads it in its own list


@dataclass(frozen=True)
class Season:
    """Which products are copied, and which words of their titles are replaced in the copies."""

    product_ids: frozenset[int]
    old: str = ""
    new: str = ""


def copy(session: Session, product: Product, item_number: str, now: datetime) -> Product:
    """Add a draft to the session that tells the same as a product, pictures and attachments too."""
    facts = replace(shelf.facts_of(product), item_number=item_number)
    made = shelf.start(session, product.enterprise_id, facts, now)
    rows.put_images(made, [(each.image_id, each.alt) for each in product.images])
    made.attachments = product.attachments
    return made


def copy_all(session: Session, who: Who, season: Season, now: datetime) -> list[Product]:
    """Copy products of the enterprise as drafts, each with an item number of its own.

    Products of others are not among them; prices and seasons stay. Raises Invalid when nothing is
    chosen, or a title would become too long.
    """
    enterprise_id = shelf.lock_enterprise(session, who)
    originals = list_chosen(session, enterprise_id, season.product_ids)
    if not originals:
        raise Invalid({"products": [_("Choose at least one product")]})
    taken = set(
        session.scalars(select(Product.item_number).where(Product.enterprise_id == enterprise_id))
    )
    made = []
    for original in originals:
        number = rules.next_item_number(taken)
        taken.add(number)
        copied = copy(session, original, number, now)
        facts = for_next(shelf.facts_of(copied), season, today_in_copenhagen(now))
        shelf.put_facts(copied, _numbered(facts, taken))
        made.append(copied)
    session.flush()
    for each in made:
        shelf.note_deed(session, who, "product.created", each, {}, now)
    return made


def for_next(facts: ProductFacts, season: Season, today: date) -> ProductFacts:
    """Return the facts for another season: another title, and without pauses that are over.

    The days of the season have no year, so they stay. Raises Invalid for a title.
    """
    title = _renamed(facts.title, season)
    over = today.isoformat()
    variants = tuple(
        each._replace(paused_until=None) if (each.paused_until or "9") <= over else each
        for each in facts.variants
    )
    facts = replace(facts, title=title, variants=variants)
    if facts.paused_until is None or rules.is_paused(facts.paused_until, today):
        return facts
    return replace(facts, paused_until=None, pause_reason="")


def copy_own(session: Session, who: Who, product_id: int, now: datetime) -> Product:
    """Copy one product of the enterprise as a draft; raises Missing."""
    try:
        return copy_all(session, who, Season(frozenset({product_id})), now)[0]
    except Invalid:
        text = _("The product does not exist, or it belongs to another enterprise.")
        raise Missing(text) from None


def change_number(product: Product) -> str:
    """Return the item number of the draft that is to change a product."""
    if len(product.item_number) + len(CHANGE) <= LONGEST_NUMBER:
        return product.item_number + CHANGE
    return f"{product.id}{CHANGE}"


def facts_from(told: Mapping[str, Any], present: ProductFacts) -> ProductFacts:
    """Return the facts of a version or draft; what it does not tell stays as it is at `present`.

    Facts that few products have are told only when there is something to tell; without it they
    are blank. Versions are kept as JSON, which knows neither tuples, sets nor days.
    """
    blank = ProductFacts(item_number="", title="")
    said = {
        each.name: getattr(blank, each.name)
        if each.name in RARELY_TOLD
        else told.get(each.name, getattr(present, each.name))
        for each in fields(present)
    }
    said |= details.read(told)
    said["municipality_ids"] = frozenset(said["municipality_ids"])
    said["tiers"] = tuple(Tier(*each) for each in told.get("tiers", ()))
    said["gtin"] = told.get("gtin")
    if paused_until := told.get("paused_until"):
        said["paused_until"] = date.fromisoformat(paused_until)
    return replace(present, **said)


def list_chosen(session: Session, enterprise_id: int, ids: Collection[int]) -> list[Product]:
    """List those of the products that are the enterprise's, whole, in the order they were made."""
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id, Product.id.in_(ids))
        .where(Product.variant_of_id.is_(None))
        .options(*shelf.whole())
        .order_by(Product.id)
    )
    return list(session.scalars(query))


def _numbered(facts: ProductFacts, taken: set[str]) -> ProductFacts:
    """Give the variants of a copy item numbers of their own."""
    variants = []
    for each in facts.variants:
        number = rules.next_item_number(taken)
        taken.add(number)
        variants.append(each._replace(item_number=number))
    return replace(facts, variants=tuple(variants))


def _renamed(title: str, season: Season) -> str:
    renamed = title.replace(season.old, season.new).strip() if season.old else title
    if not renamed or len(renamed) > LONGEST_TITLE:
        text = _("“%(title)s” would get no title, or one that is too long", title=title)
        raise Invalid({"new": [text]})
    return renamed
