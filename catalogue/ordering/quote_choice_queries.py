"""What the page shows on which a buyer chooses a quote, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from .quote_models import Quote, QuoteRecipient, QuoteRequest


@dataclass(frozen=True)
class ChoicePage:
    """A quote with its lines, who sent it, and how many were asked for one."""

    request: QuoteRequest
    quote: Quote
    enterprise: Enterprise
    asked: int


def get_choice(session: Session, who: Who, request_id: int, quote_id: int) -> ChoicePage:
    """Return a quote of a request that `who` may see whole; raises Missing. One query."""
    other = aliased(QuoteRecipient)
    asked = (
        select(func.count(other.id)).where(other.request_id == QuoteRequest.id).scalar_subquery()
    )
    rows: Any = session.execute(
        select(QuoteRequest, Quote, Enterprise, asked)
        .join(QuoteRecipient, QuoteRecipient.request_id == QuoteRequest.id)
        .join(Quote, Quote.recipient_id == QuoteRecipient.id)
        .join(Enterprise, Enterprise.id == QuoteRecipient.enterprise_id)
        .where(QuoteRequest.id == request_id, Quote.id == quote_id, QuoteRequest.visible_to(who))
        .options(joinedload(Quote.lines))
    )
    found = rows.unique().first()
    if found is None:
        raise Missing(_("There is no such quote."))
    return ChoicePage(*found)
