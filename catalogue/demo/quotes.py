"""Requests for quotes of the world: one to compare, one that waits, and one that nobody met."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.money import line_net_ore
from catalogue.core.text import today_in_copenhagen
from catalogue.ordering.quote_models import (
    Quote,
    QuoteLine,
    QuoteQuestion,
    QuoteRecipient,
    QuoteRequest,
)
from catalogue.products.models import Product

if TYPE_CHECKING:
    from .load import World


def request(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write the requests of the file with their questions and answers; nobody gets mail."""
    today = today_in_copenhagen(world.now)
    for row in rows:
        at = world.now - timedelta(days=row["asked_days_ago"])
        made = QuoteRequest(
            municipality_id=world.municipalities[row["municipality_code"]].id,
            buyer_id=world.persons[row["buyer"]].id,
            product_id=_product_id(session, world, row["product"]),
            category_code=row["category"],
            kind=row["kind"],
            title=row["title"],
            description=row["description"],
            details=_details(row, today),
            deadline_on=today + timedelta(days=row["deadline_in_days"]),
            created_at=at,
        )
        session.add(made)
        session.flush()
        asked = {
            each["enterprise"]: _asked(session, world, made, each, at) for each in row["answers"]
        }
        session.add_all(
            QuoteQuestion(
                request_id=made.id,
                recipient_id=asked[each["enterprise"]].id,
                text=each["text"],
                asked_at=at + timedelta(days=1),
                answer=each["answer"],
                answered_at=at + timedelta(days=2),
            )
            for each in row["questions"]
        )
    session.flush()


def _product_id(session: Session, world: World, named: list[str] | None) -> int | None:
    if named is None:
        return None
    key, number = named
    own = (Product.enterprise_id == world.enterprises[key].id, Product.item_number == number)
    return session.scalars(select(Product.id).where(*own)).one()


def _details(row: dict[str, Any], today: date) -> dict[str, Any]:
    in_days = row["wanted_in_days"]
    wanted = {} if in_days is None else {"wanted_on": str(today + timedelta(days=in_days))}
    return {**row["details"], **wanted}


def _asked(
    session: Session, world: World, of: QuoteRequest, row: dict[str, Any], at: datetime
) -> QuoteRecipient:
    made = QuoteRecipient(
        request_id=of.id, enterprise_id=world.enterprises[row["enterprise"]].id, asked_at=at
    )
    if "declined" in row:
        made.declined_at, made.decline_reason = at + timedelta(days=3), row["declined"]
    session.add(made)
    session.flush()
    if "lines" in row:
        session.add(_quote(world, made, row, at))
    return made


def _quote(world: World, of: QuoteRecipient, row: dict[str, Any], at: datetime) -> Quote:
    lines = [_line(position, each) for position, each in enumerate(row["lines"], start=1)]
    return Quote(
        recipient_id=of.id,
        text=row["text"],
        delivery_days=row["delivery_days"],
        valid_until=today_in_copenhagen(world.now) + timedelta(days=row["valid_in_days"]),
        net_ore=sum(line.net_ore for line in lines),
        sent_at=at + timedelta(days=5),
        lines=lines,
    )


def _line(position: int, row: dict[str, Any]) -> QuoteLine:
    quantity = Decimal(row["quantity"])
    return QuoteLine(
        position=position,
        title=row["title"],
        quantity=quantity,
        unit=row["unit"],
        price_ore=row["price_ore"],
        vat_rate=25,
        net_ore=line_net_ore(row["price_ore"], quantity),
    )
