"""Reads what conflicts: agreements with each other, and products with those of their enterprise.

Three queries: agreements, who is verified, products; and two more for the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from catalogue.agreements import conflict_queries as sides_queries
from catalogue.agreements import conflicts as conflict_rules
from catalogue.agreements import queries as agreements
from catalogue.agreements.conflict_facts import Conflict, Shelf, Side
from catalogue.products.models import Product
from catalogue.products.queries import leading_where

from . import shelves
from .shelves import Shelves

MOST_PLACES = 500  # enterprises times categories, so that the statement stays short
MOST_PRODUCTS_NAMED = 200  # of all conflicts together; the rest are counted


@dataclass(frozen=True)
class Outside:
    """A product that lies outside the agreements of its enterprise, as it is named."""

    product_id: int
    title: str
    category_code: str


@dataclass(frozen=True)
class Conflicts:
    """The conflicts of one municipality from a day on, with the names they are shown by.

    `products`: by enterprise, those outside its agreements by title; the first of them if many.
    """

    day: date
    agreements: Sequence[Conflict]
    outside: Sequence[Conflict]
    labels: dict[str, str]
    products: dict[int, list[Outside]]


@dataclass(frozen=True)
class Sides:
    """The agreements as conflicts look at them, and how they conflict with each other."""

    sides: Sequence[Side]
    conflicts: Sequence[Conflict]


def list_sides(session: Session, municipality_id: int, day: date) -> Sides:
    """List the agreements of the municipality from `day` on. Two queries."""
    found = sides_queries.list_sides(session, municipality_id, day)
    return Sides(found, conflict_rules.among_agreements(found, day))


def outside_of(sides: Sides, stands: Shelves, day: date) -> set[int]:
    """Return the enterprises with products on some shelves that are outside their agreements."""
    found = _products_outside(sides, stands, day)
    return {shelf.enterprise_id for each in found for shelf in each.shelves}


def list_conflicts(session: Session, municipality_id: int, day: date, locale: str) -> Conflicts:
    """List the conflicts of the municipality from `day` on. Five queries, four without products.

    Agreements are those of the day; enterprises and products are taken as they stand now.
    """
    sides = list_sides(session, municipality_id, day)
    among = sides.conflicts
    outside = _products_outside(sides, shelves.read(session, _parties(sides)), day)
    codes = {code for conflict in among for code in conflict.codes}
    codes |= {shelf.category_code for conflict in outside for shelf in conflict.shelves}
    return Conflicts(
        day=day,
        agreements=among,
        outside=outside,
        labels=agreements.category_labels(session, codes, locale),
        products=_outside(session, [shelf for each in outside for shelf in each.shelves]),
    )


def _products_outside(sides: Sides, stands: Shelves, day: date) -> list[Conflict]:
    parties = _parties(sides)
    counts = zip(stands.places, stands.products, strict=True)
    found = [Shelf(*place, count) for place, count in counts if place[0] in parties]
    return conflict_rules.products_outside(sides.sides, found, day)


def _parties(sides: Sides) -> set[int]:
    return {side.enterprise_id for side in sides.sides if side.enterprise_id is not None}


def _outside(session: Session, found: Sequence[Shelf]) -> dict[int, list[Outside]]:
    places = [(shelf.enterprise_id, shelf.category_code) for shelf in found]
    if not places:
        return {}
    rows = session.execute(
        select(Product.enterprise_id, Product.id, Product.title, Product.category_code)
        .where(leading_where())
        .where(tuple_(Product.enterprise_id, Product.category_code).in_(places[:MOST_PLACES]))
        .order_by(Product.title, Product.id)
        .limit(MOST_PRODUCTS_NAMED)
    )
    named: dict[int, list[Outside]] = {}
    for enterprise_id, product_id, title, code in rows:
        named.setdefault(enterprise_id, []).append(Outside(product_id, title, code or ""))
    return named
