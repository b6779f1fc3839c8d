"""Mail about new prices: drawn from the state at sending, sent outside of any transaction, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import day, gettext, reading_in
from catalogue.settings import Settings

from . import price_letters
from .carriers import NOT_CARRIED, Carry, carrier
from .mail import MailNotSent, one_line
from .models import SentPriceMail
from .price_letters import WORDINGS, PriceLetter


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send what the proposals of a batch call for; raises MailNotSent when any letter failed."""
    owed = [letter for work in batch for letter in _owed(database, work)]
    if not owed:
        return
    failures = []
    with carrier(settings) as carry:
        for letter in owed:
            try:
                _send(database, carry, letter, compose(settings, templates, letter, clock()))
            except NOT_CARRIED as error:
                failures.append(f"{letter.proposal.id}: {type(error).__name__}: {error}")
    if failures:
        raise MailNotSent("; ".join(failures))


def compose(
    settings: Settings, templates: jinja2.Environment, letter: PriceLetter, now: datetime
) -> EmailMessage:
    """Draw a letter as a message of plain text in the reader's language."""
    parts = (settings.public_url.rstrip("/"), settings.url_prefix.strip("/"), letter.path)
    wording = WORDINGS[letter.event]
    message = EmailMessage(policy=policy.SMTP)
    with reading_in(letter.locale):
        begins = letter.decision.in_force_from
        names = letter.names | {"day": day(letter.proposal.from_on), "begins": day(begins)}
        subject = one_line(gettext(wording.subject.message, **names))
        plain = templates.get_template("catalogue/exchange/price_mail.txt").render(
            letter=letter,
            opening=gettext(wording.opening.message, **names),
            link="/".join(part for part in parts if part),
        )
    message["From"] = settings.mail_from
    message["To"] = letter.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(letter, settings.mail_from)
    # RFC 3834: no answering machine shall answer us.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain, cte="quoted-printable")
    return message


def _message_id(letter: PriceLetter, sender: str) -> str:
    """Return the Message-ID of a letter: the same each time it is drawn."""
    key = hashlib.sha256(repr(letter.key).encode()).hexdigest()[:24]
    domain = sender.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    return f"<prices.{letter.proposal.id}.{key}@{domain}>"


def _owed(database: Database, work: Work) -> list[PriceLetter]:
    with database.reading() as session:
        return price_letters.write(session, work.payload)


def _send(database: Database, carry: Carry, letter: PriceLetter, message: EmailMessage) -> None:
    """Send one letter and write that it went out; one that went out meanwhile is let be."""
    with database.reading() as session:
        if price_letters.is_sent(session, letter):
            return
    carry(message)
    with database.transaction() as session:
        session.add(SentPriceMail(**letter.key, sent_at=message["Date"].datetime))
