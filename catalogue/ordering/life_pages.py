"""The pages' verbs of what seldom happens to an order: a part, work, a change by its buyer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    flash,
    go,
    now,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import change_schema, changing, edit_schema, editing, partial, queries, service, steps
from .rules import Step
from .screens import NAMES, draw_incoming_order, draw_order

blueprint = Blueprint("life", __name__)


@route(blueprint, "/ordrer/<number>/ret", access=BUYERS)
def edit(number: str) -> Response:
    """Show the form of an order that came back: address, quantities, lines to take out."""
    return _draw_edit(number, {}, 200)


@route(blueprint, "/ordrer/<number>/ret", access=BUYERS, methods=["POST"])
def save(number: str) -> Response:
    """Change an order that came back."""
    try:
        wanted = edit_schema.read_edit(request.form, request.form.getlist("out"))
        with transaction() as session:
            editing.edit(session, who(), number, wanted, now())
    except Invalid as error:
        return _draw_edit(number, error.problems, 422)
    flash(_("The order is changed. Send it for approval again when it is as it shall be."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/godkend-arbejde", access=BUYERS, methods=["POST"])
def accept_work(number: str) -> Response:
    """Accept that the work is done, with what was not as ordered."""
    try:
        done = change_schema.read_arrived(request.form)
        with transaction() as session:
            changing.accept_work(session, who(), number, done, now())
    except Invalid as error:
        return draw_order(number, error.problems, 422)
    flash(_("Thank you. The work is accepted, and the enterprise is told."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/bekraeft-del", access=ENTERPRISES, methods=["POST"])
def confirm_part(number: str) -> Response:
    """Confirm what can be delivered, and say no to the rest with a reason for the buyer."""
    try:
        part = change_schema.read_part(request.form)
        with transaction() as session:
            partial.confirm_part(session, who(), number, part, now())
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("A part of the order is confirmed. The buyer answers."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/udfoert", access=ENTERPRISES, methods=["POST"])
def finish(number: str) -> Response:
    """Say that the work is done."""
    with transaction() as session:
        service.take_step(session, who(), number, Step.FINISH, now=now())
    flash(_("The work is marked as done, and the buyer is asked to accept it."))
    return go("catalogue.ordering.incoming_order", number=number)


def _draw_edit(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        page = queries.get_order(session, who(), number)
    if Step.EDIT not in page.steps:
        raise steps.out_of_turn(page.order, who())
    typed = request.form.to_dict() if errors else edit_schema.values_of(page.order)
    return render(
        "ordering/edit.html", status, page=page, errors=errors, values=typed,
        out=request.form.getlist("out"), **NAMES,
    )  # fmt: skip
