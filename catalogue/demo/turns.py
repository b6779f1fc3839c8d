"""Orders that took a turn: confirmed or sent in part, work done, sent back; all by verbs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import PersonRole
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role
from catalogue.ordering import approval, basket, partial, service, shipments
from catalogue.ordering.approval import Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.models import Order
from catalogue.ordering.partial import Part
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending
from catalogue.products.models import Product

from .approvals import acting, delivery

if TYPE_CHECKING:
    from .load import World


def take(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Place the orders of the file and take their steps."""
    for number, row in enumerate(rows):
        buyer = world.persons[row["buyer"]]
        who = acting(session, buyer, Role.BUYER)
        wanted = select(Product.id).where(
            Product.enterprise_id == world.enterprises[row["enterprise"]].id,
            Product.item_number == row["item_number"],
        )
        product_id = session.scalars(wanted).one()
        basket.add(session, who, product_id, Decimal(row["quantity"]), world.now)
        key = f"demo-turn-{number}"
        (order,) = service.place(session, who, delivery(row, buyer), key, world.now)
        session.flush()
        for turn in row["then"]:
            _take(session, world, order, turn)


def _take(session: Session, world: World, order: Order, turn: dict[str, Any]) -> None:
    person, step = world.persons[turn["by"]], Step(turn["step"])
    role = session.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id)).first()
    who = acting(session, person, Role(str(role)))
    if step == Step.CONFIRM_PART:
        part = Part(turn["reason"], {1: Decimal(turn["quantity"])})
        partial.confirm_part(session, who, order.number, part, world.now)
    elif step == Step.DISPATCH:
        held = {1: Decimal(turn["quantity"])}
        sending = Sending(held, None, turn["carrier"], turn["tracking"], turn["note"])
        shipments.dispatch(session, who, order.number, sending, world.now)
    elif step == Step.APPROVE:
        case = load_case(session, order, today_in_copenhagen(world.now))
        approval.approve(session, who, order.number, Seen(case.digest), world.now)
    elif step == Step.SEND_BACK:
        approval.send_back(session, who, order.number, turn["reason"], world.now)
    else:
        service.take_step(session, who, order.number, step, now=world.now)
