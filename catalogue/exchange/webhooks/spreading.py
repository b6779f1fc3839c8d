"""Writes a delivery of each event for each webhook that asks for it and that it concerns."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import today_in_copenhagen
from catalogue.settings import Settings

from . import facts, queue
from .facts import News
from .models import Delivery, DeliveryState, Webhook


def spread_batch(
    database: Database, settings: Settings, batch: Sequence[Work], clock: Callable[[], datetime]
) -> None:
    """Write the deliveries of a batch of events, each once."""
    now = clock()
    with database.transaction() as session:
        hooks = session.scalars(select(Webhook).order_by(Webhook.id)).all()
        for work in batch:
            _spread(session, settings, hooks, _read(work), now)


def _spread(
    session: Session, settings: Settings, hooks: Sequence[Webhook], news: News, now: datetime
) -> None:
    asking = [each for each in hooks if news.type in each.types]
    said = facts.find(session, news) if asking else None
    if said is None:
        return
    known = select(Delivery.webhook_id).where(
        Delivery.message_id == news.key, Delivery.webhook_id.in_([each.id for each in asking])
    )
    told = set(session.scalars(known))  # by a worker that was stopped in between
    for hook in asking:
        if hook.id in told or not facts.concerns(session, hook, said, today_in_copenhagen(now)):
            continue
        body = facts.body_of(settings, news, said, hook.owner)
        made = Delivery(
            webhook_id=hook.id,
            message_id=news.key,
            type=news.type,
            about=said.about,
            body=json.dumps(body, ensure_ascii=False),
            happened_at=news.at,
            created_at=now,
            state=DeliveryState.HELD,
            turn=0,
        )
        session.add(made)
        session.flush()
        if hook.paused_at is None:
            queue.put(session, made, now, now)


def _read(work: Work) -> News:
    told = work.payload
    return News(
        key=told["key"],
        type=told["type"],
        at=datetime.fromisoformat(told["at"]),
        object_id=told["object_id"],
        facts=told["facts"],
    )
