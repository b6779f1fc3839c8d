"""Our order as the documents that tell of it: order, answer, cancellation. Rows in, values out.

States go through `ANSWERS`, so that a new one gets a line there and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.core.text import COPENHAGEN
from catalogue.ordering.document_rules import VatShare
from catalogue.ordering.models import Order, OrderEvent, OrderLine
from catalogue.ordering.rules import Step, Totals
from catalogue.products.rules import UNIT_CODES

from .order_document import (
    AGREEMENT,
    Actor,
    Address,
    Answer,
    AnsweredLine,
    AskedLine,
    AskedOrder,
    Cancelled,
    Contact,
    Delivered,
    LineAnswer,
    OrderAnswer,
    Property,
    Sums,
    VatGroup,
)
from .peppol_document import (
    CPV_LIST,
    GLN_SCHEME,
    Classification,
    Identifier,
    Period,
    Quantity,
    Tax,
    by_cvr,
)
from .peppol_shapes import ORDERING
from .told import Told
from .ubl import clean

COUNTRY = "DK"
ORDER_TYPE = "220"  # of UNCL1001: an order
STANDARD, EXEMPT = "S", "E"  # categories of VAT
# What the enterprise's steps say to the other side; a state that is not here is no answer.
ANSWERS = {
    "placed": Answer.ACKNOWLEDGED,
    "proposed": Answer.CONDITIONAL,
    "partly": Answer.CONDITIONAL,
    "confirmed": Answer.ACCEPTED,
    "sending": Answer.ACCEPTED,
    "dispatched": Answer.ACCEPTED,
    "done": Answer.ACCEPTED,
    "accepted": Answer.ACCEPTED,
    "received": Answer.ACCEPTED,
    "closed": Answer.ACCEPTED,
    "rejected": Answer.REJECTED,
}

# States that the enterprise's word leads to, and the no of an approver, which is told as one.
_ANSWERING = (
    "proposed", "partly", "confirmed", "rejected", "sending", "dispatched", "done", "declined",
)  # fmt: skip


def kroner(ore: int) -> Decimal:
    """Return øre as kroner with two decimals."""
    return Decimal(ore).scaleb(-2)


def order_document(told: Told) -> AskedOrder:
    """Return the order as the buyer sends it."""
    order = told.order
    placed = order.placed_at.astimezone(COPENHAGEN)
    agreements = {line.agreement_number for line in order.lines}
    return AskedOrder(
        number=order.number,
        issued_on=placed.date(),
        issued_at=f"{placed:%H:%M:%S}",
        profile=ORDERING,
        kind=ORDER_TYPE,
        note=clean(order.note or ""),
        currency=order.currency,
        reference=order.reference,
        account=order.account_coding or "",
        # The document has room for one; with several, each line names its own.
        contract=agreements.pop() if len(agreements) == 1 else "",
        buyer=buyer(told),
        seller=seller(told),
        delivery=delivery(order),
        vat=kroner(order.vat_ore),
        sums=sums(Totals(order.net_ore, order.vat_ore)),
        lines=tuple(_asked_line(each) for each in order.lines),
    )


def answer_of(state: str) -> Answer | None:
    """Return what a state of an order answers to the buyer; None: nothing."""
    return ANSWERS.get(state)


def answer_document(told: Told, answer: Answer) -> OrderAnswer:
    """Return the enterprise's answer as the last step of the order gives it."""
    order = told.order
    last = order.turns[-1]
    at = last.at.astimezone(COPENHAGEN)
    day = order.delivery_on
    if answer == Answer.CONDITIONAL and told.change is not None:
        day = told.change.delivery_on or day
    return OrderAnswer(
        number=f"{order.number}-{last.id}",
        issued_on=at.date(),
        issued_at=f"{at:%H:%M:%S}",
        answer=answer,
        profile=ORDERING,
        note=clean(_said(last)),
        currency=order.currency,
        reference=order.reference,
        order=order.number,
        seller=_named(seller(told)),
        buyer=_named(buyer(told)),
        promised=_until(day),
        lines=_answered_lines(told) if answer == Answer.CONDITIONAL else (),
    )


def cancellation_document(told: Told, reason: str) -> Cancelled:
    """Return the buyer's cancellation; `reason` is for the case that she gave none."""
    order, last = told.order, told.order.turns[-1]
    at = last.at.astimezone(COPENHAGEN)
    return Cancelled(
        number=f"{order.number}-{last.id}",
        issued_on=at.date(),
        issued_at=f"{at:%H:%M:%S}",
        reason=last.reason or reason,
        order=order.number,
        buyer=buyer(told),
        seller=seller(told),
    )


def buyer(told: Told) -> Actor:
    """Return the institution that buys, under its GLN, for the municipality."""
    order = told.order
    return Actor(
        endpoint=Identifier(order.gln, GLN_SCHEME),
        number=Identifier(order.gln, GLN_SCHEME),
        name=order.institution,
        legal_name=f"{told.municipality.name} Kommune",
        company=by_cvr(told.municipality.cvr),
        contact=_contact(order),
    )


