"""What all our mail has in common: why a letter is sent, and how it is drawn.

How a batch of letters goes out stands in `outgoing`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, TypeVar

import jinja2

from catalogue.core.db import Database
from catalogue.core.text import Text, current_locale
from catalogue.settings import Settings

from . import mail_choices, notices
from .carriers import Bring
from .headers import as_sent, our_policy
from .mail_kinds import Kind

PART = "mail"  # in `State.parts`: a host's way of sending, or None
Owed = TypeVar("Owed")


@dataclass(frozen=True)
class Cause:
    """Why a letter is sent, as the log keeps it, and whom its news is for."""

    kind: Kind
    key: str  # the same each time the letter is drawn; also that of the notice
    event: str  # the state or event that calls for it
    about: str  # the number or title that people know the thing by
    municipality_id: int | None = None  # whose staff may read of it in the log
    audience: str | None = None  # None: nobody who could read a notice
    path: str = ""  # of the page that the notice leads to


@dataclass(frozen=True)
class Draft:
    """A letter before it is drawn: to whom, why, and what its template shows."""

    recipient: str
    subject: Text
    cause: Cause
    template: str  # of the text; an HTML template of the same name is used where there is one
    facts: Mapping[str, Any]
    notice: Text | None = None  # what is told beside, where the subject says less
    key: str | None = None  # of a letter that tells of several things
    beside: Sequence[tuple[Cause, Text]] = ()  # the others of them, and the notice of each

    @property
    def told(self) -> list[tuple[Cause, Text]]:
        """List what the letter tells: each has a notice and a line in the log of its own."""
        return [(self.cause, self.notice or self.subject), *self.beside]


@dataclass(frozen=True)
class Mail:
    """A letter that is drawn."""

    message: EmailMessage
    draft: Draft


Compose = Callable[[Settings, jinja2.Environment, Owed, datetime], Mail]


@dataclass(frozen=True)
class Office:
    """What a batch of mail needs to go out."""

    database: Database
    settings: Settings
    templates: jinja2.Environment
    clock: Callable[[], datetime]
    bring: Bring | None = None  # a host's way of sending; None: as the settings say

    def draw(self, compose: Compose[Owed], owed: Owed) -> Mail:
        """Draw what is owed as it is at this moment."""
        return compose(self.settings, self.templates, owed, self.clock())


def compose(settings: Settings, templates: jinja2.Environment, draft: Draft, now: datetime) -> Mail:
    """Draw a letter as plain text and HTML in the language of this moment (`reading_in`).

    By its Message-ID, made of the cause and the reader, mail programs know one that is sent again.
    """
    message = EmailMessage(policy=our_policy())
    message["From"] = settings.mail_from
    message["To"] = as_sent(draft.recipient)
    message["Subject"] = one_line(notices.say(draft.subject))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(settings, draft.key or draft.cause.key, draft.recipient)
    # RFC 3834: no answering machine shall answer us.
    message["Auto-Submitted"] = "auto-generated"
    stop = _stop_link(settings, draft)
    if stop:
        # RFC 8058: a mail program offers one button, and posts without asking further.
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    facts = {
        **draft.facts,
        "subject": str(message["Subject"]),
        "locale": current_locale(),
        "kind": draft.cause.kind,
        "stop": stop,
    }
    plain = templates.get_template(f"catalogue/exchange/{draft.template}.txt").render(facts)
    foot = templates.get_template("catalogue/exchange/_foot_mail.txt").render(facts)
    names = [f"catalogue/exchange/{each}.html" for each in (draft.template, "plain_mail")]
    paragraphs = [part.splitlines() for part in plain.strip().split("\n\n") if part.strip()]
    rich = templates.select_template(names).render(facts | {"paragraphs": paragraphs})
    message.set_content(f"{plain.rstrip()}\n\n{foot}", cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return Mail(message, draft)


def message_id(settings: Settings, key: str, recipient: str) -> str:
    """Return the Message-ID of a letter: the same each time it is drawn for that reader.

    Nobody else can reckon it: a report that mail came back is believed by it.
    """
    told = f"message\n{key}\n{recipient}".encode()
    reader = hmac.new(settings.secret().encode(), told, hashlib.sha256).hexdigest()[:16]
    domain = settings.mail_from.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    return f"<{key}.{reader}@{domain}>"


def one_line(text: str) -> str:
    """Return `text` without line breaks or other control signs: a header ends at the first."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _stop_link(settings: Settings, draft: Draft) -> str | None:
    kind = draft.cause.kind
    if not kind.optional:
        return None
    token = mail_choices.token_of(settings.secret(), kind, draft.recipient)
    return settings.address("afmeld", token)
