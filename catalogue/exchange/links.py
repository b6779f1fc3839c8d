"""Answering an order by a link from its mail, without signing in.

The token is random, kept as a hash, good for one answer to one order as the mail told of it. To
look changes nothing, for programs that guard mailboxes open every link; only a form decides, be it
that the order is seen.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.queries import hash_of
from catalogue.core import audit
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import changing, partial, queries, seeing, service
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.partial import Part
from catalogue.ordering.queries import OrderPage
from catalogue.ordering.rules import NOTES, Step
from catalogue.ordering.steps import trace

from . import link_rules as rules
from .link_models import OrderLink
from .link_rules import Standing


@dataclass(frozen=True)
class Issued:
    """A link as it goes into a letter; the token is nowhere else."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Seen:
    """What the bearer of a link sees: where it stands and, while it is open, the order."""

    standing: Standing
    number: str
    state: str
    expires_at: datetime
    used_for: str | None
    page: OrderPage | None

    @property
    def answers(self) -> list[Step]:
        """List what may be answered now."""
        return rules.answers(self.state) if self.page else []


@dataclass(frozen=True)
class Answer:
    """What a link was used for, and by whom: nobody, or a person who happens to be signed in."""

    step: Step
    reason: str | None
    asking: Who
    part: Part | None = None  # what can be delivered, when that is not all
    delivery_on: date | None = None  # the day that is promised, when one is
    change: Change | None = None  # what the buyer is asked, when it is not answered yet


def issue(session: Session, order: Order, now: datetime, days: int) -> Issued | None:
    """Make a link for a letter about `order`, loaded with its events; None when none is owed."""
    if not rules.answers(order.state) or not order.turns:
        return None
    issued = Issued(secrets.token_urlsafe(32), now + timedelta(days=days))
    session.add(
        OrderLink(
            token_hash=hash_of(issued.token),
            order_id=order.id,
            enterprise_id=order.enterprise_id,
            event_id=order.turns[-1].id,
            issued_at=now,
            expires_at=issued.expires_at,
        )
    )
    return issued


def look(session: Session, token: str, now: datetime) -> Seen | None:
    """Return what a link shows; None when there is no such link. Writes nothing."""
    link = session.scalars(_by(token)).first()
    if link is None:
        return None
    order = session.get_one(Order, link.order_id)
    seen = _seen(session, link, order, now)
    if seen.standing != Standing.OPEN:
        return seen  # whom it goes to and for what is not for everybody who finds an old mail
    return replace(seen, page=queries.get_order(session, _bearer(session, link), order.number))


def answer(session: Session, token: str, given: Answer, now: datetime) -> Seen | None:
    """Take the order the step on that the link is used for, and use the link up.

    Returns how the link stood before: only an open one had an effect. A refusal is returned, not
    raised, for it leaves an event too. None when there is no such link. Raises Invalid when a
    reason is owed, the day is past, or the part that can be delivered is none.
    """
    found = _lock(session, token)
    if found is None:
        return None
    link, order = found
    seen = _seen(session, link, order, now)
    actor = _actor(session, link, given.asking)
    if seen.standing != Standing.OPEN or given.step not in rules.answers(order.state):
        facts = audit.changes({}, {"link": seen.standing, "wanted": given.step})
        trace(session, actor, order, "order.link_refused", (now, facts))
        return seen
    _take(session, actor, order.number, given, now)
    link.used_at, link.used_for = now, given.step
    facts = audit.changes({"link": Standing.OPEN}, {"link": Standing.USED, "wanted": given.step})
    trace(session, actor, order, "order.link_used", (now, facts))
    return seen


def see(session: Session, token: str, asking: Who, now: datetime) -> Seen | None:
    """Note that the enterprise has seen the order of an open link, which stays good for an answer.

    Returns how the link stands; None when there is no such link.
    """
    found = _lock(session, token)
    if found is None:
        return None
    link, order = found
    seen = _seen(session, link, order, now)
    actor = _actor(session, link, asking)
    if seen.standing == Standing.OPEN:
        seeing.see(session, actor, order.number, now)
    else:
        facts = audit.changes({}, {"link": seen.standing, "wanted": Step.SEE})
        trace(session, actor, order, "order.link_refused", (now, facts))
    return seen


def _take(session: Session, actor: Who, number: str, given: Answer, now: datetime) -> None:
    """Take the step that is answered with, by the verb that who is signed in takes it by."""
    if given.part is not None:
        partial.confirm_part(session, actor, number, given.part, now)
    elif given.change is not None:
        changing.propose(session, actor, number, given.change, now)
    elif given.step == Step.CONFIRM:
        changing.confirm(session, actor, number, given.delivery_on, now)
    else:
        service.take_step(session, actor, number, given.step, now=now, reason=given.reason)


def _lock(session: Session, token: str) -> tuple[OrderLink, Order] | None:
    """Return a link with its order, both as they stay until the end.

    Of two clicks, or an answer and a cancellation, one comes first and the other reads what it did.
    """
    link = session.scalars(_by(token).with_for_update()).first()
    if link is None:
        return None
    order = session.scalars(
        select(Order)
        .where(Order.id == link.order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return link, order


def _by(token: str) -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of this query differently
    return select(OrderLink).where(OrderLink.token_hash == hash_of(token))


def _seen(session: Session, link: OrderLink, order: Order, now: datetime) -> Seen:
    steps_only = func.coalesce(OrderEvent.step, "").not_in(NOTES)
    events = select(func.max(OrderEvent.id)).where(OrderEvent.order_id == order.id, steps_only)
    moved_on = session.scalar(events) != link.event_id or not rules.answers(order.state)
    standing = rules.standing(
        used=link.used_at is not None, moved_on=moved_on, expires_at=link.expires_at, now=now
    )
    return Seen(standing, order.number, order.state, link.expires_at, link.used_for, None)


def _bearer(session: Session, link: OrderLink) -> Who:
    """Return who acts by a link: the enterprise, and no person that we know."""
    enterprise = session.get_one(Enterprise, link.enterprise_id)
    return Who(
        name=enterprise.name,
        role=Role.ENTERPRISE,
        enterprise_id=enterprise.id,
        enterprise_name=enterprise.name,
    )


def _actor(session: Session, link: OrderLink, asking: Who) -> Who:
    """Return the person when she is signed in for the enterprise itself, else the bearer."""
    own = asking.role == Role.ENTERPRISE and asking.enterprise_id == link.enterprise_id
    return asking if own else _bearer(session, link)
