"""Demands of the world: what buyers lack, and what an enterprise answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.products.models import Product
from catalogue.search.models import Demand, DemandAnswer

if TYPE_CHECKING:
    from .load import World


def ask_for(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write the demands of the file with their answers, in the order of the file."""
    shelf = {
        (product.enterprise_id, product.item_number): product.id
        for product in session.scalars(select(Product))
    }
    today = today_in_copenhagen(world.now)
    for row in rows:
        key, in_days = row["enterprise"], row["needed_in_days"]
        made = Demand(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            person_id=world.persons[row["buyer"]].id,
            enterprise_id=world.enterprises[key].id if key else None,
            text=row["text"],
            details=row["details"],
            category_code=row["category"],
            needed_on=None if in_days is None else today + timedelta(days=in_days),
            created_at=world.now - timedelta(days=row["asked_days_ago"]),
        )
        made.answers = [_answer(world, shelf, each) for each in row["answers"]]
        session.add(made)
        session.flush()  # one by one, so that their numbers follow the file


def _answer(world: World, shelf: dict[tuple[int, str], int], row: dict[str, Any]) -> DemandAnswer:
    enterprise_id = world.enterprises[row["enterprise"]].id
    number = row["item_number"]
    return DemandAnswer(
        enterprise_id=enterprise_id,
        product_id=shelf[enterprise_id, number] if number else None,
        text=row["text"],
        price_ore=row["price_ore"],
        answered_at=world.now - timedelta(days=row["answered_days_ago"]),
    )
