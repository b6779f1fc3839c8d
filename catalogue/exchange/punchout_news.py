"""Tells purchasing systems what became of the orders they sent in: confirmations and states.

Each step of an order puts work, from which the worker puts what those systems are to be told, and
sends it, once; an address that does not answer is tried again later. An order that comes to a state
anew is told of anew. What waits of an order goes out in the order of its steps, and what was
overtaken does not: a yes that arrives after the cancellation would be taken for the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from catalogue.core import fetching, jobs
from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _
from catalogue.ordering.models import OrderEvent
from catalogue.settings import Settings

from . import cxml
from .cxml import UnreadableMessage
from .punchout_drawing import CONFIRMED, IN_WORDS, QUIET, News, draw
from .punchout_models import PunchOutConnection, PunchOutMessage, PunchOutNews, PunchOutOrder

OF_ORDERS = "order.news"  # put at each step of an order, whoever sent it in
TOPIC = "punchout.news"
LARGEST_ANSWER = 200_000


class NewsNotSent(Unavailable):
    """The purchasing system did not take what it was told; it will be told again."""

    title = _("The purchasing system did not answer")


def put_batch(database: Database, batch: Sequence[Work], clock: Callable[[], datetime]) -> None:
    """Put what purchasing systems are to be told of the steps of orders in a batch."""
    # In the order of the steps; of a state that came twice the last time counts.
    steps = [(work.payload["order_id"], work.payload["state"]) for work in reversed(batch)]
    told = (*CONFIRMED, *IN_WORDS)
    wanted = [each for each in reversed(dict.fromkeys(steps)) if each[1] in told]
    if not wanted:
        return
    with database.reading() as session:
        due = _sent_in(session, {order_id for order_id, _state in wanted})
    if not due:
        return
    with database.transaction() as session:
        for order_id, state in wanted:
            if order_id in due:
                _put(session, order_id, state, clock())


def send_batch(
    database: Database, settings: Settings, batch: Sequence[Work], clock: Callable[[], datetime]
) -> None:
    """Send what is put, each once; raises NewsNotSent when an address did not take it."""
    failed = []
    asked: dict[int, list[int]] = {}
    with database.reading() as session:
        for work in batch:
            made = session.get_one(PunchOutNews, work.payload["news_id"])
            asked.setdefault(made.order_id, []).append(made.id)
    for order_id, news_ids in asked.items():
        with database.reading() as session:
            waiting = _list_waiting(session, order_id, news_ids)
        try:
            failed += _send_all(database, settings, waiting, clock)
        except fetching.NotFetched as error:  # nor would what came later be taken
            failed.append(f"{order_id}: {error.detail}")
    if failed:
        raise NewsNotSent("; ".join(failed))


def _send_all(
    database: Database,
    settings: Settings,
    waiting: Sequence[int],
    clock: Callable[[], datetime],
) -> list[str]:
    """Send what waits of an order; return what was refused, and why.

    What is refused holds up nothing: there are systems that take confirmations alone.
    """
    failed = []
    for news_id in waiting:
        with database.reading() as session:
            news = draw(session, settings, news_id, clock())
        if news is None:
            continue
        try:
            _send(settings, news)
        except (UnreadableMessage, NewsNotSent) as error:
            failed.append(f"{news_id}: {error.detail}")
            continue
        with database.transaction() as session:
            _note_sent(session, news, clock())
    return failed


def _note_sent(session: Session, news: News, now: datetime) -> None:
    """Keep that it was told; what the order has come to in the meantime still waits."""
    made = session.get_one(PunchOutNews, news.news_id, with_for_update=True)
    if made.occasion == news.occasion:
        made.sent_at = now
    else:
        made.told_before = news.occasion


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
        OrderEvent.order_id == order_id, OrderEvent.state == state, _loud()
    )
    occasion = max(session.scalar(times) or 0, 1)
    query = select(PunchOutNews).where(
        PunchOutNews.order_id == order_id, PunchOutNews.state == state
    )
    made = session.scalar(query.with_for_update())
    if made is None:
        made = PunchOutNews(order_id=order_id, state=state, occasion=occasion, put_at=now)
        session.add(made)
    elif occasion > made.occasion:
        if made.sent_at is not None:
            made.told_before = made.occasion
        made.occasion, made.put_at, made.sent_at = occasion, now, None
    else:
        return
    session.flush()
    jobs.put(session, TOPIC, {"news_id": made.id}, now=now)


def _loud() -> Any:
    return or_(OrderEvent.step.is_(None), OrderEvent.step.not_in(QUIET))


def _list_waiting(session: Session, order_id: int, asked: Sequence[int]) -> list[int]:
    """List the news of an order that were not sent, up to the last one that is asked for, in the
    order of the steps they tell of.

    One is left out once a later step was told: what it says holds no more. A yes or no that only a
    state in words has overtaken is not, for nothing else tells it.
    """
    news, last = PunchOutNews, func.max(OrderEvent.id)
    same = (OrderEvent.order_id == news.order_id, OrderEvent.state == news.state, _loud())
    query = select(news.id, news.state, news.sent_at).outerjoin(OrderEvent, and_(*same))
    rows = session.execute(
        query.where(news.order_id == order_id)
        .group_by(news.id, news.state, news.sent_at)
        .order_by(last, news.id)
    ).all()
    waiting: list[int] = []
    for place, (news_id, state, sent_at) in enumerate(rows):
        later = {told for _id, told, at in rows[place + 1 :] if at is not None}
        if sent_at is None and not (later & set(CONFIRMED) if state in CONFIRMED else later):
            waiting.append(news_id)
    last_asked = max((place for place, one in enumerate(waiting) if one in asked), default=-1)
    return waiting[: last_asked + 1]


def _send(settings: Settings, news: News) -> None:
    bounds = fetching.Bounds(LARGEST_ANSWER, settings.fetch_timeout_seconds, settings.fetch_hosts)
    headers = {"Content-Type": "text/xml; charset=UTF-8"}
    answer = fetching.ask(fetching.Request(news.address, "POST", headers, news.content), bounds)
    if not 200 <= answer.status < 300:
        raise NewsNotSent(_("The server answers with the code %(status)s", status=answer.status))
    status = cxml.open_message(answer.content).find("Response/Status")
    code = "" if status is None else status.get("code", "")
    if not code.startswith("2"):
        raise NewsNotSent(_("The server answers with the code %(status)s", status=code))
