"""What an order waits for: by the table of its life, in the inbox and on the front page."""

from __future__ import annotations

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from ordering.past import order
from ordering.world import World, make
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.http import State
from catalogue.ordering import home, next_rules, order_lists, rules
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.ordering.order_lists import Sought
from catalogue.ordering.rules import Given, Side, Step
from catalogue.ordering.shipment_models import Shipment

STATES = tuple(rules.STATE_NAMES)
KINDS = (("goods",), ("service",), ("goods", "service"))
KNOWN = [
    rules.given(kinds, seen=False, withheld=False, under_way=under_way)
    for kinds in KINDS
    for under_way in range(3)
]
# What moves an order on; the other steps stop it, turn it back or change it.
ONWARD = {
    Side.ENTERPRISE: {Step.CONFIRM, Step.DISPATCH, Step.FINISH},
    Side.BUYER: {
        Step.RESUBMIT, Step.ACCEPT, Step.RECEIVE_PART, Step.RECEIVE, Step.ACCEPT_WORK,
    },
}  # fmt: skip


def onward(state: str, side: Side, known: frozenset[Given]) -> bool:
    """Tell whether a side can move an order on, by the table."""
    return bool(ONWARD[side] & set(rules.steps(state, side, known)))


@pytest.mark.parametrize("state", STATES)
def test_a_side_is_asked_when_the_table_lets_it_move_the_order_on(state: str) -> None:
    for known in KNOWN:
        found = next_rules.next_of_enterprise(state, known)
        assert bool(found and found.own) == onward(state, Side.ENTERPRISE, known)
        asked = next_rules.asked_of_buyer(state, known)
        assert bool(asked) == onward(state, Side.BUYER, known)


def test_an_order_that_is_not_off_or_closed_tells_its_enterprise_what_comes_next() -> None:
    silent = {
        state
        for state in STATES
        for known in KNOWN
        if next_rules.next_of_enterprise(state, known) is None
    }
    assert silent == rules.FREE_STATES | {"closed"}


@pytest.mark.parametrize(
    ("state", "kinds", "words", "own"),
    [
        ("placed", "goods", "Answer the order", True),
        ("proposed", "goods", "Wait for the buyer's answer", False),
        ("partly", "goods", "Wait for the buyer's answer", False),
        ("awaiting", "goods", "Wait for the approval", False),
        ("confirmed", "goods", "Send the goods, and say so", True),
        ("confirmed", "goods service", "Send the goods, and say so", True),
        ("confirmed", "service", "Do the work, and say when it is done", True),
        ("sending", "goods", "Send the rest, and say so", True),
        ("dispatched", "goods", "Wait until the buyer has received it", False),
        ("done", "service", "Wait until the buyer accepts the work", False),
        ("received", "goods", "Send the invoice, if you have not", False),
        ("received", "goods service", "Do the work; the buyer accepts it", False),
        ("accepted", "service", "Send the invoice, if you have not", False),
    ],
)
def test_next_step_of_an_enterprise(state: str, kinds: str, words: str, own: bool) -> None:
    known = rules.given(kinds.split(), seen=True, withheld=False)
    found = next_rules.next_of_enterprise(state, known)
    assert found is not None
    assert (found.text.message, found.own) == (words, own)


def test_what_waits_for_an_enterprise_is_counted_by_state() -> None:
    counts = {"placed": 3, "confirmed": 2, "sending": 1, "proposed": 5, "closed": 7}
    assert next_rules.count_to_do(counts) == (3, 3)
    assert next_rules.count_to_do({}) == (0, 0)


