"""What an enterprise may state of its effect in a year, and how statements are summed up. Pure.

A sum counts those who stated a figure and nobody else: nothing is estimated, scaled up or taken
for nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

YEARS_BACK = 3  # years gone that may be stated or corrected; older ones are closed accounts
MOST_PERSONS = 20_000
MOST_HOURS = 20_000_000
MOST_KG = 1_000_000_000


class Measure(StrEnum):
    """A figure of a statement; its value names the column and the field."""

    EMPLOYED = "employed"
    EMPLOYED_OUTSIDE = "employed_outside"
    TRAINEES = "trainees"
    APPRENTICES = "apprentices"
    PAID_HOURS = "paid_hours"
    MOVED_ON = "moved_on"
    REINVESTED_PERCENT = "reinvested_percent"
    REUSED_KG = "reused_kg"
    CO2_KG = "co2_kg"


PEOPLE = (
    Measure.EMPLOYED, Measure.EMPLOYED_OUTSIDE, Measure.TRAINEES, Measure.APPRENTICES,
    Measure.PAID_HOURS, Measure.MOVED_ON,
)  # fmt: skip
SURPLUS = (Measure.REINVESTED_PERCENT, Measure.REUSED_KG, Measure.CO2_KG)
WORDS = ("reinvested_in", "co2_how", "in_words")
FIELDS = (*Measure, *WORDS)
# Shares of surpluses of unknown size have no sum, and their mean would say nothing.
UNSUMMED = frozenset({Measure.REINVESTED_PERCENT})


@dataclass(frozen=True)
class Sum:
    """The sum of a figure over those who stated it, and how many they are of all."""

    total: int | None  # None: nobody stated it, or it has no sum
    stated: int
    of: int


def years(this_year: int) -> list[int]:
    """List the years that may be stated, the newest first: only years that are over."""
    return [this_year - back for back in range(1, YEARS_BACK + 1)]


def problems(values: Mapping[str, Any]) -> dict[str, list[Text | str]]:
    """Return what is wrong with a statement as a whole, by field."""
    if all(values[name] is None for name in FIELDS):
        return {"employed": [_("State at least one figure, or say something in your own words")]}
    found: dict[str, list[Text | str]] = {}
    employed, outside = values["employed"], values["employed_outside"]
    if outside is not None and employed is None:
        found["employed"] = [_("Write how many are employed in all, so that the two go together")]
    elif outside is not None and outside > employed:
        found["employed_outside"] = [
            _("Write at most %(limit)s, for so many are employed in all", limit=employed)
        ]
    if values["co2_kg"] is not None and values["co2_how"] is None:
        found["co2_how"] = [_("Write how the CO₂ is calculated, or clear the figure")]
    if values["co2_how"] is not None and values["co2_kg"] is None:
        found["co2_kg"] = [_("Write the figure that was calculated, or clear how")]
    return found


def sums(stated: Iterable[Any], of: int) -> dict[Measure, Sum]:
    """Sum up statements by measure; `of` is how many enterprises could have stated."""
    rows = list(stated)
    found = {}
    for measure in Measure:
        told = [value for row in rows if (value := getattr(row, measure)) is not None]
        summed = told and measure not in UNSUMMED
        found[measure] = Sum(sum(told) if summed else None, len(told), of)
    return found
