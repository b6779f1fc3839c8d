"""Decisions about shipments: what is left to send, what one holds, and what came of several.

Pure functions of plain values; quantities by position of the order's line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.core.text import lazy as _
from catalogue.core.text import number

Quantities = Mapping[int, Decimal]
NONE = Decimal(0)


def total(parts: Iterable[Quantities]) -> dict[int, Decimal]:
    """Sum quantities up."""
    summed: dict[int, Decimal] = {}
    for part in parts:
        for position, quantity in part.items():
            summed[position] = summed.get(position, NONE) + quantity
    return summed


def left(ordered: Quantities, sent: Iterable[Quantities]) -> dict[int, Decimal]:
    """Return what is still to be sent, without the lines of which nothing is."""
    gone = total(sent)
    rest = {position: each - gone.get(position, NONE) for position, each in ordered.items()}
    return {position: quantity for position, quantity in rest.items() if quantity > 0}


def packed(
    to_send: Quantities, wanted: Quantities
) -> tuple[dict[int, Decimal], dict[str, list[Any]]]:
    """Return what a shipment holds, and what is wrong with it by field.

    Nothing wanted is all that is left; of lines that are not named, or with 0, it holds none.
    """
    if not wanted:
        return dict(to_send), {}
    problems: dict[str, list[Any]] = {}
    for position, quantity in wanted.items():
        most = to_send.get(position, NONE)
        if quantity > most:
            said = _("At most what is left to send: %(left)s", left=number(most))
            problems[f"sent_{position}"] = [said]
    held = {position: quantity for position, quantity in wanted.items() if quantity}
    if not held:
        problems["sent"] = [_("Write how many of at least one line are in the shipment")]
    return held, problems


def day_problems(day: date, ordered_on: date, today: date) -> dict[str, list[Any]]:
    """Return what is wrong with the day a shipment went off, by field."""
    if day > today:
        return {"dispatched_on": [_("The day has not come yet: mark it when it is sent")]}
    return {"dispatched_on": [_("That was before it was ordered")]} if day < ordered_on else {}


def spread(sent: Sequence[Decimal], came: Decimal) -> list[Decimal]:
    """Return how many came of each of several shipments, of which `came` came in all.

    The earlier ones are taken to be whole: what is short, or too much, is so in the last ones.
    """
    found, over = [], came
    for quantity in sent:
        found.append(min(quantity, over))
        over -= found[-1]
    if found:
        found[-1] += over
    return found
