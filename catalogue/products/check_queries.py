"""Reads of checks: how a product stands with those who check it, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.accounts.models import Municipality, Person
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from . import check_rules, checks, gate, revisions, shelf, telling
from .check_models import CheckedBy, CheckState, ProductCheck, Reader, Revision
from .check_rules import Checked
from .models import Product, ProductState
from .telling import Line


@dataclass(frozen=True)
class Standing:
    """How a product of one's own stands with those who check it."""

    changes_id: int | None  # the product this draft is to change
    change_id: int | None  # the draft that is to change this product
    checked: bool  # the municipality checks what is published
    helping: bool  # one is a facilitator, and so never publishes
    check: ProductCheck | None  # the last one
    by: str = ""  # who sent it in
    municipality: str = ""

    @property
    def held(self) -> bool:
        """Tell whether what one saves waits for somebody else."""
        return self.checked or self.helping

    @property
    def waiting(self) -> bool:
        """Tell whether somebody reads it now."""
        return self.check is not None and self.check.state == CheckState.WAITING

    @property
    def ours(self) -> bool:
        """Tell whether it waits for oneself to decide."""
        return (
            self.check is not None
            and self.waiting
            and self.check.reader == Reader.ENTERPRISE
            and not self.helping
        )

    @property
    def returned(self) -> str | None:
        """Return why it was sent back, when that is the last that was said."""
        back = self.check is not None and self.check.state == CheckState.RETURNED
        return self.check.reason if back and self.check is not None else None


@dataclass(frozen=True)
class Waiting:
    """A line of what waits for staff."""

    id: int
    title: str
    enterprise: str
    submitted_at: datetime
    is_change: bool


@dataclass(frozen=True)
class Case:
    """What was sent in beside what buyers see now."""

    check: ProductCheck
    title: str
    enterprise: str
    is_change: bool
    lines: Sequence[Line]


def standing(session: Session, who: Who, product: Product) -> Standing:
    """Return how a product of the enterprise stands. One query."""
    row = session.execute(_standing(), {"product_id": product.id}).one()
    is_draft = row.draft_id == product.id
    which = None if row.which is None else Checked(row.which)
    return Standing(
        changes_id=row.product_id if is_draft else None,
        change_id=None if is_draft else row.draft_id,
        checked=which is not None and check_rules.must_be_checked(which, row.published),
        helping=who.role == Role.FACILITATOR,
        check=row.ProductCheck,
        by=row.by or "",
        municipality=row.municipality or "",
    )


@cache  # asked by each form of a product: to write the statement takes longer than to answer it
def _standing() -> Any:
    """Ask for a change that a product is or has, its last check, and what its enterprise may."""
    own: Any = bindparam("product_id")
    shelved = aliased(Product)
    published = case((CheckedBy.which.is_not(None), gate.count_published()), else_=0)
    return (
        select(
            Revision.draft_id, Revision.product_id, ProductCheck, Person.name.label("by"),
            Municipality.name.label("municipality"), CheckedBy.which, published.label("published"),
        )
        .select_from(shelved)
        .join(Enterprise, Enterprise.id == shelved.enterprise_id)
        .outerjoin(CheckedBy, CheckedBy.municipality_id == Enterprise.reviewer_id)
        .outerjoin(Revision, or_(Revision.draft_id == own, Revision.product_id == own))
        .outerjoin(ProductCheck, ProductCheck.draft_id == shelved.id)
        .outerjoin(Municipality, Municipality.id == ProductCheck.municipality_id)
        .outerjoin(Person, Person.id == ProductCheck.submitted_by)
        .where(shelved.id == own)
        .order_by(ProductCheck.id.desc())
        .limit(1)
    )  # fmt: skip


def get_checked(session: Session, municipality_id: int | None) -> Checked:
    """Return what a municipality checks."""
    found = session.get(CheckedBy, municipality_id) if municipality_id is not None else None
    return Checked(found.which) if found else Checked.NONE


def list_waiting(session: Session, who: Who) -> list[Waiting]:
    """List what waits for the staff of a municipality, the oldest first. One query."""
    draft = aliased(Product)
    rows = session.execute(
        select(
            ProductCheck.id, draft.title, Enterprise.name, ProductCheck.submitted_at,
            ProductCheck.draft_id != ProductCheck.product_id,
        )
        .join(draft, draft.id == ProductCheck.draft_id)
        .join(Enterprise, Enterprise.id == draft.enterprise_id)
        .where(checks.to_decide_where(who))
        .order_by(ProductCheck.submitted_at, ProductCheck.id)
    )  # fmt: skip
    return [Waiting(*row) for row in rows]


def get_case(session: Session, who: Who, check_id: int) -> Case:
    """Return what was sent in beside what buyers see; raises Missing when it does not wait."""
    found = _find(session, who, check_id)
    is_change = found.draft_id != found.product_id
    # Both at once, with all that hangs on them.
    query = select(Product).where(Product.id.in_({found.draft_id, found.product_id}))
    both = {each.id: each for each in session.scalars(query.options(*shelf.whole()))}
    draft = both[found.draft_id or 0]
    new = shelf.told(draft) | {"state": ProductState.PUBLISHED}
    old = None
    if is_change:
        shown = both[found.product_id]
        old, new = shelf.told(shown), revisions.told_after(session, draft, shown)
    enterprise = session.get_one(Enterprise, draft.enterprise_id).name
    return Case(found, draft.title, enterprise, is_change, telling.lines(session, old, new))


def get_draft_id(session: Session, who: Who, check_id: int) -> int:
    """Return the draft that waits for `who` to decide; raises Missing."""
    return _find(session, who, check_id).draft_id or 0


def _find(session: Session, who: Who, check_id: int) -> ProductCheck:
    query = select(ProductCheck).where(ProductCheck.id == check_id, checks.to_decide_where(who))
    found = session.scalars(query).first()
    if found is None or found.draft_id is None:
        raise Missing(_("It does not wait for an answer any more, or not for yours."))
    return found
