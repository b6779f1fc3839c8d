"""The verbs of a sent price list: receive it, import its good rows, stop. Long steps: list_steps.

What is written when one stops stays; sent again, the list goes on from there, for rows that are in
the catalogue already are unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Missing
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import plan
from .list_models import ListState, SentList

CHECK, TAKE = "price_list.check", "price_list.take"
SILENT = timedelta(seconds=60)  # without a sign of life a step counts as dead
LATEST = 10
RUNNING = frozenset({ListState.CHECKING, ListState.TAKING})


class Which(StrEnum):
    """Which rows are to be imported: all, or none if one is refused; or the good ones."""

    ALL = "all"
    GOOD = "good"


class NotNow(Conflict):
    """The list is not in the state that the step begins in."""

    title = _("The price list was not imported")


@dataclass(frozen=True)
class Stored:
    """A file that was stored: its name as it was sent, and its token."""

    name: str
    token: str


def receive(session: Session, who: Who, stored: Stored, now: datetime) -> SentList:
    """Write down that a list was sent, to be checked."""
    made = SentList(
        enterprise_id=who.enterprise_id,
        person_id=who.person_id,
        file_name=stored.name[-200:],
        token=stored.token,
        locale=current_locale(),
        created_at=now,
        state=ListState.CHECKING,
        facts={},
    )
    session.add(made)
    session.flush()
    return made


def put(session: Session, sent: SentList, topic: str, now: datetime, *, wait: bool) -> None:
    """Leave a step to the worker; with `wait`, only if who does it now should fail to."""
    due_at = now + SILENT if wait else now
    jobs.put(session, topic, {"list_id": sent.id}, now=now, due_at=due_at)


def get_own(session: Session, enterprise_id: int | None, list_id: int) -> SentList:
    """Return a list of the enterprise; raises Missing."""
    found = session.get(SentList, list_id)
    if found is None or found.enterprise_id != enterprise_id:
        raise Missing(_("There is no such price list."))
    return found


def list_latest(session: Session, enterprise_id: int | None) -> list[SentList]:
    """List the last lists that the enterprise has sent, the newest first. One query."""
    query = (
        select(SentList)
        .where(SentList.enterprise_id == enterprise_id)
        .order_by(SentList.created_at.desc(), SentList.id.desc())
        .limit(LATEST)
    )
    return list(session.scalars(query))


def list_own(
    session: Session, enterprise_id: int | None, before: int | None, limit: int
) -> list[SentList]:
    """List the lists of an enterprise, the newest first, from those before an id. One query."""
    query = select(SentList).where(SentList.enterprise_id == enterprise_id)
    if before is not None:
        query = query.where(SentList.id < before)
    return list(session.scalars(query.order_by(SentList.id.desc()).limit(limit)))


def begin(session: Session, who: Who, list_id: int, which: Which, now: datetime) -> SentList:
    """Decide that the rows of a checked list are to be written.

    Raises plan.Refused for ALL when a row is refused, NotNow when it is not checked or begun.
    """
    sent = _lock(session, who, list_id)
    if sent.state != ListState.CHECKED:
        raise NotNow(_("The list is being read, or it is imported already."))
    counts = sent.facts["counts"]
    if which == Which.ALL and counts["refused"]:
        raise plan.Refused(plan.refusal(counts["refused"]))
    sent.state, sent.rows_done, sent.done_percent = ListState.TAKING, 0, 0
    _record(session, who, sent, ("price_list.begun", now))
    return sent


def stop(session: Session, who: Who, list_id: int, now: datetime) -> SentList:
    """Give a list up; what is written of it stays. Raises NotNow when it is over."""
    sent = _lock(session, who, list_id)
    if sent.state not in (*RUNNING, ListState.CHECKED):
        raise NotNow(_("The import is over already."))
    sent.state = ListState.STOPPED
    _record(session, who, sent, ("price_list.stopped", now))
    return sent


def _lock(session: Session, who: Who, list_id: int) -> SentList:
    get_own(session, who.enterprise_id, list_id)
    return session.get_one(SentList, list_id, with_for_update=True, populate_existing=True)


def _record(session: Session, who: Who, sent: SentList, deed: tuple[str, datetime]) -> None:
    action, now = deed
    facts = {"file": sent.file_name, "rows": sent.rows_done or sent.rows}
    audit.record(
        session, action, ("price_list", sent.id), person_id=who.person_id, now=now,
        facts=audit.changes({}, facts),
    )  # fmt: skip
