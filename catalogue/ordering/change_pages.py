"""The pages' verbs of an order on its way: sent again, changed, answered, closed."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import BUYERS, ENTERPRISES, flash, go, now, route, transaction, who
from catalogue.core.text import lazy as _

from . import approval, approval_schema, change_schema, changing, service
from .models import OrderState
from .rules import Step
from .screens import draw_incoming_order, draw_order

blueprint = Blueprint("changes", __name__)


@route(blueprint, "/ordrer/<number>/send-igen", access=BUYERS, methods=["POST"])
def resubmit(number: str) -> Response:
    """Answer the approver's comment and send the order for approval again."""
    try:
        answer = approval_schema.read_answer(request.form)
        with transaction() as session:
            approval.resubmit(session, who(), number, answer, now())
    except Invalid as error:
        return draw_order(number, error.problems, 422)
    flash(_("The order is sent for approval again."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/accepter-aendring", access=BUYERS, methods=["POST"])
def accept(number: str) -> Response:
    """Accept the change that the enterprise proposes."""
    with transaction() as session:
        waits = changing.accept(session, who(), number, now()).state == OrderState.AWAITING
    if waits:
        flash(_("The change is accepted, and now waits for approval."))
    else:
        flash(_("The change is accepted, and the enterprise is told."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/afvis-aendring", access=BUYERS, methods=["POST"])
def refuse(number: str) -> Response:
    """Keep the order as it was."""
    with transaction() as session:
        changing.refuse(session, who(), number, now())
    flash(_("The order stands as it was, and the enterprise is told."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/luk", access=BUYERS, methods=["POST"])
def close(number: str) -> Response:
    """Close an order in which nothing is outstanding."""
    with transaction() as session:
        service.take_step(session, who(), number, Step.CLOSE, now=now())
    flash(_("The order is closed."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/foreslaa", access=ENTERPRISES, methods=["POST"])
def propose(number: str) -> Response:
    """Propose a later day, less or a lower price to the buyer."""
    try:
        change = change_schema.read_change(request.form)
        with transaction() as session:
            changing.propose(session, who(), number, change, now())
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("The change is proposed. The buyer answers."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/traek-forslag", access=ENTERPRISES, methods=["POST"])
def withdraw(number: str) -> Response:
    """Take the proposal of a change back."""
    with transaction() as session:
        changing.withdraw(session, who(), number, now())
    flash(_("The proposal is taken back. The order stands as it was."))
    return go("catalogue.ordering.incoming_order", number=number)
