"""Mail that invites somebody to act for an enterprise. The secret of its link stands here alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.accounts import invitations
from catalogue.accounts.invitations import Opened
from catalogue.accounts.models import Invitation
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import mail_kinds, posting
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("Invitation to %(enterprise)s in the purchasing catalogue")


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the invitations of a batch that still count; raises MailNotSent when any failed."""
    owed = [int(work.payload["invitation_id"]) for work in batch]

    def send(carry: Carry, invitation_id: int) -> None:
        # The link counts before it is known to anybody: a mail that arrives is never a dead end.
        with office.database.transaction() as session:
            issued = invitations.issue(session, invitation_id, office.clock())
        if issued is None:
            return

        def is_sent(session: Session) -> bool:
            return session.get_one(Invitation, invitation_id).sent_at is not None

        def note(session: Session) -> None:
            invitations.mark_sent(session, invitation_id, office.clock())

        carry(
            compose(office.settings, office.templates, *issued, office.clock()),
            Once(is_sent, note),
        )

    send_all(office, owed, send, lambda each: f"invitation {each}")


def compose(
    settings: Settings, templates: jinja2.Environment, opened: Opened, token: str, now: datetime
) -> Mail:
    """Draw an invitation; whoever is invited need not be among our persons."""
    one = opened.invitation
    # Each try has a link of its own, so no mail program may take a second try for the first.
    key = f"invitation-{one.id}.{(one.token_hash or '')[:16]}"
    cause = Cause(mail_kinds.INVITATION, key, event=str(one.role), about=opened.enterprise)
    subject = Text(SUBJECT.message, {"enterprise": opened.enterprise})
    facts = {"opened": opened, "link": settings.address("invitation", token)}
    with reading_in(DEFAULT_LOCALE):
        draft = Draft(one.email, subject, cause, "invitation", facts)
        return posting.compose(settings, templates, draft, now)
