"""The buyer's pages of quotes: ask, follow, answer questions, and compare."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request

from catalogue.core import shelves
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    hand_out,
    look_through,
    now,
    once,
    reading,
    render,
    route,
    send_list,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import frame_pages, quote_answer_pages, quote_choice_pages, quote_files, quote_lists, quotes
from . import quote_queries as queries
from . import quote_rules as rules
from . import quote_schema as schema
from .quote_screens import LABELS, NAMES, Errors, blueprint, received, typed_day

# The routes of enterprises, of the choice and of frames stand there.
__all__ = ["blueprint", "frame_pages", "quote_answer_pages", "quote_choice_pages"]
USUAL_DAYS = 14  # from today to the deadline that a new form begins with


@route(blueprint, "/tilbud", access=BUYERS | STAFF)
def requests() -> Response:
    """List the buyer's own requests for quotes; for staff, all of the municipality."""
    with reading() as session:
        found = queries.list_requests(session, who())
    return render(
        "ordering/quote_requests.html", today=today(),
        **look_through(quote_lists.of_requests(today()), found), **NAMES,
    )  # fmt: skip


@route(blueprint, "/tilbud.csv", access=BUYERS | STAFF)
def requests_csv() -> Response:
    """Send the same requests as a file for spreadsheets."""
    with reading() as session:
        found = queries.list_requests(session, who())
    return send_list(quote_lists.of_requests(today()), found, "tilbud")


@route(blueprint, "/tilbud/ny", access=BUYERS)
def new() -> Response:
    """Show the form that fits the category or product of the address, or choose a category."""
    days = timedelta(days=USUAL_DAYS)
    values = {
        "title": request.args.get("q", "").strip()[: schema.LONGEST_TITLE],
        "deadline_on": typed_day(today() + days),
    }
    return _draw_new(request.args, values, {})


@route(blueprint, "/tilbud/ny", access=BUYERS, methods=["POST"])
@once
def send_request() -> Response:
    """Send a request to the chosen enterprises."""
    begun = _start(request.form)
    if begun.category is None:
        return _draw_new(request.form, request.form.to_dict(), {})
    subject = _subject(begun)
    try:
        wanted = schema.read_wanted(subject, request.form, request.form.getlist("enterprises"))
        sent = received()
        with transaction() as session:
            made = quotes.ask(session, who(), wanted, sent, now())
    except Invalid as error:
        return _draw_new(request.form, request.form.to_dict(), error.problems)
    flash(_("Your request is sent. The quotes stand here, and you get a mail for each."))
    return go("catalogue.quotes.one", request_id=made.id)


@route(blueprint, "/tilbud/<int:request_id>", access=BUYERS | STAFF)
def one(request_id: int) -> Response:
    """Show a request with its answers, side by side where there are several."""
    return _draw_one(request_id, {})


@route(blueprint, "/tilbud/<int:request_id>/frist", access=BUYERS, methods=["POST"])
@once
def extend(request_id: int) -> Response:
    """Give a later deadline."""
    try:
        deadline_on = schema.read_deadline(request.form)
        with transaction() as session:
            quotes.extend(session, who(), request_id, deadline_on, now())
    except Invalid as error:
        return _draw_one(request_id, error.problems)
    flash(_("The deadline is moved, and those asked are told."))
    return go("catalogue.quotes.one", request_id=request_id)


@route(blueprint, "/tilbud/<int:request_id>/spoerg-flere", access=BUYERS, methods=["POST"])
@once
def ask_others(request_id: int) -> Response:
    """Ask more enterprises."""
    chosen = schema.read_chosen(request.form.getlist("enterprises"))
    try:
        with transaction() as session:
            quotes.ask_others(session, who(), request_id, chosen, now())
    except Invalid as error:
        return _draw_one(request_id, error.problems)
    flash(_("The enterprises are asked."))
    return go("catalogue.quotes.one", request_id=request_id)


@route(blueprint, "/tilbud/<int:request_id>/luk", access=BUYERS | STAFF, methods=["POST"])
def close(request_id: int) -> Response:
    """Close a request without an order, with a reason."""
    try:
        reason = schema.read_reason(request.form)
        with transaction() as session:
            quotes.close(session, who(), request_id, reason, now())
    except Invalid as error:
        return _draw_one(request_id, error.problems)
    flash(_("The request is closed, and those asked are told."))
    return go("catalogue.quotes.one", request_id=request_id)


@route(blueprint, "/tilbud/spoergsmaal/<int:question_id>", access=BUYERS, methods=["POST"])
@once
def answer(question_id: int) -> Response:
    """Answer a question, for all that were asked."""
    try:
        text = schema.read_answer(request.form)
        with transaction() as session:
            found = quotes.answer(session, who(), question_id, text, now())
    except Invalid as error:
        flash(_("The answer was not sent: %(problem)s", problem=str(error)), "error")
        return _back_to_question(question_id)
    flash(_("The answer is sent to all that were asked."))
    return go("catalogue.quotes.one", request_id=found.id, _anchor="questions")


@route(blueprint, "/tilbud/filer/<int:file_id>", access=BUYERS | STAFF | ENTERPRISES)
def file(file_id: int) -> Response:
    """Hand a file out as a download, to those who may read it; nobody on the way may keep it."""
    with reading() as session:
        found = quote_files.get(session, who(), file_id)
    return hand_out(shelves.QUOTES, found.sha256, found.file_type, found.name)


def _start(given: Any) -> queries.Start:
    product_id = given.get("vare", type=whole)
    code = str(given.get("kategori", "")).partition("-")[0]
    with reading() as session:
        return queries.start(session, who(), product_id=product_id, code=code, today=today())


def _subject(begun: queries.Start) -> schema.Subject:
    product, code = begun.product, begun.category.code if begun.category else ""
    if product is not None:
        return schema.Subject(code, product.kind, product.id)
    return schema.Subject(code, rules.kind_of(code))


def _draw_new(given: Any, values: dict[str, Any], errors: Errors) -> Response:
    begun = _start(given)
    status = 422 if errors else 200
    if begun.category is None:
        return render("ordering/quote_category.html", status, begun=begun, values=values, **NAMES)
    subject = _subject(begun)
    ticked = request.form.getlist("enterprises")
    if begun.product is not None and not ticked:
        ticked = [str(begun.product.enterprise_id)]
        values = {"title": begun.product.name} | {k: v for k, v in values.items() if v}
    if len(begun.enterprises) == 1:
        ticked = [str(begun.enterprises[0][0])]
    return render(
        "ordering/quote_new.html", status, begun=begun, subject=subject, values=values,
        ticked=ticked, errors=errors, labels=LABELS, frequencies=rules.FREQUENCIES,
        names=rules.fields_of(subject.kind, subject.category_code), **NAMES,
    )  # fmt: skip


def _draw_one(request_id: int, errors: Errors) -> Response:
    with reading() as session:
        page = queries.get_request(session, who(), request_id, today())
    return render(
        "ordering/quote_request.html", 422 if errors else 200, page=page, errors=errors,
        labels=LABELS, values=request.form.to_dict(), today=today(),
        ticked=request.form.getlist("enterprises"), **NAMES,
    )  # fmt: skip


def _back_to_question(question_id: int) -> Response:
    with reading() as session:
        request_id = queries.get_request_id(session, who(), question_id)
    return go("catalogue.quotes.one", request_id=request_id, _anchor="questions")
