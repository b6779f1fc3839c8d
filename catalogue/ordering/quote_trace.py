"""What every verb about quotes does besides: lock its rows, leave its trace, and owe its mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .quote_models import LetterEvent, Quote, QuoteLetter, QuoteRecipient, QuoteRequest
from .quote_rules import Standing

MAIL = "quote.mail"


class OutOfTime(Conflict):
    """The request for quotes has moved on, so that this can be done no more, or not yet."""

    title = _("The request for quotes has moved on")


def lock_own(session: Session, who: Who, request_id: int) -> QuoteRequest:
    """Return the buyer's request, locked; raises Missing for one that is not hers."""
    own = (QuoteRequest.id == request_id, QuoteRequest.visible_to(who))
    return _locked(session, *own)


def lock_asked(session: Session, who: Who, request_id: int) -> tuple[QuoteRequest, QuoteRecipient]:
    """Return what the enterprise was asked, locked; raises Missing for what it was not."""
    own = (
        QuoteRecipient.request_id == request_id,
        QuoteRecipient.enterprise_id == who.enterprise_id,
    )
    recipient = session.scalars(select(QuoteRecipient).where(*own)).first()
    if recipient is None:
        raise Missing(_("There is no such request for quotes."))
    # The request is the lock of all that hangs on it: a quote cannot change while it is chosen.
    request = _locked(session, QuoteRequest.id == request_id)
    session.refresh(recipient)
    return request, recipient


def list_recipients(session: Session, request: QuoteRequest) -> list[QuoteRecipient]:
    """List those asked, in the order in which they were."""
    query = select(QuoteRecipient).where(QuoteRecipient.request_id == request.id)
    return list(session.scalars(query.order_by(QuoteRecipient.id)))


def standing(session: Session, request: QuoteRequest) -> Standing:
    """Return what the phase of a request depends on. One query."""
    counted = select(
        func.count(QuoteRecipient.id),
        func.count(QuoteRecipient.declined_at),
        func.count(Quote.id),
    ).outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
    row = session.execute(counted.where(QuoteRecipient.request_id == request.id)).one()
    return standing_of(request, *row)


def standing_of(request: QuoteRequest, asked: int, declined: int, quoted: int) -> Standing:
    """Return the standing of a request whose answers are counted."""
    return Standing(
        deadline_on=request.deadline_on,
        asked=asked,
        declined=declined,
        quoted=quoted,
        closed=request.closed_at is not None,
        chosen=request.chosen_at is not None,
    )


def owe(
    session: Session,
    recipient: QuoteRecipient,
    event: LetterEvent,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Write that a letter about a recipient is owed, and have it sent when it is due."""
    letter = QuoteLetter(recipient_id=recipient.id, event=event, put_at=now)
    session.add(letter)
    session.flush()
    jobs.put(session, MAIL, {"letter_id": letter.id}, now=now, due_at=due_at)


def record(
    session: Session,
    who: Who,
    action: str,
    request: QuoteRequest,
    facts: dict[str, Any],
    now: datetime,
) -> None:
    """Write the event; staff of the municipality that asks may read it."""
    audit.record(
        session, f"quote.{action}", ("quote_request", request.id), person_id=who.person_id,
        now=now, facts=facts, municipality_id=request.municipality_id,
    )  # fmt: skip


def iso(day: date) -> str:
    """Return a day as the audit keeps it."""
    return day.isoformat()


def _locked(session: Session, *conditions: Any) -> QuoteRequest:
    query = select(QuoteRequest).where(*conditions).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing(_("There is no such request for quotes."))
    return found
