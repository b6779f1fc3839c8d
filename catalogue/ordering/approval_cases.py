"""Where the approval of orders stands: which step is open, and who may act on it today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.accounts.models import Person, PersonRole
from catalogue.core.who import Role

from . import approval_rules
from .approval_rules import Absent, Turn
from .models import Approval, ApprovalStep, Order, OrderEvent
from .policy_models import Absence
from .rules import STARTS, Delivery, Step

Row = TypeVar("Row", ApprovalStep, Approval)
# What of a delivery is no part of what is approved: words to the enterprise, and the account.
_NOT_FROZEN = {"note", "account_coding", "reference"}
_LINE = ("position", "product_id", "product_version", "title", "unit", "quantity", "price_ore",
         "price_base_quantity", "vat_rate", "net_ore", "agreement_id",
         "agreement_number")  # fmt: skip


@dataclass(frozen=True)
class Case:
    """The approval of an order as it stands today; `step` None: nothing is left to approve."""

    order: Order
    steps: Sequence[ApprovalStep]
    approvals: Sequence[Approval]
    step: ApprovalStep | None
    holders: Mapping[int, Person]
    acting: frozenset[int]
    makers: frozenset[int]  # the buyer, and who wrote it before it was handed over to her

    @property
    def digest(self) -> str:
        """Return what is to be approved, as a digest."""
        return digest_of(self.order)

    @property
    def acting_names(self) -> list[str]:
        """List the names of those who may act now, in order."""
        return sorted(self.holders[each].name for each in self.acting)

    @property
    def turn(self) -> Turn | None:
        """Return whose turn it is."""
        return turn_of(self.step) if self.step else None


def load_case(session: Session, order: Order, today: date) -> Case:
    """Return the approval of one order, whose lines are loaded. Two queries."""
    return load_cases(session, [order], today)[order.id]


def load_cases(session: Session, orders: Sequence[Order], today: date) -> dict[int, Case]:
    """Return the approval of orders of one municipality by id. Two queries, however many."""
    if not orders:
        return {}
    ids, place = [each.id for each in orders], orders[0].municipality_id
    rows = session.execute(
        select(ApprovalStep, Approval, OrderEvent.person_id)
        .outerjoin(Approval, Approval.step_id == ApprovalStep.id)
        .outerjoin(OrderEvent, and_(OrderEvent.order_id == ApprovalStep.order_id, _made_before()))
        .where(ApprovalStep.order_id.in_(ids))
        .order_by(ApprovalStep.position)
    ).all()
    steps = _by_order(dict.fromkeys(step for step, _approval, _maker in rows))
    approvals = dict.fromkeys(each for _step, each, _maker in rows if each is not None)
    given = _by_order(sorted(approvals, key=lambda each: each.id))
    makers = {each.id: {each.buyer_id} for each in orders}
    for step, _approval, maker in rows:
        makers[step.order_id] |= {maker} if maker is not None else set()
    people = _people(session, place, today)
    return {
        each.id: _case(
            each, (steps.get(each.id, []), given.get(each.id, [])), people,
            frozenset(makers[each.id]),
        )
        for each in orders
    }  # fmt: skip


def list_holders(session: Session, municipality_id: int) -> dict[int, Person]:
    """Return the approvers of a municipality by id, by name. One query."""
    found = session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.APPROVER, PersonRole.municipality_id == municipality_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return {each.id: each for each in found}


def list_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the names of persons by id, of those too who approve no more. One query."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {id_: name for id_, name in rows}


def turn_of(step: ApprovalStep) -> Turn:
    """Return whose turn a step is."""
    return Turn(step.approver_id, step.escalate_to_id, step.escalated_at is not None)


def digest_of(order: Order) -> str:
    """Return the digest of what is approved in an order as it stands."""
    address = {each.name: getattr(order, each.name) for each in fields(Delivery)}
    frozen = {name: value for name, value in address.items() if name not in _NOT_FROZEN}
    return approval_rules.digest(frozen, [_line(each) for each in order.lines])


def _case(
    order: Order,
    chain: tuple[Sequence[ApprovalStep], Sequence[Approval]],
    people: tuple[dict[int, Person], dict[int, int]],
    makers: frozenset[int],
) -> Case:
    (steps, approvals), (holders, deputies) = chain, people
    now = digest_of(order)
    given = [(each.step_id, each.digest) for each in approvals]
    left = approval_rules.open_steps([each.id for each in steps], given, now)
    step = next((each for each in steps if each.id in left), None)
    acting: frozenset[int] = frozenset()
    if step is not None:
        done = {each.person_id for each in approvals if each.digest == now}
        acting = approval_rules.acting(turn_of(step), deputies, holders, makers, done)
    return Case(order, steps, approvals, step, holders, acting, makers)


@cache  # asked by each step of an order: to write it takes longer than to answer it
def _made_before() -> ColumnElement[bool]:
    """Return the condition of the steps by which those who had an order before made it.

    Only of orders that were handed over: of others the buyer made them.
    """
    handed = aliased(OrderEvent)
    given_on = exists().where(
        handed.order_id == OrderEvent.order_id, handed.step == str(Step.HAND_OVER)
    )
    placed = and_(OrderEvent.step.is_(None), OrderEvent.state.in_(STARTS))
    written = OrderEvent.step.in_([Step.EDIT, Step.RESUBMIT, Step.ACCEPT])
    return and_(or_(placed, written), given_on)


def _line(line: object) -> dict[str, object]:
    # Numbers as the database gives them back: 2 and 2.000 are the same quantity.
    return {name: _plain(getattr(line, name)) for name in _LINE}


def _plain(value: object) -> object:
    return str(value.normalize()) if isinstance(value, Decimal) else value


def _people(
    session: Session, municipality_id: int, today: date
) -> tuple[dict[int, Person], dict[int, int]]:
    """Return the approvers of a municipality by id, by name, and who stands in for whom today.

    One query. Deputies act for those too who have left.
    """
    holds = and_(
        PersonRole.person_id == Person.id, PersonRole.role == Role.APPROVER,
        PersonRole.municipality_id == municipality_id,
    )  # fmt: skip
    away = and_(
        Absence.person_id == Person.id, Absence.municipality_id == municipality_id,
        Absence.from_on <= today, Absence.until_on >= today,
    )  # fmt: skip
    rows = session.execute(
        select(Person, PersonRole.id, Absence)
        .outerjoin(PersonRole, holds)
        .outerjoin(Absence, away)
        .where(or_(PersonRole.id.is_not(None), Absence.id.is_not(None)))
        .order_by(Person.name, Person.id, Absence.id)
    ).all()
    approving = (each for each, role_id, _absence in rows if role_id and not each.disabled_at)
    absences = [
        Absent(each.id, each.person_id, each.deputy_id, each.from_on, each.until_on)
        for _person, _role_id, each in rows
        if each is not None
    ]
    return {each.id: each for each in approving}, approval_rules.deputies_on(today, absences)


def _by_order(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for each in rows:
        found.setdefault(each.order_id, []).append(each)
    return found
