"""Filters as the page of hits shows them: choices to make, and chips to be taken off again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalogue.core.http import here_with
from catalogue.core.text import gettext, money, typed_number

from .amounts import Spoken
from .query import Choice, Hits, PriceBand, Query


@dataclass(frozen=True)
class Chip:
    """An active filter, and the address without it."""

    label: str
    url: str
    name: str  # of the filter, as `nothing.WITHOUT` has it


def options(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """Return the choices as the macro `facet` wants them; those without hits only when chosen."""
    return [
        {"value": each.value, "label": each.label, "count": each.count, "selected": each.chosen}
        for each in choices
        if each.count or each.chosen
    ]


def chips(hits: Hits) -> list[Chip]:
    """List the active filters in the order of the page, each with the address without it."""
    query, facets = hits.query, hits.facets
    chosen = {"enterprise": facets.enterprises, "type": facets.kinds}
    chips = [Chip(gettext("“%(text)s”", text=query.text), _without("q"), "q")] if query.text else []
    if query.category:
        chips.append(Chip(facets.path[-1].label, _without("kategori"), "kategori"))
    for name, choices in chosen.items():
        chips += [Chip(each.label, _without(name), name) for each in choices if each.chosen]
    if query.price_from_ore is not None or query.price_to_ore is not None:
        chips.append(Chip(_span(query), _without("pris_fra", "pris_til"), "pris"))
    if query.delivers_to is not None:
        chips.append(Chip(gettext("Delivers to us"), _without("levering"), "levering"))
    return chips


def _without(*names: str) -> str:
    return here_with(**dict.fromkeys((*names, "side")))


def band(band: PriceBand) -> dict[str, Any]:
    """Return a price band as a link; chosen it is a price span like any other."""
    ends = {"pris_fra": kroner(band.from_ore), "pris_til": kroner(band.to_ore) or None}
    return {
        "label": _span(Query(price_from_ore=band.from_ore, price_to_ore=band.to_ore)),
        "count": band.count,
        "url": here_with(**ends, side=None),
    }


def as_spoken(spoken: Spoken) -> str:
    """Return the present address with the amounts of its words as its price span."""
    low, high = (kroner(each) or None for each in (spoken.from_ore, spoken.to_ore))
    return here_with(q=spoken.words or None, pris_fra=low, pris_til=high, side=None)


def _span(query: Query) -> str:
    """Say a price span in words; an end one øre below a whole amount is said as that amount."""
    low, high = query.price_from_ore, query.price_to_ore
    if high is None:
        return gettext("From %(amount)s", amount=money(low or 0))
    rounded = high + 1 if high % 100 == 99 else high
    if not low:
        return gettext("Up to %(amount)s", amount=money(rounded))
    return gettext("%(low)s to %(high)s", low=money(low), high=money(rounded))


def kroner(ore: int | None) -> str:
    """Write øre as address and form field take it in every language: 125050 is `1250,5`."""
    return "" if ore is None else typed_number(Decimal(ore) / 100)
