"""Demands of the world: what buyers lack and look for in vain, and what enterprises answered."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.coverage.demand_rules import first_month
from catalogue.products.models import Product
from catalogue.search.models import (
    Asked,
    AskedMonth,
    Demand,
    DemandAnswer,
    Inquiry,
    InquiryRecipient,
)
from catalogue.search.rules import InquiryAnswer, Outcome

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


def search_in_vain(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write what was searched for in vain: so many times, spread evenly over the months named."""
    today = today_in_copenhagen(world.now)
    day = datetime.combine(today, time.min, UTC)
    for row in rows:
        made = Asked(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            text=row["text"],
            times=row["times"],
            found=0,
            last_at=day,
        )
        session.add(made)
        session.flush()
        months = row["months_ago"]
        for place, months_ago in enumerate(months):
            times = row["times"] // len(months) + (place < row["times"] % len(months))
            month = AskedMonth(
                asked_id=made.id,
                month=first_month(today, months_ago + 1),
                outcome=Outcome(row["outcome"]),
                times=times,
                category_code=row["category"],
            )
            session.add(month)


def inquire(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write what staff asked enterprises to make, and the answers that came; nobody gets mail."""
    for row in rows:
        at = world.now - timedelta(days=row["asked_days_ago"])
        made = Inquiry(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            person_id=world.persons[row["staff"]].id,
            words=row["words"],
            text=row["text"],
            category_code=row["category"],
            created_at=at,
        )
        made.recipients = [
            _asked(world.enterprises[key].id, row["declined"].get(key), at) for key in row["asked"]
        ]
        session.add(made)


def _asked(enterprise_id: int, reason: str | None, at: datetime) -> InquiryRecipient:
    made = InquiryRecipient(enterprise_id=enterprise_id, mailed_at=at)
    if reason is not None:
        made.answer, made.reason = InquiryAnswer.NO, reason
        made.answered_at = at + timedelta(days=2)
    return made


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
