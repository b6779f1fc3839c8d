"""The log of mail: begun before a letter goes out, and ended by what became of it.

Each step is a transaction of its own, for nothing is sent within one. A letter whose last try was
never ended, or of which it is not noted that it went out, may have arrived; when it goes out again,
the log says so. A letter that tells of several things has a line for each.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session

from catalogue.core.text import COPENHAGEN, Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .mail_models import FailingAddress, MailRecord, Outcome

OUTCOME_NAMES: dict[Outcome, Text] = {
    Outcome.SENDING: _("Under way"),
    Outcome.SENT: _("Sent"),
    Outcome.REPEATED: _("Sent, perhaps twice"),
    Outcome.REFUSED: _("Refused by the mail server"),
    Outcome.UNREACHED: _("Mail server not reached"),
    Outcome.UNSURE: _("Not known whether it arrived"),
    Outcome.UNWANTED: _("Not sent: not wanted"),
    Outcome.FAILING: _("Not sent: the address fails"),
    Outcome.BOUNCED: _("Came back"),
}
# A letter that goes out again though its last try ended as sent was not noted as sent: the program
# was killed in between, or is one that wrote the two apart.
_MAY_HAVE_ARRIVED = (Outcome.SENDING, Outcome.UNSURE, Outcome.SENT, Outcome.REPEATED)
LONGEST_DETAIL = 500


@dataclass(frozen=True)
class Search:
    """What a reader of the log looks for; both days of the period count."""

    words: str = ""
    kind: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None


def begin(session: Session, facts: Sequence[dict[str, Any]], now: datetime) -> list[MailRecord]:
    """Write that a letter is about to go out; `facts` are the columns of each of its lines.

    The next try of a letter goes on with the lines of the last one, unless that came back.
    """
    same = MailRecord.message_id == facts[0]["message_id"]
    query = select(MailRecord).where(same).order_by(MailRecord.id)
    known = session.scalars(query.with_for_update()).all()
    arrived = any(each.outcome in _MAY_HAVE_ARRIVED for each in known)
    former = {each.about: each for each in known if each.outcome != Outcome.BOUNCED}
    lines = []
    for columns in facts:
        line = former.get(columns["about"])
        if line is None:
            line = MailRecord(**columns, first_at=now, tries=0, maybe_twice=False)
            session.add(line)
        line.maybe_twice = line.maybe_twice or arrived
        line.tries, line.last_at, line.outcome = line.tries + 1, now, Outcome.SENDING
        lines.append(line)
    session.flush()
    return lines


def end(
    session: Session,
    lines: Sequence[int],
    outcome: Outcome,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Write what became of a letter, on each of its lines; a bounce that was quicker stays."""
    own = (MailRecord.id.in_(lines), MailRecord.outcome != Outcome.BOUNCED)
    query = select(MailRecord).where(*own).order_by(MailRecord.id)
    for found in session.scalars(query.with_for_update()):
        repeated = outcome == Outcome.SENT and found.maybe_twice
        found.outcome, found.last_at = Outcome.REPEATED if repeated else outcome, now
        found.detail = None if detail is None else detail[:LONGEST_DETAIL]


def list_beside(session: Session, line: MailRecord) -> list[MailRecord]:
    """List the lines of a letter: this one, and those about the other things that it told."""
    others = (
        MailRecord.message_id == line.message_id,
        MailRecord.about != line.about,
        MailRecord.outcome.in_(_MAY_HAVE_ARRIVED),
    )
    return [line, *session.scalars(select(MailRecord).where(*others).order_by(MailRecord.id))]


def find_arrived(session: Session, message_ids: Collection[str]) -> set[str]:
    """Return those of the letters that may have arrived, by Message-ID."""
    arrived = MailRecord.outcome.in_(_MAY_HAVE_ARRIVED)
    query = select(MailRecord.message_id).where(MailRecord.message_id.in_(message_ids), arrived)
    return set(session.scalars(query))


def return_address(secret: str, bounces: str, record_id: int) -> str | None:
    """Return the address that a letter comes back to, which names its record; None without one.

    `bounces` is the setting. The signature keeps strangers from telling us of bounces.
    """
    local, at, domain = bounces.rpartition("@")
    return f"{local}+{record_id}.{signature(secret, record_id)}@{domain}" if at else None


def signature(secret: str, record_id: int) -> str:
    """Return what proves that we made a return address."""
    said = f"bounce\n{record_id}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()[:16]


def count(session: Session, who: Who, search: Search) -> int:
    """Count the mails that `who` may read of and that fit the search."""
    query = select(func.count()).select_from(MailRecord).where(*_where(who, search))
    return session.scalar(query) or 0


def list_newest(
    session: Session, who: Who, search: Search, *, offset: int, limit: int
) -> list[MailRecord]:
    """List the mails that `who` may read of and that fit the search, newest first."""
    query = select(MailRecord).where(*_where(who, search)).order_by(MailRecord.id.desc())
    return list(session.scalars(query.offset(offset).limit(limit)))


def list_failing(session: Session, who: Who) -> list[FailingAddress]:
    """List the addresses that fail and that mail was sent to on behalf of her municipality."""
    sent_to = select(MailRecord.recipient_folded).where(_visible_to(who))
    query = select(FailingAddress).where(FailingAddress.address_folded.in_(sent_to))
    return list(session.scalars(query.order_by(FailingAddress.since.desc(), FailingAddress.id)))


def _where(who: Who, search: Search) -> list[ColumnElement[bool]]:
    found = [_visible_to(who)]
    if search.words:
        columns = (
            MailRecord.recipient,
            MailRecord.about,
            MailRecord.subject,
            MailRecord.message_id,
        )
        found.append(or_(*(each.icontains(search.words, autoescape=True) for each in columns)))
    if search.kind:
        found.append(MailRecord.kind == search.kind)
    if search.outcome:
        found.append(MailRecord.outcome == search.outcome)
    if search.since is not None:
        found.append(MailRecord.last_at >= _begin(search.since))
    if search.until is not None:
        found.append(MailRecord.last_at < _begin(search.until + timedelta(days=1)))
    return found


def _visible_to(who: Who) -> ColumnElement[bool]:
    """Return which mails `who` may read of: staff those that concern their municipality."""
    if who.role == Role.ADMINISTRATOR:
        return true()
    if who.role == Role.STAFF and who.municipality_id is not None:
        return MailRecord.municipality_id == who.municipality_id
    return false()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, COPENHAGEN)
