"""Reminders of unanswered orders: each morning the worker puts those that are due, each once.

The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.daily import Daily
from catalogue.core.text import today_in_copenhagen

from .models import Order, OrderEvent, OrderState
from .policy_models import OrderReminder
from .reminder_rules import LAST_DAYS, due_reminder
from .rules import NOTES

DAILY, MAIL = Daily("order.remind"), "order.reminder_mail"


def remind(session: Session, now: datetime) -> int:
    """Put the mails that are due, and tomorrow's work; return the number of mails. Repeatable."""
    today = today_in_copenhagen(now)
    put: dict[tuple[int, datetime], set[int]] = {}
    waiting = session.execute(_waiting(now)).all()
    for order_id, asked_at, days in session.execute(_put_for(now)):
        put.setdefault((order_id, asked_at), set()).add(days)
    due = [
        OrderReminder(order_id=order_id, asked_at=asked_at, days=days, put_at=now)
        for order_id, asked_at in waiting
        if (
            days := due_reminder(
                today_in_copenhagen(asked_at), today, put.get((order_id, asked_at), set())
            )
        )
        is not None
    ]
    session.add_all(due)
    session.flush()  # gives the ids
    for each in due:
        jobs.put(session, MAIL, {"reminder_id": each.id}, now=now)
    DAILY.put_next(session, now)
    return len(due)


def find_asked_at(session: Session, order_id: int) -> datetime | None:
    """Return since when an order waits for its enterprise's answer; None when it does not."""
    query = _asked().where(Order.id == order_id)
    found = session.execute(query).first()
    return found.asked_at if found else None


def _waiting(now: datetime) -> Any:  # SQLAlchemy 2.0 and 2.1 write the type differently
    return _asked().having(func.max(OrderEvent.at) > _begin(now)).order_by(Order.id)


def _asked() -> Any:
    """Return the query of the orders that wait for an answer, and since when."""
    asked = (Order.state == OrderState.PLACED, Order.withheld.is_(False))
    steps = func.coalesce(OrderEvent.step, "").not_in(NOTES)
    return (
        select(Order.id, func.max(OrderEvent.at).label("asked_at"))
        .join(OrderEvent, OrderEvent.order_id == Order.id)
        .where(*asked, OrderEvent.state == OrderState.PLACED, steps)
        .group_by(Order.id)
    )


def _put_for(now: datetime) -> Any:
    return select(OrderReminder.order_id, OrderReminder.asked_at, OrderReminder.days).where(
        OrderReminder.asked_at > _begin(now)
    )


def _begin(now: datetime) -> datetime:
    """Return the time before which nothing is looked at: LAST_DAYS are fewer days, whatever the
    holidays.
    """
    return now - timedelta(days=3 * LAST_DAYS)
