"""Procurement staff's first page: what is covered, offered and ordered, as of a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, make_response, request

from catalogue.agreements import conflict_words
from catalogue.agreements.conflict_facts import Severity
from catalogue.agreements.conflicts import LONGEST_GAP_DAYS
from catalogue.agreements.rules import EXPIRES_SOON
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, Page, reading, render, route, state, today, who
from catalogue.core.ids import whole
from catalogue.core.text import current_locale

from . import (
    behind_pages,
    chart_pages,
    conflict_queries,
    demand_pages,
    ledger_import_pages,
    ledger_pages,
    matrix,
    overview_file,
    rules,
    schema,
)
from .behind import Part
from .behind_pages import ListPage
from .overview_file import Cell
from .overview_words import NAMES
from .rules import Asked
from .schema import View
from .screens import blueprint
from .shown import shown

# The other views stand in modules of their own, on the same blueprint.
__all__ = [
    "behind_pages", "blueprint", "chart_pages", "demand_pages", "ledger_import_pages",
    "ledger_pages",
]  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPEND_ROWS, GAPS_PER_PAGE = 25, 100
SEVERITY_COLOURS = {Severity.SEVERE: "gap", Severity.NOTICE: "expiring"}


@route(blueprint, "/daekning", access=STAFF)
def overview() -> Response:
    """Show the category tree with coverage, products and ordered amounts as of a day."""
    errors: dict[str, list[Any]] = {}
    try:
        view = schema.read_view(request.args, today())
    except Invalid as error:
        view, errors = schema.view_on(request.args, today()), error.problems
    asked = _asked(view)
    with reading() as session:
        found = matrix.read(session, state().parts, asked)
        conflicts = matrix.count_conflicts(session, state().parts, asked, found.last_event)
    overview = found.overview
    gaps = overview.gaps_within(view.within)
    gap_page = Page(request.args.get("page", 1, type=whole), len(gaps), GAPS_PER_PAGE)
    outline = overview.outline
    lines = outline.alone(gaps[gap_page.slice]) if view.only_gaps else outline.lines(view.opened)
    return render(
        "coverage/overview.html", 422 if errors else 200, view=view, overview=overview,
        matrix=found, gap_page=gap_page, lines=shown(found, lines, view, today()),
        typed_day=request.args["dag"] if errors else view.day.isoformat(), errors=errors,
        expiring=rules.expiring(overview.covers, view.day, EXPIRES_SOON), today=today(),
        spend_page=ListPage(
            request.args.get("side", 1, type=whole), len(overview.spend), SPEND_ROWS
        ),
        conflicts=conflicts, year_first=rules.year_before(view.day), part=Part,
        **NAMES,
    )  # fmt: skip


@route(blueprint, "/daekning/konflikter", access=STAFF)
def conflicts() -> Response:
    """Show what does not go together among agreements and products, from a day on."""
    errors: dict[str, list[Any]] = {}
    try:
        view = schema.read_view(request.args, today())
    except Invalid as error:
        view, errors = schema.view_on(request.args, today()), error.problems
    with reading() as session:
        home, locale = _municipality_id(), current_locale()
        found = conflict_queries.list_conflicts(session, home, view.day, locale)
    both = (*found.agreements, *found.outside)
    return render(
        "coverage/conflicts.html", 422 if errors else 200, view=view, found=found, errors=errors,
        severe=sum(each.severity == Severity.SEVERE for each in both), all=both, today=today(),
        typed_day=request.args["dag"] if errors else view.day.isoformat(),
        names=conflict_words.NAMES, severities=conflict_words.SEVERITIES, why=conflict_words.why,
        what_to_do=conflict_words.what_to_do, severity_colours=SEVERITY_COLOURS,
        longest_gap_days=LONGEST_GAP_DAYS,
    )  # fmt: skip


@route(blueprint, "/daekning.csv", access=STAFF)
def overview_csv() -> Response:
    """Send all levels of the tree, or the gaps, as a file for spreadsheets."""
    view = schema.read_view(request.args, today())
    content = overview_file.as_csv(_table(view))
    return _download(content, "text/csv; charset=utf-8", view, "csv")


@route(blueprint, "/daekning.xlsx", access=STAFF)
def overview_xlsx() -> Response:
    """Send the same as a workbook."""
    view = schema.read_view(request.args, today())
    return _download(overview_file.as_xlsx(_table(view)), XLSX, view, "xlsx")


def _asked(view: View) -> Asked:
    return Asked(_municipality_id(), view.day, today(), current_locale())


def _table(view: View) -> Iterator[list[Cell]]:
    with reading() as session:
        found = matrix.read(session, state().parts, _asked(view))
    lines = found.overview.table(view.only_gaps, view.within)
    return overview_file.table(found, lines, view.only_gaps)


def _download(content: str | bytes, content_type: str, view: View, ending: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = content_type
    name = f"daekning-{view.day.isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody
