"""Who is ill is stood in for, and whoever owes an approval is reminded of it."""

from __future__ import annotations

from datetime import date, timedelta

import cast
import pytest
from cast import NOW, TODAY
from ordering.approving import approver, order, rule, town
from ordering.leaving import leave, put_work, waits_for
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.ordering import approval_rules, escalation, policy
from catalogue.ordering.approval_rules import Absent, Turn
from catalogue.ordering.policy import Away


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


def test_an_absence_of_days_gone_by_is_refused(session: Session) -> None:
    here = town(session)
    yesterday, long_ago = TODAY - timedelta(days=1), TODAY - timedelta(days=9)
    with pytest.raises(Invalid) as caught:  # a year that was typed wrong
        policy.be_away(session, here.anne_who, Away(here.bo.id, long_ago, yesterday), NOW)
    assert set(caught.value.problems) == {"until_on"}
    policy.be_away(session, here.anne_who, Away(here.bo.id, yesterday, TODAY), NOW)


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
