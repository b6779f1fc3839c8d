"""Checks: send a product in, take it back, approve it, or send it back with a reason.

What a facilitator sends in, the enterprise reads; what the enterprise sends in, or approves where
its municipality checks, the staff of that municipality read. Meanwhile it cannot be changed, so
that what is approved is what was read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Invalid, NotAllowed
from catalogue.core.fields import MESSAGES
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from . import gate, revisions, shelf
from .check_models import CheckedBy, CheckState, ProductCheck, Reader
from .check_rules import Checked
from .models import Product, ProductState
from .service import NotVerified

MAIL = "product.check_mail"
LONGEST_REASON = 2000


def set_checked(session: Session, who: Who, which: Checked, now: datetime) -> None:
    """Say what one's municipality checks of the enterprises it reviews, from now on."""
    if who.role != Role.STAFF or who.municipality_id is None:
        raise NotAllowed(_("Only staff of a municipality decide what it checks."))
    found = session.get(CheckedBy, who.municipality_id, with_for_update=True)
    before = found.which if found else Checked.NONE
    if found is None:
        found = CheckedBy(municipality_id=who.municipality_id)
        session.add(found)
    found.which, found.decided_at, found.decided_by = which, now, who.person_id
    if before != which:
        facts = audit.changes({"checked": before}, {"checked": which})
        audit.record(
            session, "checking.set", ("municipality", who.municipality_id),
            person_id=who.person_id, now=now, facts=facts, municipality_id=who.municipality_id,
        )  # fmt: skip


def submit(session: Session, who: Who, product_id: int, now: datetime) -> ProductCheck:
    """Send a draft, a withdrawn product or a change in to be read before buyers see it.

    Raises NotReady, NotVerified, Invalid for a price that must not rise, and Conflict when it
    waits already, is on the shelf, or nobody checks it.
    """
    draft = revisions.lock(session, who.enterprise_id, product_id)
    if draft.state in (ProductState.PUBLISHED, ProductState.SUBMITTED):
        raise Conflict(_("The product is on the shelf, or waits for an answer already."))
    shelf.check_ready(draft)
    target_id = _check_change(session, draft, now)
    helped = who.role == Role.FACILITATOR
    if not helped:
        _check_enterprise(session, who, now)
    before = shelf.told(draft)
    draft.state, draft.updated_at = ProductState.SUBMITTED, now
    reader = Reader.ENTERPRISE if helped else Reader.MUNICIPALITY
    made = _ask(session, who, (target_id, draft.id), reader, now)
    shelf.note_deed(session, who, "product.submitted", draft, before, now)
    return made


def take_back(session: Session, who: Who, product_id: int, now: datetime) -> None:
    """Take back what waits for an answer, to change it. Raises Missing, Conflict."""
    draft = revisions.lock(session, who.enterprise_id, product_id)
    found = find_waiting(session, draft.id)
    if found is None:
        raise Conflict(_("Nobody reads this product now. Load the page again."))
    found.state = CheckState.TAKEN_BACK
    _settle(session, who, draft, found, "product.taken_back", now)


def approve(session: Session, who: Who, check_id: int, now: datetime) -> Product:
    """Approve what was sent in: it goes on the shelf, or on to the municipality if that checks.

    Raises Missing, Conflict, NotReady, NotVerified.
    """
    found, draft = _to_decide(session, who, check_id)
    found.state, found.decided_at, found.decided_by = CheckState.APPROVED, now, who.person_id
    own = found.reader == Reader.ENTERPRISE
    if own and gate.is_checked(session, draft.enterprise_id):
        _ask(session, who, (found.product_id, draft.id), Reader.MUNICIPALITY, now)
        _record(session, who, "product.approved", found, now)
        return draft
    _check_verified(session, draft, now)
    if not own:
        jobs.put(session, MAIL, {"check_id": found.id, "state": found.state}, now=now)
    before = shelf.told(draft)
    draft.state = ProductState.DRAFT
    session.flush()
    if revisions.find(session, draft.id) is not None:
        shown = revisions.apply(session, who, draft, now)
    else:
        shelf.put_on_shelf(session, who, draft, before, now)
        shown = draft
    _record(session, who, "product.approved", found, now)
    return shown


def send_back(session: Session, who: Who, check_id: int, reason: str, now: datetime) -> int:
    """Send back what was sent in, with what is to be mended; return the id of the draft.

    Raises Conflict when it does not wait for `who`.
    """
    found, draft = _to_decide(session, who, check_id)
    found.state, found.reason = CheckState.RETURNED, reason
    found.decided_at, found.decided_by = now, who.person_id
    jobs.put(session, MAIL, {"check_id": found.id, "state": found.state}, now=now)
    _settle(session, who, draft, found, "product.sent_back", now)
    return draft.id


