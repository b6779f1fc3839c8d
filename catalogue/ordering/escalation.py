"""Approvals that nobody gave in time: each morning the worker passes them on, each step once.

It also tells of what waits for others than before, and reminds of what can be passed on no more.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.daily import Daily
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import approval_news, approval_rules, steps
from .approval_cases import load_case, turn_of
from .models import ApprovalStep, Order, OrderState
from .rules import Step
from .steps import Deed

DAILY = Daily("approval.escalate")


def escalate(session: Session, now: datetime) -> int:
    """Pass on the turns that are overdue, and put tomorrow's work; return how many. Repeatable."""
    today = today_in_copenhagen(now)
    passed = [order for order in _waiting(session, today) if _pass_on(session, order, now)]
    approval_news.tell_all(session, now)
    DAILY.put_next(session, now)
    return len(passed)


def _pass_on(session: Session, order: Order, now: datetime) -> bool:
    today = today_in_copenhagen(now)
    step = load_case(session, order, today).step
    if step is None or not approval_rules.is_overdue(step.due_on, today, turn_of(step)):
        return False
    step.escalated_at = now
    facts = {"approver_id": step.escalate_to_id}
    deed = Deed(Step.ESCALATE, order.state, now, None, {"approver_id": step.approver_id}, facts)
    steps.end(session, Who(), order, deed)
    return True


def _waiting(session: Session, today: date) -> list[Order]:
    overdue = select(ApprovalStep.order_id).where(
        ApprovalStep.due_on <= today,
        ApprovalStep.escalated_at.is_(None),
        ApprovalStep.escalate_to_id.is_not(None),
    )
    query = (
        select(Order)
        .where(Order.state == OrderState.AWAITING, Order.id.in_(overdue))
        .options(selectinload(Order.lines))
        .order_by(Order.id)
        .with_for_update(of=Order)
    )
    return list(session.scalars(query))
