"""Sends deliveries: a batch side by side, each answer noted, what failed put again for later.

Addresses are strangers': the guard of core/fetching.py looks where they lead, follows no redirect,
and bounds time and size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.core import fetching, jobs
from catalogue.core.db import Database
from catalogue.core.fetching import Bounds, NoAnswer, NotFetched, Request
from catalogue.core.jobs import Work
from catalogue.settings import Settings

from . import pausing, queue, rules, signing
from .models import Delivery, DeliveryState, PauseCause, Webhook
from .rules import Verdict

SIDE_BY_SIDE = 8  # so that one address that hangs does not keep the others waiting
LARGEST_ANSWER = 64_000


@dataclass(frozen=True)
class Call:
    """A delivery that is to be sent now."""

    delivery_id: int
    turn: int
    request: Request


@dataclass(frozen=True)
class Outcome:
    """What came of sending: the status of the answer, or why there was none."""

    status: int | None
    problem: str | None = None
    is_silent: bool = False  # nobody answered at all


def send_batch(
    database: Database, settings: Settings, batch: Sequence[Work], clock: Callable[[], datetime]
) -> None:
    """Send the deliveries of a batch that still wait, and note what came of each."""
    with database.transaction() as session:
        found = [_prepare(session, settings, work, clock()) for work in batch]
    # Work that rests may stand twice, when a worker was killed as it had put it for later.
    calls = list({each.delivery_id: each for each in found if each is not None}.values())
    if not calls:
        return
    seconds, hosts = settings.webhook_timeout_seconds, settings.webhook_hosts
    bounds = Bounds(LARGEST_ANSWER, seconds, hosts, cuts=True)
    with ThreadPoolExecutor(SIDE_BY_SIDE, "webhook") as pool:
        outcomes = list(pool.map(lambda call: _post(call, bounds), calls))
    for call, outcome in zip(calls, outcomes, strict=True):
        with database.transaction() as session:  # each by itself: what went out stays noted
            _note(session, call, outcome, clock())


def _prepare(session: Session, settings: Settings, work: Work, now: datetime) -> Call | None:
    """Return what is to be sent, signed; None when it is done with, held back, or rests."""
    delivery = session.get(Delivery, work.payload["delivery_id"])
    if delivery is None or delivery.turn != work.payload["turn"]:
        return None
    if delivery.state != DeliveryState.WAITING:
        return None
    hook = session.get_one(Webhook, delivery.webhook_id)
    if hook.paused_at is not None and delivery.type != rules.TEST:
        delivery.state, delivery.due_at = DeliveryState.HELD, None
        return None
    if rest := rules.rests_until(hook.silent_at, delivery.attempts, now):
        delivery.due_at = rest
        jobs.put(session, queue.DELIVER, dict(work.payload), now=now, due_at=rest)
        return None
    body = delivery.body.encode()
    held = signing.secrets_of(settings.secret(), hook, now)
    headers = signing.headers(held, delivery.message_id, body, now)
    return Call(delivery.id, delivery.turn, Request(hook.url, "POST", headers, body))


def _post(call: Call, bounds: Bounds) -> Outcome:
    try:
        return Outcome(fetching.ask(call.request, bounds).status)
    except NoAnswer as error:
        return Outcome(None, error.reason.message, is_silent=True)
    except NotFetched as error:
        return Outcome(None, error.reason.message)


def _note(session: Session, call: Call, outcome: Outcome, now: datetime) -> None:
    delivery = session.get(Delivery, call.delivery_id, with_for_update=True)
    if delivery is None or delivery.turn != call.turn:
        return  # put anew or deleted while it was on its way
    hook = session.get_one(Webhook, delivery.webhook_id)
    delivery.tried_at, delivery.due_at = now, None
    delivery.status, delivery.problem = outcome.status, outcome.problem
    delivery.attempts += 1
    verdict = rules.verdict(outcome.status)
    if verdict == Verdict.TAKEN:
        delivery.state = DeliveryState.DELIVERED
        hook.failing_since = hook.silent_at = None
        return
    due_at = rules.next_due(delivery.type, delivery.attempts, now)
    if due_at is None or verdict == Verdict.GONE:
        delivery.state = DeliveryState.FAILED
    else:
        queue.put(session, delivery, due_at, now)
    if delivery.type != rules.TEST:
        _note_failure(session, hook, verdict, outcome, now)


def _note_failure(
    session: Session, hook: Webhook, verdict: Verdict, outcome: Outcome, now: datetime
) -> None:
    hook.failing_since = hook.failing_since or now
    hook.silent_at = now if outcome.is_silent else None
    if hook.paused_at is not None:
        return
    if verdict == Verdict.GONE:
        pausing.stop(session, hook, PauseCause.GONE, now)
    elif rules.must_pause(hook.failing_since, now):
        pausing.stop(session, hook, PauseCause.FAILING, now)
