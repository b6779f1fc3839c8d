"""The views of a list of agreements: send it, see what it would do, do it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.text import current_locale, ngettext
from catalogue.core.text import lazy as _

from . import agreement_list, empty_list, import_plan, queries, sent_lists
from .import_judging import FIELD_NAMES, Outcome
from .import_plan import Plan
from .screens import blueprint, municipality_id

MOST_SHOWN = 200  # rows of one outcome on the page of the preview
OUTCOMES: dict[str, Any] = {
    Outcome.REFUSED: _("Cannot be taken"),
    Outcome.WAITING: _("Wait for categories"),
    Outcome.CREATED: _("New"),
    Outcome.CHANGED: _("Changed"),
    Outcome.SKIPPED: _("Left out"),
    Outcome.UNCHANGED: _("Unchanged"),
}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route(blueprint, "/aftaler/import", access=STAFF)
def import_agreements() -> Response:
    """Show how to send a list of agreements."""
    return render("agreements/import.html", errors={})


@route(blueprint, "/aftaler/import/skabelon.xlsx", access=STAFF)
def empty_agreement_list() -> Response:
    """Hand out the spreadsheet to fill in."""
    response = make_response(empty_list.write(current_locale()))
    response.headers["Content-Type"] = EXCEL
    name = "aftaler.xlsx" if current_locale() == "da" else "agreements.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(blueprint, "/aftaler/import", access=STAFF, methods=["POST"])
def send_agreement_list() -> Response:
    """Read a sent list, keep it, and lead on to its open questions or to the preview."""
    settings = state().settings
    sent_lists.forget_old(settings, now())
    file = request.files.get("list")
    try:
        if file is None or not file.filename:
            raise Invalid({"list": [_("Choose your list of agreements")]})
        content = file.read()
        rows = agreement_list.read(content, file.filename)
    except Invalid as error:
        return render("agreements/import.html", 422, errors=error.problems)
    token = sent_lists.keep(settings, municipality_id(), file.filename, content)
    with reading() as session:
        waiting = import_plan.preview(session, municipality_id(), rows, today()).waiting_words
    return go(f"catalogue.agreements.{'list_words' if waiting else 'import_preview'}", token=token)


@route(blueprint, "/aftaler/import/<token>", access=STAFF)
def import_preview(token: str) -> Response:
    """Show what a kept list would do, row by row."""
    name, rows = sent_lists.kept(state().settings, municipality_id(), token)
    with reading() as session:
        found = import_plan.preview(session, municipality_id(), rows, today())
        shown = {each: found.by(each)[:MOST_SHOWN] for each in Outcome}
        entries = [*shown[Outcome.CREATED], *shown[Outcome.CHANGED]]
        codes = {code for each in entries if each.terms for code in each.terms.categories}
        category_labels = queries.category_labels(session, codes, current_locale())
    return render(
        "agreements/import_preview.html",
        plan=found,
        name=name,
        token=token,
        shown=shown,
        category_labels=category_labels,
        asked=any(row.words for row in rows),
        outcomes=OUTCOMES,
        most=MOST_SHOWN,
        labels=FIELD_NAMES,
    )


@route(blueprint, "/aftaler/import/<token>", access=STAFF, methods=["POST"])
def apply_import(token: str) -> Response:
    """Do what the preview said, or show it anew when something has changed since."""
    _name, rows = sent_lists.kept(state().settings, municipality_id(), token)
    try:
        with transaction() as session:
            fingerprint = request.form.get("fingerprint", "")
            done = import_plan.apply(session, who(), rows, fingerprint, now())
    except (import_plan.Refused, import_plan.Moved) as error:
        flash(error.detail, "warning")
        return go("catalogue.agreements.import_preview", token=token)
    sent_lists.forget(state().settings, municipality_id(), token)
    flash(_summary(done))
    return go("catalogue.agreements.agreements")


def _summary(done: Plan) -> str:
    counts = done.counts
    created = ngettext("%(num)s new agreement", "%(num)s new agreements", counts[Outcome.CREATED])
    changed = ngettext("%(num)s changed", "%(num)s changed", counts[Outcome.CHANGED])
    return f"{created}, {changed}."
