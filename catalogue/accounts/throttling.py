"""What guessing costs: failed tries are counted for a quarter of an hour, then forgotten.

Who or what tries is kept as a hash, so that the rows tell no addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from .models import FailedSignIn
from .queries import hash_of

WINDOW = timedelta(minutes=15)


def subject(kind: str, value: str) -> str:
    """Return what tries of a kind by `value` (an e-mail or network address) are counted by."""
    return f"{kind}:{hash_of(_had_by_one(value))[:64]}"


def is_throttled(session: Session, limits: Mapping[str, int], now: datetime) -> bool:
    """Tell whether one of the subjects has failed as often as its limit allows."""
    counts = session.execute(
        select(FailedSignIn.subject, func.count())
        .where(FailedSignIn.subject.in_(limits))
        # Those of a clock that was ahead, and was set back, count no longer than others.
        .where(FailedSignIn.at.between(now - WINDOW, now + WINDOW))
        .group_by(FailedSignIn.subject)
    )
    return any(count >= limits[each] for each, count in counts)


def note_failure(session: Session, subjects: Iterable[str], now: datetime) -> None:
    """Count a failed try of the subjects."""
    session.add_all(FailedSignIn(subject=each, at=now) for each in subjects)


def forget_old(session: Session, now: datetime) -> None:
    """Take out the tries that count no more."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - WINDOW))


def _had_by_one(value: str) -> str:
    """Return a network address as one visitor has it; all else as it is.

    Of IPv6 each line has a network of 2⁶⁴ addresses, so that each try could come from another.
    """
    try:
        found = ip_address(value)
    except ValueError:
        return value
    if isinstance(found, IPv4Address):
        return value
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
