"""Decisions of changes after an order was placed: what an enterprise may propose, and what came.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.core.text import lazy as _


@dataclass(frozen=True)
class Ordered:
    """A line as it was ordered."""

    position: int
    quantity: Decimal
    price_ore: int


@dataclass(frozen=True)
class Proposed:
    """What is new in a line; None: as it was."""

    quantity: Decimal | None = None
    price_ore: int | None = None


@dataclass(frozen=True)
class Arrived:
    """What came or was done of a line when it was not what was ordered, and what is wrong."""

    quantity: Decimal
    text: str | None = None


def effective(lines: Sequence[Ordered], wanted: Mapping[int, Proposed]) -> dict[int, Proposed]:
    """Return what really is new, by position."""
    found = {}
    for line in lines:
        new = wanted.get(line.position, Proposed())
        kept = Proposed(
            new.quantity if new.quantity != line.quantity else None,
            new.price_ore if new.price_ore != line.price_ore else None,
        )
        if kept != Proposed():
            found[line.position] = kept
    return found


def change_problems(
    lines: Sequence[Ordered],
    new: Mapping[int, Proposed],
    delivery_on: date | None,
    today: date,
) -> dict[str, list[Any]]:
    """Return what is wrong with a proposal, by field.

    It may lower what was agreed, never raise it: more, or dearer, is another order.
    """
    problems: dict[str, list[Any]] = {}
    if delivery_on is None and not new:
        problems["delivery_on"] = [_("Propose another day, a smaller quantity or a lower price")]
    problems |= day_problems(delivery_on, today)
    for line in lines:
        change = new.get(line.position, Proposed())
        if change.quantity is not None and change.quantity > line.quantity:
            field = f"quantity_{line.position}"
            problems[field] = [_("At most what was ordered; more must be ordered anew")]
        if change.price_ore is not None and change.price_ore > line.price_ore:
            field = f"price_{line.position}"
            problems[field] = [_("At most the price that was ordered at")]
    return problems


def shortened(
    lines: Sequence[Ordered], wanted: Mapping[int, Decimal]
) -> tuple[dict[int, Decimal], dict[str, list[Any]]]:
    """Return the smaller quantities by position, 0 for none, and what is wrong with them by field.

    To deliver all is to confirm the order, and to deliver nothing is to reject it.
    """
    less = {
        each.position: wanted[each.position]
        for each in lines
        if each.position in wanted and wanted[each.position] != each.quantity
    }
    problems: dict[str, list[Any]] = {
        f"part_{each.position}": [_("At most what was ordered; more must be ordered anew")]
        for each in lines
        if less.get(each.position, each.quantity) > each.quantity
    }
    if not less:
        problems["part"] = [_("All is as ordered: confirm the whole order instead")]
    elif not any(less.get(each.position, each.quantity) for each in lines):
        problems["part"] = [_("Nothing is left: reject the order instead")]
    return less, problems


def day_problems(delivery_on: date | None, today: date) -> dict[str, list[Any]]:
    """Return what is wrong with a promised day, by field."""
    past = delivery_on is not None and delivery_on < today
    return {"delivery_on": [_("The day is past")]} if past else {}


def deviations(
    lines: Sequence[Ordered], arrived: Mapping[int, Arrived]
) -> tuple[dict[int, Arrived], dict[str, list[Any]]]:
    """Return the lines that did not come as ordered, and what is wrong with saying so, by field."""
    found: dict[int, Arrived] = {}
    problems: dict[str, list[Any]] = {}
    for line in lines:
        came = arrived.get(line.position)
        if came is None or (came.quantity == line.quantity and not came.text):
            continue
        found[line.position] = came
        if not came.text:
            problems[f"deviation_{line.position}"] = [_("Say what was wrong")]
    return found, problems
