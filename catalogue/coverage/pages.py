"""Procurement staff's first page: what is covered, offered and ordered, as of a day."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, make_response, request

from catalogue.agreements import conflict_words
from catalogue.agreements.conflict_facts import Severity
from catalogue.agreements.conflicts import LONGEST_GAP_DAYS
from catalogue.agreements.rules import EXPIRES_SOON
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, reading, render, route, today, who
from catalogue.core.text import current_locale, gettext
from catalogue.core.text import lazy as _

from . import demand_pages, ledger_import_pages, ledger_pages, queries, rules, schema
from .queries import Overview
from .rules import Line, Status
from .schema import View
from .screens import blueprint

# Demand desk and ledger stand in modules of their own, on the same blueprint.
__all__ = ["blueprint", "demand_pages", "ledger_import_pages", "ledger_pages"]
NAMES: dict[str, Any] = {
    "status_names": {
        Status.MANDATORY: _("Mandatory"),
        Status.CARVED: _("Mandatory with carve-out"),
        Status.VOLUNTARY: _("Voluntary"),
        Status.BOTH: _("Both"),
        Status.PARTLY: _("Partly covered"),
        Status.NONE: _("Not covered"),
    },
    "status_colours": {
        Status.MANDATORY: "covered",
        Status.CARVED: "expiring",
        Status.VOLUNTARY: "voluntary",
        Status.BOTH: "expiring",
        Status.PARTLY: "neutral",
        Status.NONE: "gap",
    },
}
SEVERITY_COLOURS = {Severity.SEVERE: "gap", Severity.NOTICE: "expiring"}


@route(blueprint, "/daekning", access=STAFF)
def overview() -> Response:
    """Show the category tree with coverage, products and ordered amounts as of a day."""
    errors: dict[str, list[Any]] = {}
    try:
        view = schema.read_view(request.args, today())
    except Invalid as error:
        view, errors = schema.view_on(request.args, today()), error.problems
    found = _read(view)
    with reading() as session:
        conflicts = queries.count_conflicts(session, _municipality_id(), view.day)
    shown = found.gaps if view.only_gaps else rules.unfolded(found.lines, view.opened)
    return render(
        "coverage/overview.html", 422 if errors else 200, view=view, overview=found, lines=shown,
        typed_day=request.args["dag"] if errors else view.day.isoformat(), errors=errors,
        expiring=rules.expiring(found.covers, view.day, EXPIRES_SOON), today=today(),
        conflicts=conflicts,
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
        found = queries.list_conflicts(session, _municipality_id(), view.day, current_locale())
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
    found = _read(view)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(_heads())
    writer.writerows(
        _cells(found, line) for line in (found.gaps if view.only_gaps else found.lines)
    )
    # A byte order mark, semicolons and decimal commas: what Danish spreadsheets open unasked.
    response = make_response("\ufeff" + file.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"daekning-{view.day.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _read(view: View) -> Overview:
    with reading() as session:
        return queries.overview(session, _municipality_id(), view.day, current_locale())


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody


def _heads() -> list[str]:
    return [
        gettext("Code"),
        gettext("Category"),
        gettext("Level"),
        gettext("Coverage"),
        gettext("Published products"),
        gettext("May be ordered"),
        gettext("Ordered in the last 12 months, DKK excl. VAT"),
        gettext("Ordered in all, DKK excl. VAT"),
        gettext("Agreements"),
        gettext("First expiry"),
        gettext("As of"),
    ]


def _cells(found: Overview, line: Line) -> list[str]:
    figures = line.figures
    numbers = ", ".join(f"{cover.number} {cover.title}" for cover in line.covers)
    ends = min((cover.ends_on for cover in line.covers), default=None)
    return [
        line.code,
        rules.safe_cell(found.labels[line.code]),
        str(line.depth + 1),
        str(NAMES["status_names"][line.status]),
        str(figures.products),
        str(figures.orderable),
        _kroner(figures.year_ore),
        _kroner(figures.total_ore),
        rules.safe_cell(numbers),
        ends.isoformat() if ends else "",
        found.day.isoformat(),
    ]


def _kroner(ore: int) -> str:
    return f"{ore // 100},{ore % 100:02d}"
