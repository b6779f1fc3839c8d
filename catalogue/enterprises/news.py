"""What the reviewing municipality and an enterprise are told of each other's steps, by mail.

The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.core import jobs

from .models import Enterprise, EnterpriseNews

MAIL = "verification.news"


class Event(StrEnum):
    """What is told."""

    APPLIED = "applied"
    APPLIED_AGAIN = "applied_again"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    RENEWED = "renewed"
    CONFIRMATION_RETURNED = "points_returned"


TO_REVIEWER = frozenset({Event.APPLIED, Event.APPLIED_AGAIN, Event.CONFIRMED})


def tell(session: Session, found: Enterprise, event: Event, now: datetime) -> None:
    """Put the mail about a step; who took it is not its reader."""
    made = EnterpriseNews(enterprise_id=found.id, event=event, put_at=now)
    session.add(made)
    session.flush()  # gives the id
    jobs.put(session, MAIL, {"news_id": made.id}, now=now)
