"""What counts to budgets: orders that stand, and reserved by those that wait for approval.

A line counts on the day its order was placed. One without parts is booked on its order's coding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import budget_rules, coding_rules
from .budget_rules import Standing
from .coding_models import Budget, LinePart
from .line_parts import list_weights
from .models import Order, OrderLine
from .rules import FREE_STATES, RESERVING_STATES


@dataclass(frozen=True)
class Counted:
    """A line that counts to a budget, and with how much."""

    budget_id: int
    number: str
    enterprise_name: str
    line: OrderLine
    order: Order
    amount_ore: int

    @property
    def is_reserved(self) -> bool:
        """Tell whether the line's order still waits for approval."""
        return self.order.state in RESERVING_STATES


def list_standing(session: Session, budgets: Sequence[Budget]) -> dict[int, Standing]:
    """Return where budgets stand, by id. Three queries, however many; none without budgets."""
    if not budgets:
        return {}
    wide = [each for each in budgets if each.account_coding is None]
    sums = _sums(session, [each.id for each in wide])
    standing = {each.id: Standing(each.amount_ore, *sums.get(each.id, (0, 0))) for each in wide}
    narrow = [each for each in budgets if each.account_coding is not None]
    counted: dict[int, list[Counted]] = {}
    for line in _counted(session, narrow):
        counted.setdefault(line.budget_id, []).append(line)
    return standing | {each.id: stand(each, counted.get(each.id, [])) for each in narrow}


def stand(budget: Budget, counted: Sequence[Counted]) -> Standing:
    """Return where a budget stands, given all the lines that count to it."""
    return Standing(
        budget.amount_ore,
        ordered_ore=sum(each.amount_ore for each in counted if not each.is_reserved),
        reserved_ore=sum(each.amount_ore for each in counted if each.is_reserved),
    )


def list_counted(session: Session, budget: Budget) -> list[Counted]:
    """List the lines that count to a budget, the newest order first. Two queries."""
    return _counted(session, [budget])


def list_visible(session: Session, who: Who, counted: Sequence[Counted]) -> set[int]:
    """Return the ids of those orders behind lines that `who` may open. One query."""
    ids = [each.order.id for each in counted]
    return set(session.scalars(select(Order.id).where(Order.visible_to(who), Order.id.in_(ids))))


def _sums(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    reserves = Order.state.in_(RESERVING_STATES)
    rows = session.execute(
        select(
            Budget.id,
            func.sum(case((reserves, 0), else_=OrderLine.net_ore)),
            func.sum(case((reserves, OrderLine.net_ore), else_=0)),
        )
        .select_from(Budget)
        .join(Order, _order_where())
        .join(OrderLine, _line_where())
        .where(Budget.id.in_(ids))
        .group_by(Budget.id)
    )
    return {id_: (int(ordered), int(reserved)) for id_, ordered, reserved in rows}


def _counted(session: Session, budgets: Sequence[Budget]) -> list[Counted]:
    rows = session.execute(
        select(Budget, OrderLine, Order, Enterprise.name)
        .select_from(Budget)
        .join(Order, _order_where())
        .join(OrderLine, _line_where())
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .where(Budget.id.in_([each.id for each in budgets]))
        .where(or_(Budget.account_coding.is_(None), _coded_where()))
        .order_by(Order.placed_at.desc(), Order.id.desc(), OrderLine.position)
    ).all()
    parts = list_weights(session, {line.id for _budget, line, *_rest in rows})
    return [_count(*row, parts.get(row[1].id, [])) for row in rows]


def _count(
    budget: Budget, line: OrderLine, order: Order, name: str, parts: list[tuple[str, int]]
) -> Counted:
    shares = coding_rules.shares(line.net_ore, parts, order.account_coding)
    amount = budget_rules.counted_ore(
        budget.prefix, budget.account_coding, line.category_code, shares
    )
    return Counted(budget.id, order.number, name, line, order, amount)


def _order_where() -> ColumnElement[bool]:
    return and_(
        Order.municipality_id == Budget.municipality_id,
        Order.gln == Budget.gln,
        Order.placed_at >= Budget.begins_at,
        Order.placed_at < Budget.ends_before,
        Order.state.not_in(FREE_STATES),
    )


def _line_where() -> ColumnElement[bool]:
    digits = func.substr(OrderLine.category_code, 1, func.length(Budget.prefix))
    return and_(OrderLine.order_id == Order.id, digits == Budget.prefix)


def _coded_where() -> ColumnElement[bool]:
    """Return the condition that something of the line is booked on the budget's coding."""
    own = select(LinePart.id).where(LinePart.line_id == OrderLine.id)
    of_budget: Any = own.where(LinePart.code == Budget.account_coding).exists()
    of_order = and_(Order.account_coding == Budget.account_coding, ~own.exists())
    return or_(of_budget, of_order)
