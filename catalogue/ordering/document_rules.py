"""Decisions about the papers of an order: VAT by rate, when to invoice, how many labels.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.core.money import vat_ore
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import FREE_STATES, states_ahead

MOST_LABELS = 40


@dataclass(frozen=True)
class VatShare:
    """What is sold at one rate of VAT, in percent, and the VAT of it."""

    rate: int
    net_ore: int
    vat_ore: int


def vat_by_rate(lines: Iterable[tuple[int, int]]) -> list[VatShare]:
    """Sum `(net_ore, vat_rate in percent)` lines by rate, highest rate first.

    VAT is rounded once per rate, so the shares add up to the VAT of the order. Source: a Peppol
    BIS invoice reckons the tax of each category on the sum of its lines.
    """
    net_by_rate: dict[int, int] = {}
    for net, rate in lines:
        net_by_rate[rate] = net_by_rate.get(rate, 0) + net
    return [
        VatShare(rate, net, vat_ore([(net, rate)]))
        for rate, net in sorted(net_by_rate.items(), reverse=True)
    ]


def invoice_warning(state: str) -> Text | None:
    """Return why an order in `state` must not be invoiced yet, or at all; None when it may."""
    if state in FREE_STATES:  # what waits to be approved anew is not void
        return _("Send no invoice: the order is not to be delivered.")
    ahead = states_ahead(state)
    if "confirmed" in ahead:
        return _("Send no invoice yet: the order must be confirmed and delivered first.")
    if "dispatched" in ahead:
        return _("Send the invoice when the order is delivered.")
    return None


def labels(asked: int | None) -> int:
    """Return how many labels to print: one unless more are asked for, and no roll of them."""
    return min(max(1, asked or 1), MOST_LABELS)
