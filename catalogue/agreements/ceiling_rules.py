"""The ceiling of an agreement as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Ceiling:
    """The ceiling of an agreement as it is on a day, in øre without VAT, and what it counts over.

    `months` None: over the whole of the agreement, from its first day.
    """

    agreement_id: int
    number: str
    starts_on: date
    ore: int
    months: int | None


def ceiling_of(row: Any) -> Ceiling | None:
    """Return the ceiling of a row with id, number and `terms.ceiling_columns`; None: no ceiling."""
    if row.ceiling_ore is None:
        return None
    return Ceiling(row.id, row.number, row.starts_on, row.ceiling_ore, row.ceiling_months)
