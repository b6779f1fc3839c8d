"""The enterprise's side of re-verification: what it is told, and how it confirms its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.turns import take_turn
from catalogue.core.who import Who

from . import news, queries, rules, service
from .models import (
    Criterion,
    Enterprise,
    EnterpriseState,
    Reverification,
    ReverificationState,
)
from .news import Event


class Notice(StrEnum):
    """What an enterprise is told about its verification, on the page it starts from."""

    DUE = "due"  # confirm before the last day
    LAPSED = "lapsed"
    SENT = "sent"  # the municipality reads what was sent
    RETURNED = "returned"  # the confirmation is to be mended
    SUSPENDED = "suspended"
    APPLICATION = "application"  # the application is to be mended


@dataclass(frozen=True)
class Status:
    """How the verification of an enterprise stands on a day, as itself is told."""

    notice: Notice | None  # None: nothing to tell
    lapsed: bool
    verified_until: date | None
    opens_on: date | None  # the first day it may be renewed
    may_confirm: bool
    reason: str | None = None
    suspended_until: date | None = None


def status(session: Session, enterprise_id: int | None, today: date) -> Status:
    """Return how the verification of one's own enterprise stands; one query."""
    row = session.execute(
        select(
            Enterprise.state, Enterprise.verified_until, Enterprise.suspended_until,
            Enterprise.decision_reason, Reverification.state, Reverification.reason,
        )
        .outerjoin(Reverification, queries.confirms())
        .where(Enterprise.id == enterprise_id)
    ).one()  # fmt: skip
    state, until, suspended_until, decision_reason, confirmation, reason = row
    review = rules.Review(state, until)
    lapsed = review.lapsed_on(today)
    if state in (EnterpriseState.SUSPENDED, EnterpriseState.RETURNED):
        told = Notice.SUSPENDED if state == EnterpriseState.SUSPENDED else Notice.APPLICATION
        return Status(told, lapsed, until, None, may_confirm=False,
                      reason=decision_reason, suspended_until=suspended_until)  # fmt: skip
    renewable = review.renewable_on(today)
    notice = None
    if renewable and confirmation is not None:
        notice = Notice(confirmation)
    elif renewable:
        notice = Notice.LAPSED if lapsed else Notice.DUE
    return Status(
        notice=notice,
        lapsed=lapsed,
        verified_until=until if state == EnterpriseState.VERIFIED else None,
        opens_on=until - timedelta(days=rules.RENEWAL_DAYS) if until else None,
        may_confirm=renewable and confirmation != ReverificationState.SENT,
        reason=reason,
    )


def confirm(session: Session, who: Who, how: Mapping[Criterion, str], now: datetime) -> None:
    """Confirm the five points of one's own enterprise, and how it meets them now.

    Raises Conflict when there is nothing to renew yet, or a confirmation waits for its decision.
    """
    found = service.get_own(session, who.enterprise_id or 0)
    today = today_in_copenhagen(now)
    if not rules.Review(found.state, found.verified_until).renewable_on(today):
        raise Conflict(_("There is nothing to confirm now. Load the page again."))
    own = select(Reverification).where(
        Reverification.enterprise_id == found.id, Reverification.due_on == found.verified_until
    )
    take_turn(session, "reverification", found.id)
    kept = session.scalars(own.with_for_update()).first()
    if kept is not None and kept.state != ReverificationState.RETURNED:
        raise Conflict(_("Your confirmation is sent already; the municipality reads it."))
    before = _told(found, kept)
    if kept is None:
        kept = Reverification(enterprise_id=found.id, due_on=found.verified_until or today)
        session.add(kept)
    kept.state, kept.reason = ReverificationState.SENT, None
    kept.sent_at, kept.sent_by = now, who.person_id
    kept.decided_at = kept.decided_by = None
    service.explain(found, how)
    found.updated_at = now
    facts = audit.changes(before, _told(found, kept))
    service.tell(session, found, "enterprise.confirmed", who, now, facts)
    news.tell(session, found, Event.CONFIRMED, now)


def _told(found: Enterprise, kept: Reverification | None) -> dict[str, str]:
    """Return what a confirmation changes, as the audit keeps it."""
    how = {f"{each.criterion}_how": each.explanation for each in found.criteria}
    return how | ({"reverification": kept.state} if kept else {})
