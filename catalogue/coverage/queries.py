"""Reads the tables of agreements, products and orders for the overview; writes nothing.

A fixed number of queries, however large the world: the last change, products, orders by cell and of
the year; agreements, their terms, who is verified, names, two of ceilings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.judging import orderable_pairs
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.agreements.rules import InForce, Mandatory, Voluntary, prefix
from catalogue.core import audit
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used

from . import booked, shelves, spending
from .behind import Span
from .booked import Booked
from .outline import Outline
from .remembering import Remembered, last
from .rules import Asked, Cover, Figures, Line, year_before
from .shelves import Shelves
from .spending import Ordered


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


def year_of(asked: Asked) -> Span:
    """Return the twelve months that end with the day asked for."""
    return Span(year_before(asked.day), asked.day)


@dataclass(frozen=True)
class Version:
    """What differs whenever what is counted does: the last events, and a municipality's ledger."""

    last: audit.Last
    ledger: tuple[int, int]


def version(session: Session, municipality_id: int) -> Version:
    """Return the version of what is counted for a municipality. Two queries."""
    return Version(last(session, municipality_id), booked.version(session, municipality_id))


def count(session: Session, asked: Asked, remembered: Remembered, of: Version) -> Counted:
    """Return the counts of the day asked for. Eight queries, none when they are remembered.

    Products are counted as they stand now, for their past is not kept by category.
    """
    home, day = asked.municipality_id, asked.day
    return Counted(
        remembered.ask("shelves", of.last.anywhere, lambda: shelves.read(session)),
        remembered.ask(
            ("ordered", home, day), of.last.here, lambda: spending.read(session, home, day)
        ),
        # Who counts as social may change anywhere.
        remembered.ask(
            ("booked", home, day),
            (of.last, of.ledger),
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
    in_force = agreements.in_force(session, asked.municipality_id, asked.day)
    covers = _covers(session, in_force)
    labels = agreements.all_labels(session, asked.locale)
    figures = _figures(in_force, counted, demand or {})
    outline = Outline(figures, covers, labels)
    return Overview(
        day=asked.day,
        outline=outline,
        gaps=outline.gaps(),
        covers=covers,
        spend=_spend(session, covers, counted.ordered, asked.day),
        labels=labels,
    )


def _covers(session: Session, in_force: InForce) -> list[Cover]:
    """Return the agreements in force with what the overview shows of each, by number. One query."""
    terms: dict[int, Voluntary | Mandatory] = {
        **{each.agreement_id: each for each in in_force.voluntary},
        **{each.agreement_id: each for each in in_force.mandatory},
    }
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Enterprise.name,
               *map(agreements.said, ("title", "ends_on", "ceiling_ore", "supplier_name")))
        .outerjoin(FormerTerms, agreements.former_on(in_force.day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.id.in_(terms))
        .order_by(Agreement.number)
    )  # fmt: skip
    return [
        Cover(
            agreement_id=row.id,
            kind=row.kind,
            number=row.number,
            title=row.title,
            party=row.name or row.supplier_name or "",
            ends_on=row.ends_on,
            ceiling_ore=row.ceiling_ore,
            prefixes=terms[row.id].prefixes,
            carved=_carved(terms[row.id]),
        )
        for row in rows
    ]


def _carved(terms: Voluntary | Mandatory) -> tuple[str, ...]:
    """Return what is carved out; for an enterprise alone it is all that the agreement covers."""
    if isinstance(terms, Voluntary):
        return ()
    named = (each.prefix for each in terms.carve_outs if each.prefix)
    whole = terms.prefixes if any(not each.prefix for each in terms.carve_outs) else ()
    return tuple(dict.fromkeys((*named, *whole)))


def _figures(in_force: InForce, counted: Counted, demand: Mapping[str, int]) -> dict[str, Figures]:
    """Return the figures of each category by itself.

    What may be ordered is judged by enterprise and category, not one by one.
    """
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
