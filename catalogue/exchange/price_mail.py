"""Mail about new prices: drawn from the state at sending, sent outside of any transaction, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import day, gettext, reading_in
from catalogue.settings import Settings

from . import price_letters
from .carriers import Carry
from .models import SentPriceMail
from .posting import envelope, send_all
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

    def send(carry: Carry, letter: PriceLetter) -> None:
        _send(database, carry, letter, compose(settings, templates, letter, clock()))

    send_all(settings, owed, send, lambda letter: str(letter.proposal.id))


def compose(
    settings: Settings, templates: jinja2.Environment, letter: PriceLetter, now: datetime
) -> EmailMessage:
    """Draw a letter as a message of plain text in the reader's language."""
    wording = WORDINGS[letter.event]
    with reading_in(letter.locale):
        begins = letter.decision.in_force_from
        names = letter.names | {"day": day(letter.proposal.from_on), "begins": day(begins)}
        subject = gettext(wording.subject.message, **names)
        plain = templates.get_template("catalogue/exchange/price_mail.txt").render(
            letter=letter,
            opening=gettext(wording.opening.message, **names),
            link=settings.address(letter.path),
        )
    message = envelope(settings, letter.recipient, subject, _key(letter), now)
    message.set_content(plain, cte="quoted-printable")
    return message


def _key(letter: PriceLetter) -> str:
    key = hashlib.sha256(repr(letter.key).encode()).hexdigest()[:24]
    return f"prices.{letter.proposal.id}.{key}"


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
