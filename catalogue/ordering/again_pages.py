"""Ordering again: what has changed since an order, and its lines into the basket."""

from __future__ import annotations

from flask import Response

from catalogue.core.http import BUYERS, flash, go, now, reading, render, route, today, transaction
from catalogue.core.http import who as asking
from catalogue.core.text import lazy as _

from . import filling, form_advice
from .buyer_screens import NAMES, blueprint, tell_filled


@route(blueprint, "/ordrer/<number>/igen", access=BUYERS)
def again(number: str) -> Response:
    """Show line by line what has changed since the order, before anything is put anywhere."""
    with reading() as session:
        found = filling.again(session, asking(), number, today())
        planned = [filling.plan(each, each.quantity) for each in found.filling]
        problems = form_advice.list_ceiling_problems(session, planned, today())
    return render(
        "ordering/again.html", number=number, filling=found, ceiling_problems=problems, **NAMES
    )


@route(blueprint, "/ordrer/<number>/igen", access=BUYERS, methods=["POST"])
def order_again(number: str) -> Response:
    """Put the lines that may be ordered today into the basket."""
    with transaction() as session:
        found = filling.order_again(session, asking(), number, now())
    if not found.filling:
        flash(_("Nothing of it can be ordered today; see why at the lines."), "error")
        return go("catalogue.buyer.again", number=number)
    tell_filled(found)
    return go("catalogue.ordering.basket", som=number)


@route(blueprint, "/ordrer/<number>/igen/alt", access=BUYERS, methods=["POST"])
def order_alike(number: str) -> Response:
    """Lead straight to check-out with what was ordered then, if nothing is otherwise today.

    What has changed, or what lies in the basket already, is shown first.
    """
    with transaction() as session:
        found = filling.order_alike(session, asking(), number, now())
    if found is None or not found.filling:
        return go("catalogue.buyer.again", number=number)
    return go("catalogue.ordering.checkout", som=number)
