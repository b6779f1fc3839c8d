"""Notices that a ceiling is nearly used: put with the order that passes the line, once a period.

The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.agreements.rules import counted_since
from catalogue.core import jobs
from catalogue.core.text import today_in_copenhagen

from .ceilings import Used
from .policy_models import CeilingNotice

MAIL = "ceiling.mail"


def put_due(session: Session, used: Sequence[Used], now: datetime) -> int:
    """Put the notices that are due on what is used of ceilings now; return how many.

    A ceiling is told of once in the time it is counted over; one that was raised is a new one. The
    agreements' rows are locked by the caller, so that two orders do not both tell.
    """
    today = today_in_copenhagen(now)
    near = [each for each in used if each.is_near]
    if not near:
        return 0
    told = _told(session, {each.agreement_id for each in near})
    starts = _starts(session, {each.agreement_id for each in near})
    due = []
    for each in near:
        since = counted_since(today, starts[each.agreement_id], each.ceiling_months)
        last = told.get((each.agreement_id, each.ceiling_ore))
        if last is None or last < since:
            due.append(each)
    notices = [
        CeilingNotice(
            agreement_id=each.agreement_id, ceiling_ore=each.ceiling_ore, noticed_on=today,
            put_at=now,
        )
        for each in due
    ]  # fmt: skip
    session.add_all(notices)
    session.flush()  # gives the ids
    for notice in notices:
        jobs.put(session, MAIL, {"notice_id": notice.id}, now=now)
    return len(notices)


def _told(session: Session, agreement_ids: Collection[int]) -> dict[tuple[int, int], date]:
    rows = session.execute(
        select(
            CeilingNotice.agreement_id,
            CeilingNotice.ceiling_ore,
            func.max(CeilingNotice.noticed_on),
        )
        .where(CeilingNotice.agreement_id.in_(agreement_ids))
        .group_by(CeilingNotice.agreement_id, CeilingNotice.ceiling_ore)
    )
    return {(agreement_id, ceiling): last for agreement_id, ceiling, last in rows}


def _starts(session: Session, agreement_ids: Collection[int]) -> dict[int, date]:
    query = select(Agreement.id, Agreement.starts_on).where(Agreement.id.in_(agreement_ids))
    return {agreement_id: starts_on for agreement_id, starts_on in session.execute(query)}
