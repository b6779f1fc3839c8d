"""Mail to enterprises that are asked "can you make this?": one each, never twice.

As with orders, the state decides at sending: who has answered meanwhile gets no mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.search import inquiries
from catalogue.search import inquiry_queries as queries
from catalogue.search.inquiry_queries import Owed
from catalogue.settings import Settings

from .carriers import NOT_CARRIED, carrier
from .mail import MailNotSent, one_line

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
    if not owed:
        return
    failures = []
    with carrier(settings) as carry:
        for each in owed:
            try:
                carry(compose(settings, templates, each, clock()))
            except NOT_CARRIED as error:
                failures.append(f"inquiry {each.inquiry_id}: {type(error).__name__}: {error}")
                continue
            with database.transaction() as session:
                inquiries.mark_mailed(session, each.recipient_id, clock())
    if failures:
        raise MailNotSent("; ".join(failures))


def compose(
    settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime
) -> EmailMessage:
    """Draw the mail as plain text and HTML, in Danish: an enterprise has no language of its own."""
    prefix = settings.url_prefix.strip("/")
    parts = (settings.public_url.rstrip("/"), prefix, PAGE, str(owed.inquiry_id))
    names = {"municipality": owed.municipality_name, "words": owed.words}
    message = EmailMessage(policy=policy.SMTP)
    with reading_in(DEFAULT_LOCALE):
        subject = one_line(gettext("%(municipality)s asks: can you make “%(words)s”?", **names))
        facts = {
            "owed": owed,
            "subject": subject,
            "link": "/".join(part for part in parts if part),
            "locale": DEFAULT_LOCALE,
        }
        plain = templates.get_template("catalogue/exchange/inquiry_mail.txt").render(facts)
        rich = templates.get_template("catalogue/exchange/inquiry_mail.html").render(facts)
    domain = settings.mail_from.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    message["From"] = settings.mail_from
    message["To"] = owed.email
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<inquiry.{owed.recipient_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, as for orders
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return message
