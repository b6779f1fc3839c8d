"""Our order, and the yes or no to it, as documents of OIOUBL 2.1."""

from __future__ import annotations

from dataclasses import replace

from catalogue.ordering import document_rules
from catalogue.ordering.rules import Totals

from . import order_drawing
from .oioubl_shapes import ANSWER_PROFILE, PROFILE
from .order_document import Actor, Address, Answer, AskedLine, AskedOrder, SimpleAnswer
from .order_drawing import COUNTRY
from .peppol_document import Quantity
from .told import Told

# OIOUBL knows the units of 2001: these of ours came later.
OLDER_UNITS = {"H87": "EA", "PTN": "EA", "E48": "EA", "XBX": "BX"}
NO_PERSON = "n/a"  # who at the enterprise: an identifier is asked for, and we know of none


def order_document(told: Told) -> AskedOrder:
    """Return the order; what OIOUBL has no place for stays out."""
    plain = order_drawing.order_document(told)
    order = told.order
    sums = order_drawing.sums(Totals(order.net_ore, order.vat_ore))
    shares = document_rules.vat_by_rate((each.net_ore, each.vat_rate) for each in order.lines)
    return replace(
        plain,
        profile=PROFILE,
        kind="",
        buyer=_buyer(told),
        seller=_seller(told),
        delivery=replace(order_drawing.delivery(order), name="", contact=None),
        groups=order_drawing.vat_groups(shares),
        sums=replace(sums, exclusive=None, tax=plain.vat),
        lines=tuple(_line(each) for each in plain.lines),
    )


def answer_document(told: Told) -> SimpleAnswer | None:
    """Return the yes or no of the enterprise; None when it has said neither, or with conditions."""
    found = order_drawing.answer_of(told.order.state)
    if found not in (Answer.ACCEPTED, Answer.REJECTED):
        return None
    plain = order_drawing.answer_document(told, found)
    is_accepted = found == Answer.ACCEPTED
    return SimpleAnswer(
        number=plain.number,
        issued_on=plain.issued_on,
        issued_at=plain.issued_at,
        profile=ANSWER_PROFILE,
        is_accepted=is_accepted,
        note=plain.note if is_accepted else "",
        reason="" if is_accepted else plain.note,
        order=plain.order,
        ordered_on=order_drawing.order_document(told).issued_on,
        seller=_seller(told),
        buyer=_buyer(told),
    )


def _buyer(told: Told) -> Actor:
    plain, order = order_drawing.buyer(told), told.order
    contact = plain.contact and replace(plain.contact, number=order.reference)
    address = Address(order.street, "", order.city, order.postcode, "", COUNTRY)
    return replace(plain, contact=contact, address=address)


def _seller(told: Told) -> Actor:
    plain = order_drawing.seller(told)
    return replace(plain, contact=plain.contact and replace(plain.contact, number=NO_PERSON))


def _line(line: AskedLine) -> AskedLine:
    return replace(
        line, description=line.name, classifications=(), properties=(),
        quantity=_in_older_units(line.quantity), base=_in_older_units(line.base),
    )  # fmt: skip


def _in_older_units(quantity: Quantity | None) -> Quantity | None:
    return quantity and replace(quantity, unit=OLDER_UNITS.get(quantity.unit, quantity.unit))
