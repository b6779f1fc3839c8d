"""Mail that tells the owners of a webhook that it is paused, and why; once for each pause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import mail_kinds, municipal_mail, posting
from catalogue.exchange.notices import audience
from catalogue.exchange.outgoing import Carry, Once, list_owed, send_all
from catalogue.exchange.posting import Cause, Draft, Mail, Office
from catalogue.settings import Settings

from . import rules, words
from .models import PauseCause, Webhook

SUBJECT = _("The webhook “%(name)s” is paused")


@dataclass(frozen=True)
class Owed:
    """What the owners of a webhook are to be told."""

    hook: Webhook
    recipient: str
    paused_at: datetime

    @property
    def host(self) -> str:
        """Return the server that did not take what it was sent."""
        return rules.host_of(self.hook.url)


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send what still holds of a batch; raises MailNotSent when any failed."""

    def send(carry: Carry, each: Owed) -> None:
        def is_sent(session: Session) -> bool:
            return session.get_one(Webhook, each.hook.id).told_at is not None

        def note(session: Session) -> None:
            session.get_one(Webhook, each.hook.id).told_at = office.clock()

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(office, list_owed(office, batch, find), send, lambda each: each.hook.name)


def find(session: Session, work: Work) -> Owed | None:
    """Return what a pause calls for; None when it was told, or is over."""
    hook = session.get(Webhook, work.payload["webhook_id"])
    if hook is None or hook.paused_at is None or hook.told_at is not None:
        return None
    if hook.paused_at.isoformat() != work.payload["paused_at"]:
        return None
    if hook.municipality_id is not None:
        recipient = municipal_mail.find_address(session, hook.municipality_id)
    else:
        recipient = session.get_one(Enterprise, hook.enterprise_id).email
    return Owed(hook, recipient, hook.paused_at) if recipient else None


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the mail; contacts need not be among our persons."""
    hook = owed.hook
    path = f"webhooks/{hook.id}"
    cause = Cause(
        mail_kinds.WEBHOOK,
        f"webhook-{hook.id}.{owed.paused_at:%Y%m%d%H%M%S}",
        event=str(hook.pause_cause),
        about=hook.name,
        municipality_id=hook.municipality_id,
        audience=audience(hook.owner, hook.municipality_id or hook.enterprise_id),
        path=path,
    )
    facts = {
        "hook": hook,
        "owed": owed,
        "why": words.CAUSES[hook.pause_cause or PauseCause.PERSON],
        "link": settings.address(path),
        "days": settings.webhook_log_days,
    }
    subject = Text(SUBJECT.message, {"name": hook.name})
    draft = Draft(owed.recipient, subject, cause, "webhook_paused", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
