"""The arithmetic of EN 16931 that an invoice of ours is held against before it leaves.

Numbers of rules are those of the norm. It is asked of every invoice that is drawn: a wrong one is a
fault of ours, and must not reach a municipality. The norm's other rules (codes, what must be there)
hold by the shape of the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .invoice_document import Invoice, InvoiceLine
from .order_document import VatGroup

_CENT = Decimal("0.01")
_SLACK = Decimal("0.02")  # PEPPOL-EN16931-R120 leaves so much to the rounding of a line


def broken(invoice: Invoice) -> list[str]:
    """List the numbers of the rules that an invoice breaks, in the order of the norm."""
    return list(_broken(invoice))


def _broken(invoice: Invoice) -> Iterator[str]:
    sums, zero = invoice.sums, Decimal(0)
    if sums.net != sum((each.net for each in invoice.lines), zero):
        yield "BR-CO-10"
    if sums.exclusive != sums.net:  # nothing is taken off or added on the document
        yield "BR-CO-13"
    if invoice.vat != sum((each.vat for each in invoice.groups), zero):
        yield "BR-CO-14"
    if sums.inclusive != (sums.exclusive or zero) + invoice.vat:
        yield "BR-CO-15"
    if sums.payable != sums.inclusive:
        yield "BR-CO-16"
    if any(_cents(each.taxable * each.percent / 100) != each.vat for each in invoice.groups):
        yield "BR-CO-17"
    for each in invoice.groups:
        if _taxable(invoice, each) != each.taxable:
            yield f"BR-{each.category}-08"
    if any(not each.percent and not each.reason for each in invoice.groups):
        yield "BR-E-10"
    if any(abs(_exact(each) - each.net) > _SLACK for each in invoice.lines):
        yield "PEPPOL-EN16931-R120"
    if any(amount != _cents(amount) for amount in _amounts(invoice)):
        yield "BR-DEC"


def _taxable(invoice: Invoice, group: VatGroup) -> Decimal:
    key = (group.category, group.percent)
    same = (each.net for each in invoice.lines if (each.tax.category, each.tax.percent) == key)
    return sum(same, Decimal(0))


def _exact(line: InvoiceLine) -> Decimal:
    return line.quantity.number * line.price / line.base.number


def _amounts(invoice: Invoice) -> Iterator[Decimal]:
    yield from (each.net for each in invoice.lines)
    yield from (amount for each in invoice.groups for amount in (each.taxable, each.vat))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
