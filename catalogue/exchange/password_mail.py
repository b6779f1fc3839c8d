"""Mail by which a person chooses her password. The secret of its link stands here alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.accounts import password_links
from catalogue.accounts.factor_models import PasswordLink
from catalogue.accounts.password_links import Issued
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _
from catalogue.core.text import reading_in
from catalogue.settings import Settings

from . import mail_kinds, posting
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("Choose a password for the purchasing catalogue")


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the links of a batch that still count; raises MailNotSent when any failed."""
    owed = [int(work.payload["link_id"]) for work in batch]

    def send(carry: Carry, link_id: int) -> None:
        # The link counts before it is known to anybody: a mail that arrives is never a dead end.
        with office.database.transaction() as session:
            issued = password_links.issue(session, link_id, office.clock())
        if issued is None:
            return

        def is_sent(session: Session) -> bool:
            return session.get_one(PasswordLink, link_id).sent_at is not None

        def note(session: Session) -> None:
            password_links.mark_sent(session, link_id, office.clock())

        mail = compose(office.settings, office.templates, issued, office.clock())
        carry(mail, Once(is_sent, note))

    send_all(office, owed, send, lambda each: f"link {each}")


def compose(
    settings: Settings, templates: jinja2.Environment, issued: Issued, now: datetime
) -> Mail:
    """Draw the mail in the language of the person."""
    # Each try has a link of its own, so no mail program may take a second try for the first.
    key = f"kodeord-{issued.link_id}.{issued.token[:8]}"
    cause = Cause(
        mail_kinds.PASSWORD, key, event="link", about="", municipality_id=issued.municipality_id
    )
    facts = {"issued": issued, "link": settings.address("kodeord", issued.token)}
    with reading_in(issued.locale):
        draft = Draft(issued.email, SUBJECT, cause, "password_link", facts)
        return posting.compose(settings, templates, draft, now)
