"""The yearly report for systems of staff: the figures of the page, as data."""

from __future__ import annotations

from typing import Any

from flask import Response

from catalogue.agreements.rules import EARLIEST
from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, reading, state, today
from catalogue.core.http.answering import show
from catalogue.core.http.operations import Operation, serve
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _

from . import yearly_queries
from .api_answers import READ, TAGGED, home, versioned
from .api_yearly_schema import YearlyReportSchema
from .yearly import Figures, Part
from .yearly_queries import Ledger, Period, Report

YEAR = {"year": {"type": "integer", "minimum": 2000, "maximum": 2100}}


@serve(
    versioned, "GET", "/yearly-reports/<int:year>",
    Operation(
        "Get the yearly report: what was ordered, of whom, by whom, on which agreements", STAFF,
        READ, answer=YearlyReportSchema, traits=TAGGED, places=YEAR,
    ),
)  # fmt: skip
def get_yearly_report(year: str) -> Response:
    """Sum a year up."""
    day = today()
    if not (year.isascii() and year.isdecimal()) or not EARLIEST.year <= int(year) <= day.year:
        raise Missing(
            _("There are reports of the years from %(first)s to %(last)s.",
              first=EARLIEST.year, last=day.year)
        )  # fmt: skip
    period = Period(int(year), day)
    with reading() as session:
        found = yearly_queries.report(session, state().parts, home(), period, current_locale())
    return show(YearlyReportSchema().dump(_told(found)))


def _told(found: Report) -> dict[str, Any]:
    figures, agreed = found.figures, found.agreements
    return {
        "year": found.period.year,
        "as_of": found.period.day,
        "preliminary": not found.period.is_over,
        "total": figures.total,
        "before": figures.before,
        "months": figures.months,
        "enterprises": [vars(part) | vars(found.sellers[part.key]) for part in figures.enterprises],
        "divisions": _divisions(figures, found.labels),
        "institutions": [*figures.institutions.named, *_others(figures)],
        "in_force": {
            "voluntary": agreed.in_force.get("voluntary", 0),
            "mandatory": agreed.in_force.get("mandatory", 0),
            "voluntary_before": agreed.in_force_before.get("voluntary", 0),
            "mandatory_before": agreed.in_force_before.get("mandatory", 0),
        },
        "agreements": [
            vars(each)
            | {
                "ordered_ore": figures.by_agreement.get(each.agreement_id, 0),
                "ceiling_ore": each.used and each.used.ceiling_ore,
                "counted_ore": each.used and each.used.ordered_ore,
            }
            for each in agreed.listed
        ],
        "ledger": found.ledger and _ledger(found.ledger),
        "sought_in_vain": found.sought,
        "effect_year": found.stated.year,
        "effects": [
            vars(each) | {"measure": measure} for measure, each in found.stated.sums.items()
        ],
    }


def _divisions(figures: Figures, labels: dict[str, str]) -> list[dict[str, Any]]:
    return [
        _group(each.whole, labels) | {"groups": [_group(part, labels) for part in each.groups]}
        for each in figures.divisions
    ]


def _group(part: Part[str], labels: dict[str, str]) -> dict[str, Any]:
    return vars(part) | {"code": part.key, "label": labels.get(part.key, part.key)}


def _others(figures: Figures) -> list[Part[str]]:
    others = figures.institutions.others
    return [] if others is None else [others]


def _ledger(ledger: Ledger) -> dict[str, int]:
    return {
        "total_ore": ledger.spent.total_ore,
        "social_ore": ledger.spent.social_ore,
        "total_before_ore": ledger.before.total_ore,
        "social_before_ore": ledger.before.social_ore,
    }
