"""Tells purchasing systems what became of the orders they sent in: confirmations and states.

Each step of an order puts work, from which the worker puts what those systems are to be told, and
sends it, once; an address that does not answer is tried again later. An order that comes to a state
anew is told of anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import fetching, jobs
from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.ordering import rules as ordering
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.rules import NOTES, Step
from catalogue.settings import Settings

from . import cxml, cxml_writing
from .cxml import Envelope, Party, UnreadableMessage
from .cxml_writing import Told
from .punchout_models import PunchOutConnection, PunchOutMessage, PunchOutNews, PunchOutOrder

OF_ORDERS = "order.news"  # put at each step of an order, whoever sent it in
TOPIC = "punchout.news"
CONFIRMED = {"confirmed": True, "rejected": False, "declined": False, "cancelled": False}
# States that are told in words; what the buyer's side does itself is no news there.
IN_WORDS = ("proposed", "sending", "dispatched")
# Steps that leave an order in its state, of which its enterprise or its buyer alone wants to know.
QUIET = (*NOTES, Step.RECEIVE_PART)
LARGEST_ANSWER = 200_000


class NewsNotSent(Unavailable):
    """The purchasing system did not take what it was told; it will be told again."""

    title = _("The purchasing system did not answer")


@dataclass(frozen=True)
class News:
    """A message to be sent, and where."""

    news_id: int
    address: str
    content: bytes


def put_batch(database: Database, batch: Sequence[Work], clock: Callable[[], datetime]) -> None:
    """Put what purchasing systems are to be told of the steps of orders in a batch."""
    wanted = {
        (work.payload["order_id"], work.payload["state"])
        for work in batch
        if work.payload["state"] in (*CONFIRMED, *IN_WORDS)
    }
    if not wanted:
        return
    with database.reading() as session:
        due = _sent_in(session, {order_id for order_id, _state in wanted})
    if not due:
        return
    with database.transaction() as session:
        for order_id, state in sorted(wanted):
            if order_id in due:
                _put(session, order_id, state, clock())


def send_batch(
    database: Database, settings: Settings, batch: Sequence[Work], clock: Callable[[], datetime]
) -> None:
    """Send what is put, each once; raises NewsNotSent when an address did not take it."""
    failed = []
    for work in batch:
        with database.reading() as session:
            news = _draw(session, settings, work.payload["news_id"], clock())
        if news is None:
            continue
        try:
            _send(settings, news)
        except (fetching.NotFetched, UnreadableMessage, NewsNotSent) as error:
            failed.append(f"{news.news_id}: {error.detail}")
            continue
        with database.transaction() as session:
            session.get_one(PunchOutNews, news.news_id).sent_at = clock()
    if failed:
        raise NewsNotSent("; ".join(failed))


def outgoing_secret(settings: Settings, key: str) -> str:
    """Return what a purchasing system knows our news by: made of our own secret, kept nowhere."""
    made = hmac.new(settings.secret().encode(), f"punchout:{key}".encode(), hashlib.sha256)
    return made.hexdigest()[:40]


def _sent_in(session: Session, order_ids: set[int]) -> set[int]:
    """Return which orders came from a purchasing system that wants to be told."""
    query = (
        select(PunchOutOrder.order_id)
        .join(PunchOutMessage, PunchOutMessage.id == PunchOutOrder.message_id)
        .join(PunchOutConnection, PunchOutConnection.id == PunchOutMessage.connection_id)
        .where(PunchOutOrder.order_id.in_(order_ids))
        .where(PunchOutConnection.news_url.is_not(None), PunchOutConnection.closed_at.is_(None))
    )
    return set(session.scalars(query))


def _put(session: Session, order_id: int, state: str, now: datetime) -> None:
    """Put news of a state unless this time is put already; what waits tells of times since, too."""
    times = select(func.count()).where(
        OrderEvent.order_id == order_id, OrderEvent.state == state,
        or_(OrderEvent.step.is_(None), OrderEvent.step.not_in(QUIET)),
    )  # fmt: skip
    occasion = max(session.scalar(times) or 0, 1)
    made = session.scalar(
        select(PunchOutNews).where(PunchOutNews.order_id == order_id, PunchOutNews.state == state)
    )
    if made is None:
        made = PunchOutNews(order_id=order_id, state=state, occasion=occasion, put_at=now)
        session.add(made)
    elif made.sent_at is not None and occasion > made.occasion:
        made.told_before, made.occasion = made.occasion, occasion
        made.put_at, made.sent_at = now, None
    else:
        return
    session.flush()
    jobs.put(session, TOPIC, {"news_id": made.id}, now=now)


def _draw(session: Session, settings: Settings, news_id: int, now: datetime) -> News | None:
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
    if news.sent_at is not None or connection.news_url is None:
        return None
    theirs, ours = (message.facts or {})["parties"]
    envelope = Envelope(
        sender=Party(*ours),
        receiver=Party(*theirs),
        payload_id=_payload_id(order, connection, news.state, news.occasion),
        at=now,
        secret=outgoing_secret(settings, connection.key),
    )
    told = _told(order, message, news.state)
    before = _confirmed_before(session, news) if news.state in CONFIRMED else None
    if before is not None:
        told = replace(told, amends=_payload_id(order, connection, *before))
    return News(news.id, connection.news_url, _write(envelope, told, news.state))


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


def _told(order: Order, message: PunchOutMessage, state: str) -> Told:
    facts: dict[str, Any] = message.facts or {}
    here = {line.product_id for line in order.lines}
    lines = [
        (product_id, number, Decimal(quantity), unit or "EA")
        for product_id, number, quantity, unit in facts["lines"]
        if product_id in here
    ]
    said = [
        event.reason
        for event in order.events
        if event.state == state and event.reason and event.step not in QUIET
    ]
    return Told(
        order_id=facts["order_id"],
        ordered_at=facts["ordered_at"],
        payload_id=message.payload_id,
        number=order.number,
        net_ore=order.net_ore,
        lines=[each[1:] for each in lines],
        agreed=_agreed(order, lines),
        reason=said[-1] if said else "",
        delivery_on=f"{order.delivery_on.isoformat()}T12:00:00+00:00" if order.delivery_on else "",
    )


def _agreed(order: Order, lines: Sequence[tuple[int, str, Decimal, str]]) -> dict[str, Decimal]:
    """Return what is left of the lines as they were sent, where that is less; a product that was
    sent in several lines is one line here.
    """
    left = {line.product_id: line.quantity for line in order.lines}
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


def _send(settings: Settings, news: News) -> None:
    bounds = fetching.Bounds(LARGEST_ANSWER, settings.fetch_timeout_seconds, settings.fetch_hosts)
    headers = {"Content-Type": "text/xml; charset=UTF-8"}
    answer = fetching.ask(fetching.Request(news.address, "POST", headers, news.content), bounds)
    if answer.status != 200:
        raise NewsNotSent(_("The server answers with the code %(status)s", status=answer.status))
    status = cxml.open_message(answer.content).find("Response/Status")
    code = "" if status is None else status.get("code", "")
    if not code.startswith("2"):
        raise NewsNotSent(_("The server answers with the code %(status)s", status=code))
