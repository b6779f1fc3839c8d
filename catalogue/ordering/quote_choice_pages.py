"""The pages of choosing a quote: ordered at once, or as a frame that is called off in parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import BUYERS, flash, go, now, reading, render, route, today, transaction
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import (
    coding_schema,
    delivery_forms,
    form_advice,
    frame_rules,
    frame_schema,
    frames,
    quote_choice,
    quote_choice_queries,
    quote_schema,
)
from .coding_rules import MOST_PARTS
from .form_advice import FormAdvice
from .quote_choice import Chosen
from .quote_choice_queries import ChoicePage
from .quote_screens import LABELS, NAMES, Errors, blueprint
from .quote_trace import OutOfTime
from .schema import read_delivery
from .service import CannotBePlaced, Placing

ADDRESS = "/tilbud/<int:request_id>/vaelg/<int:quote_id>"


@route(blueprint, ADDRESS, access=BUYERS)
def choose(request_id: int, quote_id: int) -> Response:
    """Show the quote with the form of the choice and the delivery, unless it may not be ordered."""
    return _draw(request_id, quote_id, {}, {})


@route(blueprint, ADDRESS, access=BUYERS, methods=["POST"])
def place(request_id: int, quote_id: int) -> Response:
    """Choose the quote, and order it or keep it as a frame."""
    as_frame = bool(request.form.get("frame"))
    try:
        if as_frame:
            _choose_as_frame(request_id, quote_id)
        else:
            number = _order(request_id, quote_id)
    except Invalid as error:
        return _draw(request_id, quote_id, request.form.to_dict(), error.problems)
    except (OutOfTime, CannotBePlaced) as error:
        return _back(request_id, error)
    if as_frame:
        flash(_("The quote is chosen as a frame. Call off here what you need, when you need it."))
        return go("catalogue.quotes.frame", quote_id=quote_id)
    flash(_("The quote is ordered. Those you did not choose are told."))
    return go("catalogue.ordering.order", number=number)


def _back(request_id: int, error: OutOfTime | CannotBePlaced) -> Response:
    flash(str(error.detail), "error")
    return go("catalogue.quotes.one", request_id=request_id)


def _order(request_id: int, quote_id: int) -> str:
    reason, delivery, parts = _read(
        quote_schema.read_reason, read_delivery, coding_schema.read_parts
    )
    placing = Placing(asking(), delivery, "", now(), parts)
    with transaction() as session:
        chosen = _chosen(quote_id, reason)
        return quote_choice.choose(session, placing, request_id, chosen).number


def _choose_as_frame(request_id: int, quote_id: int) -> None:
    reason, terms = _read(quote_schema.read_reason, frame_schema.read_terms)
    with transaction() as session:
        chosen = _chosen(quote_id, reason)
        frames.choose_as_frame(session, asking(), request_id, chosen, terms, now())


def _read(*readers: Callable[[Any], Any]) -> list[Any]:  # each reads another type
    """Read the form by each reader; raises Invalid with the problems of all."""
    found: list[Any] = []
    problems: Errors = {}
    for read in readers:
        try:
            found.append(read(request.form))
        except Invalid as error:
            problems |= error.problems
    if problems:
        raise Invalid(problems)
    return found


def _chosen(quote_id: int, reason: str) -> Chosen:
    return Chosen(quote_id, request.form.get("revision", 0, type=whole), reason)


def _draw(request_id: int, quote_id: int, values: dict[str, Any], errors: Errors) -> Response:
    with reading() as session:
        page = quote_choice_queries.get_choice(session, asking(), request_id, quote_id)
        if page.request.chosen_at or page.request.closed_at:  # by the back button, or an old link
            return go("catalogue.quotes.one", request_id=request_id)
        form = delivery_forms.start(session, asking(), request.args.get("adresse", type=whole))
        try:
            advice = _advise(session, page, values or form.values)
        except CannotBePlaced as error:  # an agreement ended or began since: told before she types
            return _back(request_id, error)
    return render(
        "ordering/quote_choice.html", 422 if errors else 200, page=page,
        values=values or form.values, begun=None if values else form.begun, kept_codings=form.kept,
        advice=advice, errors=errors, labels=LABELS, most_parts=MOST_PARTS,
        frame_kinds=frame_rules.KIND_NAMES, **NAMES,
    )  # fmt: skip


def _advise(session: Session, page: ChoicePage, values: dict[str, Any]) -> FormAdvice:
    """Return what holds for the order of the quote: who asked one alone buys directly."""
    whole = [(line, line.quantity) for line in page.quote.lines]
    items = quote_choice.list_items(session, page.request, whole, page.enterprise.id, today())
    quote_choice.refuse_unless_allowed(items)
    read = form_advice.read if page.asked == 1 else form_advice.read_competed
    return read(session, asking(), form_advice.of_items(items), values, today())
