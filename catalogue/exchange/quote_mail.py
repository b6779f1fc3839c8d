"""Mail about requests for quotes, to those asked and to the buyer: each letter once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import day, gettext, reading_in
from catalogue.settings import Settings

from .carriers import Carry
from .letters import Reader
from .posting import envelope, one_line, send_all
from .quote_letters import WORDINGS, Owed, find_owed, mark_sent

PAGES = {Reader.BUYER: "tilbud", Reader.ENTERPRISE: "tilbudsforespoergsler"}


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send the letters of a batch that are still called for; raises MailNotSent if any failed."""
    with database.reading() as session:
        found = [find_owed(session, int(work.payload["letter_id"]), clock()) for work in batch]
    owed = [each for each in found if each is not None]

    def send(carry: Carry, each: Owed) -> None:
        carry(compose(settings, templates, each, clock()))
        with database.transaction() as session:
            mark_sent(session, each.letter_id, clock())

    send_all(settings, owed, send, lambda each: f"quote letter {each.letter_id}")


def compose(
    settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime
) -> EmailMessage:
    """Draw a letter as plain text and HTML in the reader's language."""
    wording = WORDINGS[owed.event]
    with reading_in(owed.locale):
        names = owed.names | {"deadline": day(owed.names["deadline"])}
        subject = one_line(gettext(wording.subject.message, **names))
        facts = {
            "subject": subject,
            "title": one_line(names["title"]),
            "opening": gettext(wording.opening.message, **names),
            "deadline": names["deadline"],
            "link": settings.address(PAGES[owed.reader], str(owed.request_id)),
            "locale": owed.locale,
        }
        plain = templates.get_template("catalogue/exchange/quote_mail.txt").render(facts)
        rich = templates.get_template("catalogue/exchange/quote_mail.html").render(facts)
    message = envelope(settings, owed.recipient, subject, f"quote.{owed.letter_id}", now)
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return message
