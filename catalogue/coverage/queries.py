"""Reads the tables of agreements, products and orders for the overview; writes nothing.

Nine queries, however large the world: agreements twice, who is verified, products, orders, amounts
on agreements, ceilings (two), names. Conflicts take three: agreements, who is verified,
products; and two more for the names to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.orm import Session

from catalogue.agreements import conflicts as conflict_rules
from catalogue.agreements import queries as agreements
from catalogue.agreements.conflict_facts import Conflict, Shelf
from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.models import Agreement, AgreementCategory, CarveOut, FormerTerms
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used, begin_of
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import VOID_STATES
from catalogue.products.models import Product, ProductState

from . import rules
from .rules import Cover, Figures, Line

_ONE_DAY = timedelta(days=1)
MOST_PLACES = 500  # enterprises times categories, so that the statement stays short
MOST_PRODUCTS_NAMED = 200  # of all conflicts together; the rest are counted


@dataclass(frozen=True)
class Spend:
    """What was ordered on a voluntary agreement, beside its ceiling."""

    cover: Cover
    ordered_ore: int
    used: Used | None  # of its ceiling


@dataclass(frozen=True)
class Overview:
    """All that the overview shows of one municipality on one day."""

    day: date
    lines: Sequence[Line]
    gaps: Sequence[Line]  # flat, the largest demand first
    covers: Sequence[Cover]
    spend: Sequence[Spend]
    labels: dict[str, str]
    total: Figures


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


def overview(session: Session, municipality_id: int, day: date, locale: str) -> Overview:
    """Return coverage, products and ordered amounts by category as of `day`. Nine queries at most.

    Agreements and orders are those of the day; products are counted as they stand now, for their
    past is not kept by category.
    """
    covers = _covers(session, municipality_id, day)
    products = _products(session, municipality_id, day)
    orders = _orders(session, municipality_id, day)
    figures = {
        code: Figures(*products.get(code, (0, 0)), *orders.get(code, (0, 0)))
        for code in products.keys() | orders.keys()
    }
    labels = agreements.category_labels(session, rules.codes_to_show(figures, covers), locale)
    lines = rules.tree(figures, covers, labels)
    by_code = {line.code: line for line in lines}
    gaps = rules.list_gaps(figures, covers)
    return Overview(
        day=day,
        lines=lines,
        gaps=[replace(by_code[code], figures=figures[code], has_below=False) for code in gaps],
        covers=covers,
        spend=_spend(session, covers, day),
        labels=labels,
        total=rules.total(figures.values()),
    )


def count_conflicts(session: Session, municipality_id: int, day: date) -> int:
    """Count the conflicts of the municipality from `day` on. Three queries."""
    among, outside = _conflicts(session, municipality_id, day)
    return len(among) + len(outside)


def list_conflicts(session: Session, municipality_id: int, day: date, locale: str) -> Conflicts:
    """List the conflicts of the municipality from `day` on. Five queries, four without products.

    Agreements are those of the day; enterprises and products are taken as they stand now.
    """
    among, outside = _conflicts(session, municipality_id, day)
    codes = {code for conflict in among for code in conflict.codes}
    codes |= {shelf.category_code for conflict in outside for shelf in conflict.shelves}
    return Conflicts(
        day=day,
        agreements=among,
        outside=outside,
        labels=agreements.category_labels(session, codes, locale),
        products=_outside(session, [shelf for each in outside for shelf in each.shelves]),
    )


def _conflicts(
    session: Session, municipality_id: int, day: date
) -> tuple[list[Conflict], list[Conflict]]:
    sides = agreements.list_sides(session, municipality_id, day)
    parties = {side.enterprise_id for side in sides if side.enterprise_id is not None}
    rows = session.execute(
        select(Product.enterprise_id, Product.category_code, func.count())
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
        .where(Product.enterprise_id.in_(parties))
        .group_by(Product.enterprise_id, Product.category_code)
    )
    shelves = [Shelf(enterprise_id, code or "", count) for enterprise_id, code, count in rows]
    return (
        conflict_rules.among_agreements(sides, day),
        conflict_rules.products_outside(sides, shelves, day),
    )


def _outside(session: Session, shelves: Sequence[Shelf]) -> dict[int, list[Outside]]:
    places = [(shelf.enterprise_id, shelf.category_code) for shelf in shelves]
    if not places:
        return {}
    rows = session.execute(
        select(Product.enterprise_id, Product.id, Product.title, Product.category_code)
        .where(Product.state == ProductState.PUBLISHED)
        .where(tuple_(Product.enterprise_id, Product.category_code).in_(places[:MOST_PLACES]))
        .order_by(Product.title, Product.id)
        .limit(MOST_PRODUCTS_NAMED)
    )
    named: dict[int, list[Outside]] = {}
    for enterprise_id, product_id, title, code in rows:
        named.setdefault(enterprise_id, []).append(Outside(product_id, title, code or ""))
    return named


def _covers(session: Session, municipality_id: int, day: date) -> list[Cover]:
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Enterprise.name,
               *map(agreements.said, ("title", "ends_on", "ceiling_ore", "supplier_name")),
               AgreementCategory.prefix, CarveOut.prefix.label("carved"))
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .outerjoin(FormerTerms, agreements.former_on(day))
        .outerjoin(CarveOut, agreements.carved_out_on(day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(agreements.in_force_where(municipality_id, day))
        .order_by(Agreement.number, AgreementCategory.prefix)
    ).all()  # fmt: skip
    prefixes: dict[int, dict[str, None]] = {}
    carved: dict[int, dict[str, None]] = {}
    for row in rows:
        prefixes.setdefault(row.id, {})[row.prefix] = None
        if row.carved is not None:
            # An enterprise alone may be carved out: of all that the agreement covers.
            carved.setdefault(row.id, {})[row.carved or row.prefix] = None
    return [
        Cover(
            agreement_id=row.id,
            kind=row.kind,
            number=row.number,
            title=row.title,
            party=row.name or row.supplier_name or "",
            ends_on=row.ends_on,
            ceiling_ore=row.ceiling_ore,
            prefixes=tuple(prefixes[row.id]),
            carved=tuple(carved.get(row.id, ())),
        )
        for row in {row.id: row for row in rows}.values()
    ]


def _products(session: Session, municipality_id: int, day: date) -> dict[str, tuple[int, int]]:
    """Count published products, and those that may be ordered, by category.

    Judged by enterprise and category, not one by one. A product without a price cannot be ordered.
    """
    shelves = session.execute(
        select(Product.enterprise_id, Product.category_code, func.count(),
               func.count(Product.price_ore))
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
        .group_by(Product.enterprise_id, Product.category_code)
    ).all()  # fmt: skip
    in_force = agreements.in_force(session, municipality_id, day)
    found = [(shop, code or "", count, with_price) for shop, code, count, with_price in shelves]
    orderable = orderable_pairs(in_force, ((shop, code) for shop, code, *_counts in found))
    products: dict[str, int] = {}
    priced: dict[str, int] = {}
    for shop, code, count, with_price in found:
        products[code] = products.get(code, 0) + count
        if (shop, code) in orderable:
            priced[code] = priced.get(code, 0) + with_price
    return {code: (count, priced.get(code, 0)) for code, count in products.items()}


def _orders(session: Session, municipality_id: int, day: date) -> dict[str, tuple[int, int]]:
    """Sum up what was ordered in the twelve months that end with `day`, and in all, by category."""
    this_year = Order.placed_at >= begin_of(rules.year_before(day))
    rows = session.execute(
        select(OrderLine.category_code, func.sum(case((this_year, OrderLine.net_ore), else_=0)),
               func.sum(OrderLine.net_ore))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.municipality_id == municipality_id, Order.state.not_in(VOID_STATES))
        .where(Order.placed_at < begin_of(day + _ONE_DAY))
        .group_by(OrderLine.category_code)
    )  # fmt: skip
    return {code: (int(year), int(total)) for code, year, total in rows}


def _spend(session: Session, covers: Sequence[Cover], day: date) -> list[Spend]:
    voluntary = [cover for cover in covers if cover.kind == "voluntary"]
    rows = session.execute(
        select(OrderLine.agreement_id, func.sum(OrderLine.net_ore))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.agreement_id.in_([cover.agreement_id for cover in voluntary]))
        .where(Order.state.not_in(VOID_STATES), Order.placed_at < begin_of(day + _ONE_DAY))
        .group_by(OrderLine.agreement_id)
    )
    ordered = {agreement_id: int(net_ore) for agreement_id, net_ore in rows}
    ids = [cover.agreement_id for cover in voluntary]
    used = {each.agreement_id: each for each in ceilings.list_used(session, ids, day)}
    return [
        Spend(cover, ordered.get(cover.agreement_id, 0), used.get(cover.agreement_id))
        for cover in voluntary
    ]
