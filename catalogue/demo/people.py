"""A facilitator's work in the world: a change that staff read, and a colleague who is invited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Invitation, PersonRole
from catalogue.accounts.rules import expires
from catalogue.core.who import Role, Who
from catalogue.products import checks, revisions, service, shelf
from catalogue.products.check_rules import Checked
from catalogue.products.models import Product, ProductState

if TYPE_CHECKING:
    from .load import World

STAFF, HELPER, OWNER = "staff@slagelse.example", "finn@jobcenter.example", "bevar@bevar.example"
ADDED = "Vi henter de gamle tekstiler hos jer, når I bestiller."


def help_out(session: Session, world: World) -> None:
    """Let Slagelse check all products, a facilitator prepare a change, and its owner send it on."""
    staff, helper, owner = (_who(session, world, each) for each in (STAFF, HELPER, OWNER))
    checks.set_checked(session, staff, Checked.ALL, world.now)
    for place, product in enumerate(_first(session, owner)):
        draft = revisions.begin(session, helper, product.id, world.now)
        facts = shelf.facts_of(draft)
        longer = replace(facts, description=f"{facts.description}\n\n{ADDED}")
        service.save(session, helper, draft.id, longer, world.now)
        asked = checks.submit(session, helper, draft.id, world.now)
        if place == 0:  # the other one waits for the enterprise
            checks.approve(session, owner, asked.id, world.now)
    session.add(
        Invitation(
            enterprise_id=owner.enterprise_id,
            role=Role.ENTERPRISE,
            email="liv@bevar.example",
            invited_by=owner.person_id,
            created_at=world.now,
            expires_at=expires(world.now),
            sent_at=world.now,
        )
    )


def _first(session: Session, owner: Who) -> list[Product]:
    query = select(Product).where(
        Product.enterprise_id == owner.enterprise_id, Product.state == ProductState.PUBLISHED
    )
    return list(session.scalars(query.order_by(Product.id).limit(2)))


def _who(session: Session, world: World, email: str) -> Who:
    person = world.persons[email]
    held = session.scalars(
        select(PersonRole).where(PersonRole.person_id == person.id).order_by(PersonRole.id)
    ).first()
    if held is None:
        raise ValueError(f"{email} holds no role")
    return Who(
        person_id=person.id, name=person.name, email=person.email, role=Role(held.role),
        municipality_id=held.municipality_id, enterprise_id=held.enterprise_id,
    )  # fmt: skip
