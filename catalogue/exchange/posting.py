"""What all our mail has in common: its envelope, and how a batch goes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol, TypeVar

from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from .carriers import NOT_CARRIED, Carry, carrier

Owed = TypeVar("Owed")


class Put(Protocol):
    """A row that a letter is put by, once."""

    recipient: Any
    sent_at: Any


class MailNotSent(Unavailable):
    """Some letters of a batch did not go out; the others did, and will not be sent again."""

    title = _("Mail could not be sent")


def send_all(
    settings: Settings,
    owed: Sequence[Owed],
    send: Callable[[Carry, Owed], None],
    name: Callable[[Owed], str],
) -> None:
    """Send each of a batch over one carrier; raises MailNotSent with the names of those it did not.

    Nothing is opened when nothing is owed.
    """
    if not owed:
        return
    failures = []
    with carrier(settings) as carry:
        for each in owed:
            try:
                send(carry, each)
            except NOT_CARRIED as error:
                failures.append(f"{name(each)}: {type(error).__name__}: {error}")
    if failures:
        raise MailNotSent("; ".join(failures))


def send_once(
    database: Database, carry: Carry, put: tuple[type[Put], int, str], letter: EmailMessage
) -> None:
    """Send what a row put, and write there when and to whom; what went out meanwhile is let be.

    `put`: the table of the row, its id, and the recipient.
    """
    table, row_id, recipient = put
    with database.reading() as session:
        if session.get_one(table, row_id).sent_at is not None:
            return
    carry(letter)
    with database.transaction() as session:
        row = session.get_one(table, row_id)
        row.recipient, row.sent_at = recipient, letter["Date"].datetime


def envelope(
    settings: Settings, recipient: str, subject: str, key: str, now: datetime
) -> EmailMessage:
    """Return a message without content. `key` is the same each time a letter is drawn: by the
    Message-ID made of it, mail programs know one that is sent again for the same.
    """
    domain = settings.mail_from.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = settings.mail_from
    message["To"] = recipient
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{domain}>"
    # RFC 3834: no answering machine shall answer us.
    message["Auto-Submitted"] = "auto-generated"
    return message


def one_line(text: str) -> str:
    """Return `text` without line breaks or other control signs: a header ends at the first."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
