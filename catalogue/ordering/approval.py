"""The verbs of approval: an order asks for it when it is placed; approvers and staff decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.fields import MESSAGES
from catalogue.core.text import gettext, today_in_copenhagen, typed_number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import approval_rules, budgets, rules, standing, steps
from .approval_cases import Case, digest_of, load_case
from .approval_rules import Link, Rule, Wanted
from .models import Approval, ApprovalStep, Order, OrderLine, OrderState
from .rules import Step
from .steps import Deed


class NotApprovable(Conflict):
    """The order cannot be approved as it stands; nothing was decided."""

    title = _("The order cannot be approved")


@dataclass(frozen=True)
class Seen:
    """What an approver decides on: the digest of what she was shown, lines she strikes and why."""

    digest: str
    struck: frozenset[int] = field(default_factory=frozenset)
    reason: str | None = None


def ask(session: Session, orders: Sequence[Order], in_force: list[Rule], today: date) -> None:
    """Give orders that were just made the steps that the rules ask for; they await approval then.

    An order that no rule applies to stays placed.
    """
    for order in orders:
        links = approval_rules.chain(in_force, wanted_of(order), order.buyer_id)
        if not links:
            continue
        order.state, order.withheld = OrderState.AWAITING, True
        session.add_all(
            _step(order, position, link) for position, link in enumerate(links, start=1)
        )
        session.flush()
        _open_turn(load_case(session, order, today), today)


def approve(session: Session, who: Who, number_: str, seen: Seen, now: datetime) -> Order:
    """Approve what was seen, without the lines struck; the last approval places the order.

    Raises OutOfTurn when it is not her turn, NotApprovable when the order has changed since she
    saw it, or was not placed before and a line may not be ordered today or a budget of the period
    that it falls in now blocks it; Invalid when a reason is owed or no line is left.
    """
    order = steps.begin(session, who, number_, Step.APPROVE)
    today = today_in_copenhagen(now)
    case = load_case(session, order, today)
    step = _own_turn(case, who)
    if case.digest != seen.digest:
        raise NotApprovable(_("The order has changed since you saw it. Look at it again."))
    before = {"net_ore": order.net_ore, "lines": len(order.lines)}
    said = _strike(session, order, seen)
    if order.withheld:  # else it was placed in time, and only less of it is approved anew
        _refuse_unless_orderable(session, order, today)
    session.add(
        Approval(
            order_id=order.id, step_id=step.id, digest=digest_of(order), person_id=who.person_id,
            person_name=who.name, at=now,
        )
    )  # fmt: skip
    session.flush()
    left = load_case(session, order, today)
    deed = Deed(
        Step.APPROVE, _after(order, left), now, said, before,
        {"net_ore": order.net_ore, "lines": len(order.lines)},
    )  # fmt: skip
    if left.step is not None:
        _open_turn(left, today)
    elif order.withheld:
        _place(session, order, now)
    return steps.end(session, who, order, deed)


def decline(session: Session, who: Who, number_: str, reason: str, now: datetime) -> Order:
    """Refuse the whole order for good; what it reserved is free again."""
    return _decide(session, who, number_, Deed(Step.DECLINE, "declined", now, reason))


def send_back(session: Session, who: Who, number_: str, comment: str, now: datetime) -> Order:
    """Send the order back to the buyer with a comment; it still reserves its amount."""
    return _decide(session, who, number_, Deed(Step.SEND_BACK, "returned", now, comment))


def resubmit(session: Session, who: Who, number_: str, answer: str, now: datetime) -> Order:
    """Send an order that came back for approval again, with an answer to the comment."""
    order = steps.begin(session, who, number_, Step.RESUBMIT, reason=answer)
    today = today_in_copenhagen(now)
    _open_turn(load_case(session, order, today), today)
    return steps.end(session, who, order, Deed(Step.RESUBMIT, "awaiting", now, answer))


def reroute(
    session: Session, who: Who, number_: str, approver_id: int, reason: str, now: datetime
) -> Order:
    """Let another approver of the municipality decide the present step; staff only, with a reason.

    Raises Invalid when that person is no approver here, or is the buyer, or made the order before.
    """
    order = steps.begin(session, who, number_, Step.REROUTE, reason=reason)
    today = today_in_copenhagen(now)
    case = load_case(session, order, today)
    if approver_id not in case.holders or approver_id in case.makers or case.step is None:
        raise Invalid({"approver_id": [_("Choose an approver who is not the buyer")]})
    before = {"approver_id": case.step.approver_id}
    case.step.approver_id = approver_id
    _open_turn(case, today)
    deed = Deed(Step.REROUTE, "awaiting", now, reason, before, {"approver_id": approver_id})
    return steps.end(session, who, order, deed)


def ask_anew(session: Session, order: Order, today: date) -> bool:
    """Return whether a changed order must be approved anew; if so, the first open turn begins."""
    case = load_case(session, order, today)
    if case.step is None:
        return False
    _open_turn(case, today)
    return True


def ask_more(session: Session, order: Order, in_force: list[Rule]) -> None:
    """Add the steps that rules ask for since the buyer changed the order.

    Those who were asked are asked still: a smaller order does not slip past who sent it back. A
    rule is known by its name, so that who was asked instead of another stays so; where several
    rules bear one name, it tells nothing, and all are asked.
    """
    asked = session.scalars(select(ApprovalStep).where(ApprovalStep.order_id == order.id)).all()
    bearers = Counter(each.name for each in in_force)
    known = {each.rule_name for each in asked if bearers[each.rule_name] < 2}
    people = {each.approver_id for each in asked}
    links = approval_rules.chain(in_force, wanted_of(order), order.buyer_id)
    new = [
        each for each in links
        if each.rule_name not in known and each.approver_id not in people
    ]  # fmt: skip
    last = max((each.position for each in asked), default=0)
    session.add_all(_step(order, place, link) for place, link in enumerate(new, start=last + 1))
    session.flush()


def wanted_of(order: Order) -> Wanted:
    """Return what approval rules look at in an order."""
    codes = frozenset(line.category_code for line in order.lines)
    return Wanted(order.net_ore, codes, order.institution, order.enterprise_id, order.gln)


def _decide(session: Session, who: Who, number_: str, deed: Deed) -> Order:
    order = steps.begin(session, who, number_, deed.step, reason=deed.reason)
    _own_turn(load_case(session, order, today_in_copenhagen(deed.now)), who)
    return steps.end(session, who, order, deed)


def _own_turn(case: Case, who: Who) -> ApprovalStep:
    if case.step is not None and who.person_id in case.acting:
        return case.step
    names = ", ".join(case.acting_names) or gettext("procurement staff")
    raise steps.OutOfTurn(
        _("Order %(number)s waits for %(names)s.", number=case.order.number, names=names)
    )


def _strike(session: Session, order: Order, seen: Seen) -> str | None:
    """Take out the lines that are not approved; return what the time line says of it."""
    struck = [line for line in order.lines if line.position in seen.struck]
    if not struck:
        return seen.reason
    if not seen.reason:
        raise Invalid({"reason": [MESSAGES["required"]]})
    if len(struck) == len(order.lines):
        raise Invalid({"struck": [_("To refuse all lines, do not approve the order")]})
    for line in struck:
        order.lines.remove(line)
    sum_up(order, order.lines)
    session.flush()
    return "; ".join(f"− {typed_number(line.quantity)} × {line.title}" for line in struck) + (
        f": {seen.reason}"
    )


def sum_up(order: Order, lines: Collection[OrderLine]) -> None:
    """Write the sums of an order's lines on it."""
    sums = rules.totals((line.net_ore, line.vat_rate) for line in lines)
    order.net_ore, order.vat_ore = sums.net_ore, sums.vat_ore


def _refuse_unless_orderable(session: Session, order: Order, today: date) -> None:
    for problem in standing.problems_locked(session, order, today):
        raise NotApprovable(problem)


def _place(session: Session, order: Order, now: datetime) -> None:
    """Place an order that was approved: it counts to the budgets of today from now on."""
    asked_on = today_in_copenhagen(order.placed_at)
    order.withheld, order.placed_at = False, now
    session.flush()
    for problem in budgets.list_problems_of_period(session, order, asked_on):
        raise NotApprovable(problem)


def _after(order: Order, left: Case) -> str:
    if left.step is not None:
        return "awaiting"
    return "placed" if order.withheld else "confirmed"


def _step(order: Order, position: int, link: Link) -> ApprovalStep:
    return ApprovalStep(
        order_id=order.id, position=position, rule_name=link.rule_name,
        approver_id=link.approver_id, escalate_days=link.escalate_days,
        escalate_to_id=link.escalate_to_id,
    )  # fmt: skip


def _open_turn(case: Case, today: date) -> None:
    """Let the present step's days begin."""
    if case.step is not None:
        case.step.due_on = approval_rules.due_on(today, case.step.escalate_days)
        case.step.escalated_at = None
