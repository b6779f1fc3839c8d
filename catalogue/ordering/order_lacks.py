"""What an order lacks that nobody moves: a buyer who is still there, or anybody who can approve it.

Staff see both beside their list of orders, and mend it on the page of each: by handing the order
over, or by letting somebody else approve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person, PersonRole
from catalogue.core.who import Who

from .approval_cases import load_cases
from .handing import acting_for
from .models import Order, OrderState
from .order_lists import Lack, Sought
from .rules import UNDER_WAY


@dataclass(frozen=True)
class Lacking:
    """How many orders have no buyer any more, and which nobody can approve, by id."""

    without_buyer: int
    without_approver: tuple[int, ...]

    def count(self, lack: Lack) -> int:
        """Return how many orders lack it."""
        return self.without_buyer if lack == Lack.BUYER else len(self.without_approver)

    def narrow(self, sought: Sought) -> Sought:
        """Return what is sought among the orders that lack what is asked for."""
        if sought.lacks is None:
            return sought
        if sought.lacks == Lack.BUYER:
            return replace(sought, among=without_buyer())
        return replace(sought, among=Order.id.in_(self.without_approver))


def find(session: Session, who: Who, today: date) -> Lacking:
    """Return what orders that `who` may see lack. Two queries; five when some await approval."""
    counted = select(func.count()).select_from(Order).where(Order.visible_to(who), without_buyer())
    waiting = session.scalars(
        select(Order)
        .where(Order.visible_to(who), Order.state == OrderState.AWAITING)
        .options(selectinload(Order.lines))
        .order_by(Order.id)
    ).all()
    cases = load_cases(session, waiting, today)
    stuck = tuple(each.id for each in waiting if not cases[each.id].acting)
    return Lacking(session.scalar(counted) or 0, stuck)


def without_buyer() -> ColumnElement[bool]:
    """Return the condition of an order that has not ended and whose buyer has left."""
    buys = exists().where(
        Person.id == Order.buyer_id, PersonRole.person_id == Person.id,
        acting_for(Order.municipality_id),
    )  # fmt: skip
    return Order.state.in_(UNDER_WAY) & ~buys
