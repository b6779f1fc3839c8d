"""An order as the invoice that the enterprise owes for it; what only she knows is asked of her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogue.ordering.models import OrderLine

from . import invoice_rules, order_drawing
from .invoice_document import Invoice, InvoiceLine
from .invoice_form import Terms
from .order_document import Actor, Address, VatGroup
from .order_drawing import COUNTRY, Told, kroner, tax
from .peppol_document import CPV_LIST, Classification

# Said when the product gives no reason: the paragraph that frees from VAT.
WITHOUT_REASON = "Momsfritaget efter momsloven § 13"


def invoice(told: Told, terms: Terms, reasons: Mapping[int, str]) -> Invoice:
    """Return the invoice of an order; `reasons`: why lines are without VAT, by position.

    Raises ValueError when it broke the norm: that is a fault of this catalogue.
    """
    order = told.order
    agreements = {line.agreement_number for line in order.lines}
    drawn = Invoice(
        number=terms.number,
        issued_on=terms.issued_on,
        due_on=terms.due_on,
        currency=order.currency,
        reference=order.reference,
        order=order.number,
        account=order.account_coding or "",
        contract=agreements.pop() if len(agreements) == 1 else "",
        seller=replace(order_drawing.seller(told), vat_number=f"DK{told.enterprise.cvr}"),
        buyer=_buyer(told),
        delivered_to=_place(told),
        delivered_name=order.institution,
        pay_to=terms.pay_to,
        vat=kroner(order.vat_ore),
        groups=_groups(order.lines, reasons),
        sums=order_drawing.sums(order),
        lines=tuple(_line(each) for each in order.lines),
    )
    if broken := invoice_rules.broken(drawn):
        raise ValueError(f"the invoice of {order.number} breaks {', '.join(broken)}")
    return drawn


def _buyer(told: Told) -> Actor:
    # The municipality's own address is not ours to know; BR-11 asks for a country at least.
    return replace(order_drawing.buyer(told), address=_place(told))


def _place(told: Told) -> Address:
    order = told.order
    return Address(order.street, "", order.city, order.postcode, "", COUNTRY)


def _groups(lines: list[OrderLine], reasons: Mapping[int, str]) -> tuple[VatGroup, ...]:
    free = dict.fromkeys(
        reasons.get(line.position) or WITHOUT_REASON for line in lines if not line.vat_rate
    )
    return order_drawing.vat_groups(lines, "; ".join(free))


def _line(line: OrderLine) -> InvoiceLine:
    return InvoiceLine(
        number=str(line.position),
        name=line.title,
        quantity=order_drawing.amount(line, line.quantity),
        net=kroner(line.net_ore),
        price=kroner(line.price_ore),
        base=order_drawing.amount(line, line.price_base_quantity),
        tax=tax(line.vat_rate),
        seller_number=line.item_number,
        order_line=str(line.position),
        classifications=(Classification(CPV_LIST, line.category_code),),
    )
