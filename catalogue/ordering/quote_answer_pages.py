"""The pages of an enterprise that is asked for quotes: read, ask back, send a quote, or say no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    flash,
    go,
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
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import lazy as _

from . import quote_answers, quote_lists, quote_schema
from . import quote_queries as queries
from . import quote_rules as rules
from .quote_queries import AskedPage
from .quote_screens import LABELS, NAMES, Errors, blueprint, received, typed_day

FIRST_LINES = 2  # that an empty form shows
VALID_DAYS = 30  # beyond the deadline, that a new quote begins with


@route(blueprint, "/tilbudsforespoergsler", access=ENTERPRISES)
def asked() -> Response:
    """List what the enterprise is asked for."""
    with reading() as session:
        found = queries.list_asked(session, who().enterprise_id, limit=MOST_ROWS)
    return render(
        "ordering/quote_asked.html", today=today(), answer=quote_lists.answer,
        **look_through(quote_lists.of_asked(today()), found), **NAMES,
    )  # fmt: skip


@route(blueprint, "/tilbudsforespoergsler.csv", access=ENTERPRISES)
def asked_csv() -> Response:
    """Send the same requests as a file for spreadsheets."""
    with reading() as session:
        found = queries.list_asked(session, who().enterprise_id, limit=MOST_ROWS)
    return send_list(quote_lists.of_asked(today()), found, "tilbudsforespoergsler")


@route(blueprint, "/tilbudsforespoergsler/<int:request_id>", access=ENTERPRISES)
def asked_one(request_id: int) -> Response:
    """Show what is asked for, with the forms of a quote, a question and a no."""
    return _draw(request_id, {})


@route(
    blueprint, "/tilbudsforespoergsler/<int:request_id>/tilbud", access=ENTERPRISES,
    methods=["POST"],
)  # fmt: skip
@once
def send_quote(request_id: int) -> Response:
    """Send a quote, or replace the one sent; or show the form with one more line."""
    if request.form.get("do") == "more":
        return _draw(request_id, {})
    try:
        offer = quote_schema.read_offer(request.form)
        sent = received()
        with transaction() as session:
            quote_answers.send(session, who(), request_id, offer, received=sent, now=now())
    except Invalid as error:
        return _draw(request_id, error.problems)
    flash(_("Your quote is sent. You can change it until the deadline."))
    return go("catalogue.quotes.asked_one", request_id=request_id)


@route(
    blueprint, "/tilbudsforespoergsler/<int:request_id>/nej", access=ENTERPRISES, methods=["POST"]
)
@once
def decline(request_id: int) -> Response:
    """Say no, with a reason."""
    try:
        reason = quote_schema.read_reason(request.form)
        with transaction() as session:
            quote_answers.decline(session, who(), request_id, reason, now())
    except Invalid as error:
        return _draw(request_id, error.problems)
    flash(_("Your no is sent. You can still send a quote until the deadline."))
    return go("catalogue.quotes.asked")


@route(
    blueprint, "/tilbudsforespoergsler/<int:request_id>/spoergsmaal", access=ENTERPRISES,
    methods=["POST"],
)  # fmt: skip
@once
def question(request_id: int) -> Response:
    """Ask the buyer something."""
    try:
        text = quote_schema.read_question(request.form)
        with transaction() as session:
            quote_answers.question(session, who(), request_id, text, now())
    except Invalid as error:
        return _draw(request_id, error.problems)
    flash(_("Your question is sent. The answer goes to all that were asked."))
    return go("catalogue.quotes.asked_one", request_id=request_id, _anchor="questions")


def _draw(request_id: int, errors: Errors) -> Response:
    with reading() as session:
        page = queries.get_asked(session, who().enterprise_id, request_id, today())
    typed = request.form.to_dict()
    values = typed if "title_1" in typed else _begun(page) | typed
    return render(
        "ordering/quote_answer.html", 422 if errors else 200, page=page, values=values,
        errors=errors, labels=LABELS | _line_labels(), line_count=_line_count(values), **NAMES,
    )  # fmt: skip


def _begun(page: AskedPage) -> dict[str, Any]:
    """Return what the form begins with: the quote sent, or one line in the words of the request."""
    quote = page.quote
    if quote is None:
        details: Mapping[str, Any] = page.request.details
        day = page.request.deadline_on + timedelta(days=VALID_DAYS)
        return {
            "title_1": page.request.title,
            "quantity_1": str(details.get("quantity", "")).replace(".", ","),
            "valid_until": typed_day(day),
        }
    begun: dict[str, Any] = {
        "text": quote.text,
        "valid_until": typed_day(quote.valid_until),
        "delivery_days": "" if quote.delivery_days is None else quote.delivery_days,
    }
    for line in quote.lines:
        place = line.position
        begun |= {
            f"title_{place}": line.title,
            f"quantity_{place}": format(line.quantity.normalize(), "f").replace(".", ","),
            f"unit_{place}": line.unit,
            f"price_{place}": f"{line.price_ore // 100},{line.price_ore % 100:02d}",
            f"vat_rate_{place}": line.vat_rate,
        }
    return begun


def _line_count(values: Mapping[str, Any]) -> int:
    """Return how many lines the form shows: those sent, and one more when that was asked for."""
    sent = sum(1 for name in values if name.startswith("price_"))
    more = request.form.get("do") == "more"
    return min(rules.MOST_LINES, max(FIRST_LINES, sent) + more)


def _line_labels() -> dict[str, Any]:
    names = {
        "title": _("What"), "quantity": _("Quantity"), "unit": _("Unit"),
        "price": _("Price excl. VAT"), "vat_rate": _("VAT"),
    }  # fmt: skip
    return {
        f"{name}_{place}": _("Line %(number)s, %(field)s", number=place, field=text)
        for place in range(1, rules.MOST_LINES + 1)
        for name, text in names.items()
    }
