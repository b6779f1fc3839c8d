"""The verbs of webhooks: register, change, renew the secret, pause, resume, delete, send again."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import queries, queue, rules, signing
from .models import Delivery, DeliveryState, PauseCause, Webhook
from .schema import Terms


class Paused(Conflict):
    """The webhook is paused, so that nothing is sent again."""

    title = _("The webhook is paused")


def create(session: Session, who: Who, terms: Terms, now: datetime) -> Webhook:
    """Register an address of the place `who` acts for; raises Conflict when it has enough."""
    own = select(func.count()).select_from(Webhook).where(Webhook.belongs_to(who))
    if (session.scalar(own) or 0) >= rules.MOST:
        raise Conflict(
            _("You have %(most)s webhooks, and that is the most. Delete one.", most=rules.MOST)
        )
    made = Webhook(
        municipality_id=who.municipality_id,
        enterprise_id=None if who.municipality_id else who.enterprise_id,
        name=terms.name,
        url=terms.url,
        types=terms.types,
        key=signing.new_key(),
        created_at=now,
    )
    session.add(made)
    session.flush()
    _record(session, who, made, "created", audit.changes({}, _facts(made)), now)
    return made


def amend(session: Session, who: Who, webhook_id: int, terms: Terms, now: datetime) -> None:
    """Change name, address and types; what waits goes to the new address. Raises Missing."""
    hook = queries.get_own(session, who, webhook_id, locked=True)
    before = _facts(hook)
    if hook.url != terms.url:
        hook.failing_since = hook.silent_at = None
    hook.name, hook.url, hook.types = terms.name, terms.url, terms.types
    _record(session, who, hook, "amended", audit.changes(before, _facts(hook)), now)


def rotate(session: Session, who: Who, webhook_id: int, now: datetime) -> Webhook:
    """Give a new secret; the present one signs too for a day, one before it no more."""
    hook = queries.get_own(session, who, webhook_id, locked=True)
    hook.old_key, hook.old_until = hook.key, now + rules.OLD_SECRET_SIGNS
    hook.key = signing.new_key()
    facts = audit.changes({}, {"secret_until": hook.old_until.isoformat()})
    _record(session, who, hook, "secret_rotated", facts, now)
    return hook


def pause(session: Session, who: Who, webhook_id: int, now: datetime) -> None:
    """Send nothing for now: what happens is held back. Paused already: no change."""
    hook = queries.get_own(session, who, webhook_id, locked=True)
    if hook.paused_at is not None:
        return
    hook.paused_at, hook.pause_cause = now, PauseCause.PERSON
    session.flush()
    queue.hold(session, hook.id)
    facts = audit.changes({"paused": False}, {"paused": True}) | {"cause": str(PauseCause.PERSON)}
    _record(session, who, hook, "paused", facts, now)


def resume(session: Session, who: Who, webhook_id: int, now: datetime) -> None:
    """Send what happens from now on; what was held back waits to be sent by hand."""
    hook = queries.get_own(session, who, webhook_id, locked=True)
    if hook.paused_at is None:
        return
    hook.paused_at = hook.pause_cause = hook.failing_since = hook.silent_at = None
    facts = audit.changes({"paused": True}, {"paused": False})
    _record(session, who, hook, "resumed", facts, now)


def delete(session: Session, who: Who, webhook_id: int, now: datetime) -> Webhook:
    """Take a webhook out with all its deliveries."""
    hook = queries.get_own(session, who, webhook_id, locked=True)
    session.delete(hook)
    _record(session, who, hook, "deleted", audit.changes(_facts(hook), {}), now)
    return hook


def test(session: Session, who: Who, webhook_id: int, now: datetime) -> Delivery:
    """Have a test sent, once, also to an address that is paused."""
    hook = queries.get_own(session, who, webhook_id)
    body = {"type": rules.TEST, "timestamp": now.isoformat(), "data": {"webhook_id": hook.id}}
    made = Delivery(
        webhook_id=hook.id,
        message_id=f"msg_{secrets.token_hex(12)}",
        type=rules.TEST,
        about="",
        body=json.dumps(body),
        happened_at=now,
        created_at=now,
        state=DeliveryState.WAITING,
        turn=0,
    )
    session.add(made)
    session.flush()
    queue.put(session, made, now, now)
    _record(session, who, hook, "tested", audit.changes({}, {"events": 1}), now)
    return made


def resend(
    session: Session, who: Who, webhook_id: int, delivery_id: int, now: datetime
) -> Delivery:
    """Send a delivery again, the same words under the same id; raises Missing, Paused."""
    hook = _active(session, who, webhook_id)
    found = queries.get_delivery(session, hook, delivery_id)
    queue.put_anew(session, found, now)
    facts = audit.changes({}, {"events": 1}) | {"number": found.about}
    _record(session, who, hook, "resent", facts, now)
    return found


def replay(session: Session, who: Who, webhook_id: int, since: datetime, now: datetime) -> int:
    """Send all again that failed or was held back of what happened since; return how many."""
    hook = _active(session, who, webhook_id)
    missed = select(Delivery).where(
        Delivery.webhook_id == hook.id,
        Delivery.state.in_([DeliveryState.FAILED, DeliveryState.HELD]),
        Delivery.type != rules.TEST,
        Delivery.happened_at >= since,
    )
    found = session.scalars(missed.order_by(Delivery.id)).all()
    for each in found:
        queue.put_anew(session, each, now)
    facts = audit.changes({}, {"events": len(found), "since": since.isoformat()})
    _record(session, who, hook, "resent", facts, now)
    return len(found)


def _active(session: Session, who: Who, webhook_id: int) -> Webhook:
    hook = queries.get_own(session, who, webhook_id)
    if hook.paused_at is not None:
        raise Paused(_("Resume the webhook first, then send again."))
    return hook


def _facts(hook: Webhook) -> dict[str, Any]:
    """Return what the audit keeps; the path of an address may hold a secret, so only its host."""
    return {"name": hook.name, "host": rules.host_of(hook.url), "types": list(hook.types)}


def _record(
    session: Session, who: Who, hook: Webhook, deed: str, facts: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session, f"webhook.{deed}", ("webhook", hook.id), person_id=who.person_id, now=now,
        facts=facts | {"enterprise_id": hook.enterprise_id} if hook.enterprise_id else facts,
        municipality_id=hook.municipality_id,
    )  # fmt: skip
