"""Rules of approval in the world, and orders that wait for it, made by the verbs people use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person, PersonRole
from catalogue.core.who import Role, Who
from catalogue.ordering import basket, policy, service
from catalogue.ordering.policy import RuleTerms
from catalogue.ordering.rules import Delivery
from catalogue.products.models import Product

from .trade import DELIVERY_GLN

if TYPE_CHECKING:
    from .load import World


def rule(session: Session, world: World, content: dict[str, Any]) -> None:
    """Make the rules of the file, then place the orders that await approval by them."""
    for row in content["rules"]:
        terms = RuleTerms(
            name=row["name"],
            from_ore=row["from_ore"],
            category_code=None,
            institution=None,
            enterprise_id=None,
            approvers=tuple(world.persons[email].id for email in row["approvers"]),
            escalate_days=row["escalate_days"],
            escalate_to_id=world.persons[row["escalate_to"]].id,
        )
        who = acting(session, world.persons[row["staff"]], Role.STAFF)
        policy.create_rule(session, who, terms, world.now)
    for number, row in enumerate(content["orders"]):
        buyer = world.persons[row["buyer"]]
        who = acting(session, buyer, Role.BUYER)
        wanted = select(Product.id).where(
            Product.enterprise_id == world.enterprises[row["enterprise"]].id,
            Product.item_number == row["item_number"],
        )
        basket.add(session, who, session.scalars(wanted).one(), None, world.now)
        key = f"demo-approval-{number}"
        service.place(session, who, delivery(row, buyer), key, world.now)


def delivery(row: dict[str, Any], buyer: Person) -> Delivery:
    """Return where the order of a row goes."""
    return Delivery(
        institution=row["institution"],
        street=row["street"],
        postcode=row["postcode"],
        city=row["city"],
        gln=DELIVERY_GLN,
        contact_name=buyer.name,
        contact_email=buyer.email,
        reference=buyer.name,
        note=row["note"],
    )


def acting(session: Session, person: Person, role: Role) -> Who:
    """Return a person who acts in a role that she holds once."""
    held = session.scalars(
        select(PersonRole).where(PersonRole.person_id == person.id, PersonRole.role == role)
    ).one()
    return Who(
        person_id=person.id, name=person.name, email=person.email, role=role, role_id=held.id,
        municipality_id=held.municipality_id, enterprise_id=held.enterprise_id,
    )  # fmt: skip
