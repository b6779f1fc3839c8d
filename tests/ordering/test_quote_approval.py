"""An order that a quote became awaits approval as any other, though its lines are no products."""

from __future__ import annotations

import cast
import pytest
from ordering import quoting
from ordering.quoting import AFTER
from sqlalchemy.orm import Session

from catalogue.core.who import Role
from catalogue.ordering import approval, approval_queries, policy
from catalogue.ordering.approval import NotApprovable, Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.policy import RuleTerms


def test_an_order_of_a_quote_is_approved_by_the_rules_of_the_day(session: Session) -> None:
    world = quoting.make(session)
    approver = cast.person(session, "Anne Bak")
    cast.role(session, approver, Role.APPROVER, municipality=world.home)
    staff = cast.who(session, cast.staff(session, world.home))
    terms = RuleTerms(
        name="Alle ordrer", from_ore=1, category_code=None, institution=None, enterprise_id=None,
        escalate_days=3, escalate_to_id=None, approvers=(approver.id,),
    )  # fmt: skip
    policy.create_rule(session, staff, terms, cast.NOW)
    made = quoting.ask(session, world)
    order = quoting.choose(session, world, made, quoting.send(session, world, 0, made))
    assert (order.state, order.withheld) == ("awaiting", True)
    today = AFTER.date()
    basis = approval_queries.basis(session, order, today)
    assert (basis.problems, basis.last_prices) == ([], {})
    seen = Seen(load_case(session, order, today).digest, frozenset(), None)
    who = cast.who(session, approver)
    binding = cast.mandatory(session, world.home, categories=["77300000"])
    with pytest.raises(NotApprovable, match="fast aftale"):
        approval.approve(session, who, order.number, seen, AFTER)
    binding.ends_on = cast.TODAY
    assert approval.approve(session, who, order.number, seen, AFTER).state == "placed"