def seller(told: Told) -> Actor:
    """Return the enterprise, under its CVR number."""
    found = told.enterprise
    return Actor(
        endpoint=by_cvr(found.cvr),
        number=by_cvr(found.cvr),
        name=found.name,
        address=Address(found.street, "", found.city, found.postcode, "", COUNTRY),
        legal_name=found.name,
        company=by_cvr(found.cvr),
        contact=Contact(found.name, found.phone or "", found.email),
    )


def delivery(order: Order) -> Delivered:
    """Return where the order goes."""
    address = Address(order.street, "", order.city, order.postcode, "", COUNTRY)
    return Delivered(address=address, name=order.institution, contact=_contact(order))


def sums(totals: Totals) -> Sums:
    """Return the sums; nothing is taken off, added, or prepaid on an order of ours."""
    net, gross = kroner(totals.net_ore), kroner(totals.gross_ore)
    return Sums(net=net, exclusive=net, inclusive=gross, payable=gross)


def vat_groups(shares: Iterable[VatShare], reason: str = "") -> tuple[VatGroup, ...]:
    """Return the VAT by rate; `reason` is why there is none on what is exempt."""
    return tuple(
        VatGroup(
            taxable=kroner(share.net_ore),
            vat=kroner(share.vat_ore),
            category=tax(share.rate).category,
            percent=Decimal(share.rate),
            reason="" if share.rate else reason,
        )
        for share in shares
    )


def tax(rate: int) -> Tax:
    """Return the category of a rate in per cent: what has none is exempt."""
    return Tax(STANDARD, Decimal(rate)) if rate else Tax(EXEMPT, Decimal(0))


def amount(line: OrderLine, number: Decimal | int) -> Quantity:
    """Return so many units of a line, without zeros that say nothing."""
    return Quantity(plain(Decimal(number)), UNIT_CODES[line.unit])


def plain(number: Decimal) -> Decimal:
    """Return a number without zeros at its end, nor an exponent."""
    exact = number.normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact


def _asked_line(line: OrderLine) -> AskedLine:
    return AskedLine(
        number=str(line.position),
        name=line.title,
        quantity=amount(line, line.quantity),
        net=kroner(line.net_ore),
        price=kroner(line.price_ore),
        base=amount(line, line.price_base_quantity),
        seller_number=line.item_number,
        classifications=(Classification(CPV_LIST, line.category_code),),
        tax=tax(line.vat_rate),
        properties=(Property(AGREEMENT, line.agreement_number),),
    )


def _said(last: OrderEvent) -> str:
    """Return the words of an answer; those of a step of the buyer or an approver are none."""
    is_own = last.state in _ANSWERING and last.step in (None, Step.STOP)
    return last.reason or "" if is_own else ""


def _answered_lines(told: Told) -> tuple[AnsweredLine, ...]:
    new = told.change.lines if told.change else {}
    left = {str(each.position) for each in told.order.lines}
    # What a part was confirmed without is off the order: only the change still tells of it.
    gone = (_refused(position, each) for position, each in new.items() if position not in left)
    lines = (_answered(each, new.get(str(each.position), {})) for each in told.order.lines)
    return (*lines, *gone)


def _refused(position: str, new: Mapping[str, Any]) -> AnsweredLine:
    return AnsweredLine(
        number=position, answer=LineAnswer.REFUSED, line=position, name=new.get("title", "")
    )


def _answered(line: OrderLine, new: Mapping[str, Any]) -> AnsweredLine:
    """Return what the enterprise says to a line; `new` as `OrderChange.lines` carries it."""
    quantity = Decimal(new["quantity"]) if "quantity" in new else None
    price = new.get("price_ore")
    return AnsweredLine(
        number=str(line.position),
        answer=_line_answer(new, quantity),
        line=str(line.position),
        name=line.title,
        quantity=None if quantity is None else amount(line, quantity),
        price=None if price is None else kroner(price),
        base=None if price is None else amount(line, line.price_base_quantity),
        seller_number=line.item_number,
    )


def _line_answer(new: Mapping[str, Any], quantity: Decimal | None) -> LineAnswer:
    if not new:
        return LineAnswer.ACCEPTED
    return LineAnswer.REFUSED if quantity == 0 else LineAnswer.CHANGED


def _named(actor: Actor) -> Actor:
    """Return as much of an actor as an answer may tell."""
    return Actor(endpoint=actor.endpoint, number=actor.number, legal_name=actor.legal_name)


def _contact(order: Order) -> Contact:
    return Contact(order.contact_name, order.contact_phone or "", order.contact_email)


def _until(day: date | None) -> Period | None:
    return Period(day, day) if day else None
