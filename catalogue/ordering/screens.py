"""What pages of ordering have in common: words, colours, and the page of one order."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, request

from catalogue.core.http import now, reading, render, today, transaction, who
from catalogue.core.text import typed_number
from catalogue.products.rules import UNIT_NAMES

from . import approval_queries, messages, queries, rules, seeing, shipments
from .approval_queries import Extras
from .messages import Talk
from .queries import OrderPage
from .rules import Step
from .standing_placing import standing_id_of


class Shown(NamedTuple):
    """What the page of an order shows."""

    page: OrderPage
    more: Extras
    talk: Talk


# Words and colours of values, for all templates of ordering.
NAMES: dict[str, Any] = {
    "state_names": rules.STATE_NAMES,
    "unit_names": UNIT_NAMES,
    "state_colours": {
        "awaiting": "approval",
        "returned": "missing",
        "declined": "rejected",
        "placed": "waiting",
        "proposed": "missing",
        "partly": "missing",
        "confirmed": "confirmed",
        "rejected": "rejected",
        "cancelled": "cancelled",
        "sending": "sent",
        "dispatched": "sent",
        "done": "sent",
        "received": "received",
        "accepted": "received",
        "closed": "completed",
    },
}


def draw_order(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw an order for the buyer and for staff."""
    return _draw("ordering/order.html", number, errors, status)


def draw_incoming_order(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw an order for the enterprise it is placed with."""
    return _draw("ordering/incoming_order.html", number, errors, status)


def open_incoming_order(number: str) -> Response:
    """Draw an order for its enterprise, and note that it is seen when this is the first time.

    Only a person who is signed in gets here; what a browser fetches ahead is no opening.
    """
    shown = _read(number)
    opened = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if opened and Step.SEE in shown.page.steps:
        with transaction() as session:
            seeing.note_opened(session, who(), number, now())
    return _render("ordering/incoming_order.html", shown, ({}, 200))


def _draw(template: str, number: str, errors: dict[str, list[Any]], status: int) -> Response:
    return _render(template, _read(number), (errors, status))


def _read(number: str) -> Shown:
    with reading() as session:
        page = queries.get_order(session, who(), number)
        more = approval_queries.extras(session, who(), page.order, today())
        return Shown(page, more, messages.find_talk(session, who(), page.order))


def _render(template: str, shown: Shown, said: tuple[dict[str, list[Any]], int]) -> Response:
    errors, status = said
    if shown.talk.new and status == 200:  # read is what was shown
        with transaction() as session:
            messages.note_read(session, who(), shown.talk)
    typed = request.form.to_dict() if errors else {}
    return render(
        template, status, page=shown.page, more=shown.more, talk=shown.talk, errors=errors,
        typed=typed, as_typed=typed_number, today=today(),
        left=shipments.left_of(shown.page.order),
        standing_id=standing_id_of(shown.page.order.placing_key), **NAMES,
    )  # fmt: skip
