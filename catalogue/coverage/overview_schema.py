"""The shape of the overview as it goes out by the API: amounts in øre, days as ISO writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .behind import Part
from .matrix import Matrix
from .rules import Figures, Line


def dump(found: Matrix, lines: Sequence[Line], alone: bool) -> dict[str, Any]:
    """Return the matrix as plain values.

    `alone`: the figures of a line are its own, else with all below it.
    """
    return {
        "as_of": found.overview.day.isoformat(),
        "figures_include_below": not alone,
        "total": _figures(found, found.overview.total, Part()) | {"unmet_demands": found.demand},
        "categories": [_line(found, line, alone) for line in lines],
    }


def _line(found: Matrix, line: Line, alone: bool) -> dict[str, Any]:
    return {
        "code": line.code,
        "label": found.overview.labels[line.code],
        "parent": line.parent,
        "level": line.depth + 1,
        "status": line.status.value,
        "uncovered_categories": line.gaps,
        **_figures(found, line.figures, Part(line.code, alone)),
        "agreements": [
            {
                "id": cover.agreement_id,
                "number": cover.number,
                "title": cover.title,
                "kind": cover.kind,
                "party": cover.party,
                "ends_on": cover.ends_on.isoformat(),
            }
            for cover in line.covers
        ],
    }


def _figures(found: Matrix, figures: Figures, part: Part) -> dict[str, int]:
    return {
        "published_products": figures.products,
        "orderable_products": figures.orderable,
        "enterprises": found.enterprises_of(part),
        "orders_12_months": found.orders_of(part),
        "ordered_12_months_ore": figures.year_ore,
        "ordered_ore": figures.total_ore,
        "unmet_demands": figures.demand,
        "booked_12_months_ore": figures.booked_ore,
        "booked_on_agreement_ore": figures.on_ore,
    }
