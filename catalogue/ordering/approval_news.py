"""Whom to tell of orders that wait for approval since something beside them has changed.

An approver fell ill and somebody stands in, or she left and nobody can approve: no step was taken
with the order, so no mail was put. Whoever was told of it before is not told again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import jobs
from catalogue.core.text import today_in_copenhagen

from . import approval_rules
from .approval_cases import Case, load_cases, turn_of
from .models import Order, OrderState

REMIND = "approval.remind"


def tell_all(session: Session, now: datetime) -> None:
    """Put the mail about the waiting orders of all municipalities, and what reminds of them."""
    today = today_in_copenhagen(now)
    for _place, orders in groupby(_waiting(session, None), lambda each: each.municipality_id):
        for case in _cases(session, list(orders), today):
            _tell(session, case, now)
            if _is_late(case, today):
                jobs.put(session, REMIND, {"order_id": case.order.id}, now=now)


def tell(session: Session, municipality_id: int, now: datetime) -> None:
    """Put the mail about the waiting orders of a municipality whose approvers have changed."""
    for case in _cases(session, _waiting(session, municipality_id), today_in_copenhagen(now)):
        _tell(session, case, now)


def _tell(session: Session, case: Case, now: datetime) -> None:
    """Tell of an order that nobody can approve, or that one may who stands in for another."""
    named = {case.step.approver_id, case.step.escalate_to_id} if case.step else set()
    if not case.acting or case.acting - named:
        payload = {"order_id": case.order.id, "state": case.order.state}
        jobs.put(session, "order.mail", payload, now=now)


def _is_late(case: Case, today: date) -> bool:
    step = case.step
    if step is None:
        return False
    due = approval_rules.reminder_due(step.due_on, today, step.escalate_days, turn_of(step))
    return due > 0


def _cases(session: Session, orders: Sequence[Order], today: date) -> list[Case]:
    return list(load_cases(session, orders, today).values())


def _waiting(session: Session, municipality_id: int | None) -> Sequence[Order]:
    """List what awaits approval in a municipality, or in all, one municipality after the other."""
    query = select(Order).where(Order.state == OrderState.AWAITING)
    if municipality_id is not None:
        query = query.where(Order.municipality_id == municipality_id)
    query = query.options(selectinload(Order.lines)).order_by(Order.municipality_id, Order.id)
    return session.scalars(query).all()
