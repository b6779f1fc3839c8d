"""Decisions about what an enterprise invoices of an order: how much of a line, booked on what.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import coding_rules

# How far, in øre, quantity times price may be from the amount of a part of a line. An invoice may
# differ by two (PEPPOL-EN16931-R120); the roundings of line and share come to one and a half.
NEAR_ORE = Decimal("1.8")
DECIMALS = 3  # of quantities as they are ordered; a part of a line may need more


@dataclass(frozen=True)
class Known:
    """What is known of a line: how many were ordered, said to have come or been done, and sent.

    Of shipments that were received, what came of them counts as sent.
    """

    ordered: Decimal
    received: Decimal | None = None
    sent: Decimal | None = None


@dataclass(frozen=True)
class Price:
    """A price in øre, for `base_quantity` units."""

    ore: int
    base_quantity: int


@dataclass(frozen=True)
class Part:
    """What is invoiced of a line, or of its share on one coding; `code` None: that of the order."""

    quantity: Decimal
    net_ore: int
    code: str | None = None


@dataclass(frozen=True)
class Moved:
    """A shipment: when it was sent, and when it came if it has."""

    dispatched_on: date
    received_on: date | None = None


def quantity(known: Known) -> Decimal:
    """Return how many of a line are invoiced: the best known, and never more than was ordered."""
    found = known.sent if known.received is None else known.received
    return known.ordered if found is None else min(found, known.ordered)


def split(whole: Part, price: Price, weights: Sequence[tuple[str, int]]) -> list[Part]:
    """Return a line by its codings, `(code, weight)`; quantities and amounts come to the whole.

    An invoice line has one accounting reference (EN 16931, BT-133), so a line on several codings
    becomes several. The amounts are those that the pages show. Quantities get as many decimals as
    it takes for quantity times price to be the amount; shares of nothing are left out.
    """
    if not weights:
        return [whole]
    amounts = coding_rules.apportion(whole.net_ore, [weight for _code, weight in weights])
    decimals = DECIMALS
    while True:
        quantities = _apportion(whole.quantity, [weight for _code, weight in weights], decimals)
        pairs = list(zip(quantities, amounts, strict=True))
        if all(_is_near(each, ore, price) for each, ore in pairs):
            break
        decimals += 1
    return [
        Part(quantity_, ore, code)
        for (quantity_, ore), (code, _weight) in zip(pairs, weights, strict=True)
        if quantity_
    ]


def delivered_on(
    shipments: Sequence[Moved], turns: Iterable[tuple[str, date]], *, has_work: bool
) -> date | None:
    """Return the last day on which something of an order came or was done; None: not yet.

    What is not received yet counts by the day it was sent. `turns`: the states it came to, and
    when; they tell of goods where no shipment is known. Work is done when the enterprise says so,
    else when it is accepted.
    """
    days = dict(turns)
    found = [each.received_on or each.dispatched_on for each in shipments]
    goods = [] if found else [days.get("received") or days.get("dispatched")]
    work = [days.get("done") or days.get("accepted")] if has_work else []
    return max((day for day in (*found, *goods, *work) if day), default=None)


def _apportion(whole: Decimal, weights: Sequence[int], decimals: int) -> list[Decimal]:
    units = int(whole.scaleb(decimals))
    return [Decimal(each).scaleb(-decimals) for each in coding_rules.apportion(units, weights)]


def _is_near(quantity_: Decimal, ore: int, price: Price) -> bool:
    exact = quantity_ * price.ore / price.base_quantity
    return abs(exact - ore) <= NEAR_ORE and bool(quantity_ or not ore)
