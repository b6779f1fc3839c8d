"""The enterprise's page of numbers: how its products do, and what buyers look for."""

from __future__ import annotations

from datetime import date

from babel import dates
from flask import Blueprint, Response, request

from catalogue.core.http import (
    ENTERPRISES,
    look_through,
    reading,
    render,
    route,
    send_list,
    today,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import Text, current_locale
from catalogue.core.text import lazy as _
from catalogue.products.rules import STATE_NAMES
from catalogue.search.rules import OUTCOME_NAMES

from . import charts
from . import seen_queries as queries
from .demand_rules import first_month
from .lists import SEEN, STEPS

blueprint = Blueprint("seen", __name__)
PERIODS: dict[int, Text] = {3: _("3 months"), 12: _("12 months"), 24: _("24 months")}
USUAL = 12


@route(blueprint, "/varer-hos-os/tal", access=ENTERPRISES)
def numbers() -> Response:
    """Show how the products of the enterprise do."""
    months, found = _numbers()
    # The chart is made for øre, of which it names each hundredth part.
    columns = [[each["opened"] * 100] for each in found.by_month.values()]
    return render(
        "coverage/seen.html", months=months, periods=PERIODS, steps=STEPS,
        stack=charts.stack(columns), lying=charts.lying(columns),
        names=[_month(each) for each in found.by_month],
        state_names=STATE_NAMES, outcome_names=OUTCOME_NAMES, fewest=queries.FEWEST_SEARCHES,
        most=queries.MOST_PRODUCTS, **look_through(SEEN, found.rows) | {"found": found},
    )  # fmt: skip


@route(blueprint, "/varer-hos-os/tal.csv", access=ENTERPRISES)
def numbers_csv() -> Response:
    """Send how each product does as a file for spreadsheets."""
    _months, found = _numbers()
    return send_list(SEEN, found.rows, "tal")


def _numbers() -> tuple[int, queries.Numbers]:
    asked = request.args.get("periode", USUAL, type=whole)
    months = asked if asked in PERIODS else USUAL
    with reading() as session:
        first = first_month(today(), months)
        return months, queries.numbers(session, who().enterprise_id or 0, first, today())


def _month(first: date) -> str:
    return dates.format_date(first, "MMM y", locale=current_locale())
