"""The yearly report that staff hand to the council: a page, and a PDF of the same template."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response

from catalogue.agreements.rules import EARLIEST
from catalogue.core import printing
from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, STATIC, draw_text, now, reading, render, route, state, today
from catalogue.core.http import who as asking
from catalogue.core.text import current_locale, slug
from catalogue.core.text import lazy as _
from catalogue.search.rules import OUTCOME_NAMES

from . import yearly, yearly_queries
from .yearly_queries import Period

blueprint = Blueprint("yearly", __name__)


@route(blueprint, "/aarsrapport/<int:year>", access=STAFF)
def report(year: int) -> Response:
    """Show the report of a year; that of the running year is preliminary."""
    return render("coverage/yearly.html", base="catalogue/_base.html", **_values(year))


@route(blueprint, "/aarsrapport/<int:year>.pdf", access=STAFF)
def report_pdf(year: int) -> Response:
    """Send the report of a year as a file to print or hand on."""
    page = draw_text(
        state().templates, "coverage/yearly.html", base="catalogue/_paper.html", who=asking(),
        locale=current_locale(), **_values(year),
    )  # fmt: skip
    response = make_response(printing.to_pdf(page, STATIC))
    response.headers["Content-Type"] = "application/pdf"
    name = f"aarsrapport-{slug(asking().place)}-{year}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _values(year: int) -> dict[str, Any]:
    period, of = _period(year), asking().municipality_id or 0
    with reading() as session:
        found = yearly_queries.report(session, state().parts, of, period, current_locale())
    months = found.figures.months
    return {
        "report": found,
        "period": period,
        "figures": found.figures,
        "change": yearly.change_percent,
        "axis_ore": yearly.axis_top(max(max(m.net_ore, m.before_ore) for m in months)),
        "fewest_searches": yearly_queries.FEWEST_SEARCHES,
        "most_sought": yearly_queries.MOST_SOUGHT,
        "outcome_names": OUTCOME_NAMES,
        "made_at": now(),
        "this_year": today().year,
    }


def _period(year: int) -> Period:
    if not EARLIEST.year <= year <= today().year:
        raise Missing(
            _("There are reports of the years from %(first)s to %(last)s.",
              first=EARLIEST.year, last=today().year)
        )  # fmt: skip
    return Period(year, min(today(), date(year, 12, 31)))
