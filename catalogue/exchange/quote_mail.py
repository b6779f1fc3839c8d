"""Mail about requests for quotes, to those asked and to the buyer: each letter once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.jobs import Work
from catalogue.core.text import Text, day, reading_in
from catalogue.ordering.quote_models import LetterEvent, QuoteLetter
from catalogue.settings import Settings

from . import mail_kinds, posting
from .letters import Reader
from .notices import say
from .outgoing import Carry, Once, list_owed, send_all
from .posting import Cause, Draft, Mail, Office, one_line
from .quote_letters import WORDINGS, Owed, find_owed, mark_sent

KINDS = {
    LetterEvent.DEADLINE: mail_kinds.QUOTE_DEADLINE,
    LetterEvent.REMINDED: mail_kinds.QUOTE_REMINDER,
}
PAGES = {Reader.BUYER: "tilbud", Reader.ENTERPRISE: "tilbudsforespoergsler"}


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the letters of a batch that are still called for; raises MailNotSent if any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find_owed(session, int(work.payload["letter_id"]), office.clock())

    def send(carry: Carry, each: Owed) -> None:
        def is_sent(session: Session) -> bool:
            return session.get_one(QuoteLetter, each.letter_id).sent_at is not None

        def note(session: Session) -> None:
            mark_sent(session, each.letter_id, office.clock())

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(
        office, list_owed(office, batch, owes), send, lambda each: f"quote letter {each.letter_id}"
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a letter in the reader's language."""
    wording, names = WORDINGS[owed.event], owed.names
    cause = _cause(owed)
    with reading_in(owed.locale):
        facts = {
            "title": one_line(names["title"]),
            "opening": say(Text(wording.opening.message, names)),
            "deadline": day(names["deadline"]),
            "link": settings.address(cause.path),
        }
        subject = Text(wording.subject.message, names)
        draft = Draft(owed.recipient, subject, cause, "quote_mail", facts)
        return posting.compose(settings, templates, draft, now)


def _cause(owed: Owed) -> Cause:
    return Cause(
        KINDS.get(owed.event, mail_kinds.QUOTE),
        f"quote.{owed.letter_id}",
        event=str(owed.event),
        about=owed.names["title"],
        municipality_id=owed.municipality_id,
        audience=owed.audience,
        path=f"{PAGES[owed.reader]}/{owed.request_id}",
    )
