"""What becomes of a wish for a product when a basket is filled from an order or a list. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class Fate(StrEnum):
    """What happens to one wish."""

    READY = "ready"  # goes into the basket as wished
    RAISED = "raised"  # goes into it in the smallest quantity that is sold today
    OTHER_UNIT = "other_unit"  # ten pieces are not ten boxes: the buyer must say anew how many
    REFUSED = "refused"  # may not be ordered today
    MADE_TO_QUOTE = "made_to_quote"  # was made for that order, and is no product of the shelf


FILLS = frozenset({Fate.READY, Fate.RAISED})


def fate(*, orderable: bool, same_unit: bool, quantity: Decimal, minimum_quantity: int) -> Fate:
    """Decide about a wish for a product of the shelf, by its orderability of today."""
    if not orderable:
        return Fate.REFUSED
    if not same_unit:
        return Fate.OTHER_UNIT
    return Fate.READY if quantity >= minimum_quantity else Fate.RAISED


def quantity_today(quantity: Decimal, minimum_quantity: int) -> Decimal:
    """Return how many go into the basket: as many as wished, and no fewer than are sold."""
    return max(quantity, Decimal(minimum_quantity))
