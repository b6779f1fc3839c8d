"""The papers of an order: itself, receipt, packing list, labels, and what its invoice must say.

All are made of the order's own rows and carry no time of printing: the same order in the same
state gives the same file, byte for byte, whoever prints it. So they are in Danish, as the case file
is. Order, receipt and packing list name both sides as they were when it was placed; a label has to
say where a parcel comes back to, and an invoice who sends it: these name the enterprise of today.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request

from catalogue.core import printing
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    STATIC,
    draw_text,
    reading,
    render,
    route,
    state,
)
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import DEFAULT_LOCALE, reading_in, typed_number
from catalogue.products.rules import UNIT_NAMES

from . import document_rules, documents, rules
from .documents import Paper

blueprint = Blueprint("documents", __name__)
INVOICE = "ordering/invoice_data.html"


@route(blueprint, "/ordrer/<number>/ordre.pdf", access=BUYERS | STAFF)
def order(number: str) -> Response:
    """Send the order as a file to keep or print."""
    with reading() as session:
        found = documents.get(session, asking(), number)
    return _of_buyer("ordering/order_paper.html", f"ordre-{number}.pdf", found)


@route(blueprint, "/ordrer/<number>/varemodtagelse.pdf", access=BUYERS | STAFF)
def receipt(number: str) -> Response:
    """Send the receipt: what came or was done, when, and what was not as ordered."""
    return _receipt(number)


@route(blueprint, "/indkomne-ordrer/<number>/varemodtagelse.pdf", access=ENTERPRISES)
def incoming_receipt(number: str) -> Response:
    """Send the same to the enterprise: what the buyer has taken, before it invoices."""
    return _receipt(number)


@route(blueprint, "/indkomne-ordrer/<number>/foelgeseddel.pdf", access=ENTERPRISES)
def packing_list(number: str) -> Response:
    """Send the packing list that goes with the goods: what and where to, no prices."""
    with reading() as session:
        found = documents.get_to_send(session, asking(), number)
    return to_pdf("ordering/packing_list.html", f"foelgeseddel-{number}.pdf", found, shipment=None)


@route(blueprint, "/indkomne-ordrer/<number>/labels.pdf", access=ENTERPRISES)
def labels(number: str) -> Response:
    """Send labels for parcels, one a sheet of A6: as many as the address asks for."""
    many = document_rules.labels(request.args.get("antal", type=whole))
    with reading() as session:
        found = documents.get_to_send(session, asking(), number)
    return to_pdf("ordering/labels.html", f"labels-{number}.pdf", found, many=many)


@route(blueprint, "/indkomne-ordrer/<number>/fakturadata", access=ENTERPRISES)
def invoice_data(number: str) -> Response:
    """Show what the invoice must say, to be typed into whatever sends it."""
    with reading() as session:
        found = documents.get(session, asking(), number)
    return render(INVOICE, base="catalogue/_base.html", **_values(found))


@route(blueprint, "/indkomne-ordrer/<number>/fakturadata.pdf", access=ENTERPRISES)
def invoice_data_pdf(number: str) -> Response:
    """Send the same as a file, for the bookkeeper."""
    with reading() as session:
        found = documents.get(session, asking(), number)
    return to_pdf(INVOICE, f"fakturadata-{number}.pdf", found, base="catalogue/_paper.html")


def _receipt(number: str) -> Response:
    with reading() as session:
        found = documents.get_received(session, asking(), number)
    return _of_buyer("ordering/receipt_paper.html", f"varemodtagelse-{number}.pdf", found)


def _of_buyer(template: str, name: str, found: Paper) -> Response:
    return to_pdf(template, name, found, author=found.sides.municipality_name)


def to_pdf(template: str, name: str, found: Paper, **more: Any) -> Response:
    """Draw an order on paper, and send it as a file of that name.

    The enterprise issues it, unless `author` is told.
    """
    values = {"author": found.sides.enterprise_name, **_values(found), **more}
    with reading_in(DEFAULT_LOCALE):
        page = draw_text(state().templates, template, locale=DEFAULT_LOCALE, **values)
    response = make_response(printing.to_pdf(page, STATIC))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _values(found: Paper) -> dict[str, Any]:
    return {
        "paper": found,
        "page": found.page,
        "warning": document_rules.invoice_warning(found.page.order.state),
        "state_names": rules.STATE_NAMES,
        "unit_names": UNIT_NAMES,
        "as_typed": typed_number,
    }
