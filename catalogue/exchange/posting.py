"""What all our mail has in common: how a letter is drawn, and how a batch goes out.

On its way each letter leaves its notice in the application and its line in the log, and an optional
one goes no further when its address does not want it or fails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol, TypeVar

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import Text, current_locale
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

from . import mail_choices, mail_log, notices
from .carriers import NOT_CARRIED, Bring, answer_of, carrier, was_refused
from .headers import our_policy
from .mail_kinds import Kind
from .mail_models import Outcome
from .notices import News

PART = "mail"  # in `State.parts`: a host's way of sending, or None
Owed = TypeVar("Owed")


class Put(Protocol):
    """A row that a letter is put by, once."""

    recipient: Any
    sent_at: Any


class MailNotSent(Unavailable):
    """Some letters of a batch did not go out; the others did, and will not be sent again."""

    title = _("Mail could not be sent")


class NotReached(Unavailable):
    """The mail server cannot be reached; nothing of the batch went out since."""

    title = _("Mail could not be sent")


class Withheld(Exception):  # no fault: the letter is done with
    """The address does not want such mail, or mail to it comes back."""


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


@dataclass(frozen=True)
class Mail:
    """A letter that is drawn."""

    message: EmailMessage
    draft: Draft


Carry = Callable[[Mail], None]
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
    message["To"] = draft.recipient
    message["Subject"] = one_line(notices.say(draft.subject))
    message["Date"] = format_datetime(now)
    reader = hashlib.sha256(draft.recipient.encode()).hexdigest()[:16]
    domain = settings.mail_from.rpartition("@")[2].strip(" >") or "catalogue.invalid"
    message["Message-ID"] = f"<{draft.cause.key}.{reader}@{domain}>"
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


def list_owed(
    office: Office, batch: Sequence[Work], find: Callable[[Session, Work], Owed | None]
) -> list[Owed]:
    """List what the work of a batch still calls for; of what `find` returns None for, nothing."""
    with office.database.reading() as session:
        return [each for work in batch if (each := find(session, work)) is not None]


def send_all(
    office: Office,
    owed: Sequence[Owed],
    send: Callable[[Carry, Owed], None],
    name: Callable[[Owed], str],
) -> None:
    """Send each of a batch over one connection; raises MailNotSent with the names of those it did
    not, NotReached when there is no connection. None is opened before something is to go out.
    """
    failures = []
    with _opened_late(office) as bring:
        for each in owed:
            try:
                send(lambda mail: _carry(office, bring, mail), each)
            except Withheld:
                continue
            except NOT_CARRIED as error:
                failures.append(f"{name(each)}: {type(error).__name__}: {error}")
    if failures:
        raise MailNotSent("; ".join(failures))


def send_once(
    office: Office,
    carry: Carry,
    mail: Mail,
    is_sent: Callable[[Session], bool],
    note: Callable[[Session], None],
) -> None:
    """Send a letter and note that it went out; one that went out meanwhile is let be."""
    with office.database.reading() as session:
        if is_sent(session):
            return
    carry(mail)
    with office.database.transaction() as session:
        note(session)


def send_put(office: Office, carry: Carry, put: tuple[type[Put], int], mail: Mail) -> None:
    """Send once what a row put, of that table and id, and write there when and to whom."""

    def is_sent(session: Session) -> bool:
        return session.get_one(*put).sent_at is not None

    def note(session: Session) -> None:
        row = session.get_one(*put)
        row.recipient, row.sent_at = mail.draft.recipient, mail.message["Date"].datetime

    send_once(office, carry, mail, is_sent, note)


def one_line(text: str) -> str:
    """Return `text` without line breaks or other control signs: a header ends at the first."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _stop_link(settings: Settings, draft: Draft) -> str | None:
    kind = draft.cause.kind
    if not kind.optional:
        return None
    token = mail_choices.token_of(settings.secret(), kind, draft.recipient)
    return settings.address("afmeld", token)


@contextmanager
def _opened_late(office: Office) -> Iterator[Callable[[], Bring]]:
    with ExitStack() as stack:
        opened: list[Bring] = [] if office.bring is None else [office.bring]

        def get() -> Bring:
            if not opened:
                try:
                    opened.append(stack.enter_context(carrier(office.settings)))
                except NOT_CARRIED as error:
                    raise NotReached(f"{type(error).__name__}: {error}") from error
            return opened[0]

        yield get


def _carry(office: Office, opened: Callable[[], Bring], mail: Mail) -> None:
    """Send one letter with its notice and its line in the log; raises Withheld, NOT_CARRIED."""
    record_id, held = _begin(office, mail)
    if held is not None:
        raise Withheld
    try:
        bring = opened()
    except NotReached as error:
        _end(office, record_id, Outcome.UNREACHED, str(error))
        raise
    settings = office.settings
    comes_back = mail_log.return_address(settings.secret(), settings.bounce_address, record_id)
    try:
        bring(mail.message, comes_back)
    except NOT_CARRIED as error:
        outcome = Outcome.REFUSED if was_refused(error) else Outcome.UNSURE
        _end(office, record_id, outcome, answer_of(error))
        raise
    _end(office, record_id, Outcome.SENT)


def _begin(office: Office, mail: Mail) -> tuple[int, Outcome | None]:
    draft, now = mail.draft, office.clock()
    cause, folded = draft.cause, draft.recipient.casefold()
    with office.database.transaction() as session:
        if cause.audience is not None:
            news = News(cause.key, cause.kind, draft.notice or draft.subject, cause.path)
            notices.put(session, cause.audience, news, now)
        record = mail_log.begin(session, _logged(mail, folded), now)
        held = None
        if cause.kind.optional:
            token = mail_choices.token_of(office.settings.secret(), cause.kind, draft.recipient)
            choice = mail_choices.remember(session, cause.kind, draft.recipient, token)
            if choice.refused_at is not None:
                held = Outcome.UNWANTED
            elif mail_choices.find_failing(session, [folded]):
                held = Outcome.FAILING
        if held is not None:
            record.outcome = held
        return record.id, held


def _logged(mail: Mail, folded: str) -> dict[str, Any]:
    draft = mail.draft
    return {
        "kind": draft.cause.kind.name,
        "event": draft.cause.event,
        "about": one_line(draft.cause.about)[:200],
        "municipality_id": draft.cause.municipality_id,
        "recipient": draft.recipient,
        "recipient_folded": folded,
        "audience": draft.cause.audience,
        "subject": str(mail.message["Subject"])[:300],
        "message_id": str(mail.message["Message-ID"]),
    }


def _end(office: Office, record_id: int, outcome: Outcome, detail: str | None = None) -> None:
    with office.database.transaction() as session:
        mail_log.end(session, record_id, outcome, office.clock(), detail)
