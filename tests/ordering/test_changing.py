"""Changes of an order on its way: a day promised, a change answered, what came, the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from cast import NOW, TODAY
from ordering.approving import Town, approve, order, rule, town
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import (
    approval,
    approval_queries,
    ceilings,
    change_schema,
    changing,
    service,
    shipments,
)
from catalogue.ordering.approval import Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.change_rules import Arrived, Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.models import Order
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending
from catalogue.ordering.steps import OutOfTurn

LATER = TODAY + timedelta(days=20)


def confirmed(session: Session, here: Town, quantity: str = "4") -> Order:
    """Order and confirm for in ten days."""
    made = order(session, here, quantity)
    if made.state == "awaiting":
        approve(session, here.anne_who, made)
    day = TODAY + timedelta(days=10)
    return changing.confirm(session, here.world.worker_who, made.number, day, NOW)


def propose(session: Session, here: Town, made: Order, **what: object) -> Order:
    """Propose a change for the enterprise."""
    change = Change("Vi mangler lærk", **what)  # type: ignore[arg-type]
    return changing.propose(session, here.world.worker_who, made.number, change, NOW)


def test_confirming_promises_a_day_that_is_not_past(session: Session) -> None:
    here = town(session)
    made = order(session, here)
    who = here.world.worker_who
    with pytest.raises(Invalid):
        changing.confirm(session, who, made.number, TODAY - timedelta(days=1), NOW)
    changing.confirm(session, who, made.number, LATER, NOW)
    assert (made.state, made.delivery_on) == ("confirmed", LATER)


def test_an_accepted_change_is_what_the_order_says(session: Session) -> None:
    here = town(session, ceiling_ore=10_000_000)
    made = confirmed(session, here)
    new = {1: Proposed(Decimal(3), 1_200_000)}
    propose(session, here, made, delivery_on=LATER, lines=new)
    changing.accept(session, here.world.who, made.number, NOW)
    session.flush()
    (line,) = made.lines
    assert (made.state, made.delivery_on, line.quantity) == ("confirmed", LATER, 3)
    assert (line.net_ore, made.net_ore, made.vat_ore) == (3_600_000, 3_600_000, 900_000)
    (used,) = ceilings.list_used(session, [here.world.agreement.id], TODAY)
    assert used.bound_ore == 3_600_000


@pytest.mark.parametrize("from_state", ["placed", "confirmed"])
@pytest.mark.parametrize("answer", ["refuse", "withdraw"])
def test_a_change_that_is_not_accepted_leaves_the_order_as_it_was(
    session: Session, from_state: str, answer: str
) -> None:
    here = town(session)
    made = confirmed(session, here) if from_state == "confirmed" else order(session, here, "4")
    before = (made.state, made.net_ore, made.delivery_on)
    propose(session, here, made, lines={1: Proposed(Decimal(1))})
    if answer == "refuse":
        changing.refuse(session, here.world.who, made.number, NOW)
    else:
        changing.withdraw(session, here.world.worker_who, made.number, NOW)
    assert (made.state, made.net_ore, made.delivery_on) == before


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"lines": {1: Proposed(Decimal(4))}},
        {"lines": {1: Proposed(Decimal(5))}},
        {"lines": {1: Proposed(price_ore=1_250_001)}},
        {"delivery_on": date(2026, 11, 23)},
    ],
)
def test_a_proposal_changes_something_and_never_upwards(
    session: Session, what: dict[str, object]
) -> None:
    here = town(session)
    made = confirmed(session, here)
    with pytest.raises(Invalid):
        propose(session, here, made, **what)


def test_fewer_of_what_was_approved_is_approved_anew(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = confirmed(session, here)
    propose(session, here, made, lines={1: Proposed(Decimal(3))})
    changing.accept(session, here.world.who, made.number, NOW)
    assert made.state == "awaiting"
    approve(session, here.anne_who, made)
    assert made.state == "confirmed"


def test_what_was_placed_in_time_is_approved_anew_after_its_agreement_has_ended(
    session: Session,
) -> None:
    here = town(session)
    rule(session, here)
    made = confirmed(session, here)
    propose(session, here, made, lines={1: Proposed(Decimal(3))})
    ended = here.world.agreement.ends_on + timedelta(days=1)
    later = datetime.combine(ended, NOW.timetz())
    changing.accept(session, here.world.who, made.number, later)
    assert approval_queries.basis(session, made, ended).problems == []
    seen = Seen(load_case(session, made, ended).digest)
    approval.approve(session, here.anne_who, made.number, seen, later)
    assert made.state == "confirmed"


def test_another_day_is_not_approved_anew(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = confirmed(session, here)
    propose(session, here, made, delivery_on=LATER)
    changing.accept(session, here.world.who, made.number, NOW)
    assert made.state == "confirmed"


def test_a_receipt_notes_what_was_not_as_ordered(session: Session) -> None:
    here = town(session)
    made = confirmed(session, here)
    shipments.dispatch(session, here.world.worker_who, made.number, Sending(), NOW)
    with pytest.raises(Invalid):
        shipments.receive(session, here.world.who, made.number, {1: Arrived(Decimal(3))}, NOW)
    came = {1: Arrived(Decimal(3), "Én manglede")}
    shipments.receive(session, here.world.who, made.number, came, NOW)
    (line,) = made.lines
    assert (made.state, line.received_quantity, line.deviation) == ("received", 3, "Én manglede")
    service.take_step(session, here.world.who, made.number, Step.CLOSE, now=NOW)
    assert made.state == "closed"


def test_a_step_out_of_turn_is_told_what_is_possible_instead(session: Session) -> None:
    here = town(session)
    made = order(session, here)
    with pytest.raises(OutOfTurn) as caught:
        shipments.dispatch(session, here.world.worker_who, made.number, Sending(), NOW)
    possible = "Bekræft ordren, Bekræft en del af ordren, Afvis ordren, Foreslå en ændring"
    assert f"Muligt nu: {possible}." in str(caught.value.detail)


def test_what_is_wrong_is_not_thrown_away_when_no_quantity_is_typed() -> None:
    with pytest.raises(Invalid) as caught:
        change_schema.read_arrived({"received_1": "", "deviation_1": "Alt var knust"})
    assert set(caught.value.problems) == {"received_1"}
    assert change_schema.read_arrived({"received_1": "", "deviation_1": ""}) == {}
    came = change_schema.read_arrived({"received_1": "0", "deviation_1": "Alt var knust"})
    assert came == {1: Arrived(Decimal(0), "Alt var knust")}
