"""The overview of one municipality on one day, made of what `counting.py` counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.agreements.rules import prefix
from catalogue.ordering.ceilings import Used

from .counting import Counted
from .outline import Outline
from .rules import Asked, Cover, Figures, Line


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


def make_overview(
    asked: Asked, counted: Counted, demand: Mapping[str, int] | None = None
) -> Overview:
    """Return coverage, products and ordered amounts by category on a day.

    Agreements and orders are those of the day; products are counted as they stand now, for their
    past is not kept by category. `demand`: how many things were looked for in vain, by category.
    """
    agreed = counted.agreed
    outline = Outline(_figures(counted, demand or {}), agreed.covers, agreed.labels)
    return Overview(
        day=asked.day,
        outline=outline,
        gaps=outline.gaps(),
        covers=agreed.covers,
        spend=_spend(counted),
        labels=agreed.labels,
    )


def _figures(counted: Counted, demand: Mapping[str, int]) -> dict[str, Figures]:
    """Return the figures of each category by itself."""
    products, orderable = counted.offered.products, counted.offered.orderable
    ordered, found = counted.spent.ordered.by_category, counted.booked
    figures = {
        code: Figures(count, orderable.get(code, 0)) for code, count in products.items()
    }  # most categories have no more
    for code in ordered.keys() | demand.keys() | found.keys():
        figures[code] = Figures(
            products.get(code, 0),
            orderable.get(code, 0),
            *ordered.get(code, (0, 0)),
            demand.get(code, 0),
            *found.get(code, (0, 0)),
        )
    return figures


def _spend(counted: Counted) -> list[Spend]:
    """Return the voluntary agreements: those near their ceiling first, then the most ordered."""
    by_agreement, used = counted.spent.ordered.by_agreement, counted.spent.bound.used
    found = [
        Spend(cover, by_agreement.get(cover.agreement_id, 0), used.get(cover.agreement_id))
        for cover in counted.agreed.covers
        if cover.kind == "voluntary"
    ]
    return sorted(found, key=lambda one: (not (one.used and one.used.is_near), -one.ordered_ore))
