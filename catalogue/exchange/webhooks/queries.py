"""What is read of webhooks: a place's own, and their newest deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .models import Delivery, DeliveryState, Webhook
from .rules import host_of

SHOWN = 50


@dataclass(frozen=True)
class Listed:
    """A webhook in the list, with when something last went out and how much did not."""

    hook: Webhook
    tried_at: datetime | None
    missed: int

    @property
    def host(self) -> str:
        """Return the server that is told."""
        return host_of(self.hook.url)


@dataclass(frozen=True)
class Opened:
    """A webhook with its newest deliveries, and how many there are of each state."""

    hook: Webhook
    deliveries: Sequence[Delivery]
    counts: Mapping[str, int]

    @property
    def missed(self) -> int:
        """Return how many failed or were held back."""
        return sum(self.counts.get(each, 0) for each in _MISSED)


_MISSED = (DeliveryState.FAILED, DeliveryState.HELD)


def list_own(session: Session, who: Who) -> list[Listed]:
    """List the webhooks of the place that `who` acts for, by name. One query."""
    sent = (
        select(
            Delivery.webhook_id,
            func.max(Delivery.tried_at).label("tried_at"),
            func.count().filter(Delivery.state.in_(_MISSED)).label("missed"),
        )
        .group_by(Delivery.webhook_id)
        .subquery()
    )
    query = (
        select(Webhook, sent.c.tried_at, func.coalesce(sent.c.missed, 0))
        .outerjoin(sent, sent.c.webhook_id == Webhook.id)
        .where(Webhook.belongs_to(who))
        .order_by(Webhook.name, Webhook.id)
    )
    return [Listed(*row) for row in session.execute(query)]


def list_after(session: Session, who: Who, after: int | None, limit: int) -> Sequence[Webhook]:
    """List own webhooks by id, behind one."""
    query = select(Webhook).where(Webhook.belongs_to(who), Webhook.id > (after or 0))
    return session.scalars(query.order_by(Webhook.id).limit(limit)).all()


def get_own(session: Session, who: Who, webhook_id: int, *, locked: bool = False) -> Webhook:
    """Return a webhook of the place that `who` acts for; raises Missing."""
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.belongs_to(who))
    found = session.scalars(query.with_for_update() if locked else query).first()
    if found is None:
        raise Missing(_("There is no such webhook."))
    return found


def get_delivery(session: Session, hook: Webhook, delivery_id: int) -> Delivery:
    """Return a delivery of a webhook, locked; raises Missing."""
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.webhook_id == hook.id)
    found = session.scalars(query.with_for_update()).first()
    if found is None:
        raise Missing(_("There is no such delivery; old ones are taken out after some time."))
    return found


def open_own(session: Session, who: Who, webhook_id: int) -> Opened:
    """Return a webhook with its newest deliveries; raises Missing. Three queries."""
    hook = get_own(session, who, webhook_id)
    counted = (
        select(Delivery.state, func.count())
        .where(Delivery.webhook_id == hook.id)
        .group_by(Delivery.state)
    )
    counts = {str(state): number for state, number in session.execute(counted)}
    return Opened(hook, list_deliveries(session, hook, None, SHOWN), counts)


def list_deliveries(
    session: Session, hook: Webhook, before: int | None, limit: int
) -> Sequence[Delivery]:
    """List deliveries, the newest first, behind one."""
    query = select(Delivery).where(Delivery.webhook_id == hook.id)
    if before is not None:
        query = query.where(Delivery.id < before)
    return session.scalars(query.order_by(Delivery.id.desc()).limit(limit)).all()
