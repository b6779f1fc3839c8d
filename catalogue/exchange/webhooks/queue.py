"""Puts deliveries to be sent: each put counts a turn up, and work of earlier turns is done with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.core import jobs

from . import rules
from .models import Delivery, DeliveryState

DELIVER = "webhook.deliver"


def put(session: Session, delivery: Delivery, due_at: datetime, now: datetime) -> None:
    """Have a delivery sent when it is due."""
    delivery.state, delivery.due_at = DeliveryState.WAITING, due_at
    delivery.turn += 1
    payload = {"delivery_id": delivery.id, "turn": delivery.turn}
    jobs.put(session, DELIVER, payload, now=now, due_at=due_at)


def put_anew(session: Session, delivery: Delivery, now: datetime) -> None:
    """Have a delivery sent now, whatever became of it before, with all its attempts."""
    delivery.attempts = 0
    put(session, delivery, now, now)


def hold(session: Session, webhook_id: int) -> None:
    """Hold back what waits to be sent to an address; a test goes out all the same."""
    waiting = (Delivery.webhook_id == webhook_id, Delivery.state == DeliveryState.WAITING)
    session.execute(
        update(Delivery)
        .where(*waiting, Delivery.type != rules.TEST)
        .values(state=DeliveryState.HELD, due_at=None)
    )
