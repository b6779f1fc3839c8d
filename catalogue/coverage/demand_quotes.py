"""Requests for quotes that nobody met, as a source of the demand desk; nobody's name is read."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core.db import ask
from catalogue.ordering.quote_models import Quote, QuoteRecipient, QuoteRequest
from catalogue.search.rules import looks_personal

from .demand_rules import Unquoted


def list_unquoted(
    session: Session, municipality_id: int, since: datetime, today: date
) -> list[Unquoted]:
    """List the requests since then that got no quote and wait for none, newest first. One query.

    They wait for none when all asked have said no, the deadline is over, or the buyer closed them.
    Words that look like a person's number or address give way to the name of the category.
    """
    asked_for = {"municipality_id": municipality_id, "since": since, "today": today}
    return [
        Unquoted(id_, label if looks_personal(title) else title, code, at, count, noes)
        for id_, title, code, at, count, noes, label in ask(session, _unquoted(), asked_for)
    ]


@cache  # asked by each look at coverage: to write it takes longer than to answer it
def _unquoted() -> Any:
    asked, declined = func.count(QuoteRecipient.id), func.count(QuoteRecipient.declined_at)
    is_late = QuoteRequest.deadline_on < bindparam("today")
    over = or_(QuoteRequest.closed_at.is_not(None), is_late, asked == declined)
    return (
        select(
            QuoteRequest.id, QuoteRequest.title, QuoteRequest.category_code,
            QuoteRequest.created_at, asked, declined, Category.label_da,
        )
        .join(QuoteRecipient, QuoteRecipient.request_id == QuoteRequest.id)
        .join(Category, Category.code == QuoteRequest.category_code)
        .outerjoin(Quote, Quote.recipient_id == QuoteRecipient.id)
        .where(QuoteRequest.municipality_id == bindparam("municipality_id"))
        .where(QuoteRequest.created_at >= bindparam("since"))
        .group_by(
            QuoteRequest.id, QuoteRequest.title, QuoteRequest.category_code,
            QuoteRequest.created_at, QuoteRequest.closed_at, QuoteRequest.deadline_on,
            Category.label_da,
        )
        .having(func.count(Quote.id) == 0, over)
        .order_by(QuoteRequest.created_at.desc(), QuoteRequest.id.desc())
    )  # fmt: skip
