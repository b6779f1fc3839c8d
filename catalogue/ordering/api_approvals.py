"""What awaits approval, as programs read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.who import Who

from . import api_orders, approval_queries, queries
from .approval_api_schema import ApprovalListedSchema, ApprovalShownSchema
from .approval_cases import load_case
from .approval_queries import Waiting
from .models import OrderState
from .rules import Price


def list_waiting(
    session: Session, who: Who, after: int | None, *, mine: bool, today: date
) -> list[Waiting]:
    """List what awaits approval behind an order's id, all or hers alone. As the page: six queries.

    Whose turn it is follows from the day and from absences, so it cannot be asked of the database.
    """
    found = approval_queries.list_waiting(session, who, today)
    behind = [
        each for each in found
        if each.listed.order.id > (after or 0) and (each.is_mine or not mine)
    ]  # fmt: skip
    return sorted(behind, key=lambda each: each.listed.order.id)


def show_listed(waiting: Waiting) -> dict[str, Any]:
    """Return an order as the list of what waits has it."""
    return dict(ApprovalListedSchema().dump(_told(waiting)))


def show(session: Session, who: Who, number: str, today: date) -> dict[str, Any]:
    """Return an order with what its approver decides on; raises Missing."""
    order_told = api_orders.show(session, who, number)
    page = queries.get_order(session, who, number)
    case = load_case(session, page.order, today)
    is_mine = page.order.state == OrderState.AWAITING and who.person_id in case.acting
    basis = approval_queries.basis(session, page.order, today)
    told = _told(Waiting(page, case, is_mine)) | {
        "digest": case.digest,
        "approvals": case.approvals,
        "problems": basis.problems,
        "last_prices": [
            {"product_id": id_, "placed_at": last.placed_at} | _price(last.price)
            for id_, last in sorted(basis.last_prices.items())
        ],
    }
    return dict(ApprovalShownSchema(exclude=["order"]).dump(told)) | {"order": order_told}


def _price(price: Price) -> dict[str, Any]:
    return {
        "price_ore": price.ore,
        "price_base_quantity": price.base_quantity,
        "unit": price.unit,
    }


def _told(waiting: Waiting) -> dict[str, Any]:
    listed, case = waiting.listed, waiting.case
    order, step = listed.order, case.step
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "enterprise": listed.enterprise_name,
        "buyer": listed.buyer_name,
        "institution": order.institution,
        "net_ore": order.net_ore,
        "rule": step and step.rule_name,
        "due_on": step and step.due_on,
        "waits_for": case.acting_names,
        "is_mine": waiting.is_mine,
    }
