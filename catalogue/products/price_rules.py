"""Decisions about prices: what one is on a day, what a rise is, where a proposal stands.

Pure functions of plain values. The set-based form of `price_on` stands in `prices.py`, and a
property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from catalogue.core.text import Text
from catalogue.core.text import day as in_words
from catalogue.core.text import lazy as _

MOST_LINES = 500  # of one proposal: its form has a field for each


class PriceChange(StrEnum):
    """How a price stands to an earlier one."""

    SAME = "same"
    FALLEN = "fallen"
    RISEN = "risen"
    OTHER_UNIT = "other_unit"


@dataclass(frozen=True)
class Price:
    """A price in øre excluding VAT per `base_quantity` of `unit`."""

    ore: int
    base_quantity: int
    unit: str


class Tier(NamedTuple):
    """From how many units on how much is taken off any price, in tenths of a per cent.

    A share and not an amount: so it holds for the list price, for every agreed price and for
    proposed ones alike, and no agreement loses it when a price changes.
    """

    from_quantity: int
    off_permille: int


@dataclass(frozen=True)
class Agreed:
    """What a product costs under one agreement from a day on; later ones have higher ids."""

    id: int
    from_on: date
    price: Price


class Stage(StrEnum):
    """Where a proposal stands on a day."""

    DRAFT = "draft"
    SENT = "sent"
    DECIDED = "decided"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


STAGE_NAMES: dict[str, Text] = {
    "draft": _("Draft"),
    "sent": _("Waits for answers"),
    "decided": _("Answered"),
    "in_force": _("In force"),
    "withdrawn": _("Withdrawn"),
}
ANSWER_NAMES: dict[str, Text] = {
    "waiting": _("Waits for an answer"),
    "accepted": _("Accepted"),
    "refused": _("Refused"),
    "replaced": _("Replaced by a newer proposal"),
}


def compare_prices(before: Price, after: Price) -> PriceChange:
    """Tell how `after` stands to `before`, per single unit; another unit cannot be compared."""
    if before.unit != after.unit:
        return PriceChange.OTHER_UNIT
    was, is_ = before.ore * after.base_quantity, after.ore * before.base_quantity
    if is_ > was:
        return PriceChange.RISEN
    return PriceChange.FALLEN if is_ < was else PriceChange.SAME


def per_quantity(price: Price, base_quantity: int) -> Price:
    """Return the same price per `base_quantity` of its unit, rounded half up to whole øre."""
    exact = Decimal(price.ore) * base_quantity / price.base_quantity
    ore = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Price(ore, base_quantity, price.unit)


def must_be_accepted(change: PriceChange) -> bool:
    """Tell whether the other side must accept the price; a fallen one is simply passed on."""
    return change in (PriceChange.RISEN, PriceChange.OTHER_UNIT)


def agreed_on(agreed: Iterable[Agreed], day: date) -> Agreed | None:
    """Return which of the prices agreed for one product under one agreement is in force."""
    begun = [each for each in agreed if each.from_on <= day]
    return max(begun, key=lambda each: (each.from_on, each.id), default=None)


def coming_after(agreed: Iterable[Agreed], day: date) -> Agreed | None:
    """Return the next of them that comes into force after `day`, if any."""
    coming = [each for each in agreed if each.from_on > day]
    return min(coming, key=lambda each: (each.from_on, -each.id), default=None)


def price_on(listed: Price, agreed: Iterable[Agreed], day: date) -> Price:
    """Return what a product costs under an agreement on `day`.

    That is the newest price agreed under it, else the list price: a new agreement is made at the
    prices that stand in the catalogue.
    """
    found = agreed_on(agreed, day)
    return found.price if found else listed


def price_at(price: Price, tiers: Iterable[Tier], quantity: Decimal) -> Price:
    """Return what a price is when `quantity` units are ordered, rounded half up to whole øre."""
    off = off_permille(tiers, quantity)
    if not off:
        return price
    exact = Decimal(price.ore) * (1000 - off) / 1000
    return replace(price, ore=int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def off_permille(tiers: Iterable[Tier], quantity: Decimal) -> int:
    """Return what is taken off for `quantity` units, in tenths of a per cent."""
    return max((each.off_permille for each in tiers if each.from_quantity <= quantity), default=0)


def are_worse(after: Sequence[Tier], before: Sequence[Tier]) -> bool:
    """Tell whether some quantity would have less taken off than before."""
    steps = [Decimal(each.from_quantity) for each in (*before, *after)]
    return any(off_permille(after, each) < off_permille(before, each) for each in steps)


def raised(price_ore: int, percent: Decimal) -> int:
    """Return a price raised by `percent`, rounded half up to whole øre."""
    exact = Decimal(price_ore) * (100 + percent) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def change_percent(before_ore: int, after_ore: int) -> Decimal | None:
    """Return the change in per cent with one decimal; None when the price was nothing."""
    if before_ore == 0:
        return None
    exact = Decimal(after_ore - before_ore) * 100 / before_ore
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def stage(state: str, from_on: date, today: date, answers: Sequence[str]) -> Stage:
    """Return where a proposal stands, from what is stored and the day alone.

    Nothing is pressed at midnight: a sent proposal is in force from its day on.
    """
    if state != "sent":
        return Stage(state)
    if from_on <= today:
        return Stage.IN_FORCE
    return Stage.SENT if "waiting" in answers else Stage.DECIDED


def earliest_day(today: date, notice_days: int) -> date:
    """Return the first day from which proposed prices may be in force."""
    return today + timedelta(days=notice_days)


def day_problem(from_on: date, today: date, notice_days: int) -> Text | None:
    """Return what is wrong with the day of a proposal, else None."""
    earliest = earliest_day(today, notice_days)
    if from_on >= earliest:
        return None
    return _(
        "Choose %(day)s or later; the municipalities need time to answer", day=in_words(earliest)
    )


def may_be_answered(answer: str, accepting: bool) -> bool:
    """Tell whether a municipality with that answer may still accept, or refuse.

    A refusal may become an acceptance, never the reverse: what is accepted binds.
    """
    return answer == "waiting" or (accepting and answer == "refused")


def in_force_from(from_on: date, today: date) -> date:
    """Return from when prices accepted `today` apply: their day, or tomorrow when it is past.

    The price of a day does not rise while the day goes on.
    """
    return max(from_on, today + timedelta(days=1))
