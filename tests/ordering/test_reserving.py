"""What an order that waits for approval holds of a ceiling, and what may have ended meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import NOW, TODAY
from ordering.approving import Town, approve, order, rule, town
from ordering.world import DELIVERY, put
from sqlalchemy.orm import Session

from catalogue.ordering import approval, approval_queries, ceilings, service
from catalogue.ordering.approval import NotApprovable
from catalogue.ordering.rules import Step


def used(session: Session, town: Town) -> tuple[int, int]:
    """Return what is ordered and reserved on the agreement's ceiling."""
    (found,) = ceilings.list_used(session, [town.world.agreement.id], TODAY)
    return found.ordered_ore, found.reserved_ore


def test_an_agreement_that_ended_meanwhile_is_refused_with_its_name_and_day(
    session: Session,
) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    here.world.agreement.ends_on = TODAY - timedelta(days=1)
    session.flush()
    with pytest.raises(NotApprovable) as caught:
        approve(session, here.anne_who, made)
    assert here.world.agreement.number in str(caught.value.detail)
    assert "sluttede 23. nov. 2026" in str(caught.value.detail)
    assert approval_queries.basis(session, made, TODAY).problems


def test_a_withdrawn_product_is_refused(session: Session) -> None:
    here = town(session)
    rule(session, here)
    made = order(session, here)
    here.world.product.state = "withdrawn"
    session.flush()
    with pytest.raises(NotApprovable):
        approve(session, here.anne_who, made)


@pytest.mark.parametrize("end", ["decline", "cancel"])
def test_a_waiting_order_reserves_and_its_end_releases(session: Session, end: str) -> None:
    here = town(session, ceiling_ore=3_000_000)
    rule(session, here)
    made = order(session, here)
    assert used(session, here) == (0, 1_250_000)
    approval.send_back(session, here.anne_who, made.number, "?", NOW)
    assert used(session, here) == (0, 1_250_000)
    approval.resubmit(session, here.world.who, made.number, "Jo", NOW)
    if end == "decline":
        approval.decline(session, here.anne_who, made.number, "Nej", NOW)
    else:
        service.take_step(session, here.world.who, made.number, Step.CANCEL, now=NOW)
    session.flush()
    assert used(session, here) == (0, 0)


def test_approval_turns_what_is_reserved_into_what_is_ordered(session: Session) -> None:
    here = town(session, ceiling_ore=1_250_000)
    rule(session, here)
    made = order(session, here)
    put(session, here.world)
    with pytest.raises(service.CannotBePlaced):
        service.place(session, here.world.who, DELIVERY, "form-2", NOW)
    approve(session, here.anne_who, made)
    session.flush()
    assert used(session, here) == (1_250_000, 0)


def test_a_ceiling_lowered_meanwhile_is_not_passed(session: Session) -> None:
    here = town(session, ceiling_ore=1_250_000)
    rule(session, here)
    made = order(session, here)
    here.world.agreement.ceiling_ore = 1_249_999
    session.flush()
    with pytest.raises(NotApprovable):
        approve(session, here.anne_who, made)
