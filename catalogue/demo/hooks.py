"""A webhook as its municipality's staff see it; paused, for its address is nobody's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import PersonRole
from catalogue.core.who import Role, Who
from catalogue.exchange.webhooks import facts, service
from catalogue.exchange.webhooks.facts import News
from catalogue.exchange.webhooks.models import Delivery, DeliveryState, Webhook
from catalogue.exchange.webhooks.schema import Terms
from catalogue.ordering.models import Order, OrderState
from catalogue.settings import Settings

if TYPE_CHECKING:
    from .load import World

SLAGELSE = "0330"
TYPES = ["order.placed", "order.confirmed", "order.dispatched", "agreement.ended"]
# What became of each, the newest first: state, attempts, status of the answer, and why there was
# none.
OUTCOMES: tuple[tuple[DeliveryState, int, int | None, str | None], ...] = (
    (DeliveryState.HELD, 0, None, None),
    (DeliveryState.HELD, 3, None, "The server takes too long"),
    (DeliveryState.FAILED, 10, 503, None),
    (DeliveryState.DELIVERED, 2, 200, None),
    (DeliveryState.DELIVERED, 1, 204, None),
)


def tell(session: Session, settings: Settings, world: World) -> None:
    """Have Slagelse's staff make one that was told of their newest orders until they paused it."""
    home = world.municipalities[SLAGELSE]
    staff = select(PersonRole.person_id).where(
        PersonRole.role == Role.STAFF, PersonRole.municipality_id == home.id
    )
    who = Who(person_id=session.scalars(staff).first(), role=Role.STAFF, municipality_id=home.id)
    terms = Terms("Økonomisystemet", "https://oekonomi.slagelse.example/katalog", TYPES)
    made = service.create(session, who, terms, world.now)
    placed = select(Order).where(
        Order.municipality_id == home.id, Order.state != OrderState.AWAITING
    )
    newest = session.scalars(placed.order_by(Order.placed_at.desc()).limit(len(OUTCOMES))).all()
    for order, outcome in reversed(list(zip(newest, OUTCOMES, strict=False))):
        session.add(_delivery(session, settings, made, order, outcome))
    service.pause(session, who, made.id, world.now)


def _delivery(
    session: Session,
    settings: Settings,
    hook: Webhook,
    order: Order,
    outcome: tuple[DeliveryState, int, int | None, str | None],
) -> Delivery:
    state, attempts, status, problem = outcome
    news = News(f"msg_{order.number}", TYPES[0], order.placed_at, order.id, {"state": "placed"})
    said = facts.find(session, news)
    body = facts.body_of(settings, news, said, Role.STAFF) if said else {}
    return Delivery(
        webhook_id=hook.id,
        message_id=news.key,
        type=news.type,
        about=order.number,
        body=json.dumps(body, ensure_ascii=False),
        happened_at=order.placed_at,
        created_at=order.placed_at,
        state=state,
        attempts=attempts,
        tried_at=order.placed_at + timedelta(minutes=attempts) if attempts else None,
        status=status,
        problem=problem,
    )
