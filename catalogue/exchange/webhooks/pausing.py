"""How an address is paused by the catalogue itself, and its owners are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from catalogue.core import audit, jobs

from . import queue
from .models import PauseCause, Webhook

MAIL = "webhook.mail"


def stop(session: Session, hook: Webhook, cause: PauseCause, now: datetime) -> None:
    """Send nothing more to an address that does not take it, and have its owners told."""
    hook.paused_at, hook.pause_cause, hook.told_at = now, cause, None
    session.flush()
    queue.hold(session, hook.id)
    audit.record(
        session, "webhook.paused", ("webhook", hook.id), person_id=None, now=now,
        facts=audit.changes({"paused": False}, {"paused": True}) | {"cause": str(cause)},
        municipality_id=hook.municipality_id,
    )  # fmt: skip
    jobs.put(session, MAIL, {"webhook_id": hook.id, "paused_at": now.isoformat()}, now=now)
