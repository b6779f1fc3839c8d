"""Mail about orders: drawn from the state at sending, sent outside of any transaction, once.

When the process dies between sending and writing that it was sent, the mail goes out again with
the same Message-ID, by which mail programs know it for the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

import jinja2

from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.ordering import rules as ordering
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import letters
from .carriers import NOT_CARRIED, Carry, carrier
from .letters import Letter, Reader
from .models import SentMail

PAGES = {Reader.BUYER: "ordrer", Reader.ENTERPRISE: "indkomne-ordrer"}


class MailNotSent(Unavailable):
    """Some letters of a batch did not go out; the others did, and will not be sent again."""

    title = _("Mail could not be sent")


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send what the orders of a batch call for now; raises MailNotSent when any letter failed."""
    owed = [letter for work in batch for letter in _owed(database, work)]
    if not owed:
        return
    failures = []
    with carrier(settings) as carry:
        for letter in owed:
            try:
                _send(database, carry, letter, compose(settings, templates, letter, clock()))
            except NOT_CARRIED as error:
                failures.append(f"{letter.names['number']}: {type(error).__name__}: {error}")
    if failures:
        raise MailNotSent("; ".join(failures))


def compose(
    settings: Settings, templates: jinja2.Environment, letter: Letter, now: datetime
) -> EmailMessage:
    """Draw a letter as a message of plain text and HTML in the reader's language."""
    order, names = letter.order, letter.names
    prefix = settings.url_prefix.strip("/")
    parts = (settings.public_url.rstrip("/"), prefix, PAGES[letter.reader], order.number)
    message = EmailMessage(policy=policy.SMTP)
    with reading_in(letter.locale):
        subject = one_line(gettext(letter.wording.subject.message, **names))
        facts = {
            "letter": letter,
            "order": order,
            "lines": order.lines,
            "totals": ordering.Totals(order.net_ore, order.vat_ore),
            "unit_names": UNIT_NAMES,
            "subject": subject,
            "opening": gettext(letter.wording.opening.message, **names),
            "link": "/".join(part for part in parts if part),
            "locale": letter.locale,
        }
        plain = templates.get_template("catalogue/exchange/mail.txt").render(facts)
        rich = templates.get_template("catalogue/exchange/mail.html").render(facts)
    message["From"] = settings.mail_from
    message["To"] = letter.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter, settings.mail_from)
    # RFC 3834: no answering machine shall answer us.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return message


def message_id(letter: Letter, sender: str) -> str:
    """Return the Message-ID of a letter: the same each time it is drawn."""
    reader = hashlib.sha256(letter.recipient.encode()).hexdigest()[:16]
    domain = sender.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    return f"<{letter.order.number}.{letter.order.state}.{reader}@{domain}>"


def _owed(database: Database, work: Work) -> list[Letter]:
    with database.reading() as session:
        return letters.write(session, work.payload["order_id"], work.payload["state"])


def _send(database: Database, carry: Carry, letter: Letter, message: EmailMessage) -> None:
    """Send one letter and write that it went out; one that went out meanwhile is let be."""
    with database.reading() as session:
        if letters.is_sent(session, letter):
            return
    carry(message)
    with database.transaction() as session:
        session.add(
            SentMail(
                order_id=letter.order.id,
                state=letter.order.state,
                recipient=letter.recipient,
                subject=str(message["Subject"]),
                message_id=str(message["Message-ID"]),
                sent_at=message["Date"].datetime,
            )
        )


def one_line(text: str) -> str:
    """Return `text` without line breaks or other control signs: a header ends at the first."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
