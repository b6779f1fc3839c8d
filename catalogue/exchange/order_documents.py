"""Orders as the documents that tell of them, for those who may see the order."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.ordering import changing, rules
from catalogue.ordering import documents as papers
from catalogue.products.models import Product

from . import change_drawing, documents, invoice_drawing, oioubl_drawing, order_drawing
from .invoice_form import Terms
from .told import Told

WITHOUT_REASON = _("The buyer has cancelled the order.")


class NoDocument(Conflict):
    """The order stands where there is nothing to tell of it in this document."""

    title = _("There is no such document of the order")


def load(session: Session, who: Who, number: str) -> Told:
    """Return an order with its sides and the change that waits; raises Missing."""
    paper = papers.get(session, who, number)
    order = paper.page.order
    change = changing.find_open(session, order.id) if order.state in rules.OPEN_STATES else None
    return Told(order, paper.page.enterprise, paper.municipality, change, weights=paper.weights)


def load_changed(session: Session, who: Who, number: str) -> Told:
    """Return an order with the changes that its buyer accepted too; raises Missing."""
    told = load(session, who, number)
    return replace(told, agreed=tuple(changing.list_accepted(session, told.order.id)))


def order(told: Told) -> bytes:
    """Return the order as T01; raises NoDocument while nobody has approved it."""
    if told.order.withheld:
        raise _none(told, _("Order %(number)s is not sent to the enterprise: %(state)s."))
    return documents.write(order_drawing.order_document(told), documents.ORDER)


def answer(told: Told) -> bytes:
    """Return what the enterprise has answered so far as T76; raises NoDocument."""
    found = order_drawing.answer_of(told.order.state)
    if found is None:
        raise _none(told, _("Order %(number)s has no answer of the enterprise: %(state)s."))
    return documents.write(order_drawing.answer_document(told, found), documents.ANSWER)


def advanced_answer(told: Told) -> bytes:
    """Return the same as T116, for programs that know advanced ordering; raises NoDocument."""
    found = order_drawing.answer_of(told.order.state)
    if found is None:
        raise _none(told, _("Order %(number)s has no answer of the enterprise: %(state)s."))
    drawn = change_drawing.in_advanced(order_drawing.answer_document(told, found))
    return documents.write(drawn, documents.ADVANCED_ANSWER)


def change(told: Told) -> bytes:
    """Return the last change that the buyer accepted as T114; raises NoDocument without one."""
    if not told.agreed:
        raise _none(told, _("Order %(number)s was not changed: %(state)s."))
    return documents.write(change_drawing.change_document(told), documents.CHANGE)


def oioubl_order(told: Told) -> bytes:
    """Return the order in OIOUBL; raises NoDocument while nobody has approved it."""
    if told.order.withheld:
        raise _none(told, _("Order %(number)s is not sent to the enterprise: %(state)s."))
    return documents.write(oioubl_drawing.order_document(told), documents.OIOUBL_ORDER)


def oioubl_answer(told: Told) -> bytes:
    """Return the yes or no of the enterprise in OIOUBL; raises NoDocument before it says one."""
    found = oioubl_drawing.answer_document(told)
    if found is None:
        raise _none(told, _("Order %(number)s has no answer of the enterprise: %(state)s."))
    return documents.write(found, documents.OIOUBL_ANSWER)


def cancellation(told: Told) -> bytes:
    """Return the cancellation as T115; raises NoDocument for an order that stands."""
    if told.order.state != "cancelled":
        raise _none(told, _("Order %(number)s is not cancelled: %(state)s."))
    drawn = order_drawing.cancellation_document(told, gettext(WITHOUT_REASON.message))
    return documents.write(drawn, documents.CANCELLATION)


def invoice(session: Session, told: Told, terms: Terms) -> bytes:
    """Return the invoice of an order; raises NoDocument when nothing is to be invoiced."""
    if told.order.state in rules.VOID_STATES:
        raise _none(told, _("Order %(number)s is not to be invoiced: %(state)s."))
    if not told.bill.lines:
        raise _none(told, _("Nothing of order %(number)s came, so nothing is to be invoiced."))
    drawn = invoice_drawing.invoice(told, terms, _reasons(session, told))
    return documents.write(drawn, documents.INVOICE)


def _reasons(session: Session, told: Told) -> dict[int, str]:
    """Return why lines are without VAT, as their products say today, by position."""
    free = [each for each in told.order.lines if not each.vat_rate]
    query = select(Product.id, Product.vat_exempt_reason)
    query = query.where(Product.id.in_([each.product_id for each in free if each.product_id]))
    said = {product_id: reason for product_id, reason in session.execute(query)}
    return {each.position: said.get(each.product_id or 0) or "" for each in free}


def _none(told: Told, text: Text) -> NoDocument:
    state = rules.STATE_NAMES[told.order.state]
    return NoDocument(Text(text.message, {"number": told.order.number, "state": state}))
