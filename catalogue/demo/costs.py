"""Codings, budgets and a permission of free text in the world, and an order with a split."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role
from catalogue.ordering import budgets, codings, free_permits, recoding
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.coding_rules import Part
from catalogue.ordering.codings import CodingFacts
from catalogue.ordering.models import Order

from .approvals import acting

if TYPE_CHECKING:
    from .load import World


def book(session: Session, world: World, content: dict[str, Any]) -> None:
    """Keep the codings and budgets of the file, for the year of loading, by the pages' verbs."""
    year = today_in_copenhagen(world.now).year
    for row in content["codings"]:
        who = acting(session, world.persons[row.pop("buyer")], Role.BUYER)
        codings.keep(session, who, CodingFacts(**row), world.now)
    for row in content["budgets"]:
        who = acting(session, world.persons[row.pop("staff")], Role.STAFF)
        terms = Terms(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), **row)
        budgets.enter(session, who, terms, world.now)
    for row in content["free_text"]:
        who = acting(session, world.persons[row["staff"]], Role.STAFF)
        number = Agreement.number == row["agreement"]
        agreement_id = session.scalars(select(Agreement.id).where(number)).one()
        free_permits.allow(session, who, agreement_id, row["most_ore"], world.now)
    for row in content["splits"]:
        _split(session, world, row)


def _split(session: Session, world: World, row: dict[str, Any]) -> None:
    """Split the first line of the buyer's newest order."""
    buyer = world.persons[row["buyer"]]
    own = select(Order.number).where(Order.buyer_id == buyer.id, Order.state == "received")
    number = session.scalars(own.order_by(Order.placed_at.desc()).limit(1)).one()
    parts = [Part(code, Decimal(share) if share else None) for code, share in row["parts"]]
    who = acting(session, buyer, Role.BUYER)
    recoding.recode(session, who, number, (row["account_coding"], {1: parts}), world.now)
