"""What the world has seen so far, as events of the audit: oldest first, as if done by its people.

Dates are those of the rows; the events stand in the order of their days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import PersonRole
from catalogue.agreements.models import Agreement
from catalogue.core import audit
from catalogue.core.who import Role
from catalogue.ordering.models import Order, OrderState
from catalogue.products.models import Product, ProductState

from .trade import PATHS

if TYPE_CHECKING:
    from .load import World


@dataclass(frozen=True)
class _Deed:
    at: datetime
    action: str
    subject: tuple[str, int]
    person_id: int | None = None
    municipality_id: int | None = None
    after: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)


def leave(session: Session, world: World) -> None:
    """Write what was done to enterprises, agreements, products and orders of the world."""
    session.flush()
    staff = _first(session, PersonRole.municipality_id, Role.STAFF)
    workers = _first(session, PersonRole.enterprise_id, Role.ENTERPRISE)
    deeds = [
        *_reviewed(world, staff, workers),
        *_agreed(session, staff),
        *_stocked(session, workers),
        *_ordered(session, workers),
    ]
    for deed in sorted(deeds, key=lambda each: (each.at, each.action)):
        audit.record(
            session, deed.action, deed.subject, person_id=deed.person_id, now=deed.at,
            facts=audit.changes(deed.before, deed.after) | deed.beside,
            municipality_id=deed.municipality_id,
        )  # fmt: skip


def _first(session: Session, place: Any, role: Role) -> dict[int, int]:
    """Return the first person of that role by place."""
    query = select(place, PersonRole.person_id).where(PersonRole.role == role)
    found: dict[int, int] = {}
    for where, person_id in session.execute(query.order_by(PersonRole.id)):
        found.setdefault(where, person_id)
    return found


def _reviewed(world: World, staff: dict[int, int], workers: dict[int, int]) -> Iterator[_Deed]:
    for each in world.enterprises.values():
        subject, reviewer = ("enterprise", each.id), each.reviewer_id
        applied = {"name": each.name, "legal_form": each.legal_form, "state": "applied"}
        by = workers.get(each.id)
        yield _Deed(each.created_at, "enterprise.applied", subject, by, reviewer, applied)
        if each.decided_at is not None:
            reason = {"reason": each.decision_reason} if each.decision_reason else {}
            yield _Deed(
                each.decided_at, f"enterprise.{each.state}", subject, staff.get(reviewer), reviewer,
                {"state": each.state}, {"state": "applied"}, reason,
            )  # fmt: skip


def _agreed(session: Session, staff: dict[int, int]) -> Iterator[_Deed]:
    for each in session.scalars(select(Agreement).order_by(Agreement.id)):
        after = {
            "kind": each.kind, "number": each.number, "title": each.title,
            "starts_on": str(each.starts_on), "ends_on": str(each.ends_on),
            "enterprise_id": each.enterprise_id, "supplier_name": each.supplier_name,
            "ceiling_ore": each.ceiling_ore,
        }  # fmt: skip
        place = each.municipality_id
        subject = ("agreement", each.id)
        yield _Deed(each.created_at, "agreement.created", subject, staff.get(place), place, after)


def _stocked(session: Session, workers: dict[int, int]) -> Iterator[_Deed]:
    for each in session.scalars(select(Product).order_by(Product.id)):
        subject, by = ("product", each.id), workers.get(each.enterprise_id)
        after = {
            "item_number": each.item_number, "title": each.title, "kind": each.kind,
            "category_code": each.category_code, "price_ore": each.price_ore, "state": "draft",
        }  # fmt: skip
        yield _Deed(each.created_at, "product.created", subject, by, after=after)
        if each.state != ProductState.DRAFT:
            published = {"state": "published"}
            yield _Deed(
                each.created_at, "product.published", subject, by,
                after=published, before={"state": "draft"},
            )  # fmt: skip


def _ordered(session: Session, workers: dict[int, int]) -> Iterator[_Deed]:
    query = select(Order).options(selectinload(Order.events)).order_by(Order.id)
    for order in session.scalars(query):
        states = (None, OrderState.PLACED, *PATHS[OrderState(order.state)])
        for event, before in zip(
            sorted(order.events, key=lambda each: each.id), states, strict=False
        ):
            sums = {} if before else {"net_ore": order.net_ore, "vat_ore": order.vat_ore}
            yield _Deed(
                event.at, f"order.{event.state}", ("order", order.id),
                event.person_id or workers.get(order.enterprise_id), order.municipality_id,
                {"state": event.state, **sums}, {"state": before} if before else {},
                {"number": order.number, "enterprise_id": order.enterprise_id},
            )  # fmt: skip
