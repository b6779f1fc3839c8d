"""The pages of goods on their way: an order sent in several shipments, each received by itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
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
from catalogue.core.text import typed_number

from . import change_schema, documents, queries, schema, shipments
from .document_pages import to_pdf
from .screens import NAMES, draw_incoming_order

blueprint = Blueprint("shipments", __name__)


@route(blueprint, "/ordrer/<number>/forsendelser/<int:shipment>", access=BUYERS | STAFF)
def one(number: str, shipment: int) -> Response:
    """Show a shipment: what is in it, who carries it, and the form of its receipt."""
    return _draw(number, shipment, {})


@route(
    blueprint, "/ordrer/<number>/forsendelser/<int:shipment>/modtag", access=BUYERS,
    methods=["POST"],
)  # fmt: skip
def receive(number: str, shipment: int) -> Response:
    """Confirm that a shipment has come, with what was not as it should be."""
    try:
        came = (shipment, change_schema.read_arrived(request.form))
        with transaction() as session:
            shipments.receive_shipment(session, who(), number, came, now())
    except Invalid as error:
        return _draw(number, shipment, error.problems)
    flash(_("Thank you. Shipment %(number)s is marked as received.", number=shipment))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/forsendelser", access=ENTERPRISES, methods=["POST"])
def send(number: str) -> Response:
    """Mark a part of the order as dispatched, with who carries it."""
    try:
        sending = change_schema.read_sending(request.form)
        with transaction() as session:
            shipments.dispatch(session, who(), number, sending, now())
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("The shipment is marked as dispatched, and the buyer is told."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(
    blueprint, "/indkomne-ordrer/<number>/resten-kommer-ikke", access=ENTERPRISES,
    methods=["POST"],
)  # fmt: skip
def stop(number: str) -> Response:
    """Take what was not sent off the order, with a reason for the buyer."""
    try:
        reason = schema.read_reason(request.form)
        with transaction() as session:
            shipments.stop(session, who(), number, reason, now())
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("The rest is off the order, and the buyer is told why."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(
    blueprint, "/indkomne-ordrer/<number>/forsendelser/<int:shipment>/foelgeseddel.pdf",
    access=ENTERPRISES,
)  # fmt: skip
def packing_list(number: str, shipment: int) -> Response:
    """Send the packing list that goes with one shipment."""
    with reading() as session:
        found = documents.get_to_send(session, who(), number)
    held = shipments.get_of(found.page.order, shipment)
    name = f"foelgeseddel-{number}-{shipment}.pdf"
    return to_pdf("ordering/packing_list.html", name, found, shipment=held)


def _draw(number: str, shipment: int, errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        page = queries.get_order(session, who(), number)
    found = shipments.get_of(page.order, shipment)
    steps = {"receive", "receive_part"} if found.received_at is None else set()
    return render(
        "ordering/shipment.html", 422 if errors else 200, page=page, shipment=found,
        may_receive=bool(steps.intersection(page.steps)), errors=errors,
        typed=request.form.to_dict() if errors else {}, as_typed=typed_number, **NAMES,
    )  # fmt: skip
