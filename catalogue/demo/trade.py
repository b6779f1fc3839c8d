"""Past orders of the world, so that lists and coverage have something to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements import queries as agreements
from catalogue.agreements import rules
from catalogue.core.money import line_net_ore, vat_ore
from catalogue.core.text import COPENHAGEN, today_in_copenhagen
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import sides
from catalogue.ordering.models import Order, OrderCounter, OrderEvent, OrderLine, OrderState
from catalogue.products.models import Product

if TYPE_CHECKING:
    from .load import World

DELIVERY_GLN = "5798009811578"  # "Den Lille Skole" of the public OIOUBL examples
PATHS: dict[OrderState, tuple[OrderState, ...]] = {
    OrderState.PLACED: (),
    OrderState.CONFIRMED: (OrderState.CONFIRMED,),
    OrderState.REJECTED: (OrderState.REJECTED,),
    OrderState.CANCELLED: (OrderState.CANCELLED,),
    OrderState.DISPATCHED: (OrderState.CONFIRMED, OrderState.DISPATCHED),
    OrderState.RECEIVED: (OrderState.CONFIRMED, OrderState.DISPATCHED, OrderState.RECEIVED),
}
BUYERS_DEEDS = {OrderState.PLACED, OrderState.RECEIVED, OrderState.CANCELLED}


def place_orders(session: Session, world: World, rows: list[dict[str, Any]]) -> None:
    """Write the orders of the file, oldest first, numbered as if placed on their days."""
    shelf = {
        (product.enterprise_id, product.item_number): product
        for product in session.scalars(select(Product))
    }
    counters: dict[tuple[int, int], int] = {}
    made: list[Order] = []
    for place, row in enumerate(sorted(rows, key=lambda row: -row["placed_days_ago"])):
        at = world.now - timedelta(days=row["placed_days_ago"], hours=place % 5)
        municipality = world.municipalities[row["municipality_code"]]
        year = at.astimezone(COPENHAGEN).year
        sequence = counters[municipality.id, year] = counters.get((municipality.id, year), 0) + 1
        order = _order(world, row, at, number=(municipality, year, sequence))
        in_force = agreements.in_force(session, municipality.id, today_in_copenhagen(at))
        order.lines = list(_lines(shelf, order.enterprise_id, in_force, row["lines"]))
        order.net_ore = sum(line.net_ore for line in order.lines)
        order.vat_ore = vat_ore((line.net_ore, line.vat_rate) for line in order.lines)
        order.events = list(_events(world, row, order))
        session.add(order)
        made.append(order)
    for (municipality_id, year), last in counters.items():
        session.add(OrderCounter(municipality_id=municipality_id, year=year, last=last))
    session.flush()
    sides.keep(session, made)


def _order(
    world: World, row: dict[str, Any], at: datetime, *, number: tuple[Municipality, int, int]
) -> Order:
    municipality, year, sequence = number
    buyer: Person = world.persons[row["buyer"]]
    return Order(
        number=f"{municipality.code}-{year}-{sequence:05d}",
        municipality_id=municipality.id,
        year=year,
        sequence=sequence,
        enterprise_id=world.enterprises[row["enterprise"]].id,
        buyer_id=buyer.id,
        placing_key=f"demo-{municipality.code}-{year}-{sequence}",
        placed_at=at,
        state=OrderState(row["state"]),
        gln=DELIVERY_GLN,
        institution="Den Lille Skole",
        street="Skolevej 1",
        postcode="4200",
        city=municipality.name,
        contact_name=buyer.name,
        contact_email=buyer.email,
        reference=buyer.name,
    )


def _lines(
    shelf: dict[tuple[int, str], Product],
    enterprise_id: int,
    in_force: rules.InForce,
    rows: list[dict[str, Any]],
) -> Iterator[OrderLine]:
    for position, row in enumerate(rows, start=1):
        product = shelf[enterprise_id, row["item_number"]]
        found = rules.judge(
            in_force,
            published=True,
            enterprise_id=enterprise_id,
            category_code=product.category_code,
        ).voluntary
        if found is None or product.price_ore is None or product.category_code is None:
            raise ValueError(f"demonstration order of {row['item_number']} is not orderable")
        quantity = Decimal(str(row["quantity"]))
        yield OrderLine(
            position=position,
            product_id=product.id,
            product_version=1,
            item_number=product.item_number,
            title=product.title,
            kind=product.kind,
            category_code=product.category_code,
            unit=product.unit,
            quantity=quantity,
            price_ore=product.price_ore,
            vat_rate=product.vat_rate,
            net_ore=line_net_ore(product.price_ore, quantity),
            agreement_id=found.agreement_id,
            agreement_number=found.number,
        )


def _events(world: World, row: dict[str, Any], order: Order) -> Iterator[OrderEvent]:
    buyer = world.persons[row["buyer"]]
    enterprise: Enterprise = world.enterprises[row["enterprise"]]
    for step, state in enumerate((OrderState.PLACED, *PATHS[order.state])):
        at = min(order.placed_at + timedelta(days=2 * step, hours=step), world.now)
        by_buyer = state in BUYERS_DEEDS
        yield OrderEvent(
            state=state,
            at=at,
            person_id=buyer.id if by_buyer else None,
            person_name=buyer.name if by_buyer else enterprise.name,
            reason=row.get("reason") if state == order.state else None,
        )
