"""Mail that comes back: written to the log, told to those concerned, and an address given up.

Optional mail to an address that failed for good stops until somebody has mended it; orders and
approvals are tried all the same.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import mail_kinds, mail_log, notices
from .bounce_rules import Bounce
from .mail_models import FailingAddress, MailRecord, Outcome
from .notices import News

TOLD = _("Mail to %(address)s comes back. Mend the address")
OWN_PAGE = "beskeder/mail"
LOG_PAGE, REFUSED_PAGE = "sendte-mails?udfald=bounced", "sendte-mails"


def take(session: Session, bounce: Bounce, secret: str, now: datetime) -> MailRecord | None:
    """Write that a mail came back; return its line in the log, or None when it is none of ours.

    A delay is noted and changes nothing else.
    """
    record = _find(session, bounce, secret)
    if record is None:
        return None
    said = f"{bounce.status} {bounce.detail}".strip()[: mail_log.LONGEST_DETAIL]
    for each in mail_log.list_beside(session, record):
        each.detail = said
        if bounce.is_final:
            each.outcome, each.last_at = Outcome.BOUNCED, now
    if not bounce.is_final:
        return record
    if bounce.is_hard and _give_up(session, record, bounce.status, now):
        _tell(session, record, LOG_PAGE, now)
    return record


def give_up(session: Session, record_id: int, status: str, now: datetime) -> None:
    """Give up an address that our own mail server refuses: nothing will come back from there."""
    record = session.get_one(MailRecord, record_id)
    if _give_up(session, record, status, now):
        _tell(session, record, REFUSED_PAGE, now)


def _find(session: Session, bounce: Bounce, secret: str) -> MailRecord | None:
    if bounce.record is not None:
        number, signed = bounce.record
        if compare_digest(signed, mail_log.signature(secret, number)):
            return session.get(MailRecord, number)
    if bounce.message_id is None:
        return None
    query = select(MailRecord).where(MailRecord.message_id == bounce.message_id)
    return session.scalars(query.order_by(MailRecord.id.desc()).limit(1)).first()


def _give_up(session: Session, record: MailRecord, status: str, now: datetime) -> bool:
    """Put an address among those that fail; return whether it was not there."""
    own = FailingAddress.address_folded == record.recipient_folded
    found = session.scalars(select(FailingAddress).where(own)).first()
    if found is not None:
        found.status, found.detail = status, record.detail
        return False
    session.add(
        FailingAddress(
            address=record.recipient,
            address_folded=record.recipient_folded,
            since=now,
            status=status,
            detail=record.detail,
        )
    )
    return True


def _tell(session: Session, record: MailRecord, page: str, now: datetime) -> None:
    """Tell whoever the mail was for, and the staff of the municipality it concerns."""
    told = Text(TOLD.message, {"address": record.recipient})
    staff = notices.audience(Role.STAFF, record.municipality_id)
    key = f"bounce.{record.id}"
    if record.audience is not None and record.audience != staff:
        notices.put(session, record.audience, News(key, mail_kinds.RETURNED, told, OWN_PAGE), now)
    if record.municipality_id is not None:
        notices.put(session, staff, News(key, mail_kinds.RETURNED, told, page), now)
