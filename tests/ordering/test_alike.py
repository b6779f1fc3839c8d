"""Which of a buyer's orders a list is most like."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
from ordering.past import order
from ordering.world import World, make, second_enterprise
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.ordering import alike, lists
from catalogue.ordering.list_schema import Added, Named
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.products.models import Product


def had(session: Session, world: World, product: Product, quantity: int, days: int) -> Order:
    """Have the buyer order so many of a product, so many days ago."""
    ago = cast.NOW - timedelta(days=days)
    made = order(session, world.home, product, world.agreement, 100, placed_at=ago)
    made.buyer_id = world.buyer.id
    made.lines[0].quantity = Decimal(quantity)
    session.flush()
    return made


def found(session: Session, world: World, list_id: int) -> str | None:
    """Return the number of the order that is most like a list."""
    like = alike.find(session, world.who, list_id)
    return like.number if like else None


def test_a_list_is_like_the_order_with_its_quantities_and_else_the_newest(
    session: Session,
) -> None:
    world = make(session)
    other = second_enterprise(session, world)
    named = lists.make(session, world.who, Named("Forår", shared=False), cast.NOW)
    lists.add(session, world.who, Added(world.product.id, Decimal(4), named.id, None), cast.NOW)
    assert found(session, world, named.id) is None
    strange = had(session, world, other, 4, days=0)
    oldest = had(session, world, world.product, 1, days=9)
    assert found(session, world, named.id) == oldest.number
    newer = had(session, world, world.product, 2, days=8)
    assert found(session, world, named.id) == newer.number
    same = had(session, world, world.product, 4, days=20)
    assert found(session, world, named.id) == same.number
    had(session, world, world.product, 4, days=1).state = OrderState.REJECTED
    had(session, world, world.product, 4, days=1).buyer_id = cast.buyer(session, world.home).id
    session.flush()
    assert found(session, world, named.id) == same.number

    lists.add(session, world.who, Added(other.id, Decimal(1), named.id, None), cast.NOW)
    both = had(session, world, world.product, 9, days=30)
    of = OrderLine.order_id == strange.id
    session.execute(update(OrderLine).where(of).values(order_id=both.id, position=2))
    assert found(session, world, named.id) == both.number  # it has more of the list
