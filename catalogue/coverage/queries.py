"""Reads the tables of agreements, products and orders for the overview; writes nothing.

A fixed number of queries, however large the world: the last change, products, orders by cell and of
the year; agreements twice, who is verified, names, two of ceilings. Conflicts take three:
agreements, who is verified, products; and two more for the names to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from catalogue.agreements import conflict_queries
from catalogue.agreements import conflicts as conflict_rules
from catalogue.agreements import queries as agreements
from catalogue.agreements.conflict_facts import Conflict, Shelf
from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.models import Agreement, AgreementCategory, CarveOut, FormerTerms
from catalogue.agreements.rules import prefix
from catalogue.core import audit
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used
from catalogue.products.models import Product
from catalogue.products.queries import leading_where

from . import booked, shelves, spending
from .behind import Span
from .booked import Booked
from .outline import Outline
from .remembering import Remembered
from .rules import Asked, Cover, Figures, Line, year_before
from .shelves import Shelves
from .spending import Ordered

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
    outline: Outline
    gaps: Sequence[str]  # codes, those of the largest amount first
    covers: Sequence[Cover]
    spend: Sequence[Spend]
    labels: Mapping[str, str]

    @property
    def total(self) -> Figures:
        """Return the figures of all categories together."""
        return self.outline.total

    def gaps_within(self, code: str | None) -> list[str]:
        """Return the gaps at or below a category, without one all, in their order."""
        digits = prefix(code) if code else ""
        return [each for each in self.gaps if each.startswith(digits)]

    def table(self, only_gaps: bool, within: str | None) -> list[Line]:
        """Return all lines within a category, or the gaps in it, as files and the API send them."""
        if only_gaps:
            return self.outline.alone(self.gaps_within(within))
        digits = prefix(within) if within else ""
        return [line for line in self.outline.all_lines() if line.code.startswith(digits)]


@dataclass(frozen=True)
class Counted:
    """What the overview counts: products on the shelves, what was ordered, and what was booked."""

    shelves: Shelves
    ordered: Ordered
    booked: Booked


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


def year_of(asked: Asked) -> Span:
    """Return the twelve months that end with the day asked for."""
    return Span(year_before(asked.day), asked.day)


def count(session: Session, asked: Asked, remembered: Remembered) -> Counted:
    """Return the counts of the day asked for. Ten queries, two when they are remembered.

    Products are counted as they stand now, for their past is not kept by category.
    """
    last = audit.last(session, asked.municipality_id)
    home, day = asked.municipality_id, asked.day
    return Counted(
        remembered.ask("shelves", last.anywhere, lambda: shelves.read(session)),
        remembered.ask(
            ("ordered", home, day), last.here, lambda: spending.read(session, home, day)
        ),
        # Who counts as social may change anywhere.
        remembered.ask(
            ("booked", home, day),
            (last.anywhere, booked.version(session, home)),
            lambda: booked.read(session, home, year_of(asked)),
        ),
    )


def overview(
    session: Session, asked: Asked, counted: Counted, demand: Mapping[str, int] | None = None
) -> Overview:
    """Return coverage, products and ordered amounts by category on a day. Six queries at most.

    Agreements and orders are those of the day; products are counted as they stand now, for their
    past is not kept by category. `demand`: how many things were looked for in vain, by category.
    """
    covers = _covers(session, asked.municipality_id, asked.day)
    labels = agreements.all_labels(session, asked.locale)
    figures = _figures(session, asked, counted, demand or {})
    outline = Outline(figures, covers, labels)
    return Overview(
        day=asked.day,
        outline=outline,
        gaps=outline.gaps(),
        covers=covers,
        spend=_spend(session, covers, counted.ordered, asked.day),
        labels=labels,
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
    sides = conflict_queries.list_sides(session, municipality_id, day)
    parties = {side.enterprise_id for side in sides if side.enterprise_id is not None}
    rows = session.execute(
        select(Product.enterprise_id, Product.category_code, func.count())
        .where(leading_where(), Product.category_code.is_not(None))
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
        .where(leading_where())
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


def _figures(
    session: Session, asked: Asked, counted: Counted, demand: Mapping[str, int]
) -> dict[str, Figures]:
    """Return the figures of each category by itself.

    What may be ordered is judged by enterprise and category, not one by one.
    """
    in_force = agreements.in_force(session, asked.municipality_id, asked.day)
    products = counted.shelves.by_category()
    orderable = counted.shelves.orderable(orderable_pairs(in_force, counted.shelves.places))
    ordered, found = counted.ordered.by_category(), counted.booked
    return {
        code: Figures(
            products.get(code, 0),
            orderable.get(code, 0),
            *ordered.get(code, (0, 0)),
            demand.get(code, 0),
            *found.get(code, (0, 0)),
        )
        for code in products.keys() | ordered.keys() | demand.keys() | found.keys()
    }


def _spend(session: Session, covers: Sequence[Cover], ordered: Ordered, day: date) -> list[Spend]:
    """Return the voluntary agreements: those near their ceiling first, then the most ordered."""
    voluntary = [cover for cover in covers if cover.kind == "voluntary"]
    by_agreement = ordered.by_agreement()
    ids = [cover.agreement_id for cover in voluntary]
    used = {each.agreement_id: each for each in ceilings.list_used(session, ids, day)}
    found = [
        Spend(cover, by_agreement.get(cover.agreement_id, 0), used.get(cover.agreement_id))
        for cover in voluntary
    ]
    return sorted(found, key=lambda one: (not (one.used and one.used.is_near), -one.ordered_ore))
