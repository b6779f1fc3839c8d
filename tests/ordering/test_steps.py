"""The states of an order: who may take it on, and to whom it is a foreign object."""

from __future__ import annotations

import cast
import pytest
from cast import NOW
from ordering.world import DELIVERY, KEY, World, make, put
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.jobs import Job
from catalogue.ordering import api_orders, order_lists, queries, service
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.order_lists import Sought
from catalogue.ordering.rules import Step


def ordered(session: Session) -> tuple[World, Order]:
    """Make the world with one placed order."""
    world = make(session)
    put(session, world)
    (order,) = service.place(session, world.who, DELIVERY, KEY, NOW)
    return world, order


def test_order_goes_from_placed_to_received_with_who_and_when(session: Session) -> None:
    world, order = ordered(session)
    for who, step in (
        (world.worker_who, Step.CONFIRM),
        (world.worker_who, Step.DISPATCH),
        (world.who, Step.RECEIVE),
    ):
        api_orders.take(session, who, order.number, {"step": step}, NOW)
    session.flush()
    query = select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)
    assert [(event.state, event.person_name) for event in session.scalars(query)] == [
        ("placed", world.buyer.name),
        ("confirmed", world.worker.name),
        ("dispatched", world.worker.name),
        ("received", world.buyer.name),
    ]
    mails = session.scalars(select(Job).where(Job.topic == "order.mail").order_by(Job.id))
    assert [job.payload["state"] for job in mails] == [
        "placed", "confirmed", "dispatched", "received",
    ]  # fmt: skip


def test_second_click_is_told_where_the_order_stands(session: Session) -> None:
    world, order = ordered(session)
    service.take_step(session, world.worker_who, order.number, Step.CONFIRM, now=NOW)
    with pytest.raises(service.OutOfTurn) as caught:
        service.take_step(session, world.worker_who, order.number, Step.CONFIRM, now=NOW)
    assert "Bekræftet" in str(caught.value.detail)


def test_buyer_cannot_cancel_what_is_confirmed(session: Session) -> None:
    world, order = ordered(session)
    service.take_step(session, world.worker_who, order.number, Step.CONFIRM, now=NOW)
    with pytest.raises(service.OutOfTurn):
        service.take_step(session, world.who, order.number, Step.CANCEL, now=NOW)


def test_rejection_owes_a_reason(session: Session) -> None:
    world, order = ordered(session)
    with pytest.raises(Invalid):
        service.take_step(session, world.worker_who, order.number, Step.REJECT, now=NOW)
    service.take_step(
        session, world.worker_who, order.number, Step.REJECT, now=NOW, reason="Udsolgt"
    )
    page = queries.get_order(session, world.who, order.number)
    assert [(each.done, each.reason) for each in page.timeline] == [(True, None), (True, "Udsolgt")]


def test_order_of_others_is_missing(session: Session) -> None:
    world, order = ordered(session)
    vejle = cast.municipality(session, "Vejle")
    strangers = [
        cast.who(session, cast.worker(session, cast.enterprise(session, "Grennessminde"))),
        cast.who(session, cast.buyer(session, world.home)),
        cast.who(session, cast.buyer(session, vejle)),
        cast.who(session, cast.staff(session, vejle)),
        cast.who(session, cast.administrator(session)),
    ]
    for stranger in strangers:
        assert order_lists.count(session, stranger, Sought()) == {}
        with pytest.raises(Missing):
            queries.get_order(session, stranger, order.number)
        for step in Step:
            with pytest.raises(Missing):
                service.take_step(session, stranger, order.number, step, now=NOW, reason="x")


def test_staff_see_orders_of_their_municipality_and_can_but_hand_them_over(
    session: Session,
) -> None:
    world, order = ordered(session)
    staff = cast.who(session, cast.staff(session, world.home))
    assert queries.get_order(session, staff, order.number).steps == [Step.HAND_OVER]
    with pytest.raises(service.OutOfTurn):
        service.take_step(session, staff, order.number, Step.CANCEL, now=NOW)


def test_buttons_are_the_steps_of_the_rule(session: Session) -> None:
    world, order = ordered(session)
    assert queries.get_order(session, world.who, order.number).steps == [Step.CANCEL]
    assert queries.get_order(session, world.worker_who, order.number).steps == [
        Step.SEE,
        Step.CONFIRM,
        Step.CONFIRM_PART,
        Step.REJECT,
        Step.PROPOSE,
    ]


def test_list_of_orders_takes_one_query(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        for number in range(3):
            put(session, world)
            service.place(session, world.who, DELIVERY, f"key-of-form-{number}", NOW)
    with database.reading() as session, cast.counted_queries(database) as seen:
        found = order_lists.list_found(session, world.who, Sought(), limit=2)
    assert [each.order.number for each in found] == ["0330-2026-00003", "0330-2026-00002"]
    assert len(seen) == 1
