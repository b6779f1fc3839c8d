"""Records of choices: keep one from a search or a comparison, list them, read one, as a PDF."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.rules import InForce
from catalogue.core import listing, printing
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    STAFF,
    STATIC,
    Page,
    draw_text,
    flash,
    go,
    here_with,
    now,
    once,
    reading,
    render,
    route,
    send_csv,
    state,
    today,
    transaction,
)
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import current_locale, gettext, reading_in, slug
from catalogue.core.text import lazy as _
from catalogue.products.rules import UNIT_NAMES

from . import choice_records, comparing, filters, lists, rules, schema, service
from .choice_records import NONE_CHOSEN, Found, Said
from .choice_schema import read_said
from .comparison_pages import PARAMETER, carried
from .query import Hits
from .screens import blueprint

MOST_FOUND = 50  # hits that a record keeps; it tells how many more there were
RECORDS_PER_PAGE = 25
LONGEST_TITLE = 120


@route(blueprint, "/valgnotater", access=BUYERS | STAFF)
def kept_choices() -> Response:
    """List the buyer's own records; for staff, all of the municipality."""
    sought, order = _sought()
    with reading() as session:
        total = choice_records.count(session, asking(), sought.words)
        page = Page(request.args.get("page", 1, type=whole), total, RECORDS_PER_PAGE)
        found = choice_records.list_kept(session, asking(), sought.words, order, page.slice)
    return render(
        "search/choice_records.html", rows=found, page=page, sought=sought,
        sorts=lists.of_records(), any_rows=found or sought.words,
    )  # fmt: skip


@route(blueprint, "/valgnotater.csv", access=BUYERS | STAFF)
def kept_choices_csv() -> Response:
    """Send the same records as a file for spreadsheets."""
    sought, order = _sought()
    with reading() as session:
        part = slice(0, listing.MOST_ROWS)
        found = choice_records.list_kept(session, asking(), sought.words, order, part)
    return send_csv(listing.as_csv(lists.RECORD_COLUMNS, found), "valgnotater")


@route(blueprint, "/valgnotater/nyt", access=BUYERS)
def new_choice_record() -> Response:
    """Show what the search or comparison of the address finds, and ask what is chosen and why."""
    if not carried() and not request.args.getlist(PARAMETER):
        flash(_("Search first, or compare products; then keep a record of your choice."), "info")
        return go("catalogue.search.results")
    with reading() as session:
        found = _look(session)
    values = {"title": (found.text or "")[:LONGEST_TITLE]}
    return _draw_new(found, values, {})


@route(blueprint, "/valgnotater/nyt", access=BUYERS, methods=["POST"])
@once
def keep_choice() -> Response:
    """Keep the record, unless what was found has changed since the buyer saw it."""
    try:
        said = read_said(request.form)
    except Invalid as error:
        with reading() as session:
            return _draw_new(_look(session), request.form.to_dict(), error.problems)
    return _keep(said)


@route(blueprint, "/valgnotater/<int:record_id>", access=BUYERS | STAFF)
def choice_record(record_id: int) -> Response:
    """Show a record as it was kept."""
    with reading() as session:
        page = choice_records.get(session, asking(), record_id)
    return render(
        "search/choice_record.html", base="catalogue/_base.html", page=page, unit_names=UNIT_NAMES
    )


@route(blueprint, "/valgnotater/<int:record_id>.pdf", access=BUYERS | STAFF)
def choice_record_pdf(record_id: int) -> Response:
    """Send a record as a file for the case."""
    with reading() as session:
        page = choice_records.get(session, asking(), record_id)
    text = draw_text(
        state().templates, "search/choice_record.html", base="catalogue/_paper.html",
        who=asking(), author=asking().place, locale=current_locale(), page=page,
        unit_names=UNIT_NAMES,
    )  # fmt: skip
    response = make_response(printing.to_pdf(text, STATIC))
    response.headers["Content-Type"] = "application/pdf"
    name = f"valgnotat-{record_id}-{slug(page.record.title)}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _sought() -> tuple[listing.Sought, tuple[Any, ...]]:
    sought = listing.read(request.args, lists.RECORD_SORTS)
    return sought, lists.RECORD_SORTS[sought.sort][1]


def _keep(said: Said) -> Response:
    with transaction() as session:
        found = _look(session)
        if found.digest != request.form.get("seen"):
            problem = _("What is found has changed since you opened this page. Look at it again.")
            return _draw_new(found, request.form.to_dict(), {"chosen_id": [problem]})
        try:
            record = choice_records.keep(session, asking(), found, said, now())
        except Invalid as error:
            return _draw_new(found, request.form.to_dict(), error.problems)
    flash(_("The record is kept. Download it for the case file."))
    return go("catalogue.search.choice_record", record_id=record.id)


def _look(session: Session) -> Found:
    """Find anew what the address asks for; in Danish, the language of the case file."""
    held = comparing.read_ids(request.args.getlist(PARAMETER))[: comparing.MOST_COMPARED]
    applies = agreements.in_force(session, asking().municipality_id or 0, today())
    with reading_in("da"):
        hits = _search(session, applies) if carried() else None
        ids = tuple(dict.fromkeys([*(hits.ids if hits else ()), *held]))
        compared = comparing.list_compared(session, ids, applies)
        products = choice_records.copied(compared, held)
        if hits is None:
            return Found(None, (), "", len(products), 0, products)
        chips = [each.label for each in filters.chips(hits) if each.name != "q"]
        if hits.mended:
            chips.append(gettext("Showing results for “%(words)s”", words=hits.mended))
        sort = rules.SORT_NAMES[rules.sort_in_force(hits.query.sort, ranked=hits.ranked)]
        return Found(
            hits.query.text, tuple(chips), str(sort), hits.total, hits.total_hidden, products
        )


def _search(session: Session, applies: InForce) -> Hits:
    asked = schema.read_query(
        request.args.to_dict(flat=False) | {"side": ["1"]},
        municipality_id=asking().municipality_id or 0,
        page_size=MOST_FOUND,
    )
    return service.find(session, state().parts, asked.query, applies)


def _draw_new(found: Found, values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    return render(
        "search/choice_new.html", 422 if errors else 200, found=found, values=values,
        errors=errors, none_chosen=NONE_CHOSEN, action=here_with(), unit_names=UNIT_NAMES,
    )  # fmt: skip
