"""Products side by side: as the database has them, judged and priced today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.rules import InForce
from catalogue.core.ids import is_id
from catalogue.products.models import ProductMunicipality

from . import queries
from .queries import Card

MOST_COMPARED = 4  # more columns than these nobody holds against each other


@dataclass(frozen=True)
class Compared:
    """A product with where it is delivered; `delivers_to` is empty for the whole country."""

    card: Card
    delivers_to: tuple[str, ...]
    delivers_here: bool


def read_ids(values: Sequence[str]) -> tuple[int, ...]:
    """Read product ids of an address: each once, in their order; what is no id is left out."""
    read = [int(each) for each in values if is_id(each)]
    return tuple(dict.fromkeys(each for each in read if each > 0))


def list_compared(
    session: Session, product_ids: Sequence[int], in_force: InForce
) -> list[Compared]:
    """Return those products in that order, unpublished ones left out. Four queries."""
    cards = queries.list_cards(session, product_ids, in_force)
    rows = session.execute(
        select(ProductMunicipality.product_id, Municipality.id, Municipality.name)
        .join(Municipality, Municipality.id == ProductMunicipality.municipality_id)
        .where(ProductMunicipality.product_id.in_([card.product.id for card in cards]))
        .order_by(Municipality.name)
    )
    areas: dict[int, dict[int, str]] = {}
    for product_id, municipality_id, name in rows:
        areas.setdefault(product_id, {})[municipality_id] = name
    return [_compared(card, areas.get(card.product.id, {}), in_force) for card in cards]


def _compared(card: Card, area: dict[int, str], in_force: InForce) -> Compared:
    everywhere = card.product.delivers_everywhere
    return Compared(
        card,
        () if everywhere else tuple(area.values()),
        everywhere or in_force.municipality_id in area,
    )
