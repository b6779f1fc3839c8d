"""Delivery times: from the placing to the buyer's own word that it has come."""

from __future__ import annotations

from datetime import date, timedelta

import cast
from ordering.past import order
from ordering.world import make
from sqlalchemy.orm import Session

from catalogue.coverage import delivery_times
from catalogue.coverage.delivery_times import Arrival
from catalogue.ordering.models import OrderEvent, OrderState


def test_slowest_stand_first_and_promises_count_where_there_were_any() -> None:
    arrivals = [Arrival(1, "A", days, late) for days, late in ((3, None), (9, True), (5, False))]
    first, second = delivery_times.sum_up([*arrivals, Arrival(2, "B", 7, None)])
    assert (first.name, first.orders, first.median_days, first.promised) == ("B", 1, 7, 0)
    assert (second.median_days, second.longest_days) == (5, 9)
    assert (second.promised, second.late) == (2, 1)


def test_orders_that_nobody_said_have_come_are_not_guessed(session: Session) -> None:
    world = make(session)
    for state in (OrderState.RECEIVED, OrderState.DISPATCHED):
        made = order(session, world.home, world.product, world.agreement, 100, state=state)
        made.delivery_on = cast.TODAY + timedelta(days=2)
        at = cast.NOW + timedelta(days=4)
        session.add(OrderEvent(order_id=made.id, state=state, at=at, person_name="Mette"))
    session.flush()
    (found,) = delivery_times.read(session, world.home.id, cast.TODAY + timedelta(days=9))
    assert (found.orders, found.median_days, found.late) == (1, 4, 1)
    assert delivery_times.read(session, world.home.id, date(2020, 1, 1)) == []
    day_of_arrival = cast.TODAY + timedelta(days=4)
    assert delivery_times.read(session, world.home.id, day_of_arrival) == [found]
    assert delivery_times.read(session, world.home.id, day_of_arrival - timedelta(days=1)) == []
