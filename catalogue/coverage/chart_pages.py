"""The charts of coverage: drawn on the server, each with its table."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import dates
from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, reading, render, route, state, today, who
from catalogue.core.text import current_locale, gettext, money, ngettext, number
from catalogue.ordering.ceilings import Used

from . import chart_queries, charts, delivery_times, matrix, schema
from .chart_queries import Quarter, Spend
from .charts import Expiry, Measure
from .delivery_times import Delivery
from .overview import Overview
from .rules import Asked, Cover, Line
from .screens import blueprint

EXPIRY_YEARS = 2
MOST_DRAWN = 40  # bars or lines in one chart: more is a list and no picture
# By name, for templates: geometry of each chart.
Drawn = dict[str, Any]


@route(blueprint, "/daekning/diagrammer", access=STAFF, endpoint="charts")
def show_charts() -> Response:
    """Show spend, coverage, ceilings and expiries of a municipality as charts, as of a day."""
    errors: dict[str, list[Any]] = {}
    try:
        view = schema.read_view(request.args, today())
    except Invalid as error:
        view, errors = schema.view_on(request.args, today()), error.problems
    municipality_id = who().municipality_id or 0
    asked = Asked(municipality_id, view.day, today(), current_locale())
    with reading() as session:
        overview = matrix.read_overview(session, state().parts, asked)
        spend = chart_queries.spend(session, municipality_id, view.day)
        quarters = chart_queries.social_share(session, municipality_id, view.day)
        deliveries = delivery_times.read(session, municipality_id, view.day)
    divisions = [line for line in overview.outline.lines() if line.wanted]
    ending = _ending(overview, view.day)
    return render(
        "coverage/charts.html", 422 if errors else 200, view=view, overview=overview, spend=spend,
        quarters=quarters, divisions=divisions, ending=ending, errors=errors, today=today(),
        most_drawn=MOST_DRAWN, month=_month,
        typed_day=request.args["dag"] if errors else view.day.isoformat(),
        deliveries=deliveries, waits=_waits(deliveries[:MOST_DRAWN]),
        **_drawn(overview, divisions, spend, quarters), timeline=_timeline(ending, view.day),
    )  # fmt: skip


def _drawn(
    overview: Overview, divisions: list[Line], spend: Spend, quarters: list[Quarter]
) -> Drawn:
    limited = _limited(overview)
    return {
        "stack": charts.stack(spend.amounts),
        "lying": charts.lying(spend.amounts),
        "shares": charts.meters([_share(each) for each in quarters]),
        "strip": charts.meters([_covered(overview, line) for line in divisions]),
        "ceilings": charts.meters(
            [
                Measure(f"{cover.number} {cover.title}", used.ordered_ore, used.ceiling_ore,
                        _percent(used.ordered_ore, used.ceiling_ore))
                for cover, used in limited[:MOST_DRAWN]
            ]
        ),
        "limited": limited,
    }  # fmt: skip


def _limited(overview: Overview) -> list[tuple[Cover, Used]]:
    """List the agreements with a ceiling, those that have used the largest part of it first."""
    found = [(one.cover, one.used) for one in overview.spend if one.used]
    return sorted(found, key=lambda each: -each[1].ordered_ore / max(1, each[1].ceiling_ore))


def _share(quarter: Quarter) -> Measure:
    text = "–" if quarter.share is None else f"{number(round(quarter.share * 100, 1))} %"
    part = 0 if quarter.share is None else quarter.social_ore
    return Measure(quarter_name(quarter.period.first), part, quarter.total_ore, text)


def _waits(deliveries: list[Delivery]) -> charts.Meters:
    longest = max((each.median_days for each in deliveries), default=1)
    return charts.meters(
        [
            Measure(each.name, each.median_days, max(1, longest),
                    ngettext("%(num)s day", "%(num)s days", each.median_days))
            for each in deliveries
        ]
    )  # fmt: skip


def _covered(overview: Overview, line: Line) -> Measure:
    covered = line.wanted - line.gaps
    text = ngettext(
        "%(part)s of %(num)s category", "%(part)s of %(num)s categories", line.wanted, part=covered
    )
    return Measure(f"{line.code[:2]} {overview.labels[line.code]}", covered, line.wanted, text)


def _percent(part: int, whole: int) -> str:
    share = f"{round(part * 100 / whole) if whole else 0} %"
    return gettext("%(part)s of %(whole)s", part=share, whole=money(whole))


def _ending(overview: Overview, day: date) -> list[Cover]:
    """List the agreements that end within the time of the timeline, the first to end first."""
    last = _last(day)
    found = [cover for cover in overview.covers if cover.ends_on <= last]
    return sorted(found, key=lambda cover: (cover.ends_on, cover.number))


def _timeline(ending: list[Cover], day: date) -> charts.Timeline:
    shown = ending[:MOST_DRAWN]
    expiries = [Expiry(f"{cover.number} {cover.title}", cover.ends_on) for cover in shown]
    return charts.timeline(expiries, day, _last(day))


def _last(day: date) -> date:
    return date(day.year + EXPIRY_YEARS, day.month, min(day.day, 28))


def quarter_name(first: date) -> str:
    """Return a quarter by its first day as people say it: `4. kvartal 2026`."""
    return dates.format_date(first, "QQQQ y", locale=current_locale())


def _month(day: date) -> str:
    return dates.format_date(day, "MMM y", locale=current_locale())
