"""Mail that tells that a ceiling is nearly used, drawn as it stands at sending, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used
from catalogue.ordering.policy_models import CeilingNotice
from catalogue.settings import Settings

from . import mail_kinds, municipal_mail, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("Agreement %(number)s: %(percent)s %% of the ceiling is used")


@dataclass(frozen=True)
class Owed:
    """A notice that is to go out, with all that its mail shows."""

    notice_id: int
    agreement: Agreement
    used: Used
    recipient: str

    @property
    def percent(self) -> int:
        """Return how much of the ceiling is used, in whole percent."""
        return self.used.bound_ore * 100 // max(1, self.used.ceiling_ore)


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the notices of a batch that still hold; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, work.payload["notice_id"], office.clock())

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (CeilingNotice, each.notice_id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.agreement.number)


def find(session: Session, notice_id: int, now: datetime) -> Owed | None:
    """Return what a notice calls for now; None when it went out, or the ceiling is gone."""
    notice = session.get(CeilingNotice, notice_id)
    if notice is None or notice.sent_at is not None:
        return None
    agreement = session.get_one(Agreement, notice.agreement_id)
    used = ceilings.list_used(session, [agreement.id], today_in_copenhagen(now))
    # The agreement's own contact goes before that of the municipality.
    recipient = agreement.contact_email or municipal_mail.find_address(
        session, agreement.municipality_id
    )
    if not used or recipient is None:
        return None
    return Owed(notice.id, agreement, used[0], recipient)


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a notice; contact persons of agreements need not be among our persons."""
    agreement = owed.agreement
    named = {"number": agreement.number, "percent": owed.percent}
    path = f"aftaler/{agreement.id}"
    cause = Cause(
        mail_kinds.CEILING,
        f"loft-{agreement.id}.{owed.notice_id}",
        event="near",
        about=agreement.number,
        municipality_id=agreement.municipality_id,
        audience=audience(Role.STAFF, agreement.municipality_id),
        path=path,
    )
    facts = {
        "owed": owed,
        "agreement": agreement,
        "used": owed.used,
        "link": settings.address(path),
    }
    draft = Draft(owed.recipient, Text(SUBJECT.message, named), cause, "ceiling", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
