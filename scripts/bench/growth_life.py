"""Orders of growth.py that live a whole life: placed, confirmed, sent and received, with the mails.

By the verbs that pages call, and the worker's own, so that each leaves what it leaves in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle

import cast
from drawn import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.http import State
from catalogue.core.who import Who
from catalogue.lanes import lanes
from catalogue.ordering import basket, service, shipments
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Delivery, Step
from catalogue.ordering.shipments import Sending
from catalogue.products.models import Product

LINES, SELLERS = 3, 12  # of an order; enterprises that get them


@dataclass(frozen=True)
class Crew:
    """Who buys and who delivers, with the baskets: products of one enterprise each."""

    buyers: list[Who]
    sellers: dict[int, Who]
    baskets: dict[int, list[tuple[int, ...]]]


def gather(state: State, buyers: list[str], orderable: list[int]) -> Crew:
    """Take enterprises that may be ordered from, each with somebody who answers."""
    with state.database.transaction() as session:
        rows = session.execute(
            select(Product.enterprise_id, Product.id)
            .where(Product.id.in_(orderable), Product.kind == "goods")
            .order_by(Product.enterprise_id, Product.id)
        ).all()
        shelves: dict[int, list[int]] = {}
        for enterprise_id, product_id in rows:
            shelves.setdefault(enterprise_id, []).append(product_id)
        full = [each for each, shelf in shelves.items() if len(shelf) >= LINES][:SELLERS]
        sellers = {each: _seller(session, each) for each in full}
        people = session.query(cast.Person).filter(cast.Person.email.in_(buyers))
        return Crew(
            [cast.who(session, each) for each in people], sellers,
            {each: _baskets(shelves[each]) for each in full},
        )  # fmt: skip


def live(state: State, crew: Crew, count: int) -> list[int]:
    """Have `count` orders live their lives; return their ids."""
    before = _last(state)
    buyers, shops = cycle(crew.buyers), cycle(crew.sellers)
    delivery = Delivery(**{name: value for name, value in DELIVERY.items() if value})
    for number in range(count):
        buyer, shop = next(buyers), next(shops)
        chosen = crew.baskets[shop][number % len(crew.baskets[shop])]
        _order(state, buyer, crew.sellers[shop], (chosen, delivery, f"growth {before} {number}"))
    _work(state)
    with state.database.reading() as session:
        return list(session.scalars(select(Order.id).where(Order.id > before)))


def _order(
    state: State, buyer: Who, seller: Who, what: tuple[tuple[int, ...], Delivery, str]
) -> None:
    """Place an order and bring it to its end, each step in a transaction of its own."""
    products, delivery, key = what
    now = state.clock() - timedelta(days=1)  # so that all its mails are due
    with state.database.transaction() as session:
        for each in products:
            basket.add(session, buyer, each, None, now)
    with state.database.transaction() as session:
        (placed,) = service.place(session, buyer, delivery, key, now)
        number = placed.number
    with state.database.transaction() as session:
        service.take_step(session, seller, number, Step.CONFIRM, now=now + timedelta(hours=1))
    with state.database.transaction() as session:
        shipments.dispatch(session, seller, number, Sending(), now + timedelta(hours=2))
    with state.database.transaction() as session:
        shipments.receive(session, buyer, number, {}, now + timedelta(hours=3))


def _baskets(shelf: list[int]) -> list[tuple[int, ...]]:
    return [tuple(shelf[at : at + LINES]) for at in range(0, len(shelf) - LINES + 1, LINES)]


def _seller(session: Session, enterprise_id: int) -> Who:
    return cast.who(session, cast.worker(session, session.get_one(cast.Enterprise, enterprise_id)))


def _work(state: State) -> None:
    """Do all that the worker would, mails among it."""
    for lane in lanes(state):
        while jobs.run_once(state.database, lane.handlers, clock=state.clock, limit=lane.limit):
            pass


def _last(state: State) -> int:
    with state.database.reading() as session:
        return session.scalar(select(Order.id).order_by(Order.id.desc()).limit(1)) or 0
