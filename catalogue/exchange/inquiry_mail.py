"""Mail to enterprises that are asked "can you make this?": one each, never twice.

As with orders, the state decides at sending: who has answered meanwhile gets no mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.search import inquiries
from catalogue.search import inquiry_queries as queries
from catalogue.search.inquiry_queries import Owed
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, Once, list_owed, send_all
from .posting import Cause, Draft, Mail, Office

PAGE = "efterlysninger/kan-i-lave"
SUBJECT = _("%(municipality)s asks: can you make “%(words)s”?")


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send what is owed to those asked; raises MailNotSent when any mail failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return queries.find_owed(session, int(work.payload["recipient_id"]))

    def send(carry: Carry, each: Owed) -> None:
        def is_sent(session: Session) -> bool:
            return queries.find_owed(session, each.recipient_id) is None

        def note(session: Session) -> None:
            inquiries.mark_mailed(session, each.recipient_id, office.clock())

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(
        office, list_owed(office, batch, owes), send, lambda each: f"inquiry {each.inquiry_id}"
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the mail, in Danish: an enterprise has no language of its own."""
    path = f"{PAGE}/{owed.inquiry_id}"
    cause = Cause(
        mail_kinds.INQUIRY,
        f"inquiry.{owed.recipient_id}",
        event="asked",
        about=owed.words,
        municipality_id=owed.municipality_id,
        audience=audience(Role.ENTERPRISE, owed.enterprise_id),
        path=path,
    )
    names = {"municipality": owed.municipality_name, "words": owed.words}
    facts = {"owed": owed, "link": settings.address(path)}
    draft = Draft(owed.email, Text(SUBJECT.message, names), cause, "inquiry_mail", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
