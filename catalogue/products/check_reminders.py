"""Tell the staff of a municipality each morning that products wait for their check.

One mail a day at most, and only when something has come since the last one; it lists all that
waits. The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import jobs
from catalogue.core.daily import Daily
from catalogue.enterprises.models import Enterprise

from .check_models import CheckState, ProductCheck, Reader
from .models import Product

DAILY, MAIL = Daily("product.remind_of_checks"), "product.checks_mail"
_WAITING = (
    ProductCheck.state == CheckState.WAITING,
    ProductCheck.reader == Reader.MUNICIPALITY,
    ProductCheck.draft_id.is_not(None),
)
_UNTOLD = or_(ProductCheck.mailed.is_(None), ProductCheck.mailed != CheckState.WAITING)


@dataclass(frozen=True)
class Waiting:
    """A product that waits for staff; `is_new`: no mail has told of it."""

    check_id: int
    title: str
    enterprise: str
    submitted_at: datetime
    is_change: bool
    is_new: bool


def remind(session: Session, now: datetime) -> int:
    """Put the mails that are due, and tomorrow's work; return the number of mails. Repeatable.

    A municipality without a contact gets none.
    """
    query = (
        select(ProductCheck.municipality_id)
        .join(Municipality, Municipality.id == ProductCheck.municipality_id)
        .where(*_WAITING, _UNTOLD, func.coalesce(Municipality.contact_email, "") != "")
        .distinct()
        .order_by(ProductCheck.municipality_id)
    )
    due = session.scalars(query).all()
    for municipality_id in due:
        jobs.put(session, MAIL, {"municipality_id": municipality_id}, now=now)
    DAILY.put_next(session, now)
    return len(due)


def list_waiting(session: Session, municipality_id: int) -> list[Waiting]:
    """List what waits for the staff of a municipality, the oldest first. One query."""
    rows = session.execute(
        select(
            ProductCheck.id,
            Product.title,
            Enterprise.name,
            ProductCheck.submitted_at,
            ProductCheck.draft_id != ProductCheck.product_id,
            _UNTOLD,
        )
        .join(Product, Product.id == ProductCheck.draft_id)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(*_WAITING, ProductCheck.municipality_id == municipality_id)
        .order_by(ProductCheck.submitted_at, ProductCheck.id)
    )
    return [Waiting(*row) for row in rows]


def note_told(session: Session, check_ids: Sequence[int]) -> None:
    """Write that staff were told of these; what is decided by now keeps what was told of that."""
    session.execute(
        update(ProductCheck)
        .where(ProductCheck.id.in_(check_ids), *_WAITING)
        .values(mailed=CheckState.WAITING)
    )
