"""What the view modules of finding share: the blueprint, and products as lists draw them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, url_for

from catalogue.core.http import address_start, today
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.text import slug as slug_of
from catalogue.products import service as products
from catalogue.products.models import Product
from catalogue.products.price_rules import Price
from catalogue.products.rules import UNIT_NAMES, pause_on

from . import why
from .queries import Card, Picture

blueprint = Blueprint("search", __name__)
PRODUCT = "catalogue.search.product"


@dataclass(frozen=True)
class Hit:
    """A card as the macro `product_card` wants it."""

    product_id: int
    title: str
    url: str
    summary: str
    enterprise_name: str
    image: Picture | None
    price_ore: int | None
    price_base_quantity: int
    unit_label: Text
    refusal: Any  # refusals.Refusal, or None when orderable
    matched: tuple[str, ...] = ()  # words of the product that answer the query
    pause: Text | None = None
    title_pieces: tuple[tuple[str, bool], ...] = ()
    variants: int = 0
    price_from: bool = False  # its variants differ in price; this is the lowest


def chosen(card: Card, text: str) -> Card:
    """Return the variant whose very item number or GTIN was asked for, else the card. Pure."""
    asked = text.strip().casefold()
    for each in card.family:
        if asked and asked in (each.product.item_number.casefold(), each.product.gtin):
            return replace(each, family=(each,))
    return card


def _cheapest(card: Card) -> tuple[Price | None, bool]:
    """Return the price that a card shows, and whether variants cost more."""
    known = [each.priced.price for each in card.family or (card,) if each.priced.price]
    lowest = min(known, key=lambda each: each.ore * 1000 // each.base_quantity, default=None)
    return lowest, any(each != lowest for each in known)


def draw_hit(card: Card, matched: tuple[str, ...]) -> Hit:
    """Return a card as lists draw it, with the words of it that answer the query."""
    shown = card.product
    price, dearer = _cheapest(card)
    paused = [standstill(each) for each in card.family]
    return Hit(
        product_id=shown.id,
        title=shown.title,
        url=_url(shown),
        summary=shown.summary,
        enterprise_name=card.enterprise.name,
        image=card.image,
        price_ore=price.ore if price else None,
        price_base_quantity=price.base_quantity if price else 1,
        unit_label=UNIT_NAMES[price.unit if price else shown.unit],
        refusal=card.refusal,
        matched=matched,
        pause=standstill(card) if all(paused) else None,
        title_pieces=tuple(
            why.marked(shown.name if len(card.family) == 1 else shown.title, matched)
        ),
        variants=len(card.family) if len(card.family) > 1 else 0,
        price_from=dearer,
    )


def _url(shown: Product) -> str:
    """Return the address of a product: a page of hits names 24."""
    slug = slug_of(shown.title)
    start = address_start(PRODUCT, "0/-", product_id=0, slug="-")
    if start is None:
        return url_for(PRODUCT, product_id=shown.id, slug=slug)
    return f"{start}{shown.id}/{slug}"


def standstill(card: Card) -> Text | None:
    """Return why a product cannot be ordered for a while, though it may be; None if it can."""
    shown = card.product
    if shown.paused_until and (paused := pause_on(products.facts_but_area(shown), today())):
        return paused
    return _("Sold out for now.") if card.left == 0 else None
