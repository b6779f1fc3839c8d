"""What counts to budgets: orders that stand, and reserved by those that wait for approval.

A line counts on the day its order was placed. One without parts is booked on its order's coding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from catalogue.agreements.models import Category
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import budget_rules, coding_rules
from .budget_rules import Standing
from .coding_models import Budget, LinePart
from .line_parts import list_weights
from .models import Order, OrderLine
from .rules import FREE_STATES, RESERVING_STATES

_RESERVES = Order.state.in_(RESERVING_STATES)
_ORDERED = case((_RESERVES, 0), else_=OrderLine.net_ore)
_RESERVED = case((_RESERVES, OrderLine.net_ore), else_=0)


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
    """Return where budgets stand, by id. One query, however many; none without budgets."""
    if not budgets:
        return {}
    query = standing_where(Budget.id.in_([each.id for each in budgets]))
    found = list_standing_by(session, query)
    return {budget.id: standing for budget, standing, _label in found}


def standing_where(where: ColumnElement[bool], label: Any = None) -> Any:
    """Return the query of `list_standing_by`, of budgets and `label` of their Category.

    One query: sums of what a budget of all codings counts, and of others each part of each line,
    for what a coding bears of a line is rounded as everywhere.
    """
    counts = union_all(_wide(where), _narrow(where)).subquery()
    return (
        select(Budget, null() if label is None else label, counts)
        .outerjoin(Category, Category.code == Budget.category_code)
        .outerjoin(counts, counts.c.budget_id == Budget.id)
        .where(where)
        .order_by(Budget.prefix, Budget.account_coding, Budget.id, counts.c.line_id,
                  counts.c.position)
    )  # fmt: skip


def list_standing_by(
    session: Session, query: Any, asked: Mapping[str, Any] | None = None
) -> list[tuple[Budget, Standing, Any]]:
    """List budgets, the widest first, each with where it stands and the name of its category."""
    rows = session.execute(query, asked)
    found: dict[Budget, tuple[Any, dict[int | None, list[Any]]]] = {}
    for row in rows:
        lines = found.setdefault(row[0], (row[1], {}))[1]
        if row.budget_id is not None:
            lines.setdefault(row.line_id, []).append(row)
    return [(each, _stand(each, lines), name) for each, (name, lines) in found.items()]


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


def _stand(budget: Budget, lines: Mapping[int | None, Sequence[Any]]) -> Standing:
    """Return where a budget stands by the rows of its lines; sums have no line."""
    ordered = reserved = 0
    for line_id, rows in lines.items():
        first = rows[0]
        if line_id is None:
            return Standing(budget.amount_ore, int(first.ordered), int(first.reserved))
        parts = [(each.code, each.weight) for each in rows if each.code is not None]
        net = int(first.ordered) + int(first.reserved)  # one of them is 0
        shares = coding_rules.shares(net, parts, first.order_coding)
        amount = budget_rules.counted_ore(
            budget.prefix, budget.account_coding, first.category_code, shares
        )
        if first.reserves:
            reserved += amount
        else:
            ordered += amount
    return Standing(budget.amount_ore, ordered, reserved)


def _wide(where: ColumnElement[bool]) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    return (
        select(
            Budget.id.label("budget_id"),
            cast(null(), BigInteger).label("line_id"),
            cast(null(), Integer).label("position"),
            cast(null(), String).label("category_code"),
            cast(null(), String).label("order_coding"),
            cast(null(), String).label("code"),
            cast(null(), BigInteger).label("weight"),
            cast(null(), Integer).label("reserves"),
            func.sum(_ORDERED).label("ordered"),
            func.sum(_RESERVED).label("reserved"),
        )
        .select_from(Budget)
        .join(Order, _order_where())
        .join(OrderLine, _line_where())
        .where(where, Budget.account_coding.is_(None))
        .group_by(Budget.id)
    )


def _narrow(where: ColumnElement[bool]) -> Any:  # as above
    part = aliased(LinePart)  # `_coded_where` asks for others of the line
    return (
        select(
            Budget.id,
            OrderLine.id,
            part.position,
            OrderLine.category_code,
            Order.account_coding,
            part.code,
            part.weight,
            case((_RESERVES, 1), else_=0),
            _ORDERED,
            _RESERVED,
        )
        .select_from(Budget)
        .join(Order, _order_where())
        .join(OrderLine, _line_where())
        .outerjoin(part, part.line_id == OrderLine.id)
        .where(where, Budget.account_coding.is_not(None), _coded_where())
    )


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
