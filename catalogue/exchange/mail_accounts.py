"""That each mail is accounted for: owed and waiting, or sent, noted and in the log. Each is one
query; `catalogue check` asks them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from catalogue.core.checking import Check
from catalogue.core.jobs import Job
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.step_names import NOTES

from .letter_words import STEP_WORDINGS, WORDINGS, Reader
from .mail_models import MailRecord, Outcome
from .models import SentMail

UNDER_WAY = timedelta(hours=1)  # longer than any mail server is waited for
ORDER_MAIL = "order.mail"


def checks(now: datetime) -> tuple[Check, ...]:
    """Return what must not be found of mails."""
    return (
        Check("orders_unmailed", "nobody was mailed what became of the order", _unmailed()),
        Check("mails_unlogged", "mail was sent and is not in the log", _unlogged()),
        Check(
            "mails_unended", "mail was begun and never ended; see /sendte-mails", _unended(now),
            is_fault=False,
        ),
    )  # fmt: skip


def _unmailed() -> Any:
    """Find orders whose last step calls for mail, that have none of where they stand, and no work
    that will send it.

    Of what was placed before the first mail there is, mails were never sent (a world that was
    loaded), or are gone by the rule of retention.
    """
    told = exists().where(
        SentMail.order_id == Order.id,
        or_(SentMail.state == Order.state, SentMail.state.startswith(Order.state + ":")),
    )
    waits = exists().where(
        Job.topic == ORDER_MAIL, Job.payload["order_id"].as_integer() == Order.id
    )
    first = select(func.min(SentMail.sent_at)).scalar_subquery()
    steps = select(OrderEvent.order_id, func.max(OrderEvent.id).label("id"))
    steps = steps.where(OrderEvent.step.is_(None) | OrderEvent.step.not_in(NOTES))
    last = steps.group_by(OrderEvent.order_id).subquery()
    joined = (
        select(Order.number)
        .join(last, last.c.order_id == Order.id)
        .join(OrderEvent, OrderEvent.id == last.c.id)
    )
    query = joined.where(Order.placed_at >= first, _is_told_of(), ~told, ~waits)
    return query.order_by(Order.year, Order.sequence, Order.id)


def _is_told_of() -> ColumnElement[bool]:
    """Return the condition of orders whose last step has words for somebody's letter."""
    states = {state for state, _reader in WORDINGS}
    quiet = [
        and_(OrderEvent.step == step, OrderEvent.state == state)
        for (step, state), told in STEP_WORDINGS.items() if not told
    ]  # fmt: skip
    loud = [
        and_(OrderEvent.step == step, OrderEvent.state == state)
        for (step, state), told in STEP_WORDINGS.items() if told
    ]  # fmt: skip
    readers = {state: {each for of, each in WORDINGS if of == state} for state in states}
    alone = [state for state, told in readers.items() if told == {Reader.ENTERPRISE}]
    unseen = and_(Order.withheld, Order.state.in_(alone))  # the enterprise never heard of it
    usual = and_(Order.state.in_(states), ~unseen, ~func.coalesce(or_(*quiet), false()))
    return or_(usual, *loud)


def _unlogged() -> Any:
    """Find mails about orders that the log does not know. It goes back as far as its oldest line:
    what is older is gone from it by the rule of retention.
    """
    oldest = select(func.min(MailRecord.last_at)).scalar_subquery()
    logged = exists().where(MailRecord.message_id == SentMail.message_id)
    query = select(SentMail.message_id).where(SentMail.sent_at >= oldest, ~logged)
    return query.order_by(SentMail.id)


def _unended(now: datetime) -> Any:
    """Find mails of which nobody knows what became, for their work is done or was taken out."""
    is_open = MailRecord.outcome == Outcome.SENDING
    query = select(MailRecord.message_id).where(is_open, MailRecord.last_at < now - UNDER_WAY)
    return query.order_by(MailRecord.id)
