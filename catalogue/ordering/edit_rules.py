"""Decisions of an order that its buyer changes after it was sent back: quantities and prices.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import Price, below_minimum

PriceAt = Callable[[Decimal], Price | None]


@dataclass(frozen=True)
class Line:
    """A line as it was ordered, beside its product as it is today.

    `minimum_quantity` None: a line of a quote or in free text, which stands as it was agreed.
    """

    position: int
    quantity: Decimal
    price: Price
    minimum_quantity: int | None
    price_at: PriceAt


@dataclass(frozen=True)
class Wanted:
    """What the buyer wants of a line now, at which price."""

    quantity: Decimal
    price: Price


def decide(
    lines: Sequence[Line], quantities: Mapping[int, Decimal], out: Collection[int]
) -> tuple[dict[int, Wanted], dict[str, list[Any]]]:
    """Return the lines that stay, by position, and what is wrong with them, by field.

    A line that is not changed keeps its price, whatever the product costs today.
    """
    wanted: dict[int, Wanted] = {}
    problems: dict[str, list[Any]] = {}
    for line in lines:
        if line.position in out:
            continue
        quantity = quantities.get(line.position, line.quantity)
        price = line.price if quantity == line.quantity else _price(line, quantity)
        if problem := _problem(line, quantity, price):
            problems[f"quantity_{line.position}"] = [problem]
        wanted[line.position] = Wanted(quantity, price or line.price)
    if not wanted:
        problems["out"] = [_("To order nothing, cancel the order")]
    return wanted, problems


def _price(line: Line, quantity: Decimal) -> Price | None:
    """Return what a unit costs in another quantity; None when she has not accepted that price."""
    if line.price_at(line.quantity) == line.price:
        return line.price_at(quantity)
    return line.price if quantity < line.quantity else None


def _problem(line: Line, quantity: Decimal, price: Price | None) -> Text | None:
    if quantity == line.quantity:
        return None
    if line.minimum_quantity is None:
        return _(
            "A line of a quote or in free text stands as it was agreed: keep it, or take it out"
        )
    if problem := below_minimum(quantity, line.minimum_quantity):
        return problem
    if price is None:
        return _("The price has changed: keep the quantity or less, or order the product anew")
    return None
