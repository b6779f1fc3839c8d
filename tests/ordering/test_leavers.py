"""Orders whose people have left: handed over, gone on with, and found by staff."""

from __future__ import annotations

import cast
import pytest
from cast import NOW, TODAY
from ordering.approving import approve, approver, order, rule, town
from ordering.leaving import WHY, colleague, hand, leave, put_work, waits_for
from ordering.world import DELIVERY, put
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Role
from catalogue.ordering import (
    approval,
    changing,
    handing,
    order_lacks,
    order_lists,
    queries,
    recoding,
    service,
    steps,
)
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.approval_queries import extras
from catalogue.ordering.models import OrderState
from catalogue.ordering.order_lists import Lack, Sought
from catalogue.ordering.rules import ENDS, Step
from catalogue.ordering.steps import OutOfTurn


@pytest.mark.parametrize("state", [each for each in OrderState if each not in ENDS])
def test_an_order_that_has_not_ended_is_handed_over_and_gone_on_with(
    session: Session, state: OrderState
) -> None:
    here = town(session)
    hans, hans_who = colleague(session, here)
    made = order(session, here)
    made.state = state
    leave(session, here.world.buyer)
    with pytest.raises(Missing):
        queries.get_order(session, hans_who, made.number)
    hand(session, here, made, hans)
    page = queries.get_order(session, hans_who, made.number)
    assert (page.order.state, page.buyer_name) == (state, "Hans Berg")
    with pytest.raises(Missing):
        queries.get_order(session, here.world.who, made.number)
    seen_by_enterprise = queries.get_order(session, here.world.worker_who, made.number).timeline
    assert f"Mette Holm → Hans Berg: {WHY}" in [each.reason for each in seen_by_enterprise]
    assert put_work(session, handing.MAIL)


@pytest.mark.parametrize("state", sorted(ENDS))
def test_an_order_that_has_ended_stays_whose_it_is(session: Session, state: str) -> None:
    here = town(session)
    hans, _who = colleague(session, here)
    made = order(session, here)
    made.state = OrderState(state)
    with pytest.raises(OutOfTurn):
        hand(session, here, made, hans)


def test_only_staff_of_the_municipality_hand_over_and_say_why(session: Session) -> None:
    here = town(session)
    hans, hans_who = colleague(session, here)
    made = order(session, here)
    for who in (here.world.who, here.world.worker_who):
        with pytest.raises(OutOfTurn):
            handing.hand_over(session, who, made.number, hans.id, WHY, NOW)
    strange = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    for who in (hans_who, strange):
        with pytest.raises(Missing):
            handing.hand_over(session, who, made.number, hans.id, WHY, NOW)
    with pytest.raises(Invalid) as caught:
        handing.hand_over(session, here.staff_who, made.number, hans.id, "", NOW)
    assert set(caught.value.problems) == {"reason"}


def test_nobody_gets_an_order_who_buys_here_no_more(session: Session) -> None:
    here = town(session)
    made = order(session, here)
    left, _who = colleague(session, here)
    leave(session, left)
    closed, _who = colleague(session, here)
    closed.disabled_at = NOW
    system, _who = colleague(session, here, "Indkøbssystem")
    system.is_system = True
    elsewhere = cast.buyer(session, cast.municipality(session, "Vejle"))
    for person in (left, closed, system, elsewhere, here.staff, here.world.buyer):
        with pytest.raises(Invalid) as caught:
            hand(session, here, made, person)
        assert set(caught.value.problems) == {"buyer_id"}


def test_an_order_never_becomes_that_of_somebody_who_approves_it(session: Session) -> None:
    """Anne has approved it, Bo is asked to, Cia would be when Bo does not answer."""
    here = town(session)
    cia = approver(session, here.world, "Cia")
    for each in (here.anne, here.bo, cia):
        cast.role(session, each, Role.BUYER, municipality=here.world.home)
    rule(session, here)
    rule(session, here, here.bo, name="Også", escalate_to_id=cia.id)
    made = order(session, here)
    approve(session, here.anne_who, made)
    for person in (here.anne, here.bo, cia):
        with pytest.raises(Invalid):
            hand(session, here, made, person)
    approve(session, here.bo_who, made)
    assert made.state == "placed"
    with pytest.raises(Invalid):  # after a change she would be asked anew
        hand(session, here, made, here.anne)


