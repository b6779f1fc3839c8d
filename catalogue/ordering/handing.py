"""Handing an order over to another buyer of the municipality: whoever has left moves hers no more.

The order is the other buyer's from then on, with all that it waits for. What was agreed stays as it
is: nothing is approved anew, and the enterprise answers by the links it has.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalogue.accounts.models import Person, PersonRole
from catalogue.core import audit, jobs
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import sides, steps
from .models import Approval, ApprovalStep, Order, OrderEvent
from .rules import Step
from .standing_placing import standing_id_of

MAIL = "order.handed_over"


def hand_over(
    session: Session, who: Who, number: str, buyer_id: int, reason: str, now: datetime
) -> Order:
    """Give an order that has not ended to another buyer of the municipality; staff, with a reason.

    Raises Invalid for somebody who is no active buyer there, or who approves the order.
    """
    order = steps.begin(session, who, number, Step.HAND_OVER, reason=reason)
    buyers = list_buyers(session, order)
    if buyer_id not in buyers or buyer_id == order.buyer_id:
        raise Invalid({"buyer_id": [_("Choose another active buyer, who does not approve it")]})
    former = session.get_one(Person, order.buyer_id)
    order.buyer_id = buyer_id
    if standing_id_of(order.placing_key) is None:
        # Keys are each buyer's own: what she sends under hers must not be taken for this order.
        order.placing_key = f"handed-over:{order.id}"
    event = OrderEvent(
        order_id=order.id, state=order.state, step=Step.HAND_OVER, at=now, person_id=who.person_id,
        person_name=who.name, reason=f"{former.name} → {buyers[buyer_id]}: {reason}",
    )  # fmt: skip
    session.add(event)
    sides.name_buyer(session, order)
    facts = audit.changes({"buyer_id": former.id}, {"buyer_id": buyer_id})
    steps.trace(session, who, order, "order.handed_over", (now, facts))
    session.flush()
    jobs.put(session, MAIL, {"event_id": event.id, "former_id": former.id}, now=now)
    return order


def list_buyers(session: Session, order: Order) -> dict[int, str]:
    """Return by id the names of the active buyers whose order it may be, by name. One query.

    Its present buyer is among them unless she has left. Nobody is who approved it or is asked to:
    she would approve her own order, or it would wait for nobody.
    """
    approved = select(Approval.person_id).where(Approval.order_id == order.id)
    asked = select(ApprovalStep.approver_id).where(ApprovalStep.order_id == order.id)
    then = select(ApprovalStep.escalate_to_id).where(
        ApprovalStep.order_id == order.id, ApprovalStep.escalate_to_id.is_not(None)
    )
    other = and_(
        Person.is_system.is_(False), Person.id.not_in(approved), Person.id.not_in(asked),
        Person.id.not_in(then),
    )  # fmt: skip
    query = (
        select(Person.id, Person.name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(acting_for(order.municipality_id), or_(Person.id == order.buyer_id, other))
        .order_by(Person.name, Person.id)
    )
    return {id_: name for id_, name in session.execute(query)}


def has_left(session: Session, buyer_id: int, municipality_id: int) -> bool:
    """Tell whether a person buys for a municipality no more. One query."""
    acting = select(PersonRole.id).join(Person, Person.id == PersonRole.person_id)
    here = (Person.id == buyer_id, acting_for(municipality_id))
    return session.scalar(acting.where(*here).limit(1)) is None


def acting_for(municipality_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition of a person and a role of hers: that she buys for a municipality."""
    here = and_(PersonRole.role == Role.BUYER, PersonRole.municipality_id == municipality_id)
    return and_(here, Person.disabled_at.is_(None))
