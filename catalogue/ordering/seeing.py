"""Whether the enterprise has seen an order: a fact with a time, no state.

It changes nothing of what anybody may do, so it makes no event either: a link in the order's mail
holds until something happens, and to be seen is nothing that happens to an order. An order counts
as seen when somebody of the enterprise opens it signed in, says so by the link in the mail, or
takes a step with it. To fetch the page of the link does not count: programs that guard mailboxes
do that within the second.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.who import Who

from . import rules, steps
from .models import Order
from .rules import Step


def see(session: Session, who: Who, number: str, now: datetime) -> Order:
    """Note that the enterprise has seen the order; what was seen before stays as it was.

    Raises Missing for an order that is not hers, OutOfTurn when it is answered or off already.
    """
    order = steps.lock(session, who, number)
    if rules.find_move(order.state, rules.side_of(who.role), Step.SEE) is None:
        raise steps.out_of_turn(order, who)
    _note_once(session, who, order, now)
    return order


def note_opened(session: Session, who: Who, number: str, now: datetime) -> None:
    """Note that the order was opened, where that is still of interest; else do nothing."""
    order = steps.lock(session, who, number)
    if rules.find_move(order.state, rules.side_of(who.role), Step.SEE) is not None:
        _note_once(session, who, order, now)


def _note_once(session: Session, who: Who, order: Order, now: datetime) -> None:
    if steps.find_move(order, who, Step.SEE) is None:
        return
    order.seen_at, order.seen_by = now, who.name
    facts = audit.changes({}, {"seen_at": now.isoformat(timespec="seconds")})
    steps.trace(session, who, order, f"order.{rules.DEEDS[Step.SEE][0]}", (now, facts))
