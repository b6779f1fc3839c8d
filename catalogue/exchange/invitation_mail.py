"""Mail that invites somebody to act for an enterprise. The secret of its link stands here alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage

import jinja2

from catalogue.accounts import invitations
from catalogue.accounts.invitations import Opened
from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from .carriers import Carry
from .posting import envelope, send_all

SUBJECT = _("Invitation to %(enterprise)s in the purchasing catalogue")


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send the invitations of a batch that still count; raises MailNotSent when any failed."""
    owed = [int(work.payload["invitation_id"]) for work in batch]

    def send(carry: Carry, invitation_id: int) -> None:
        # The link counts before it is known to anybody: a mail that arrives is never a dead end.
        with database.transaction() as session:
            issued = invitations.issue(session, invitation_id, clock())
        if issued is None:
            return
        carry(compose(settings, templates, *issued, clock()))
        with database.transaction() as session:
            invitations.mark_sent(session, invitation_id, clock())

    send_all(settings, owed, send, lambda each: f"invitation {each}")


def compose(
    settings: Settings, templates: jinja2.Environment, opened: Opened, token: str, now: datetime
) -> EmailMessage:
    """Draw an invitation as a message of plain text."""
    one = opened.invitation
    # Whoever is invited need not be among our persons.
    with reading_in(DEFAULT_LOCALE):
        subject = gettext(SUBJECT.message, enterprise=opened.enterprise)
        plain = templates.get_template("catalogue/exchange/invitation.txt").render(
            opened=opened, link=settings.address("invitation", token)
        )
    # Each try has a link of its own, so no mail program may take a second try for the first.
    key = f"invitation-{one.id}.{(one.token_hash or '')[:16]}"
    message = envelope(settings, one.email, subject, key, now)
    message.set_content(plain, cte="quoted-printable")
    return message
