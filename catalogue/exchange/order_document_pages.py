"""The views of an order's documents: the order, the answer, the cancellation, and the invoice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import BUYERS, ENTERPRISES, STAFF, reading, render, route, today, who
from catalogue.core.who import Who
from catalogue.ordering import document_rules

from . import documents, invoice_form, order_documents
from .told import Told

blueprint = Blueprint("order_documents", __name__)

# By what the address says behind `som=`; Peppol where it says nothing.
ORDERS = {"peppol": order_documents.order, "oioubl": order_documents.oioubl_order}
ANSWERS = {
    "peppol": order_documents.answer, "oioubl": order_documents.oioubl_answer,
    "advanced": order_documents.advanced_answer,
}  # fmt: skip
CANCELLATIONS = {"peppol": order_documents.cancellation}
CHANGES = {"peppol": order_documents.change}


@route(blueprint, "/ordrer/<number>/ordre.xml", access=BUYERS | STAFF)
def order(number: str) -> Response:
    """Send the order as a Peppol document."""
    return _send(number, "ordre", ORDERS)


@route(blueprint, "/ordrer/<number>/svar.xml", access=BUYERS | STAFF)
def answer(number: str) -> Response:
    """Send the enterprise's answer as a Peppol document."""
    return _send(number, "svar", ANSWERS)


@route(blueprint, "/ordrer/<number>/aendring.xml", access=BUYERS | STAFF)
def change(number: str) -> Response:
    """Send the last change that the buyer accepted as a Peppol document."""
    return _send(number, "aendring", CHANGES, order_documents.load_changed)


@route(blueprint, "/ordrer/<number>/annullering.xml", access=BUYERS | STAFF)
def cancellation(number: str) -> Response:
    """Send the cancellation as a Peppol document."""
    return _send(number, "annullering", CANCELLATIONS)


@route(blueprint, "/indkomne-ordrer/<number>/ordre.xml", access=ENTERPRISES)
def incoming_order(number: str) -> Response:
    """Send the order to the enterprise as a Peppol document."""
    return _send(number, "ordre", ORDERS)


@route(blueprint, "/indkomne-ordrer/<number>/svar.xml", access=ENTERPRISES)
def own_answer(number: str) -> Response:
    """Send what the enterprise itself has answered as a Peppol document."""
    return _send(number, "svar", ANSWERS)


@route(blueprint, "/indkomne-ordrer/<number>/aendring.xml", access=ENTERPRISES)
def incoming_change(number: str) -> Response:
    """Send the last change to the enterprise as a Peppol document."""
    return _send(number, "aendring", CHANGES, order_documents.load_changed)


@route(blueprint, "/indkomne-ordrer/<number>/annullering.xml", access=ENTERPRISES)
def incoming_cancellation(number: str) -> Response:
    """Send the cancellation to the enterprise as a Peppol document."""
    return _send(number, "annullering", CANCELLATIONS)


@route(blueprint, "/indkomne-ordrer/<number>/faktura", access=ENTERPRISES)
def invoice_form_page(number: str) -> Response:
    """Ask for what only the enterprise knows of its invoice."""
    return _draw(number, invoice_form.begin(today()), {})


@route(blueprint, "/indkomne-ordrer/<number>/faktura.xml", access=ENTERPRISES)
def invoice(number: str) -> Response:
    """Send the invoice as a Peppol document; what the form says stands in the address."""
    try:
        terms = invoice_form.read_terms(request.args)
    except Invalid as error:
        return _draw(number, request.args, error.problems)
    with reading() as session:
        told = order_documents.load(session, who(), number)
        content = order_documents.invoice(session, told, terms)
    return _file(content, f"faktura-{number}.xml")


def _send(
    number: str,
    name: str,
    ways: Mapping[str, Callable[[Told], bytes]],
    load: Callable[[Session, Who, str], Told] = order_documents.load,
) -> Response:
    draw = ways.get(request.args.get("som", ""), ways["peppol"])
    with reading() as session:
        content = draw(load(session, who(), number))
    return _file(content, f"{name}-{number}.xml")


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = documents.MIME_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _draw(number: str, values: Mapping[str, Any], errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        told = order_documents.load(session, who(), number)
    return render(
        "exchange/invoice_form.html", 422 if errors else 200, told=told, order=told.order,
        warning=document_rules.invoice_warning(told.order.state), values=values, errors=errors,
    )  # fmt: skip
