"""What an enterprise answers to an order by a document (T76, or T116 where it knows changes), taken
as the steps of its pages.

A document can say more than our orders can take: another item, a line more, a dearer one. Such an
answer is refused as a whole, with the line and what to do; half of it taken would be a wrong order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.errors import Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import DEFAULT_LOCALE, Text, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import changing, service
from catalogue.ordering.change_rules import Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import Step
from catalogue.products.rules import UNIT_CODES

from . import change_drawing
from .order_document import Answer, AnsweredLine, LineAnswer, OrderAnswer
from .peppol_document import CVR_SCHEME, Period

WITHOUT_REASON = _("The enterprise gave no reason.")


@dataclass(frozen=True)
class _Asked:
    """A line as it was ordered, and what is said to it."""

    line: OrderLine
    said: AnsweredLine


def take(session: Session, who: Who, answer: OrderAnswer, now: datetime) -> Order | None:
    """Take the step that an answer means; None when it means none (the order has arrived).

    Raises Missing for an order that is not the enterprise's, Invalid for what our orders cannot
    take, OutOfTurn when the order has moved on.
    """
    order = _get(session, who, answer.order)
    _check_seller(session, order, answer)
    if has_cpr_number(answer.note or ""):
        raise Invalid({"note": [MESSAGES["cpr"]]})
    with reading_in(DEFAULT_LOCALE):  # it is kept, and the buyer reads it
        reason = answer.note or gettext(WITHOUT_REASON.message)
    if answer.change and answer.answer != Answer.CONDITIONAL:
        _check_change(session, order, answer)
        return None
    if answer.answer == Answer.ACCEPTED:
        return changing.confirm(session, who, order.number, _last(answer.promised), now)
    if answer.answer == Answer.REJECTED:
        return service.take_step(
            session, who, order.number, Step.REJECT, now=now, reason=reason[:1000]
        )
    if answer.answer == Answer.CONDITIONAL:
        return changing.propose(session, who, order.number, change_of(order, answer, reason), now)
    return None


def change_of(order: Order, answer: OrderAnswer, reason: str) -> Change:
    """Return the change that an answer proposes to an order; raises Invalid with its line."""
    if answer.currency != order.currency:
        raise _refused(_("The currency must be %(currency)s.", currency=order.currency))
    by_position = {str(each.position): each for each in order.lines}
    lines: dict[int, Proposed] = {}
    days = [_last(answer.promised)]
    for said in answer.lines:
        line = by_position.get(said.line)
        if line is None:
            raise _refused(_("Line %(line)s is not on the order.", line=said.line or said.number))
        days.append(_last(said.promised))
        if new := _proposed(_Asked(line, said)):
            lines[line.position] = new
    return Change(reason[:1000], max((day for day in days if day), default=None), lines)


def _check_change(session: Session, order: Order, answer: OrderAnswer) -> None:
    """Refuse an answer to a change that is none of ours, or that says no to what was agreed."""
    count = len(changing.list_accepted(session, order.id))
    if answer.change != change_drawing.number_of(order.number, count):
        raise _refused(
            _("The change %(change)s is not the last one of the order.", change=answer.change)
        )
    if answer.answer == Answer.REJECTED:
        raise _refused(
            _("The change is what you proposed and the buyer accepted: the order stands. Propose"
              " another change (CA), or write to the buyer.")
        )  # fmt: skip
    day = _last(answer.promised)
    if day is not None and day != order.delivery_on:
        raise _refused(_("Another day must be proposed (CA): %(day)s is agreed.",
                         day=order.delivery_on or "–"))  # fmt: skip


def _proposed(asked: _Asked) -> Proposed | None:
    """Return what is new in a line; None when it stands as it was ordered."""
    said = asked.said
    if said.answer in (LineAnswer.ACCEPTED, LineAnswer.DELIVERED):
        return None
    if said.answer == LineAnswer.REFUSED:
        return Proposed(Decimal(0))
    quantity, price = _quantity(asked), _price_ore(asked)
    if said.answer != LineAnswer.CHANGED or (quantity, price, said.promised) == (None, None, None):
        raise _refused(
            _(
                "Line %(line)s: another item cannot be taken here. Reject the order, and offer the"
                " item in the catalogue.",
                line=said.line,
            )
        )
    return Proposed(quantity, price) if quantity is not None or price is not None else None


def _quantity(asked: _Asked) -> Decimal | None:
    said = asked.said.quantity
    if said is None:
        return None
    unit = UNIT_CODES[asked.line.unit]
    if said.unit not in ("", unit):
        raise _refused(
            _("Line %(line)s: the unit must be %(unit)s.", line=asked.said.line, unit=unit)
        )
    return said.number


def _price_ore(asked: _Asked) -> int | None:
    """Return the price in øre for as many units as the line's price is for."""
    said = asked.said
    if said.price is None:
        return None
    base = said.base.number if said.base else Decimal(1)
    exact = said.price * 100 * asked.line.price_base_quantity / base if base else Decimal("0.1")
    if exact != exact.to_integral():
        raise _refused(_("Line %(line)s: the price is no whole number of øre.", line=said.line))
    return int(exact)


def _get(session: Session, who: Who, number: str) -> Order:
    own = (Order.visible_to(who), Order.number == number)
    order = session.scalars(select(Order).where(*own).options(selectinload(Order.lines))).first()
    if order is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    return order


def _check_seller(session: Session, order: Order, answer: OrderAnswer) -> None:
    """Refuse an answer that names another Danish enterprise than that of the order."""
    cvr = session.get_one(Enterprise, order.enterprise_id).cvr
    for each in (answer.seller.endpoint, answer.seller.number):
        if each is not None and each.scheme == CVR_SCHEME and each.number[-8:] != cvr:
            raise _refused(_("The answer is of another enterprise: %(cvr)s.", cvr=each.number))


def _refused(text: Text) -> Invalid:
    return Invalid({"document": [text]}, text)


def _last(period: Period | None) -> date | None:
    return (period.ends_on or period.starts_on) if period else None
