"""What an enterprise that was asked does: ask back, send a quote, replace it, or say no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit
from catalogue.core.errors import Invalid
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import quote_files as files
from . import quote_rules as rules
from .quote_models import (
    LetterEvent,
    Quote,
    QuoteLetter,
    QuoteLine,
    QuoteQuestion,
    QuoteRecipient,
    QuoteRequest,
)
from .quote_rules import QuoteOffer
from .quote_trace import OutOfTime, iso, lock_asked, owe, record, standing_of


def question(session: Session, who: Who, request_id: int, text: str, now: datetime) -> None:
    """Ask the buyer something; all asked will read it with its answer, and not who asked."""
    request, own = _open(session, who, request_id, now)
    session.add(QuoteQuestion(request_id=request.id, recipient_id=own.id, text=text, asked_at=now))
    owe(session, own, LetterEvent.QUESTION, now)
    facts = audit.changes({}, {"enterprise_id": own.enterprise_id}) | {"untold": ["question"]}
    record(session, who, "questioned", request, facts, now)


def send(
    session: Session,
    who: Who,
    request_id: int,
    offer: QuoteOffer,
    *,
    received: Sequence[Received],
    now: datetime,
) -> Quote:
    """Send a quote, or replace the one sent; a no given before is taken back.

    Raises Missing for what the enterprise was not asked, OutOfTime after the deadline, Invalid for
    a quote that runs out before the buyer can choose.
    """
    request, own = _open(session, who, request_id, now)
    if problem := rules.validity_problem(offer.valid_until, request.deadline_on):
        raise Invalid({"valid_until": [problem]})
    own.declined_at = own.decline_reason = None
    quote = _find_quote(session, own)
    before = {} if quote is None else _facts(quote)
    if quote is None:
        quote = Quote(recipient_id=own.id, revision=_count_sent(session, own))
        session.add(quote)
    quote.revision += 1
    quote.text, quote.delivery_days = offer.text, offer.delivery_days
    quote.valid_until, quote.net_ore = offer.valid_until, offer.net_ore
    quote.sent_at, quote.sent_by = now, who.person_id
    session.flush()
    _write_lines(session, quote, offer)
    files.keep(session, request, own, received, now)
    owe(session, own, LetterEvent.QUOTED, now)
    facts = audit.changes(before, _facts(quote)) | {"enterprise_id": own.enterprise_id}
    record(session, who, "sent", request, facts, now)
    return quote


def decline(session: Session, who: Who, request_id: int, reason: str, now: datetime) -> None:
    """Say no with a reason; a quote sent before is taken back. Raises Missing, OutOfTime."""
    request, own = _open(session, who, request_id, now)
    quote = _find_quote(session, own)
    if quote is not None:
        session.delete(quote)
    own.declined_at, own.decline_reason = now, reason
    owe(session, own, LetterEvent.DECLINED, now)
    facts = audit.changes({}, {"enterprise_id": own.enterprise_id, "reason": reason})
    record(session, who, "declined", request, facts, now)


def _open(
    session: Session, who: Who, request_id: int, now: datetime
) -> tuple[QuoteRequest, QuoteRecipient]:
    request, own = lock_asked(session, who, request_id)
    if not rules.takes_quotes(today_in_copenhagen(now), standing_of(request, 1, 0, 0)):
        raise OutOfTime(_("Quotes are taken in no more. The buyer may give a later deadline."))
    return request, own


def _find_quote(session: Session, own: QuoteRecipient) -> Quote | None:
    query = select(Quote).where(Quote.recipient_id == own.id).options(selectinload(Quote.lines))
    return session.scalars(query).first()


def _count_sent(session: Session, own: QuoteRecipient) -> int:
    """Return how many quotes were sent and taken back: a buyer who read one chooses no other by it.

    SQLite gives the number of a quote that was taken back to the next one.
    """
    sent = (QuoteLetter.recipient_id == own.id, QuoteLetter.event == LetterEvent.QUOTED)
    return session.scalar(select(func.count()).select_from(QuoteLetter).where(*sent)) or 0


def _write_lines(session: Session, quote: Quote, offer: QuoteOffer) -> None:
    session.execute(delete(QuoteLine).where(QuoteLine.quote_id == quote.id))
    session.add_all(
        QuoteLine(quote_id=quote.id, position=position, net_ore=line.net_ore, **vars(line))
        for position, line in enumerate(offer.lines, start=1)
    )
    session.flush()
    session.expire(quote, ["lines"])


def _facts(quote: Quote) -> dict[str, object]:
    return {
        "net_ore": quote.net_ore,
        "valid_until": iso(quote.valid_until),
        "version": quote.revision,
    }
