"""Orders whose people have left or are ill: handed over, stood in for, and found by staff."""

from __future__ import annotations

from datetime import date, timedelta

import cast
import pytest
from cast import NOW, TODAY
from ordering.approving import Town, approve, approver, order, rule, town
from ordering.world import DELIVERY, put
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person, PersonRole
from catalogue.core import jobs
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Role, Who
from catalogue.ordering import (
    approval,
    approval_rules,
    changing,
    escalation,
    handing,
    order_lacks,
    order_lists,
    policy,
    queries,
    recoding,
    service,
    steps,
)
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.approval_queries import extras
from catalogue.ordering.approval_rules import Absent, Turn
from catalogue.ordering.models import Order, OrderState
from catalogue.ordering.order_lists import Lack, Sought
from catalogue.ordering.policy import Away
from catalogue.ordering.rules import ENDS, Step
from catalogue.ordering.steps import OutOfTurn

WHY = "Mette er rejst"


def colleague(session: Session, here: Town, name: str = "Hans Berg") -> tuple[Person, Who]:
    """Make another buyer of the municipality."""
    made = cast.buyer(session, here.world.home, name=name)
    return made, cast.who(session, made)


def leave(session: Session, person: Person) -> None:
    """Let a person leave as directories have it: her roles go, and her log-in with them."""
    for held in session.scalars(select(PersonRole).where(PersonRole.person_id == person.id)).all():
        session.delete(held)
    person.disabled_at = NOW
    session.flush()


def hand(session: Session, here: Town, made: Order, to: Person) -> Order:
    """Hand an order over."""
    found = handing.hand_over(session, here.staff_who, made.number, to.id, WHY, NOW)
    session.flush()
    return found


def waits_for(session: Session, made: Order, days: int = 0) -> list[str]:
    """List the names of those who may approve."""
    return load_case(session, made, TODAY + timedelta(days=days)).acting_names


def put_work(session: Session, topic: str) -> list[dict[str, object]]:
    """List what is put of a topic."""
    session.flush()
    query = select(jobs.Job.payload).where(jobs.Job.topic == topic).order_by(jobs.Job.id)
    return [dict(each) for each in session.scalars(query)]


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


def test_staff_enter_and_end_the_absence_of_somebody_who_is_ill(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    away = Away(here.bo.id, TODAY, TODAY + timedelta(days=7))
    entered = policy.enter_absence(session, here.staff_who, here.anne.id, away, NOW)
    assert waits_for(session, made) == ["Anne Bak", "Bo Dam"]
    (listed,) = policy.list_entered(session, here.staff_who, TODAY)
    assert (listed.name, listed.deputy) == ("Anne Bak", "Bo Dam")
    strange = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    assert policy.list_entered(session, strange, TODAY) == []
    with pytest.raises(Missing):
        policy.end_absence(session, strange, entered.id, NOW)
    policy.end_absence(session, here.staff_who, entered.id, NOW)
    session.flush()
    assert waits_for(session, made) == ["Anne Bak"]


@pytest.mark.parametrize(
    ("who", "deputy", "days", "field"),
    [
        ("buyer", "bo", 1, "person_id"),
        ("anne", "buyer", 1, "deputy_id"),
        ("anne", "anne", 1, "deputy_id"),
        ("anne", "bo", -1, "until_on"),
    ],
)
def test_an_absence_is_of_an_approver_with_another_as_deputy(
    session: Session, who: str, deputy: str, days: int, field: str
) -> None:
    here = town(session)
    people = {"anne": here.anne.id, "bo": here.bo.id, "buyer": here.world.buyer.id}
    away = Away(people[deputy], TODAY, TODAY + timedelta(days=days))
    with pytest.raises(Invalid) as caught:
        policy.enter_absence(session, here.staff_who, people[who], away, NOW)
    assert set(caught.value.problems) == {field}


def test_a_deputy_is_told_of_what_waits_on_the_day_she_stands_in(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    told = {"order_id": made.id, "state": "awaiting"}
    assert put_work(session, "order.mail") == [told]
    tomorrow = TODAY + timedelta(days=1)
    policy.be_away(session, here.anne_who, Away(here.bo.id, tomorrow, tomorrow), NOW)
    assert put_work(session, "order.mail") == [told]
    escalation.escalate(session, NOW)
    assert put_work(session, "order.mail") == [told]
    escalation.escalate(session, NOW + timedelta(days=1))
    assert put_work(session, "order.mail") == [told] * 2
    policy.be_away(session, here.anne_who, Away(here.bo.id, TODAY, TODAY), NOW)
    assert put_work(session, "order.mail") == [told] * 3


def test_staff_are_told_in_the_morning_of_what_nobody_can_approve(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    leave(session, here.anne)
    escalation.escalate(session, NOW)
    assert put_work(session, "order.mail") == [{"order_id": made.id, "state": "awaiting"}] * 2


DAY = date(2026, 11, 24)


def absent(number: int, deputy: int, first: int, last: int) -> Absent:
    """Return an absence of person 1, by days from the one that is asked about."""
    return Absent(number, 1, deputy, DAY + timedelta(days=first), DAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("absences", "deputy"),
    [
        ([absent(1, 2, -9, 9), absent(2, 3, -1, 9)], 3),
        ([absent(1, 2, -1, 9), absent(2, 3, -9, 9)], 2),  # the earlier row begins last
        ([absent(1, 2, -1, 2), absent(2, 3, -1, 9)], 2),  # it ends first
        ([absent(1, 2, -1, 9), absent(2, 3, -1, 9)], 3),  # alike: what was entered last
        ([absent(1, 2, 0, 0), absent(2, 3, 1, 9)], 2),
        ([absent(1, 2, -9, -1), absent(2, 3, 1, 9)], None),
    ],
)
def test_of_absences_that_overlap_one_holds(absences: list[Absent], deputy: int | None) -> None:
    expected = {} if deputy is None else {1: deputy}
    assert approval_rules.deputies_on(DAY, absences) == expected
    assert approval_rules.deputies_on(DAY, absences[::-1]) == expected


def test_who_stands_in_does_not_hang_on_the_order_of_rows(session: Session) -> None:
    here = town(session)
    cia = approver(session, here.world, "Cia")
    rule(session, here)
    made = order(session, here)
    short, long = (TODAY, TODAY), (TODAY - timedelta(days=3), TODAY + timedelta(days=3))
    policy.be_away(session, here.anne_who, Away(cia.id, *short), NOW)
    policy.be_away(session, here.anne_who, Away(here.bo.id, *long), NOW)
    assert waits_for(session, made) == ["Anne Bak", "Cia"]
    assert waits_for(session, made, 1) == ["Anne Bak", "Bo Dam"]


MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("turn", "days", "times"),
    [
        (Turn(1, None, False), -1, 0),
        (Turn(1, None, False), 0, 1),
        (Turn(1, None, False), 2, 1),
        (Turn(1, None, False), 3, 2),  # three working days later
        (Turn(1, None, False), 6, 2),
        (Turn(1, None, False), 8, 3),  # the weekend does not count
        (Turn(1, 2, False), 30, 0),  # it is passed on instead
        (Turn(1, 2, True), 2, 0),
        (Turn(1, 2, True), 3, 1),  # she, too, has had her days
    ],
)
def test_a_turn_is_reminded_of_each_time_the_days_of_its_rule_have_passed(
    turn: Turn, days: int, times: int
) -> None:
    today = MONDAY + timedelta(days=days)
    assert approval_rules.reminder_due(MONDAY, today, 3, turn) == times
    assert approval_rules.reminder_due(None, today, 3, turn) == 0
