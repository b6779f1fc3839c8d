"""Booking an order on another account coding, or its lines on several, after it was placed.

The coding is no part of what is approved, as the note and the reference are none: who approves
decides what is bought and what it costs. So a change of it asks nobody anew. It stands in the
time line and the audit, and a budget that blocks refuses it as it would refuse the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import budgets, steps
from .coding_rules import Part
from .line_parts import list_coded, write
from .models import Order, OrderEvent
from .rules import FREE_STATES, STATE_NAMES

SETTLED = FREE_STATES | {"closed"}


class NotCodable(Conflict):
    """The coding of the order cannot be changed; nothing was written."""

    title = _("The account coding cannot be changed")


def recode(
    session: Session,
    who: Who,
    number: str,
    coding: tuple[str | None, Mapping[int, Sequence[Part]]],
    now: datetime,
) -> Order:
    """Book an order on another coding, or its lines on several, by position.

    Raises Invalid by field, and NotCodable when the order is over, or takes more of a budget that
    blocks than is left.
    """
    order = steps.lock(session, who, number)
    if order.state in SETTLED:
        raise NotCodable(
            _("Order %(number)s is now: %(state)s.", number=number, state=STATE_NAMES[order.state])
        )
    before, booked = _facts(session, order), budgets.book(session, order)
    order.account_coding, parts = coding
    write(session, order, parts)
    day = today_in_copenhagen(now) if order.withheld else None
    for problem in budgets.list_problems(session, [order], booked, day):
        raise NotCodable(problem)
    changes = audit.changes(before, _facts(session, order))
    if changes["before"] or changes["after"]:
        _note(session, who, order, before["account_coding"], now)
        audit.record(
            session, "order.coded", ("order", order.id), person_id=who.person_id, now=now,
            facts=changes | {"number": order.number}, municipality_id=order.municipality_id,
        )  # fmt: skip
    return order


def _note(
    session: Session, who: Who, order: Order, coding_before: str | None, now: datetime
) -> None:
    """Leave a note in the time line: who invoices and who books reads it there."""
    was, is_ = (each or "–" for each in (coding_before, order.account_coding))
    session.add(
        OrderEvent(
            order_id=order.id, state=order.state, step="recode", at=now, person_id=who.person_id,
            person_name=who.name, reason=f"{was} → {is_}" if was != is_ else None,
        )
    )  # fmt: skip


def _facts(session: Session, order: Order) -> dict[str, Any]:
    coded = list_coded(session, order)
    split = {
        str(each.line.position): [[share.code, share.amount_ore] for share in each.shares]
        for each in coded
        if each.parts
    }
    return {"account_coding": order.account_coding, "line_codings": split or None}
