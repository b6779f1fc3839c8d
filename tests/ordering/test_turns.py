"""Orders that are seen, confirmed in part, changed after they came back, and accepted as work."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from ordering.approving import Town, approve, order, rule, town
from ordering.world import DELIVERY
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import (
    approval,
    basket,
    ceilings,
    changing,
    edit_rules,
    editing,
    partial,
    queries,
    seeing,
    service,
    shipments,
)
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.change_rules import Arrived
from catalogue.ordering.edit_rules import Line
from catalogue.ordering.editing import Edit
from catalogue.ordering.models import Order
from catalogue.ordering.partial import Part
from catalogue.ordering.rules import Price, Step
from catalogue.ordering.shipments import Sending
from catalogue.ordering.steps import OutOfTurn

WHY = "Vi mangler lærk"


def with_work(session: Session, here: Town, quantity: str = "4") -> Order:
    """Order play houses, and that they are set up."""
    facts = {"kind": "service", "price_ore": 300_000}
    work = cast.product(session, here.world.enterprise, "Opsætning", **facts)
    basket.add(session, here.world.who, work.id, Decimal(2), NOW)
    return order(session, here, quantity)


def bound(session: Session, here: Town) -> tuple[int, int]:
    """Return what is ordered and reserved on the agreement's ceiling."""
    session.flush()
    (used,) = ceilings.list_used(session, [here.world.agreement.id], TODAY)
    return used.ordered_ore, used.reserved_ore


def confirm_part(session: Session, here: Town, made: Order, **quantities: str) -> Order:
    """Confirm a part: `p1="2"` is two of the line at position 1."""
    part = {int(name[1:]): Decimal(each) for name, each in quantities.items()}
    return partial.confirm_part(session, here.world.worker_who, made.number, Part(WHY, part), NOW)


def test_to_answer_is_to_have_seen_and_an_opening_is_noted_once(session: Session) -> None:
    here = town(session)
    first, second = order(session, here), order(session, here, key="form-2")
    for _ in range(2):
        seeing.note_opened(session, here.world.worker_who, first.number, NOW)
    changing.confirm(session, here.world.worker_who, second.number, None, NOW)
    assert first.seen_at == second.seen_at == NOW
    session.flush()
    labels = [
        [str(each.label) for each in queries.get_order(session, here.world.who, n).timeline][:2]
        for n in (first.number, second.number)
    ]
    assert labels == [["Afgivet", "Set af virksomheden"], ["Afgivet", "Bekræftet"]]
    for who in (here.world.who, here.staff_who):
        with pytest.raises(OutOfTurn):
            seeing.see(session, who, first.number, NOW)


def test_what_is_not_confirmed_is_off_the_order_and_free_at_once(session: Session) -> None:
    here = town(session, ceiling_ore=6_000_000)
    made = with_work(session, here)
    assert bound(session, here) == (5_600_000, 0)
    confirm_part(session, here, made, p1="0", p2="3")
    assert [(line.title, line.quantity) for line in made.lines] == [("Legehus i lærk", 3)]
    assert (made.state, made.net_ore, made.vat_ore) == ("partly", 3_750_000, 937_500)
    assert bound(session, here) == (3_750_000, 0)
    change = changing.get_open(session, made)
    assert [each["title"] for each in change.lines.values()] == ["Opsætning", "Legehus i lærk"]
    changing.accept(session, here.world.who, made.number, NOW)
    assert (made.state, bound(session, here)) == ("confirmed", (3_750_000, 0))


def test_the_rest_of_a_part_is_cancelled_too(session: Session) -> None:
    here = town(session, ceiling_ore=6_000_000)
    made = order(session, here, "4")
    confirm_part(session, here, made, p1="1")
    service.take_step(session, here.world.who, made.number, Step.CANCEL, now=NOW)
    assert (made.state, bound(session, here)) == ("cancelled", (0, 0))


def test_a_part_of_what_was_approved_is_approved_anew(session: Session) -> None:
    here = town(session, ceiling_ore=6_000_000)
    rule(session, here)
    made = order(session, here, "4")
    approve(session, here.anne_who, made)
    confirm_part(session, here, made, p1="3")
    changing.accept(session, here.world.who, made.number, NOW)
    assert (made.state, bound(session, here)) == ("awaiting", (0, 3_750_000))
    approval.send_back(session, here.anne_who, made.number, "Hvorfor færre?", NOW)
    with pytest.raises(OutOfTurn) as caught:  # the enterprise has confirmed it: no more changes
        editing.edit(session, here.world.who, made.number, Edit(DELIVERY), NOW)
    assert "Muligt nu: Send til godkendelse igen, Annullér ordren." in str(caught.value.detail)


@pytest.mark.parametrize("part", [{}, {"p1": "4"}, {"p1": "0"}, {"p1": "5"}])
def test_a_part_is_less_than_all_and_more_than_nothing(
    session: Session, part: dict[str, str]
) -> None:
    here = town(session)
    made = order(session, here, "4")
    with pytest.raises(Invalid):
        confirm_part(session, here, made, **part)


