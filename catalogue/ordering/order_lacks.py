"""What an order lacks that nobody moves: a buyer who is still there, or anybody who can approve it.

Staff see both beside their list of orders, and mend it on the page of each: by handing the order
over, or by letting somebody else approve.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, func, select
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
    gone: tuple[int, ...] = field(default=(), compare=False)  # whose orders have no buyer

    def count(self, lack: Lack) -> int:
        """Return how many orders lack it."""
        return self.without_buyer if lack == Lack.BUYER else len(self.without_approver)

    def narrow(self, sought: Sought) -> Sought:
        """Return what is sought among the orders that lack what is asked for."""
        if sought.lacks is None:
            return sought
        if sought.lacks == Lack.BUYER:
            theirs = Order.buyer_id.in_(self.gone) & Order.state.in_(UNDER_WAY)
            return replace(sought, among=theirs)
        return replace(sought, among=Order.id.in_(self.without_approver))


def find(session: Session, who: Who, today: date) -> Lacking:
    """Return what orders that `who` may see lack. Two queries; five when some await approval."""
    by_buyer = dict(session.execute(
        select(Order.buyer_id, func.count())
        .where(Order.visible_to(who), _without_buyer(who.municipality_id))
        .group_by(Order.buyer_id)
    ).all())  # fmt: skip
    waiting = session.scalars(
        select(Order)
        .where(Order.visible_to(who), Order.state == OrderState.AWAITING)
        .options(selectinload(Order.lines))
        .order_by(Order.id)
    ).all()
    cases = load_cases(session, waiting, today)
    stuck = tuple(each.id for each in waiting if not cases[each.id].acting)
    return Lacking(sum(by_buyer.values()), stuck, tuple(by_buyer))


def _without_buyer(municipality_id: int | None) -> ColumnElement[bool]:
    """Return the condition of a town's order that has not ended and whose buyer has left.

    Who buys there is asked once and not of each order: what came and was never closed has not
    ended either, and that is nearly all that the town ever ordered.
    """
    buyers = (
        select(PersonRole.person_id)
        .join(Person, Person.id == PersonRole.person_id)
        .where(acting_for(municipality_id or 0))  # staff have one; 0 belongs to nobody
    )
    return Order.state.in_(UNDER_WAY) & Order.buyer_id.not_in(buyers)