def test_who_made_an_order_does_not_approve_it_once_it_is_anothers(session: Session) -> None:
    """The rule asks the buyer herself, for it passes on to nobody; Hans gets the order."""
    here = town(session)
    hans, hans_who = colleague(session, here)
    cast.role(session, here.world.buyer, Role.APPROVER, municipality=here.world.home)
    rule(session, here, here.world.buyer)
    made = order(session, here)
    assert waits_for(session, made) == []
    hand(session, here, made, hans)
    assert waits_for(session, made) == []
    found = extras(session, here.staff_who, made, TODAY)
    assert [name for _id, name in found.others] == ["Anne Bak", "Bo Dam"]
    with pytest.raises(Invalid):
        approval.reroute(session, here.staff_who, made.number, here.world.buyer.id, WHY, NOW)
    approval.reroute(session, here.staff_who, made.number, here.anne.id, WHY, NOW)
    session.flush()
    approval.send_back(session, here.anne_who, made.number, "Hvorfor?", NOW)
    session.flush()
    approval.resubmit(session, hans_who, made.number, "Derfor", NOW)
    session.flush()
    # Hans has written it too: whoever gets it next, he does not approve it either.
    lis, _who = colleague(session, here, "Lis Lund")
    hand(session, here, made, lis)
    cast.role(session, hans, Role.APPROVER, municipality=here.world.home)
    case = load_case(session, made, TODAY)
    assert case.makers == {here.world.buyer.id, hans.id, lis.id}
    with pytest.raises(Invalid):
        approval.reroute(session, here.staff_who, made.number, hans.id, WHY, NOW)


def test_links_in_mail_and_marks_of_states_outlive_a_handing_over(session: Session) -> None:
    here = town(session)
    hans, hans_who = colleague(session, here)
    made = order(session, here)
    before = [
        each.id for each in queries.get_order(session, here.world.who, made.number).order.turns
    ]
    hand(session, here, made, hans)
    session.expire_all()
    after = queries.get_order(session, hans_who, made.number).order
    assert [each.id for each in after.turns] == before
    changing.confirm(session, here.world.worker_who, made.number, None, NOW)
    recoding.recode(session, hans_who, made.number, ("9", {}), NOW)
    assert Step.HAND_OVER in steps.list_steps(made, here.staff_who)


def test_keys_of_the_new_buyer_stay_her_own(session: Session) -> None:
    """An order that came to her does not answer for one she sends under the same key."""
    here = town(session)
    hans, hans_who = colleague(session, here)
    made = order(session, here, key="order-1")
    hand(session, here, made, hans)
    here.world.who = hans_who
    put(session, here.world)
    (own,) = service.place(session, hans_who, DELIVERY, "order-1", NOW)
    session.flush()
    assert own.number != made.number


def test_staff_find_orders_that_nobody_goes_on_with(session: Session) -> None:
    here = town(session)
    hans, _who = colleague(session, here)
    rule(session, here, from_ore=2_000_000)
    stuck, waiting = order(session, here), order(session, here, "2", key="form-2")
    ended = order(session, here, key="form-3")
    ended.state = OrderState.CLOSED
    staff = here.staff_who
    assert order_lacks.find(session, staff, TODAY) == order_lacks.Lacking(0, ())
    leave(session, here.world.buyer)
    leave(session, here.anne)
    found = order_lacks.find(session, staff, TODAY)
    assert found == order_lacks.Lacking(2, (waiting.id,))
    for lack, expected in ((Lack.BUYER, [waiting, stuck]), (Lack.APPROVER, [waiting])):
        sought = found.narrow(Sought(lacks=lack))
        listed = order_lists.list_found(session, staff, sought)
        assert [each.order.id for each in listed] == [each.id for each in expected]
        assert sum(order_lists.count(session, staff, sought).values()) == len(expected)
        assert found.count(lack) == len(expected)
    assert extras(session, staff, stuck, TODAY).buyer_has_left
    hand(session, here, stuck, hans)
    hand(session, here, waiting, hans)
    approval.reroute(session, staff, waiting.number, here.bo.id, WHY, NOW)
    session.flush()
    assert order_lacks.find(session, staff, TODAY) == order_lacks.Lacking(0, ())
    assert not extras(session, staff, stuck, TODAY).buyer_has_left


def test_a_list_reads_what_is_lacking_from_its_address() -> None:
    assert order_lists.read({"mangler": "indkoeber"}).lacks == Lack.BUYER
    assert order_lists.read({"mangler": "andet"}).lacks is None
