"""How a batch of mail goes out: each letter is begun in the log, carried, and ended there.

On its way each letter leaves its notice in the application and its line in the log, and an optional
one goes no further when its address does not want it or fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _

from . import bounces, mail_choices, mail_log, notices
from .carriers import (
    NOT_CARRIED,
    Bring,
    LineLost,
    answer_of,
    carrier,
    find_bad_address,
    was_refused,
)
from .mail_models import Outcome
from .notices import News
from .posting import Cause, Draft, Mail, Office, one_line

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
class Once:
    """How it is known that a letter went out, and written: in one transaction with its log."""

    is_sent: Callable[[Session], bool]
    note: Callable[[Session], None]


Carry = Callable[[Mail, Once], None]


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
                send(partial(_carry, office, bring), each)
            except Withheld:
                continue
            except NOT_CARRIED as error:
                failures.append(f"{name(each)}: {type(error).__name__}: {error}")
    if failures:
        raise MailNotSent("; ".join(failures))


def send_put(carry: Carry, put: tuple[type[Put], int], mail: Mail) -> None:
    """Send once what a row put, of that table and id, and write there when and to whom."""

    def is_sent(session: Session) -> bool:
        return session.get_one(*put).sent_at is not None

    def note(session: Session) -> None:
        row = session.get_one(*put)
        row.recipient, row.sent_at = mail.draft.recipient, mail.message["Date"].datetime

    carry(mail, Once(is_sent, note))


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


def _carry(office: Office, opened: Callable[[], Bring], mail: Mail, once: Once) -> None:
    """Send one letter with its notices and its lines in the log; raises Withheld, NOT_CARRIED."""
    lines, held = _begin(office, mail, once)
    if held is not None:
        raise Withheld
    try:
        bring = opened()
    except NotReached as error:
        _end(office, lines, Outcome.UNREACHED, str(error))
        raise
    settings = office.settings
    comes_back = mail_log.return_address(settings.secret(), settings.bounce_address, lines[0])
    try:
        bring(mail.message, comes_back)
    except LineLost as error:
        _end(office, lines, Outcome.UNREACHED, str(error))
        raise NotReached(str(error)) from error
    except NOT_CARRIED as error:
        outcome = Outcome.REFUSED if was_refused(error) else Outcome.UNSURE
        _end(office, lines, outcome, answer_of(error), find_bad_address(error))
        raise
    # Together: a letter that is sent by the log and not by its row would go out again unmarked.
    with office.database.transaction() as session:
        mail_log.end(session, lines, Outcome.SENT, office.clock())
        once.note(session)


def _begin(office: Office, mail: Mail, once: Once) -> tuple[list[int], Outcome | None]:
    draft, now = mail.draft, office.clock()
    folded = draft.recipient.casefold()
    with office.database.transaction() as session:
        for cause, text in draft.told:
            if cause.audience is not None:
                news = News(cause.key, cause.kind, text, cause.path)
                notices.put(session, cause.audience, news, now)
        facts = [_logged(mail, cause, folded) for cause, _text in draft.told]
        records = mail_log.begin(session, facts, now)
        if once.is_sent(session):  # by another worker, which held the log until now
            raise Withheld
        held = _held(session, office, draft)
        if held is not None:
            for each in records:
                each.outcome = held
        return [each.id for each in records], held


def _held(session: Session, office: Office, draft: Draft) -> Outcome | None:
    """Return why an optional letter goes no further, or None when it does."""
    kind, folded = draft.cause.kind, draft.recipient.casefold()
    if not kind.optional:
        return None
    token = mail_choices.token_of(office.settings.secret(), kind, draft.recipient)
    choice = mail_choices.remember(session, kind, draft.recipient, token)
    if choice.refused_at is not None:
        return Outcome.UNWANTED
    return Outcome.FAILING if mail_choices.find_failing(session, [folded]) else None


def _logged(mail: Mail, cause: Cause, folded: str) -> dict[str, Any]:
    return {
        "kind": cause.kind.name,
        "event": cause.event,
        "about": one_line(cause.about)[:200],
        "municipality_id": cause.municipality_id,
        "recipient": mail.draft.recipient,
        "recipient_folded": folded,
        "audience": cause.audience,
        "subject": str(mail.message["Subject"])[:300],
        "message_id": str(mail.message["Message-ID"]),
    }


def _end(
    office: Office, lines: Sequence[int], outcome: Outcome, detail: str, bad: str | None = None
) -> None:
    with office.database.transaction() as session:
        mail_log.end(session, lines, outcome, office.clock(), detail)
    if bad is not None:
        with office.database.transaction() as session:
            bounces.give_up(session, lines[0], bad, office.clock())