def put(session: Session, world: World, state: str, kinds: tuple[str, ...], sent: int) -> Order:
    """Make an order of the buyer's in a state, with a line of each kind, and so much under way."""
    made = order(session, world.home, world.product, world.agreement, 100, state=OrderState(state))
    made.buyer_id = world.buyer.id
    first = made.lines[0]
    first.kind = kinds[0]
    for position, kind in enumerate(kinds[1:], start=2):
        kept = {
            each.key: getattr(first, each.key)
            for each in OrderLine.__mapper__.column_attrs
            if each.key not in ("id", "position", "kind")
        }
        made.lines.append(OrderLine(**kept, position=position, kind=kind))
    many = 3 if state in rules.WITH_SHIPMENTS else 0
    session.add_all(
        Shipment(
            order_id=made.id, number=number, dispatched_on=cast.TODAY,
            received_at=None if number <= sent else cast.NOW,
        )
        for number in range(1, many + 1)
    )  # fmt: skip
    session.flush()
    return made


CASES = [
    (state, kinds, sent)
    for state in STATES
    for kinds in KINDS
    for sent in ((0, 1, 2) if state in rules.SHIPPED else (0,))
]


def test_orders_that_wait_for_their_buyer_are_found_as_the_rule_has_it(session: Session) -> None:
    world = make(session)
    made = [(put(session, world, *case), case) for case in CASES]
    waiting = set(session.scalars(select(Order.id).where(home.waits_for_buyer())))
    for each, (state, kinds, sent) in made:
        known = rules.given(kinds, seen=True, withheld=False, under_way=sent)
        asked = next_rules.asked_of_buyer(state, known)
        assert (each.id in waiting) == bool(asked), (state, kinds, sent)


def test_what_waits_for_the_buyer_stands_before_newer_orders_and_is_not_finished(
    session: Session,
) -> None:
    world = make(session)
    cases = {
        put(session, world, "sending", ("goods",), 1).number: "Confirm that a shipment has come",
        put(session, world, "received", ("goods", "service"), 0).number: "Accept the work",
    }
    put(session, world, "sending", ("goods",), 0)
    for _ in range(home.EACH):
        put(session, world, "placed", ("goods",), 0)
    finished = put(session, world, "received", ("goods",), 0).number
    found = home.list_own(session, world.who)
    assert {each.order.number: each.asked.message for each in found if each.asked} == cases
    assert [each.order.number for each in found if home.is_finished(each)] == [finished]
    assert len(found) == home.EACH + 1


@pytest.mark.parametrize("kinds", KINDS)
def test_inbox_tells_the_next_step_by_the_kinds_of_lines(
    session: Session, kinds: tuple[str, ...]
) -> None:
    world = make(session)
    put(session, world, "confirmed", kinds, 0)
    (found,) = order_lists.list_incoming(session, world.worker_who, Sought())
    assert found.kinds == set(kinds)
    known = rules.given(kinds, seen=False, withheld=False)
    assert found.next_step == next_rules.next_of_enterprise("confirmed", known)


@on_sqlite
def test_pages_tell_both_sides_what_to_do(app: Flask, client: CatalogueClient) -> None:
    state: State = app.extensions["catalogue"]
    with state.database.transaction() as session:
        world = make(session)
        for each, kinds, sent in (
            ("placed", ("goods",), 0), ("confirmed", ("service",), 0), ("sending", ("goods",), 1),
            ("received", ("goods", "service"), 0), ("cancelled", ("goods",), 0),
        ):  # fmt: skip
            put(session, world, each, kinds, sent)
        buyer, worker = world.buyer, world.worker
    cast.sign_in_as(client, buyer)
    page = client.get("/").text
    for words in ("Bekræft, at en forsendelse er kommet", "Godkend arbejdet"):
        assert words in page, words
    client.post("/log-ud")
    cast.sign_in_as(client, worker)
    page = client.get("/indkomne-ordrer").text
    for words in (
        "En ordre venter på jeres svar.", "2 ordrer skal leveres.", "Næste skridt",
        "<strong>Svar på ordren</strong>", "<strong>Udfør arbejdet, og meld, når det er udført",
        "<strong>Send resten, og meld den afsendt", "Udfør arbejdet; indkøberen godkender det",
    ):  # fmt: skip
        assert words in page, words
    state.parts["search"].close()
