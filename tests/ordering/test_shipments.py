"""Goods that go in several shipments: what is left, what came, and what never comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from cast import NOW, TODAY
from hypothesis import given
from hypothesis import strategies as st
from ordering.approving import Town, order, town
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import reading_in
from catalogue.ordering import ceilings, changing, shipment_rules, shipments
from catalogue.ordering.change_rules import Arrived
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.shipments import Sending, ShipmentGone
from catalogue.ordering.steps import OutOfTurn

DAY = timedelta(days=1)


def confirmed(session: Session, here: Town, quantity: str = "5") -> Order:
    """Order play houses, which are confirmed."""
    made = order(session, here, quantity)
    return changing.confirm(session, here.world.worker_who, made.number, None, NOW)


def send(session: Session, here: Town, made: Order, many: int | None, **said: object) -> Order:
    """Send so many; None: all that is left."""
    held = {} if many is None else {1: Decimal(many)}
    sending = Sending(held, **said)  # type: ignore[arg-type]
    return shipments.dispatch(session, here.world.worker_who, made.number, sending, NOW)


def take(
    session: Session, here: Town, made: Order, which: int, came: Mapping[int, Arrived]
) -> Order:
    """Receive a shipment as the buyer."""
    return shipments.receive_shipment(session, here.world.who, made.number, (which, came), NOW)


def test_goods_go_in_shipments_and_each_is_received_by_itself(session: Session) -> None:
    here = town(session)
    made = confirmed(session, here)
    assert send(session, here, made, 2, carrier="GLS", tracking="3700").state == "sending"
    short = {1: Arrived(Decimal(1), "Én manglede")}
    assert take(session, here, made, 1, short).state == "sending"
    assert made.lines[0].received_quantity is None  # what came in all is known at the end
    assert send(session, here, made, 1).state == "sending"
    assert send(session, here, made, None).state == "dispatched"
    assert [each.quantities for each in made.shipments] == [{1: 2}, {1: 1}, {1: 2}]
    assert take(session, here, made, 3, {}).state == "dispatched"
    assert take(session, here, made, 2, {}).state == "received"
    (line,) = made.lines
    assert (line.received_quantity, line.deviation) == (4, "Én manglede")


def test_what_is_kept_of_quantities_is_read_alike_in_every_language(session: Session) -> None:
    here = town(session, ceiling_ore=None)
    made = confirmed(session, here, "1200")
    send(session, here, made, 1100)
    send(session, here, made, 100)
    with reading_in("en"):
        take(session, here, made, 1, {1: Arrived(Decimal("1000.5"), "Én var knækket")})
    of_it = select(OrderEvent.reason).where(OrderEvent.order_id == made.id)
    said = session.scalars(of_it.order_by(OrderEvent.id)).all()[-1] or ""
    assert said.startswith("1100 × ")
    assert "(1000,5 / 1100): Én var knækket" in said


def test_all_that_is_under_way_is_received_at_once_with_what_is_short(session: Session) -> None:
    here = town(session)
    made = confirmed(session, here)
    for many in (2, None):
        send(session, here, made, many)
    came = {1: Arrived(Decimal(3), "To er knækket")}
    shipments.receive(session, here.world.who, made.number, came, NOW)
    assert [each.lines[0].received_quantity for each in made.shipments] == [None, 1]
    assert (made.state, made.lines[0].received_quantity) == ("received", 3)


def test_what_never_comes_is_off_the_order_and_the_ceiling(session: Session) -> None:
    here = town(session, ceiling_ore=10_000_000)
    made = confirmed(session, here)
    send(session, here, made, 2)
    with pytest.raises(Invalid):
        shipments.stop(session, here.world.worker_who, made.number, None, NOW)
    shipments.stop(session, here.world.worker_who, made.number, "Ingen lærk", NOW)
    session.flush()
    (used,) = ceilings.list_used(session, [here.world.agreement.id], TODAY)
    assert (made.state, made.lines[0].quantity, used.ordered_ore) == ("dispatched", 2, 2_500_000)
    shipments.receive(session, here.world.who, made.number, {}, NOW)
    assert made.state == "received"


def test_a_step_out_of_turn_is_told_what_is_possible(session: Session) -> None:
    here = town(session)
    made = confirmed(session, here)
    with pytest.raises(OutOfTurn, match="Du kan ikke gøre noget"):
        take(session, here, made, 1, {})
    send(session, here, made, 2)
    with pytest.raises(OutOfTurn, match="Muligt nu: Bekræft, at en forsendelse er kommet"):
        shipments.receive(session, here.world.who, made.number, {}, NOW)
    with pytest.raises(Missing):
        take(session, here, made, 2, {})
    take(session, here, made, 1, {})
    with pytest.raises(ShipmentGone):
        take(session, here, made, 1, {})
    assert send(session, here, made, 2, number=1).state == "sending"  # a second click
    assert len(made.shipments) == 1
    with pytest.raises(ShipmentGone):  # another form, drawn before the first was sent
        send(session, here, made, 1, number=1)
    with pytest.raises(OutOfTurn):
        shipments.dispatch(session, here.world.who, made.number, Sending(number=1), NOW)


@pytest.mark.parametrize(
    ("many", "said", "field"),
    [
        (6, {}, "sent_1"),
        (0, {}, "sent"),
        (1, {"dispatched_on": TODAY + DAY}, "dispatched_on"),
        (1, {"dispatched_on": TODAY - DAY}, "dispatched_on"),
    ],
)
def test_a_shipment_holds_what_is_left_and_went_since_the_order(
    session: Session, many: int, said: dict[str, object], field: str
) -> None:
    here = town(session)
    made = confirmed(session, here)
    with pytest.raises(Invalid) as caught:
        send(session, here, made, many, **said)
    assert list(caught.value.problems) == [field]


def test_an_order_sent_before_shipments_were_known_is_received_as_ever(session: Session) -> None:
    here = town(session)
    made = confirmed(session, here)
    send(session, here, made, None)
    made.shipments.clear()
    came = {1: Arrived(Decimal(4), "Én manglede")}
    shipments.receive(session, here.world.who, made.number, came, NOW)
    assert (made.state, made.lines[0].received_quantity) == ("received", 4)


MANY = st.decimals(0, 100, places=3)


@given(st.lists(MANY, min_size=1, max_size=4), MANY)
def test_what_came_of_several_shipments_adds_up_and_the_first_are_whole(
    sent: list[Decimal], came: Decimal
) -> None:
    found = shipment_rules.spread(sent, came)
    assert sum(found) == came
    assert len(found) == len(sent)
    short = next((at for at, each in enumerate(found) if each < sent[at]), len(sent))
    assert found[: min(short, len(sent) - 1)] == sent[: min(short, len(sent) - 1)]
    assert not any(found[short + 1 :])


@given(st.dictionaries(st.integers(1, 5), MANY), st.lists(st.dictionaries(st.integers(1, 5), MANY)))
def test_what_is_sent_and_left_is_what_was_ordered(
    ordered: dict[int, Decimal], wanted: list[dict[int, Decimal]]
) -> None:
    sent: list[dict[int, Decimal]] = []
    for each in wanted:
        held, problems = shipment_rules.packed(shipment_rules.left(ordered, sent), each)
        sent += [] if problems else [held]
    last, _problems = shipment_rules.packed(shipment_rules.left(ordered, sent), {})
    gone = shipment_rules.total([*sent, last])
    assert {each: many for each, many in gone.items() if many} == {
        each: many for each, many in ordered.items() if many
    }
    assert shipment_rules.left(ordered, [gone]) == {}
