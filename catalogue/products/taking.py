"""Take a price list part by part, each in a transaction of its own.

A long list would hold up all other writers if it were one. A part that is written is written once:
where a list stands is kept in the same transaction, and rows judged otherwise than when they were
shown are passed over and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import plan, shelf, writing
from .deliveries import Delivery
from .entries import Outcome
from .models import Product


@dataclass(frozen=True)
class Taken:
    """What a part has become: how many products are new and changed, which rows had moved.

    A product and its variants are one.
    """

    created: int
    changed: int
    moved: tuple[int, ...]


def take_part(
    session: Session, who: Who, part: Delivery, digests: Sequence[str], now: datetime
) -> Taken:
    """Write the good rows of a part that are what they were when their digests were kept."""
    enterprise_id = shelf.lock_enterprise(session, who)
    mine = select(Product.id).where(
        Product.enterprise_id == enterprise_id, Product.item_number.in_(part.numbers)
    )
    session.execute(mine.with_for_update())  # nobody changes them between judging and doing
    entries = plan.judge(session, enterprise_id, part, today_in_copenhagen(now))
    pairs = list(zip(entries, digests, strict=True))
    same = [entry for entry, digest in pairs if entry.digest == digest]
    writing.write(session, who, same, now)
    outcomes = [each.outcome for each in writing.products_of(same)]
    return Taken(
        outcomes.count(Outcome.CREATED),
        outcomes.count(Outcome.CHANGED),
        tuple(entry.row for entry, digest in pairs if entry.digest != digest),
    )
