"""Approval: who is asked, what was approved, and that no order is ever stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cast
import pytest
from cast import NOW, TODAY
from ordering.approving import approve, approver, order, rule, seen, town
from ordering.world import put, second_enterprise
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Role, Who
from catalogue.ordering import (
    approval,
    approval_queries,
    basket,
    basket_queries,
    drawn,
    escalation,
    policy,
    queries,
    service,
)
from catalogue.ordering.approval import NotApprovable, Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.approval_hints import list_hints
from catalogue.ordering.approval_rules import Wanted
from catalogue.ordering.models import Order
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import Step
from catalogue.ordering.steps import OutOfTurn


def waits_for(session: Session, order: Order, days: int = 0) -> list[str]:
    """List the names of those who may act now."""
    return load_case(session, order, TODAY + timedelta(days=days)).acting_names


def test_without_rules_an_order_is_placed_at_once(session: Session) -> None:
    here = town(session)
    made = order(session, here)
    assert (made.state, made.withheld) == ("placed", False)


def test_an_order_below_the_amount_is_placed_and_one_of_it_awaits(session: Session) -> None:
    here = town(session)
    rule(session, here, from_ore=1_250_001)
    assert order(session, here).state == "placed"
    assert order(session, here, "2", key="form-2").state == "awaiting"


def test_the_enterprise_sees_an_order_only_when_it_is_approved(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    with pytest.raises(Missing):
        queries.get_order(session, here.world.worker_who, made.number)
    approve(session, here.anne_who, made)
    assert queries.get_order(session, here.world.worker_who, made.number).order.state == "placed"


def test_a_chain_is_approved_in_turn(session: Session) -> None:
    here = town(session)
    rule(session, here, here.anne, here.bo)
    made = order(session, here)
    with pytest.raises(OutOfTurn) as caught:
        approve(session, here.bo_who, made)
    assert "Anne Bak" in str(caught.value.detail)
    assert approve(session, here.anne_who, made).state == "awaiting"
    assert waits_for(session, made) == ["Bo Dam"]
    assert approve(session, here.bo_who, made).state == "placed"


def test_a_struck_line_is_taken_out_and_the_others_are_asked_anew(session: Session) -> None:
    here = town(session)
    rule(session, here, here.anne, here.bo)
    other = cast.product(session, here.world.enterprise, "Sandkasse", price_ore=100_000)
    basket.add(session, here.world.who, other.id, None, NOW)
    made = order(session, here)
    approve(session, here.anne_who, made)
    approve(session, here.bo_who, made, 1, reason="Den har vi")
    assert (made.state, made.net_ore, made.vat_ore) == ("awaiting", 1_250_000, 312_500)
    assert waits_for(session, made) == ["Anne Bak"]
    approve(session, here.anne_who, made)
    assert made.state == "placed"
    reasons = [
        each.reason for each in queries.get_order(session, here.world.who, made.number).timeline
    ]
    assert "− 1 × Sandkasse: Den har vi" in reasons


def test_striking_owes_a_reason_and_leaves_a_line(session: Session) -> None:
    here = town(session)
    rule(session, here)
    other = cast.product(session, here.world.enterprise, "Sandkasse")
    basket.add(session, here.world.who, other.id, None, NOW)
    made = order(session, here)
    with pytest.raises(Invalid):
        approve(session, here.anne_who, made, 1)
    with pytest.raises(Invalid):
        approve(session, here.anne_who, made, 1, 2, reason="Nej")


def test_what_was_not_seen_is_not_approved(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    with pytest.raises(NotApprovable):
        approval.approve(session, here.anne_who, made.number, Seen("of another page"), NOW)


@pytest.mark.parametrize(
    ("name", "value"), [("street", "Engvej 9"), ("institution", "Skolen"), ("gln", "5790000000005")]
)
def test_any_change_of_the_address_leaves_the_approval_open_again(
    session: Session, name: str, value: str
) -> None:
    here = town(session)
    rule(session, here, here.anne, here.bo)
    made = order(session, here)
    approve(session, here.anne_who, made)
    setattr(made, name, value)
    assert waits_for(session, made) == ["Anne Bak"]


def test_an_order_sent_back_is_answered_and_asked_again(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    approval.send_back(session, here.anne_who, made.number, "Hvorfor to?", NOW)
    assert made.state == "returned"
    with pytest.raises(OutOfTurn) as caught:
        approve(session, here.anne_who, made)
    assert "Sendt tilbage" in str(caught.value.detail)
    approval.resubmit(session, here.world.who, made.number, "Til to børnehuse", NOW)
    assert waits_for(session, made) == ["Anne Bak"]


def test_a_deputy_acts_on_the_days_of_the_absence_alone(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    away = Away(here.bo.id, TODAY, TODAY + timedelta(days=2))
    policy.be_away(session, here.anne_who, away, NOW)
    assert waits_for(session, made) == ["Anne Bak", "Bo Dam"]
    assert waits_for(session, made, days=3) == ["Anne Bak"]
    assert approve(session, here.bo_who, made).state == "placed"


def test_a_deputy_who_has_approved_stands_in_for_no_second_step(session: Session) -> None:
    here = town(session)
    rule(session, here, here.anne, here.bo)
    made = order(session, here)
    policy.be_away(session, here.bo_who, Away(here.anne.id, TODAY, TODAY), NOW)
    assert approve(session, here.anne_who, made).state == "awaiting"
    assert waits_for(session, made) == ["Bo Dam"]
    with pytest.raises(OutOfTurn):
        approve(session, here.anne_who, made)
    approval.reroute(session, here.staff_who, made.number, here.anne.id, "Bo er væk", NOW)
    assert approve(session, here.anne_who, made).state == "placed"


def test_nobody_approves_her_own_order(session: Session) -> None:
    here = town(session)
    cast.role(session, here.world.buyer, Role.APPROVER, municipality=here.world.home)
    rule(session, here, here.world.buyer, escalate_to_id=here.bo.id)
    made = order(session, here)
    assert waits_for(session, made) == ["Bo Dam"]


def test_staff_let_another_approve_when_nobody_can(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    here.anne.disabled_at = NOW
    session.flush()
    assert waits_for(session, made) == []
    for wrong in (here.world.buyer.id, here.anne.id, 0):
        with pytest.raises(Invalid):
            approval.reroute(session, here.staff_who, made.number, wrong, "Væk", NOW)
    with pytest.raises(Invalid):
        approval.reroute(session, here.staff_who, made.number, here.bo.id, "", NOW)
    approval.reroute(session, here.staff_who, made.number, here.bo.id, "Anne er holdt op", NOW)
    assert approve(session, here.bo_who, made).state == "placed"


def test_an_overdue_turn_passes_on_once_after_working_days(session: Session) -> None:
    here = town(session)
    rule(session, here, escalate_to_id=here.bo.id)
    made = order(session, here)  # a Tuesday: three working days later is Friday
    assert escalation.escalate(session, NOW + timedelta(days=2)) == 0
    assert waits_for(session, made) == ["Anne Bak"]
    assert escalation.escalate(session, NOW + timedelta(days=3)) == 1
    assert waits_for(session, made) == ["Anne Bak", "Bo Dam"]
    assert escalation.escalate(session, NOW + timedelta(days=4)) == 0
    assert approve(session, here.bo_who, made).state == "placed"


def test_strangers_decide_nothing(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    elsewhere = cast.person(session, "Ole")
    cast.role(session, elsewhere, Role.APPROVER, municipality=cast.municipality(session, "Vejle"))
    known = seen(session, made)
    with pytest.raises(Missing):
        approval.approve(session, cast.who(session, elsewhere), made.number, known, NOW)
    for who in (here.staff_who, here.world.who):
        with pytest.raises(OutOfTurn):
            approval.approve(session, who, made.number, known, NOW)
    with pytest.raises(OutOfTurn):
        service.take_step(session, here.anne_who, made.number, Step.APPROVE, now=NOW)


def test_a_basket_tells_whose_approval_it_will_need(session: Session) -> None:
    here = town(session)
    rule(session, here, here.anne, here.bo)
    second_enterprise(session, here.world)
    put(session, here.world)
    (hint,) = basket_queries.basket(session, here.world.who, TODAY).hints[here.world.enterprise.id]
    assert hint.approvers == ("Anne Bak", "Bo Dam")


def test_an_approver_sees_the_last_price_and_alternatives(session: Session) -> None:
    here = town(session, ceiling_ore=10_000_000)
    order(session, here)
    rival = cast.enterprise(session, "Træværket")
    cast.voluntary(session, here.world.home, rival)
    cheap = cast.product(session, rival, "Lille legehus", price_ore=900_000)
    rule(session, here)
    made = order(session, here, key="form-2")
    found = approval_queries.basis(session, made, TODAY)
    assert found.last_prices[here.world.product.id].price_ore == 1_250_000
    assert [each.product.id for each in found.alternatives] == [cheap.id]
    assert found.problems == []
    waiting = approval_queries.list_waiting(session, here.bo_who, TODAY)
    assert [(each.listed.order.number, each.is_mine) for each in waiting] == [(made.number, False)]


def test_rules_are_held_against_what_they_name(session: Session) -> None:
    here = town(session)
    stranger = approver(session, here.world, "Cia")
    for facts in (
        {"approvers": ()},
        {"approvers": (here.world.buyer.id,)},
        {"approvers": (here.anne.id, here.anne.id)},
        {"category_code": "99999999"},
        {"enterprise_id": 10**6},
        {"escalate_to_id": here.world.buyer.id},
    ):
        with pytest.raises(Invalid):
            rule(session, here, **facts)
    with pytest.raises(Invalid):
        policy.be_away(session, here.anne_who, Away(here.anne.id, TODAY, TODAY), NOW)
    with pytest.raises(Invalid):
        policy.be_away(session, here.anne_who, Away(stranger.id, TODAY, TODAY - timedelta(1)), NOW)
    with pytest.raises(Missing):
        policy.end_rule(session, Who(municipality_id=0), 1, NOW)


def test_the_document_is_what_the_table_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "orders.md"
    assert page.read_text(encoding="utf-8") == drawn.document(), "run scripts/orders"


def test_a_ceiling_counts_what_a_clock_ahead_has_dated_when_it_is_approved(
    session: Session,
) -> None:
    here = town(session, ceiling_ore=3_000_000)
    rule(session, here)
    waiting = order(session, here, "1")
    other = order(session, here, "1", key="form-2")
    approve(session, here.anne_who, other)
    other.placed_at = NOW + timedelta(days=2)
    here.world.agreement.ceiling_ore = waiting.net_ore + other.net_ore - 1
    session.flush()
    with pytest.raises(NotApprovable):
        approve(session, here.anne_who, waiting)


def test_a_buyer_who_approves_is_told_who_is_asked_instead(session: Session) -> None:
    here = town(session)
    rule(session, here, here.anne, escalate_to_id=here.bo.id)
    cast.role(session, here.anne, Role.BUYER, municipality=here.world.home)
    who = replace(here.world.who, person_id=here.anne.id)
    wanted = Wanted(900_000, frozenset({"37535200"}), None, here.world.enterprise.id)
    for each, name in ((who, "Bo Dam"), (here.world.who, "Anne Bak")):
        (hint,) = list_hints(session, each, [wanted])[wanted.enterprise_id]
        assert hint.approvers == (name,)
