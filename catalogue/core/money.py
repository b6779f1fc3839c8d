"""Amounts: whole øre excluding VAT, and the arithmetic of lines and VAT."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

DKK = "DKK"


def line_net_ore(price_ore: int, quantity: Decimal, price_base_quantity: int = 1) -> int:
    """Return quantity times price per `price_base_quantity` units, rounded half up to whole øre.

    Source of the rounding: PEPPOL-T01-R024 checks line amounts within two decimals.
    """
    exact = Decimal(price_ore) * quantity / Decimal(price_base_quantity)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def vat_ore(lines: Iterable[tuple[int, int]]) -> int:
    """Return the VAT of `(net_ore, vat_rate in percent)` lines, rounded once per rate.

    Peppol BIS 3 computes the tax of each category on the sum of its lines, not line by line.
    """
    net_by_rate: dict[int, int] = {}
    for net, rate in lines:
        net_by_rate[rate] = net_by_rate.get(rate, 0) + net
    return sum(_percent(net, rate) for rate, net in net_by_rate.items())


def _percent(net_ore: int, rate: int) -> int:
    exact = Decimal(net_ore) * rate / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
