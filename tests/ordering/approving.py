"""A world of approval: a rule over 5,000 kr., two approvers, staff, and a buyer of a house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
from ordering.world import DELIVERY, World, make, put
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.who import Role, Who
from catalogue.ordering import approval, policy, service
from catalogue.ordering.approval import Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.models import Order
from catalogue.ordering.policy import RuleTerms

OVER_ORE = 500_000


@dataclass
class Town:
    """The world of ordering, with the people of approval."""

    world: World
    anne: Person
    bo: Person
    staff: Person
    anne_who: Who
    bo_who: Who
    staff_who: Who


def approver(session: Session, world: World, name: str) -> Person:
    """Make an approver of the world's municipality."""
    made = cast.person(session, name)
    cast.role(session, made, Role.APPROVER, municipality=world.home)
    return made


def town(session: Session, **agreement: Any) -> Town:
    """Make the world with people, but without a rule."""
    world = make(session, **agreement)
    anne, bo = approver(session, world, "Anne Bak"), approver(session, world, "Bo Dam")
    staff = cast.staff(session, world.home)
    return Town(world, anne, bo, staff, *(cast.who(session, each) for each in (anne, bo, staff)))


def rule(session: Session, town: Town, *approvers: Person, **facts: Any) -> None:
    """Make a rule over 5,000 kr.; `approvers` in turn, else Anne."""
    terms: dict[str, Any] = {
        "name": "Ordrer over 5.000 kr.", "from_ore": OVER_ORE, "category_code": None,
        "institution": None, "enterprise_id": None, "escalate_days": 3, "escalate_to_id": None,
        "approvers": tuple(each.id for each in approvers or (town.anne,)),
    } | facts  # fmt: skip
    policy.create_rule(session, town.staff_who, RuleTerms(**terms), cast.NOW)


def order(session: Session, town: Town, quantity: str | None = None, key: str = "form-1") -> Order:
    """Order the world's product; return the one order."""
    put(session, town.world, quantity)
    (made,) = service.place(session, town.world.who, DELIVERY, key, cast.NOW)
    session.flush()
    return made


def seen(session: Session, order: Order, *struck: int, reason: str | None = None) -> Seen:
    """Return what an approver is shown now, with the lines she strikes."""
    return Seen(load_case(session, order, cast.TODAY).digest, frozenset(struck), reason)


def approve(
    session: Session, who: Who, order: Order, *struck: int, reason: str | None = None
) -> Order:
    """Approve an order as it stands."""
    return approval.approve(
        session, who, order.number, seen(session, order, *struck, reason=reason), cast.NOW
    )
