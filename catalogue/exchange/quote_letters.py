"""Which mail a request for quotes calls for, to whom, and its words; decided at sending.

Who is told what never names another of those asked, nor what another has offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.core.text import DEFAULT_LOCALE, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import handing
from catalogue.ordering.quote_models import (
    LetterEvent,
    Quote,
    QuoteLetter,
    QuoteRecipient,
    QuoteRequest,
)
from catalogue.ordering.quote_rules import end_of
from catalogue.ordering.reminder_rules import quote_reminder_on

from .letters import Reader, Wording
from .notices import audience

WORDINGS: dict[LetterEvent, Wording] = {
    LetterEvent.ASKED: Wording(
        _("%(municipality)s asks for a quote: %(title)s"),
        _("%(municipality)s asks you for a quote. Send it, or say no, by %(deadline)s."),
    ),
    LetterEvent.EXTENDED: Wording(
        _("More time for the quote: %(title)s"),
        _("%(municipality)s has moved the deadline to %(deadline)s."),
    ),
    LetterEvent.ANSWERED: Wording(
        _("A question is answered: %(title)s"),
        _("%(municipality)s has answered a question; all that were asked can read it."),
    ),
    LetterEvent.CLOSED: Wording(
        _("Closed without order: %(title)s"),
        _("%(municipality)s has closed the request for quotes: %(reason)s"),
    ),
    LetterEvent.CHOSEN: Wording(
        _("Your quote was chosen: %(title)s"),
        _("%(municipality)s has chosen your quote. The order has its own mail; please confirm it."),
    ),
    LetterEvent.FRAMED: Wording(
        _("Your quote was chosen as a frame: %(title)s"),
        _(
            "%(municipality)s has chosen your quote and will call parts of it off. Each part is an"
            " order with its own mail; please confirm it. Your page shows what is left."
        ),
    ),
    LetterEvent.NOT_CHOSEN: Wording(
        _("Another quote was chosen: %(title)s"),
        _("%(municipality)s has chosen another quote. Thank you for yours."),
    ),
    LetterEvent.QUOTED: Wording(
        _("Quote from %(enterprise)s: %(title)s"),
        _("%(enterprise)s has sent a quote."),
    ),
    LetterEvent.DECLINED: Wording(
        _("%(enterprise)s says no: %(title)s"),
        _("%(enterprise)s sends no quote: %(reason)s"),
    ),
    LetterEvent.QUESTION: Wording(
        _("A question about your request: %(title)s"),
        _("One of those asked has a question. Your answer goes to all."),
    ),
    LetterEvent.DEADLINE: Wording(
        _("The deadline is over: %(title)s"),
        _("Compare the quotes and choose, or give more time if none came."),
    ),
    LetterEvent.REMINDED: Wording(
        _("Quote by %(deadline)s: %(title)s"),
        _(
            "%(municipality)s has no answer of yours yet. Send a quote, or say no, by %(deadline)s:"
            " a no helps the buyer too."
        ),
    ),
}
TO_BUYER = frozenset(
    {LetterEvent.QUOTED, LetterEvent.DECLINED, LetterEvent.QUESTION, LetterEvent.DEADLINE}
)


@dataclass(frozen=True)
class Owed:
    """A letter that is owed, with all that its template shows."""

    letter_id: int
    request_id: int
    event: LetterEvent
    reader: Reader
    recipient: str
    locale: str
    names: dict[str, Any]
    municipality_id: int
    audience: str


def find_owed(session: Session, letter_id: int, now: datetime) -> Owed | None:
    """Return the letter, or None when it went out already or nothing calls for it any more."""
    row = session.execute(
        select(QuoteLetter, QuoteRecipient, QuoteRequest, Quote, Enterprise, Municipality, Person)
        .join(QuoteRecipient, QuoteRecipient.id == QuoteLetter.recipient_id)
        .join(QuoteRequest, QuoteRequest.id == QuoteRecipient.request_id)
        .join(Enterprise, Enterprise.id == QuoteRecipient.enterprise_id)
        .join(Municipality, Municipality.id == QuoteRequest.municipality_id)
        .join(Person, Person.id == QuoteRequest.buyer_id)
        .outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
        .where(QuoteLetter.id == letter_id, QuoteLetter.sent_at.is_(None))
    ).first()
    if row is None or not _called_for(row, now) or _is_told_later(session, row.QuoteLetter):
        return None
    letter, own, request = row.QuoteLetter, row.QuoteRecipient, row.QuoteRequest
    to_buyer = letter.event in TO_BUYER
    if to_buyer and handing.has_left(session, request.buyer_id, request.municipality_id):
        return None  # her address is another's to read by now, or none
    return Owed(
        letter_id=letter.id,
        request_id=request.id,
        event=LetterEvent(letter.event),
        reader=Reader.BUYER if to_buyer else Reader.ENTERPRISE,
        recipient=row.Person.email if to_buyer else row.Enterprise.email,
        locale=row.Person.locale if to_buyer else DEFAULT_LOCALE,
        names={
            "municipality": row.Municipality.name,
            "enterprise": row.Enterprise.name,
            "title": request.title,
            "deadline": request.deadline_on,
            "reason": (own.decline_reason if to_buyer else request.close_reason) or "",
        },
        municipality_id=request.municipality_id,
        audience=audience(Role.BUYER, request.municipality_id, request.buyer_id)
        if to_buyer
        else audience(Role.ENTERPRISE, own.enterprise_id),
    )


def mark_sent(session: Session, letter_id: int, now: datetime) -> None:
    """Write that a letter went out, so that it never goes twice."""
    session.get_one(QuoteLetter, letter_id).sent_at = now


def _is_told_later(session: Session, letter: QuoteLetter) -> bool:
    """Tell whether a reminder has another behind it, put when the deadline was moved."""
    newer = (
        QuoteLetter.recipient_id == letter.recipient_id,
        QuoteLetter.event == LetterEvent.REMINDED,
        QuoteLetter.id > letter.id,
    )
    if letter.event != LetterEvent.REMINDED:
        return False
    return session.scalar(select(QuoteLetter.id).where(*newer).limit(1)) is not None


def _called_for(row: Any, now: datetime) -> bool:
    own, request, quote = row.QuoteRecipient, row.QuoteRequest, row.Quote
    undecided = request.closed_at is None and request.chosen_at is None
    today = today_in_copenhagen(now)
    open_ = undecided and today <= request.deadline_on
    unanswered = open_ and quote is None and own.declined_at is None
    wins = quote is not None and quote.chosen
    return {
        LetterEvent.ASKED: unanswered,
        LetterEvent.EXTENDED: open_,
        LetterEvent.ANSWERED: undecided and own.declined_at is None,
        LetterEvent.CLOSED: request.closed_at is not None and own.declined_at is None,
        LetterEvent.CHOSEN: wins,
        LetterEvent.FRAMED: wins,
        LetterEvent.NOT_CHOSEN: request.chosen_at is not None and quote is not None and not wins,
        LetterEvent.QUOTED: undecided and quote is not None,
        LetterEvent.DECLINED: undecided and own.declined_at is not None,
        LetterEvent.QUESTION: undecided,
        LetterEvent.DEADLINE: undecided and now >= end_of(request.deadline_on),
        LetterEvent.REMINDED: unanswered and today >= quote_reminder_on(request.deadline_on),
    }[LetterEvent(row.QuoteLetter.event)]
