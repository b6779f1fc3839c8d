"""What advanced ordering adds to an order's documents: its change (T114) and the answer (T116).

A change is what the buyer has accepted of what the enterprise proposed: the order as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from catalogue.core.text import COPENHAGEN
from catalogue.ordering.models import OrderLine
from catalogue.products.rules import UNIT_CODES

from . import order_drawing
from .order_document import (
    AnsweredLine,
    AskedLine,
    AskedOrder,
    Cancelled,
    Delivered,
    LineStatus,
    OrderAnswer,
)
from .peppol_document import Period, Quantity
from .peppol_shapes import ADVANCED
from .told import Told


def order_document(told: Told) -> AskedOrder:
    """Return the order as the buyer sends it to a program that knows changes."""
    return replace(order_drawing.order_document(told), profile=ADVANCED)


def in_advanced(answer: OrderAnswer) -> OrderAnswer:
    """Return an enterprise's answer as T116 has it."""
    return replace(answer, profile=ADVANCED)


def change_document(told: Told) -> AskedOrder:
    """Return the order as it is after the last change, each line with whether it changed."""
    last, sequence = told.agreed[-1], len(told.agreed)
    at = (last.answered_at or told.order.placed_at).astimezone(COPENHAGEN)
    asked = order_document(told)
    new = last.lines
    left = {str(each.position) for each in told.order.lines}
    pairs = zip(told.order.lines, asked.lines, strict=True)
    lines = [replace(said, status=_status(line, new)) for line, said in pairs]
    gone = [_gone(position, each) for position, each in new.items() if position not in left]
    return replace(
        asked,
        number=number_of(told.order.number, sequence),
        issued_on=at.date(),
        issued_at=f"{at:%H:%M:%S}",
        kind="",
        order=told.order.number,
        sequence=str(sequence),
        delivery=_delivery(told),
        lines=(*lines, *gone),
    )


def number_of(order_number: str, sequence: int) -> str:
    """Return what a change of an order is called."""
    return f"{order_number}-T{sequence}"


def answer_in_words_of(answer: OrderAnswer, number: str, lines: Mapping[str, str]) -> OrderAnswer:
    """Return an answer by the numbers of whoever sent the order in; ours stands beside."""
    return replace(
        answer, order=number, seller_order=answer.order,
        lines=tuple(_theirs(each, lines) for each in answer.lines),
    )  # fmt: skip


def change_in_words_of(change: AskedOrder, number: str, lines: Mapping[str, str]) -> AskedOrder:
    """Return a change by the numbers of whoever sent the order in."""
    told = (replace(each, number=lines.get(each.number, each.number)) for each in change.lines)
    return replace(change, order=number, lines=tuple(told))


def cancellation_in_words_of(said: Cancelled, number: str) -> Cancelled:
    """Return a cancellation by the number of whoever sent the order in."""
    return replace(said, order=number)


def _theirs(line: AnsweredLine, lines: Mapping[str, str]) -> AnsweredLine:
    return replace(line, line=lines.get(line.line, line.line))


def _status(line: OrderLine, new: Mapping[str, Any]) -> str:
    if str(line.position) not in new:
        return LineStatus.AS_IT_WAS
    return LineStatus.CHANGED if line.quantity else LineStatus.DELETED


def _gone(position: str, was: Mapping[str, Any]) -> AskedLine:
    """Return a line that is off the order: only the change still tells of it."""
    unit = UNIT_CODES[was["unit"]]
    return AskedLine(
        number=position, name=was["title"], status=LineStatus.DELETED,
        quantity=Quantity(order_drawing.plain(Decimal(was["ordered"])), unit),
    )  # fmt: skip


def _delivery(told: Told) -> Delivered:
    found = order_drawing.delivery(told.order)
    day = told.order.delivery_on
    return replace(found, wanted=Period(day, day)) if day else found
