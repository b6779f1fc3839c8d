"""Procurement staff's threshold watch, and the orders behind each of its amounts."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request

from catalogue.agreements import queries as agreements
from catalogue.agreements.limit_rules import LIMIT_NAMES, LIMIT_UNITS
from catalogue.agreements.models import LimitKind
from catalogue.core.errors import Invalid, Missing
from catalogue.core.http import (
    STAFF,
    file_url,
    look_through,
    reading,
    render,
    route,
    send_list,
    state,
    today,
    who,
)
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises

from . import lists, schema, watch, watch_queries
from .lists import LEVEL_NAMES
from .watch import Level
from .watch_queries import Asked, LineOfOrder

blueprint = Blueprint("watch", __name__)
LINES_PER_PAGE = 50
WATCHED = (
    LimitKind.DIRECT_PURCHASE, LimitKind.BELOW_THRESHOLD, LimitKind.EU_GOODS_SERVICES,
    LimitKind.EU_LIGHT,
)  # fmt: skip
NAMES: dict[str, Any] = {
    "limit_names": LIMIT_NAMES,
    "limit_units": LIMIT_UNITS,
    "level_names": LEVEL_NAMES,
    "level_colours": {
        Level.UNKNOWN: "missing",
        Level.BELOW: "neutral",
        Level.NEAR: "expiring",
        Level.PASSED: "gap",
    },
}


@route(blueprint, "/daekning/graenser", access=STAFF, endpoint="watch")
def show_watch() -> Response:
    """Show what was ordered by enterprise and category group, beside the limits of a day."""
    asked, errors = _asked()
    with reading() as session:
        page = watch_queries.page(session, asked, current_locale())
    shown = look_through(lists.WATCH, page.lines, LINES_PER_PAGE)
    return render(
        "coverage/watch.html", 422 if errors else 200, asked=asked, errors=errors,
        **shown | {"page": page, "part": shown["page"]},
        typed_day=request.args["dag"] if errors else asked.day.isoformat(), today=today(),
        watched=WATCHED, unknown=[kind for kind in WATCHED if kind not in page.bounds],
        passed=watch.count(page.lines, Level.PASSED), near=watch.count(page.lines, Level.NEAR),
        **NAMES,
    )  # fmt: skip


@route(blueprint, "/daekning/graenser.csv", access=STAFF)
def watch_csv() -> Response:
    """Send the same lines as a file for spreadsheets."""
    with reading() as session:
        page = watch_queries.page(session, _asked()[0], current_locale())
    return send_list(lists.WATCH, page.lines, "graenser")


@route(blueprint, "/daekning/graenser/<int:enterprise_id>/<group>", access=STAFF)
def orders(enterprise_id: int, group: str) -> Response:
    """List the lines of orders that make up one amount of the watch."""
    asked, lines = _lines_behind(enterprise_id, group)
    with reading() as session:
        name = enterprises.names(session, {enterprise_id}).get(enterprise_id)
        code = group.ljust(8, "0")
        labels = agreements.category_labels(
            session, {code, *(line.category_code for line in lines)}, current_locale()
        )
    if name is None:
        raise Missing(_("The enterprise does not exist."))
    return render(
        "coverage/watch_orders.html", name=name, group=group, label=labels.get(code, ""),
        total_ore=sum(line.net_ore for line in lines), asked=asked, labels=labels, today=today(),
        file=file_url("catalogue.watch.orders_csv", enterprise_id=enterprise_id, group=group),
        **look_through(lists.WATCH_LINES, lines, LINES_PER_PAGE),
    )  # fmt: skip


@route(blueprint, "/daekning/graenser/<int:enterprise_id>/<group>.csv", access=STAFF)
def orders_csv(enterprise_id: int, group: str) -> Response:
    """Send the same lines as a file for spreadsheets."""
    _asked_for, lines = _lines_behind(enterprise_id, group)
    return send_list(lists.WATCH_LINES, lines, f"graenser-{group}")


def _lines_behind(enterprise_id: int, group: str) -> tuple[Asked, list[LineOfOrder]]:
    asked, _errors = _asked()
    if not re.fullmatch(r"[0-9]{3}", group):
        raise Missing(_("There is no category %(code)s.", code=group))
    with reading() as session:
        return asked, watch_queries.list_lines(session, asked, enterprise_id, group)


def _asked() -> tuple[Asked, dict[str, list[Any]]]:
    """Read the day from the address; one that cannot be read is today, with the problem."""
    settings = state().settings
    day, errors = today(), {}
    try:
        day = schema.read_view(request.args, today()).day
    except Invalid as error:
        errors = error.problems
    return (
        Asked(who().municipality_id or 0, day, settings.watch_years, settings.watch_near_percent),
        errors,
    )
