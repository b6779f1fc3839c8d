"""What the lines of an order are booked on: read, and written when it is placed or booked anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from catalogue.core.errors import Invalid

from . import coding_rules
from .coding_models import LinePart
from .coding_rules import Part, Share
from .models import Order, OrderLine


@dataclass(frozen=True)
class Coded:
    """A line and what its codings bear of it; `parts` are empty when its order's coding does."""

    line: OrderLine
    parts: list[tuple[str, int]]
    shares: list[Share]


def list_weights(session: Session, line_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """Return the `(code, weight)` parts of lines, by line, in their order. One query."""
    rows = session.execute(
        select(LinePart.line_id, LinePart.code, LinePart.weight)
        .where(LinePart.line_id.in_(line_ids))
        .order_by(LinePart.line_id, LinePart.position)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for line_id, code, weight in rows:
        found.setdefault(line_id, []).append((code, weight))
    return found


def load_coded(session: Session, order: Order) -> list[Coded]:
    """Load the lines of an order, and return them with what their codings bear. One query."""
    rows = session.execute(
        select(OrderLine, LinePart.code, LinePart.weight)
        .outerjoin(LinePart, LinePart.line_id == OrderLine.id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.position, LinePart.position)
        .execution_options(populate_existing=True)
    )
    parts: dict[OrderLine, list[tuple[str, int]]] = {}
    for line, code, weight in rows:
        parts.setdefault(line, []).extend([] if code is None else [(code, weight)])
    set_committed_value(order, "lines", list(parts))
    return [_coded(order, *each) for each in parts.items()]


def list_coded(session: Session, order: Order) -> list[Coded]:
    """Return the lines of an order with what their codings bear. One query."""
    parts = list_weights(session, [each.id for each in order.lines])
    return [_coded(order, each, parts.get(each.id, [])) for each in order.lines]


def check(nets: Mapping[int, int], parts: Mapping[int, Sequence[Part]]) -> None:
    """Raise Invalid by field `part_<line>_1` where the parts of a line do not come to its amount.

    `nets` holds the amounts in øre by what the caller calls a line.
    """
    problems: dict[str, list[Any]] = {}
    for line, net_ore in nets.items():
        given = parts.get(line, [])
        if given and (problem := coding_rules.problem(given, net_ore)):
            problems[f"part_{line}_1"] = [problem]
    if problems:
        raise Invalid(problems)


def write(session: Session, order: Order, parts: Mapping[int, Sequence[Part]]) -> None:
    """Write the parts of an order's lines anew, by position; raises Invalid as `check` does."""
    check({each.position: each.net_ore for each in order.lines}, parts)
    ids = [each.id for each in order.lines]
    session.execute(delete(LinePart).where(LinePart.line_id.in_(ids)))
    for line in order.lines:
        given = parts.get(line.position, [])
        weights = coding_rules.weights(given, line.net_ore) if given else []
        session.add_all(
            LinePart(line_id=line.id, position=place, code=part.code, weight=weight)
            for place, (part, weight) in enumerate(zip(given, weights, strict=True), start=1)
        )
    session.flush()


def _coded(order: Order, line: OrderLine, parts: list[tuple[str, int]]) -> Coded:
    return Coded(line, parts, coding_rules.shares(line.net_ore, parts, order.account_coding))
