"""The yearly report that staff hand to the council: a page, and a PDF of the same template."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response

from catalogue.agreements.rules import EARLIEST
from catalogue.core import printing
from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, STATIC, draw_text, now, reading, render, route, state, today
from catalogue.core.http import who as asking
from catalogue.core.text import current_locale, slug
from catalogue.core.text import lazy as _
from catalogue.enterprises import effect_rules, effect_words
from catalogue.search.rules import OUTCOME_NAMES

from . import overview_file, yearly, yearly_effects, yearly_queries
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
        author=asking().place, locale=current_locale(), **_values(year),
    )  # fmt: skip
    response = make_response(printing.to_pdf(page, STATIC))
    response.headers["Content-Type"] = "application/pdf"
    name = f"aarsrapport-{slug(asking().place)}-{year}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(blueprint, "/aarsrapport/<int:year>/effekt.csv", access=STAFF)
def effects_csv(year: int) -> Response:
    """Send what the enterprises ordered from state of their effect, as a table."""
    period, of = _period(year), asking().municipality_id or 0
    with reading() as session:
        found, names = yearly_queries.stated(session, of, period)
    response = make_response(overview_file.as_csv(yearly_effects.table(found, names)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"effekt-{slug(asking().place)}-{found.year}.csv"
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
        "short": effect_words.SHORT,
        "people": effect_rules.PEOPLE,
        "surplus": effect_rules.SURPLUS,
        "made_at": now(),
        "this_year": today().year,
        "first_year": EARLIEST.year,
    }


def _period(year: int) -> Period:
    if not EARLIEST.year <= year <= today().year:
        raise Missing(
            _("There are reports of the years from %(first)s to %(last)s.",
              first=EARLIEST.year, last=today().year)
        )  # fmt: skip
    return Period(year, today())