def test_goods_are_received_first_then_the_work_is_accepted_with_deviations(
    session: Session,
) -> None:
    here = town(session)
    made = with_work(session, here)
    buyer, worker, number = here.world.who, here.world.worker_who, made.number
    changing.confirm(session, worker, number, None, NOW)
    with pytest.raises(OutOfTurn):
        service.take_step(session, worker, number, Step.FINISH, now=NOW)
    shipments.dispatch(session, worker, number, Sending(), NOW)
    shipments.receive(session, buyer, number, {1: Arrived(Decimal(0), "Kommer senere")}, NOW)
    with pytest.raises(OutOfTurn):
        service.take_step(session, buyer, number, Step.CLOSE, now=NOW)
    with pytest.raises(Invalid):
        changing.accept_work(session, buyer, number, {1: Arrived(Decimal(1))}, NOW)
    changing.accept_work(session, buyer, number, {1: Arrived(Decimal(1), "Ét mangler")}, NOW)
    assert [(line.kind, line.deviation) for line in made.lines] == [
        ("service", "Ét mangler"), ("goods", None),
    ]  # fmt: skip
    service.take_step(session, buyer, number, Step.CLOSE, now=NOW)
    assert made.state == "closed"


def returned(session: Session, here: Town) -> Order:
    """Order play houses and their setting up, which Anne sends back."""
    made = with_work(session, here)
    approval.send_back(session, here.anne_who, made.number, "For mange", NOW)
    return made


def test_an_order_that_came_back_is_changed_and_asked_anew(session: Session) -> None:
    here = town(session, ceiling_ore=6_000_000)
    rule(session, here)
    made = returned(session, here)
    before = load_case(session, made, TODAY).digest
    elsewhere = replace(DELIVERY, street="Nyvej 1", note=None)
    wanted = Edit(elsewhere, {2: Decimal(2)}, frozenset({1}))
    editing.edit(session, here.world.who, made.number, wanted, NOW)
    assert (made.state, made.street, made.note, made.net_ore) == (
        "returned", "Nyvej 1", None, 2_500_000,
    )  # fmt: skip
    assert bound(session, here) == (0, 2_500_000)
    session.expire(made, ["events"])
    said = queries.get_order(session, here.world.who, made.number).timeline[-5].reason or ""
    assert said.startswith("− 2 × Opsætning; Legehus i lærk: 4 → 2; → Børnehuset Regnbuen, Nyvej 1")
    approval.resubmit(session, here.world.who, made.number, "Nu er det to", NOW)
    assert load_case(session, made, TODAY).digest != before
    assert approve(session, here.anne_who, made).state == "placed"


def test_a_changed_order_asks_whom_the_rules_name_now_and_nobody_less(session: Session) -> None:
    here = town(session)
    rule(session, here)
    rule(session, here, here.bo, name="Over 60.000", from_ore=6_000_000)
    made = returned(session, here)
    assert len(load_case(session, made, TODAY).steps) == 1
    for quantity, asked in ((9, 2), (1, 2)):
        wanted = Edit(DELIVERY, {2: Decimal(quantity)})
        editing.edit(session, here.world.who, made.number, wanted, NOW)
        assert len(load_case(session, made, TODAY).steps) == asked


def test_a_change_above_the_ceiling_is_refused_and_one_below_it_welcome(session: Session) -> None:
    here = town(session, ceiling_ore=6_000_000)
    rule(session, here)
    made = returned(session, here)
    here.world.agreement.ceiling_ore = 5_000_000
    with pytest.raises(Invalid) as caught, session.begin_nested():
        wanted = Edit(DELIVERY, {1: Decimal(1), 2: Decimal(5)})
        editing.edit(session, here.world.who, made.number, wanted, NOW)
    assert "loft" in str(caught.value)
    session.expire_all()
    editing.edit(session, here.world.who, made.number, Edit(DELIVERY, {1: Decimal(1)}), NOW)
    assert bound(session, here) == (0, 5_300_000)


def test_the_same_again_leaves_no_trace(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = returned(session, here)
    editing.edit(session, here.world.who, made.number, Edit(DELIVERY), NOW)
    session.expire(made, ["events"])
    assert len(queries.get_order(session, here.world.who, made.number).order.events) == 2


PIECE = Price(1_000, 1, "piece")


@pytest.mark.parametrize(
    ("facts", "quantity", "ore"),
    [
        ({}, 3, 1_000),
        ({}, 20, 900),  # ten per cent off from ten
        ({"quantity": Decimal(20), "price": Price(900, 1, "piece")}, 5, 1_000),
        ({"price": Price(800, 1, "piece")}, 5, 800),  # has risen since: less costs what it did
        ({"price": Price(800, 1, "piece")}, 7, 800),
        ({"price": Price(800, 1, "piece")}, 8, None),
        ({}, 1, None),  # the smallest order is 2
        ({"minimum_quantity": None}, 6, None),  # of a quote
        ({"minimum_quantity": None}, 7, 1_000),
    ],
)
def test_a_changed_quantity_costs_what_the_buyer_has_accepted(
    facts: dict[str, Any], quantity: int, ore: int | None
) -> None:
    at = lambda many: Price(900, 1, "piece") if many >= 10 else PIECE  # noqa: E731
    line = Line(**({
        "position": 1, "quantity": Decimal(7), "price": PIECE, "minimum_quantity": 2,
        "price_at": at,
    } | facts))  # fmt: skip
    wanted, problems = edit_rules.decide([line], {1: Decimal(quantity)}, [])
    assert (wanted[1].price.ore if not problems else None) == ore


def test_an_order_of_nothing_is_no_change() -> None:
    line = Line(1, Decimal(7), PIECE, 2, lambda _many: PIECE)
    assert "out" in edit_rules.decide([line], {}, [1])[1]
