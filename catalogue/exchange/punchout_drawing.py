"""Draws what a purchasing system is told of an order that it sent in, as the order stands now."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.text import gettext, reading_in
from catalogue.ordering import rules as ordering
from catalogue.ordering.models import Order
from catalogue.ordering.rules import NOTES, Step
from catalogue.products.models import Product
from catalogue.settings import Settings

from . import cxml_writing
from .cxml import Envelope, Party
from .cxml_writing import Told
from .punchout_models import PunchOutConnection, PunchOutMessage, PunchOutNews, PunchOutOrder

CONFIRMED = {"confirmed": True, "rejected": False, "declined": False, "cancelled": False}
# States that are told in words; what the buyer's side does itself is no news there.
IN_WORDS = ("proposed", "partly", "sending", "dispatched")
# Steps that leave an order in its state, of which its enterprise or its buyer alone wants to know.
QUIET = (*NOTES, Step.RECEIVE_PART)


@dataclass(frozen=True)
class News:
    """A message to be sent, and where."""

    news_id: int
    occasion: int
    address: str
    content: bytes


def outgoing_secret(settings: Settings, key: str) -> str:
    """Return what a purchasing system knows our news by: made of our own secret, kept nowhere."""
    made = hmac.new(settings.secret().encode(), f"punchout:{key}".encode(), hashlib.sha256)
    return made.hexdigest()[:40]


def draw(session: Session, settings: Settings, news_id: int, now: datetime) -> News | None:
    """Return the message; None when it went out already or nobody wants it any more."""
    query = (
        select(PunchOutNews, Order, PunchOutMessage, PunchOutConnection)
        .join(Order, Order.id == PunchOutNews.order_id)
        .join(PunchOutOrder, PunchOutOrder.order_id == Order.id)
        .join(PunchOutMessage, PunchOutMessage.id == PunchOutOrder.message_id)
        .join(PunchOutConnection, PunchOutConnection.id == PunchOutMessage.connection_id)
        .where(PunchOutNews.id == news_id)
        .options(selectinload(Order.lines), selectinload(Order.events))
    )
    news, order, message, connection = session.execute(query).one()
    if news.sent_at is not None or connection.news_url is None or connection.closed_at is not None:
        return None
    theirs, ours = (message.facts or {})["parties"]
    envelope = Envelope(
        sender=Party(*ours),
        receiver=Party(*theirs),
        payload_id=_payload_id(order, connection, news.state, news.occasion),
        at=now,
        secret=outgoing_secret(settings, connection.key),
    )
    told = _told(session, order, message, news)
    before = _confirmed_before(session, news) if news.state in CONFIRMED else None
    if before is not None:
        told = replace(told, amends=_payload_id(order, connection, *before))
    return News(news.id, news.occasion, connection.news_url, _write(envelope, told, news.state))


def _payload_id(order: Order, connection: PunchOutConnection, state: str, occasion: int) -> str:
    again = f".{occasion}" if occasion > 1 else ""
    return f"{order.number}.{state}{again}@catalogue-{connection.key}"


def _confirmed_before(session: Session, news: PunchOutNews) -> tuple[str, int] | None:
    """Return state and time of the yes or no that this one takes the place of, if any was told."""
    if news.told_before:
        return news.state, news.told_before
    query = select(PunchOutNews.state, PunchOutNews.occasion).where(
        PunchOutNews.order_id == news.order_id, PunchOutNews.id != news.id,
        PunchOutNews.state.in_(CONFIRMED), PunchOutNews.sent_at.is_not(None),
    )  # fmt: skip
    row = session.execute(query.order_by(PunchOutNews.sent_at.desc()).limit(1)).first()
    return None if row is None else (row.state, row.occasion)


def _told(session: Session, order: Order, message: PunchOutMessage, news: PunchOutNews) -> Told:
    facts: dict[str, Any] = message.facts or {}
    # Of this enterprise: what it took off its order is a line that was sent all the same.
    sent = {product_id for product_id, *_line in facts["lines"]}
    own = select(Product.id).where(
        Product.id.in_(sent), Product.enterprise_id == order.enterprise_id
    )
    here = set(session.scalars(own))
    lines = [
        (product_id, number, Decimal(quantity), unit or "EA")
        for product_id, number, quantity, unit in facts["lines"]
        if product_id in here
    ]
    return Told(
        order_id=facts["order_id"],
        ordered_at=facts["ordered_at"],
        payload_id=message.payload_id,
        number=order.number,
        net_ore=order.net_ore,
        lines=[each[1:] for each in lines],
        agreed=_agreed(order, lines),
        reason=_said(order, news),
        delivery_on=f"{order.delivery_on.isoformat()}T12:00:00+00:00" if order.delivery_on else "",
    )


def _said(order: Order, news: PunchOutNews) -> str:
    """Return what was said when the order came to the state; of parts sent, each not told of."""
    said = [
        event.reason
        for event in order.events
        if event.state == news.state and event.step not in QUIET
    ]
    untold = said[news.told_before :] if news.state == "sending" else said[-1:]
    return "\n".join(filter(None, untold))


def _agreed(order: Order, lines: Sequence[tuple[int, str, Decimal, str]]) -> dict[str, Decimal]:
    """Return what is left of the lines as they were sent, where that is less; a product that was
    sent in several lines is one line here.
    """
    left = defaultdict(Decimal, {line.product_id: line.quantity for line in order.lines})
    found = {}
    for product_id, number, quantity, _unit in lines:
        stays = min(quantity, left[product_id])
        left[product_id] -= stays
        if stays < quantity:
            found[number] = stays
    return found


def _write(envelope: Envelope, told: Told, state: str) -> bytes:
    if state in CONFIRMED:
        return cxml_writing.confirmation(envelope, told, accepted=CONFIRMED[state])
    with reading_in("da"):
        said = gettext(ordering.STATE_NAMES[state].message)
    return cxml_writing.status_update(envelope, told, said)