def find_waiting(session: Session, draft_id: int) -> ProductCheck | None:
    """Return the check that waits for an answer about a draft."""
    query = select(ProductCheck).where(
        ProductCheck.draft_id == draft_id, ProductCheck.state == CheckState.WAITING
    )
    return session.scalars(query).first()


def to_decide_where(who: Who) -> ColumnElement[bool]:
    """Return the condition of the checks that wait for `who` to decide."""
    waiting = ProductCheck.state == CheckState.WAITING
    if who.role == Role.STAFF:
        own = ProductCheck.municipality_id == who.municipality_id
        return waiting & own & (ProductCheck.reader == Reader.MUNICIPALITY)
    mine = select(Product.id).where(Product.enterprise_id == who.enterprise_id)
    own = ProductCheck.product_id.in_(mine)
    decides = who.role == Role.ENTERPRISE
    return waiting & own & (ProductCheck.reader == Reader.ENTERPRISE) & decides


def _to_decide(session: Session, who: Who, check_id: int) -> tuple[ProductCheck, Product]:
    query = select(ProductCheck).where(ProductCheck.id == check_id, to_decide_where(who))
    found = session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).first()
    if found is None or found.draft_id is None:
        raise Conflict(_("It does not wait for you any more. Load the page again."))
    enterprise_id = session.scalar(
        select(Product.enterprise_id).where(Product.id == found.draft_id)
    )
    return found, revisions.lock(session, enterprise_id, found.draft_id)


def _check_change(session: Session, draft: Product, now: datetime) -> int:
    """Return the product that buyers are to see; a change of it must not raise a bound price."""
    revision = revisions.find(session, draft.id)
    if revision is None:
        return draft.id
    product = revisions.lock(session, draft.enterprise_id, revision.product_id)
    revisions.refuse_rise(session, product, draft, now)
    return product.id


def _check_enterprise(session: Session, who: Who, now: datetime) -> None:
    if not shelf.is_verified(session, who.enterprise_id, today_in_copenhagen(now)):
        raise NotVerified(
            _("You can send products in as soon as the municipality has verified your enterprise.")
        )
    if not gate.is_checked(session, who.enterprise_id):
        raise Conflict(_("Your municipality does not check products. Publish it yourselves."))


def _check_verified(session: Session, draft: Product, now: datetime) -> None:
    if not shelf.is_verified(session, draft.enterprise_id, today_in_copenhagen(now)):
        raise NotVerified(_("The enterprise must be verified before its products are seen."))


def _ask(
    session: Session, who: Who, ids: tuple[int, int], reader: Reader, now: datetime
) -> ProductCheck:
    """Write that somebody is asked; `ids`: what buyers are to see, and what is read."""
    product_id, draft_id = ids
    reviewer = (
        select(Enterprise.reviewer_id)
        .join(Product, Product.enterprise_id == Enterprise.id)
        .where(Product.id == product_id)
    )
    made = ProductCheck(
        product_id=product_id,
        draft_id=draft_id,
        reader=reader,
        municipality_id=session.scalars(reviewer).one(),
        state=CheckState.WAITING,
        submitted_at=now,
        submitted_by=who.person_id,
    )
    session.add(made)
    session.flush()
    if reader == Reader.ENTERPRISE:
        jobs.put(session, MAIL, {"check_id": made.id, "state": made.state}, now=now)
    return made


def _settle(
    session: Session, who: Who, draft: Product, found: ProductCheck, action: str, now: datetime
) -> None:
    """Give a draft back to those who made it."""
    before = draft.state
    draft.state = ProductState.WITHDRAWN if draft.published_at else ProductState.DRAFT
    draft.updated_at = now
    _record(session, who, action, found, now, {"state": before}, {"state": draft.state})


def _record(
    session: Session,
    who: Who,
    action: str,
    found: ProductCheck,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    reason = {"reason": found.reason} if found.reason else {}
    told = {"check": found.state} | reason | (after or {})
    audit.record(
        session, action, ("product", found.product_id), person_id=who.person_id, now=now,
        facts=audit.changes({"check": CheckState.WAITING} | (before or {}), told),
        municipality_id=found.municipality_id,
    )  # fmt: skip


def read_reason(text: str) -> str:
    """Return why something is sent back; raises Invalid for nothing, or too much."""
    reason = text.strip()
    if not reason:
        raise Invalid({"reason": [_("Say what is to be mended")]})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": [_("Write at most %(limit)s characters", limit=LONGEST_REASON)]})
    if has_cpr_number(reason):
        raise Invalid({"reason": [MESSAGES["cpr"]]})
    return reason
