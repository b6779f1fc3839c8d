"""Decisions about frames: what may be called off, and how long. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from catalogue.core.money import line_net_ore
from catalogue.core.text import Text, day, money, number
from catalogue.core.text import lazy as _

LONGEST_DAYS = 4 * 365  # the longest a framework agreement may run (Directive 2014/24/EU, art. 33)


class FrameKind(StrEnum):
    """What bounds a frame."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


KIND_NAMES: dict[str, Text] = {
    FrameKind.QUANTITY: _("Each line up to its quantity"),
    FrameKind.AMOUNT: _("Any of the lines, up to the amount of the quote"),
}


@dataclass(frozen=True)
class Terms:
    """How a buyer wants to use a quote as a frame."""

    kind: FrameKind
    valid_until: date


@dataclass(frozen=True)
class Left:
    """A line of a frame: what was offered of it, and what orders that stand have called off."""

    position: int
    title: str
    offered: Decimal
    price_ore: int
    used: Decimal = Decimal(0)
    used_ore: int = 0

    @property
    def left(self) -> Decimal:
        """Return how much of the line is left, where its quantity bounds it."""
        return max(Decimal(0), self.offered - self.used)


def left_ore(lines: Sequence[Left], net_ore: int) -> int:
    """Return what is left of the amount of a frame, which came to `net_ore`."""
    return max(0, net_ore - sum(each.used_ore for each in lines))


def is_used_up(kind: str, lines: Sequence[Left], net_ore: int) -> bool:
    """Tell whether nothing more can be called off."""
    if kind == FrameKind.AMOUNT:
        return left_ore(lines, net_ore) == 0
    return not any(each.left for each in lines)


def validity_problem(valid_until: date, today: date) -> Text | None:
    """Return what is wrong with the last day of a frame, else None."""
    if valid_until <= today:
        return _("Choose a day after today")
    if valid_until > today + timedelta(days=LONGEST_DAYS):
        return _("A frame runs for four years at most")
    return None


def closed(valid_until: date, ended_at: datetime | None, today: date) -> Text | None:
    """Return why nothing may be called off any more, else None."""
    if ended_at is not None:
        return _("The frame was ended on %(day)s. Ask for a new quote.", day=day(ended_at))
    if valid_until < today:
        return _("The frame ran out on %(day)s. Ask for a new quote.", day=day(valid_until))
    return None


def problems(
    kind: str, lines: Sequence[Left], net_ore: int, wanted: Mapping[int, Decimal]
) -> dict[str, list[Any]]:
    """Return by field what is wrong with what is wanted, by position of the line.

    The fields are `quantity_<position>`; what concerns all of them stands at the first of those
    wanted.
    """
    first = f"quantity_{min(wanted, default=lines[0].position)}"
    if not wanted:
        return {first: [_("Write how many of at least one line")]}
    if unknown := wanted.keys() - {each.position for each in lines}:
        return {f"quantity_{each}": [_("The frame has no such line")] for each in unknown}
    if kind == FrameKind.AMOUNT:
        prices = {each.position: each.price_ore for each in lines}
        asked = sum(line_net_ore(prices[place], many) for place, many in wanted.items())
        left = left_ore(lines, net_ore)
        if asked <= left:
            return {}
        values = {"left": money(left), "asked": money(asked)}
        text = _("%(left)s is left of the frame, and this comes to %(asked)s", **values)
        return {first: [text]}
    return {
        f"quantity_{each.position}": [_("Only %(left)s left", left=number(each.left))]
        for each in lines
        if wanted.get(each.position, Decimal(0)) > each.left
    }
