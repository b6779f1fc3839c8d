"""An order as the invoice that the enterprise owes for it; what only she knows is asked of her.

What is invoiced is reckoned in `ordering.billing`: here it is put into the words of the norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogue.ordering.billing import Bill, Billed

from . import invoice_rules, order_drawing
from .invoice_document import Invoice, InvoiceLine
from .invoice_form import Terms
from .order_document import Actor, Address, VatGroup
from .order_drawing import COUNTRY, kroner, tax
from .peppol_document import CPV_LIST, Classification
from .told import Told

# Said when the product gives no reason: the paragraph that frees from VAT.
WITHOUT_REASON = "Momsfritaget efter momsloven § 13"


def invoice(told: Told, terms: Terms, reasons: Mapping[int, str]) -> Invoice:
    """Return the invoice of an order; `reasons`: why lines are without VAT, by position.

    Raises ValueError when it broke the norm: that is a fault of this catalogue.
    """
    order, bill = told.order, told.bill
    agreements = bill.agreement_numbers
    drawn = Invoice(
        number=terms.number,
        issued_on=terms.issued_on,
        due_on=terms.due_on,
        currency=order.currency,
        reference=order.reference,
        order=order.number,
        account=order.account_coding or "",
        contract=agreements[0] if len(agreements) == 1 else "",
        seller=replace(order_drawing.seller(told), vat_number=f"DK{told.enterprise.cvr}"),
        buyer=_buyer(told),
        delivered_on=bill.delivered_on,
        delivered_to=_place(told),
        delivered_name=order.institution,
        pay_to=terms.pay_to,
        vat=kroner(bill.totals.vat_ore),
        groups=_groups(bill, reasons),
        sums=order_drawing.sums(bill.totals),
        lines=tuple(_line(each) for each in bill.lines),
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


def _groups(bill: Bill, reasons: Mapping[int, str]) -> tuple[VatGroup, ...]:
    free = dict.fromkeys(
        reasons.get(each.line.position) or WITHOUT_REASON
        for each in bill.lines
        if not each.line.vat_rate
    )
    return order_drawing.vat_groups(bill.vat, "; ".join(free))


def _line(billed: Billed) -> InvoiceLine:
    line = billed.line
    return InvoiceLine(
        number=billed.number,
        name=line.title,
        quantity=order_drawing.amount(line, billed.quantity),
        net=kroner(billed.net_ore),
        price=kroner(line.price_ore),
        base=order_drawing.amount(line, line.price_base_quantity),
        tax=tax(line.vat_rate),
        account=billed.code or "",
        seller_number=line.item_number,
        order_line=str(line.position),
        classifications=(Classification(CPV_LIST, line.category_code),),
    )
