"""Reads of checks: how a product stands with those who check it, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.accounts.models import Municipality, Person
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from . import checks, gate, revisions, shelf, telling
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
    """Return how a product of the enterprise stands. Three queries."""
    either = or_(Revision.draft_id == product.id, Revision.product_id == product.id)
    linked = session.scalars(select(Revision).where(either)).first()
    last = session.execute(
        select(ProductCheck, Person.name, Municipality.name)
        .join(Municipality, Municipality.id == ProductCheck.municipality_id)
        .outerjoin(Person, Person.id == ProductCheck.submitted_by)
        .where(ProductCheck.draft_id == product.id)
        .order_by(ProductCheck.id.desc())
        .limit(1)
    ).first()
    check, by, municipality = last or (None, "", "")
    is_draft = linked is not None and linked.draft_id == product.id
    return Standing(
        changes_id=linked.product_id if linked and is_draft else None,
        change_id=linked.draft_id if linked and not is_draft else None,
        checked=gate.is_checked(session, product.enterprise_id),
        helping=who.role == Role.FACILITATOR,
        check=check,
        by=by or "",
        municipality=municipality,
    )


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
    draft = _get(session, found.draft_id or 0)
    is_change = found.draft_id != found.product_id
    new = shelf.told(draft) | {"state": ProductState.PUBLISHED}
    old = None
    if is_change:
        shown = _get(session, found.product_id)
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


def _get(session: Session, product_id: int) -> Product:
    query = select(Product).where(Product.id == product_id).options(*shelf.whole())
    return session.scalars(query).one()
