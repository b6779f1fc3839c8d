"""Decisions about account codings: how a line's cost is split, and what its parts come to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

WHOLE = 10_000  # a percent has two decimals at most
MOST_PARTS = 4


@dataclass(frozen=True)
class Part:
    """A coding as it was typed for a line, with its share or its amount; neither: the rest."""

    code: str
    percent: Decimal | None = None
    amount_ore: int | None = None

    @property
    def is_rest(self) -> bool:
        """Tell whether the part bears what the others leave."""
        return self.percent is None and self.amount_ore is None


@dataclass(frozen=True)
class Share:
    """What a coding bears of a line, in øre without VAT; `code` None: none was said."""

    code: str | None
    amount_ore: int


def problem(parts: Sequence[Part], net_ore: int) -> Text | None:
    """Return what is wrong with the parts of a line of `net_ore`, else None."""
    if len({each.code for each in parts}) < len(parts):
        return _("Name each account coding once")
    if sum(each.is_rest for each in parts) > 1:
        return _("Leave the share of one account coding empty at most; it bears the rest")
    if _mixed(parts):
        return _("Write shares in percent or amounts in kroner, not both on one line")
    whole, said = _said(parts, net_ore)
    left = whole - sum(said)
    has_rest = any(each.is_rest for each in parts)
    # A line that costs nothing has nothing to split.
    if has_rest and len(parts) > 1 and left <= 0:
        return _("Nothing is left for the account coding without a share")
    if left and not has_rest:
        if whole == WHOLE and parts[0].percent is not None:
            return _("The shares must come to 100 %, or leave one of them empty")
        return _("The amounts must come to the amount of the line, or leave one of them empty")
    return None


def weights(parts: Sequence[Part], net_ore: int) -> list[int]:
    """Return the weight of each part; the caller has asked `problem`.

    A share weighs its hundredths of a percent, an amount its øre.
    """
    if len(parts) == 1:
        return [1]
    whole, said = _said(parts, net_ore)
    left = whole - sum(said)
    return [left if each.is_rest else weight for each, weight in zip(parts, said, strict=True)]


def apportion(total_ore: int, weights_: Sequence[int]) -> list[int]:
    """Split an amount in whole øre by weights, so that the parts always come to it exactly.

    Each gets its share rounded down; what is left goes, an øre each, to those that lost most by
    rounding (largest remainder), the first before the later. Without any weight the first bears
    all.
    """
    whole = sum(weights_)
    if not whole:
        return [total_ore, *[0] * (len(weights_) - 1)][: len(weights_)]
    exact = [divmod(total_ore * weight, whole) for weight in weights_]
    amounts = [amount for amount, _lost in exact]
    left = total_ore - sum(amounts)
    by_loss = sorted(range(len(exact)), key=lambda place: -exact[place][1])
    for place in by_loss[:left]:
        amounts[place] += 1
    return amounts


def shares(net_ore: int, parts: Sequence[tuple[str, int]], of_order: str | None) -> list[Share]:
    """Return what each coding bears of a line: its `(code, weight)` parts, else its order's."""
    if not parts:
        return [Share(of_order, net_ore)]
    amounts = apportion(net_ore, [weight for _code, weight in parts])
    return [Share(code, amount) for (code, _w), amount in zip(parts, amounts, strict=True)]


def by_code(lines: Sequence[Sequence[Share]]) -> Mapping[str | None, int]:
    """Sum up what each coding bears of all lines, in the order in which they first appear."""
    found: dict[str | None, int] = {}
    for line in lines:
        for share in line:
            found[share.code] = found.get(share.code, 0) + share.amount_ore
    return found


def _mixed(parts: Sequence[Part]) -> bool:
    return any(each.percent is not None for each in parts) and any(
        each.amount_ore is not None for each in parts
    )


def _said(parts: Sequence[Part], net_ore: int) -> tuple[int, list[int]]:
    """Return the whole that is split, and what each part said of it; 0 for the rest."""
    if any(each.percent is not None for each in parts):
        return WHOLE, [int((each.percent or 0) * 100) for each in parts]
    return net_ore, [each.amount_ore or 0 for each in parts]
