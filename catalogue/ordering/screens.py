"""What pages of ordering have in common: words, colours, and the page of one order."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.http import reading, render, today, transaction, who
from catalogue.products.rules import UNIT_NAMES

from . import approval_queries, messages, queries, rules

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
        "confirmed": "confirmed",
        "rejected": "rejected",
        "cancelled": "cancelled",
        "dispatched": "sent",
        "received": "received",
        "closed": "completed",
    },
}


def draw_order(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw an order for the buyer and for staff."""
    return _draw("ordering/order.html", number, errors, status)


def draw_incoming_order(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw an order for the enterprise it is placed with."""
    return _draw("ordering/incoming_order.html", number, errors, status)


def _draw(template: str, number: str, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        page = queries.get_order(session, who(), number)
        more = approval_queries.extras(session, who(), page.order, today())
        talk = messages.find_talk(session, who(), page.order)
    if talk.new and status == 200:  # read is what was shown
        with transaction() as session:
            messages.note_read(session, who(), talk)
    typed = request.form.to_dict() if errors else {}
    return render(
        template, status, page=page, more=more, talk=talk, errors=errors, typed=typed, **NAMES
    )
