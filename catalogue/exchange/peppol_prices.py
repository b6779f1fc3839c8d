"""Prices, units and quantities of a catalogue's line, as our products have them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.products.price_rules import Price, Tier, price_at
from catalogue.products.rules import MOST_TIERS, UNIT_CODES

from .peppol_document import TIERS, Line, LinePrice, Quantity

CURRENCY = "DKK"
LARGEST_BASE = 1_000_000
# Other codes of Recommendations 20 and 21 for what we sell by.
UNITS: dict[str, str] = {code: unit for unit, code in UNIT_CODES.items()} | {
    **dict.fromkeys(("C62", "EA", "NAR", "PCE", "XPP", "XAH", "XRO", "XBO", "XTU"), "piece"),
    **dict.fromkeys(("XCS", "XCT", "XPK", "XPA", "XCR", "XBJ"), "box"),
    "KT": "set",
}


class Read(NamedTuple):
    """Cells of a row, and what was left out of it."""

    cells: dict[str, str]
    notes: list[Text]


def read(line: Line) -> Read:
    """Return unit, price, smallest order and tiers of a line."""
    told = Read({}, [])
    first = min(line.prices, key=_from_quantity, default=None)
    code = _unit_code(line, first)
    if code and code not in UNITS:
        told.notes.append(_("The unit %(code)s is not ours; unit and price left out", code=code))
        return told
    told.cells["unit"] = UNITS.get(code, "")
    _read_minimum(line, code, told)
    if first is None:
        return told
    if first.currency != CURRENCY:
        told.notes.append(
            _("The price in %(currency)s was left out; state it in kroner", currency=first.currency)
        )
        return told
    price = in_ore(first)
    if price is None:
        told.notes.append(_("The price was left out: it is no whole number of øre"))
        return told
    told.cells["price"] = kroner(price.ore)
    told.cells["price_base_quantity"] = str(price.base_quantity)
    if not line.said(TIERS):
        _read_tiers(line.prices, price, told)
    return told


def in_ore(price: LinePrice) -> Price | None:
    """Return a price in whole øre for a whole number of units, else None.

    1.2345 kr. for one becomes 12345 øre for a hundred.
    """
    ore, base = price.amount * 100, price.base.number if price.base else Decimal(1)
    while base > 0 and (ore != ore.to_integral() or base != base.to_integral()):
        ore, base = ore * 10, base * 10
        if base > LARGEST_BASE:
            return None
    if base <= 0 or base > LARGEST_BASE:
        return None
    return Price(int(ore), int(base), price.base.unit if price.base else "")


def write(price: Price, tiers: Sequence[Tier]) -> tuple[LinePrice, ...]:
    """Return what a product costs, and what at larger quantities, in kroner."""
    unit = UNIT_CODES[price.unit]
    base = Quantity(Decimal(price.base_quantity), unit)
    larger = [
        LinePrice(
            in_kroner(price_at(price, tiers, Decimal(each.from_quantity)).ore),
            CURRENCY,
            base,
            Quantity(Decimal(each.from_quantity), unit),
        )
        for each in tiers
    ]
    return (LinePrice(in_kroner(price.ore), CURRENCY, base), *larger)


def in_kroner(ore: int) -> Decimal:
    """Return an amount in kroner with two decimals."""
    return Decimal(ore).scaleb(-2)


def kroner(ore: int) -> str:
    """Write an amount as a price list does: 1250,00."""
    return f"{in_kroner(ore):f}".replace(".", ",")


def tiers_text(tiers: Sequence[Tier]) -> str:
    """Write tiers as a price list does: 10: 5; 50: 7,5."""
    return "; ".join(f"{each.from_quantity}: {_percent(each)}" for each in tiers)


def _from_quantity(price: LinePrice) -> Decimal:
    return price.minimum.number if price.minimum else Decimal(0)


def _unit_code(line: Line, price: LinePrice | None) -> str:
    """Return the unit that the price is for, else the one it is ordered in."""
    priced = price.base.unit if price and price.base else ""
    ordered = line.minimum.unit if line.minimum else ""
    return priced or line.orderable_unit or ordered


def _read_minimum(line: Line, code: str, told: Read) -> None:
    least = line.minimum
    if least is None or least.number <= 1:  # one is what we mean anyway
        return
    whole = least.number == least.number.to_integral()
    if whole and UNITS.get(least.unit or code) == UNITS.get(code):
        told.cells["minimum_quantity"] = str(int(least.number))
        return
    number = f"{least.number:f}"
    told.notes.append(
        _("The smallest order of %(number)s %(unit)s was left out", number=number, unit=least.unit)
    )


def _read_tiers(prices: Sequence[LinePrice], price: Price, told: Read) -> None:
    """Read prices at larger quantities as per cent off; all of them, or none."""
    later = sorted(prices, key=_from_quantity)[1:]
    found = [_tier(each, price) for each in later]
    tiers = [each for each in found if each is not None]
    if len(tiers) < len(later) or len(tiers) > MOST_TIERS:
        told.notes.append(_("Prices at larger quantities were left out: they are no per cent off"))
        return
    told.cells["tiers"] = tiers_text(tiers)


def _percent(tier: Tier) -> str:
    return f"{Decimal(tier.off_permille) / 10:f}".replace(".", ",")


def _tier(larger: LinePrice, price: Price) -> Tier | None:
    """Return the tier that makes of the price the larger quantity's one, to the øre."""
    told, least = in_ore(larger), _from_quantity(larger)
    if told is None or larger.currency != CURRENCY or least != least.to_integral() or least < 2:
        return None
    if told.base_quantity != price.base_quantity or price.ore == 0:
        return None
    share = Decimal(price.ore - told.ore) * 1000 / price.ore
    tier = Tier(int(least), int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
    fits = tier.off_permille > 0 and price_at(price, (tier,), least).ore == told.ore
    return tier if fits else None
