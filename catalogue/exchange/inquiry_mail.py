"""Mail to enterprises that are asked "can you make this?": one each, never twice.

As with orders, the state decides at sending: who has answered meanwhile gets no mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.search import inquiries
from catalogue.search import inquiry_queries as queries
from catalogue.search.inquiry_queries import Owed
from catalogue.settings import Settings

from .carriers import Carry
from .posting import envelope, one_line, send_all

PAGE = "efterlysninger/kan-i-lave"


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send what is owed to those asked; raises MailNotSent when any mail failed."""
    with database.reading() as session:
        found = [queries.find_owed(session, int(work.payload["recipient_id"])) for work in batch]
    owed = [each for each in found if each is not None]

    def send(carry: Carry, each: Owed) -> None:
        carry(compose(settings, templates, each, clock()))
        with database.transaction() as session:
            inquiries.mark_mailed(session, each.recipient_id, clock())

    send_all(settings, owed, send, lambda each: f"inquiry {each.inquiry_id}")


def compose(
    settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime
) -> EmailMessage:
    """Draw the mail as plain text and HTML, in Danish: an enterprise has no language of its own."""
    names = {"municipality": owed.municipality_name, "words": owed.words}
    with reading_in(DEFAULT_LOCALE):
        subject = one_line(gettext("%(municipality)s asks: can you make “%(words)s”?", **names))
        facts = {
            "owed": owed,
            "subject": subject,
            "link": settings.address(PAGE, str(owed.inquiry_id)),
            "locale": DEFAULT_LOCALE,
        }
        plain = templates.get_template("catalogue/exchange/inquiry_mail.txt").render(facts)
        rich = templates.get_template("catalogue/exchange/inquiry_mail.html").render(facts)
    key = f"inquiry.{owed.recipient_id}"
    message = envelope(settings, owed.email, subject, key, now)
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return message
