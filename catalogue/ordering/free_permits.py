"""Which voluntary agreements may be ordered on in free text, and up to which amount: staff say so.

It is policy of the municipality beside the agreement, not a term of it: it holds for orders placed
from now on, and orders that wait for approval go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement, AgreementKind
from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .coding_models import FreeTextPermit
from .models import Order, OrderLine


@dataclass(frozen=True)
class Ordered:
    """A line that was ordered in free text: what the enterprise might list."""

    number: str
    placed_at: datetime
    state: str
    line: OrderLine


def get_agreement(session: Session, who: Who, agreement_id: int) -> Agreement:
    """Return a voluntary agreement of the municipality; raises Missing."""
    found = session.get(Agreement, agreement_id)
    own = found is not None and found.municipality_id == who.municipality_id
    if found is None or not own or found.kind != AgreementKind.VOLUNTARY:
        raise Missing(_("There is no such voluntary agreement in your municipality."))
    return found


def find_most(session: Session, agreement_id: int) -> int | None:
    """Return the most that one order in free text may come to; None: none is allowed."""
    found = session.get(FreeTextPermit, agreement_id)
    return found.most_ore if found else None


def allow(
    session: Session, who: Who, agreement_id: int, most_ore: int | None, now: datetime
) -> None:
    """Allow orders in free text on an agreement up to an amount, or (None) no more. Missing."""
    agreement = get_agreement(session, who, agreement_id)
    permit = session.get(FreeTextPermit, agreement_id)
    before = permit.most_ore if permit else None
    if before == most_ore:
        return
    if permit is not None and most_ore is None:
        session.delete(permit)
    elif permit is not None and most_ore is not None:
        permit.most_ore, permit.allowed_at = most_ore, now
    elif most_ore is not None:
        session.add(FreeTextPermit(agreement_id=agreement_id, most_ore=most_ore, allowed_at=now))
    action = "agreement.free_text_allowed" if most_ore is not None else "agreement.free_text_ended"
    audit.record(
        session, action, ("agreement", agreement_id), person_id=who.person_id, now=now,
        facts=audit.changes({"free_text_ore": before}, {"free_text_ore": most_ore})
        | {"number": agreement.number},
        municipality_id=agreement.municipality_id,
    )  # fmt: skip


def list_ordered(session: Session, agreement_id: int, limit: int = 50) -> list[Ordered]:
    """List what was ordered in free text on an agreement, the newest first. One query."""
    rows = session.execute(
        select(Order.number, Order.placed_at, Order.state, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.agreement_id == agreement_id, OrderLine.free_text)
        .order_by(Order.placed_at.desc(), Order.id.desc(), OrderLine.position)
        .limit(limit)
    )
    return [Ordered(*row) for row in rows]
