"""Two versions of a product side by side: which fields differ, and which words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .rules import FIELD_NAMES

# As the form asks for them; what is not here follows behind.
ORDER = (
    "state", "title", "summary", "description", "images", "attachments", "price_ore",
    "price_base_quantity", "unit", "vat_rate", "vat_exempt_reason", "minimum_quantity",
    "delivery_days", "season_from", "season_to", "season", "kind",
    "category_code", "item_number", "delivers_everywhere", "municipality_ids",
)  # fmt: skip
UNTOLD = frozenset({"currency"})  # there is but one
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
Piece = tuple[str, bool]  # a part of a text, and whether it is only on this side


@dataclass(frozen=True)
class Pair:
    """A field on both sides; None: that side does not tell it."""

    name: str
    old: Any
    new: Any

    @property
    def differs(self) -> bool:
        """Tell whether the sides differ."""
        return bool(self.old != self.new)


def compare(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Pair]:
    """Return all fields of both sides in the order of the form; `old` None: there is none."""
    known = {*(old or {}), *new} - UNTOLD
    names = [name for name in ORDER if name in known] + sorted(known - set(ORDER))
    return [Pair(name, (old or {}).get(name), new.get(name)) for name in names]


def pieces(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces, marked where the other has other words.

    Joined again, the pieces are the texts.
    """
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    both: tuple[list[Piece], list[Piece]] = ([], [])
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        _put(both[0], left[start:end], kind != "equal")
        _put(both[1], right[begin:stop], kind != "equal")
    return both


def label(name: str) -> Any:
    """Return what a field is called on screen."""
    return FIELD_NAMES.get(name, name.replace("_", " "))


def _put(side: list[Piece], words: Sequence[str], marked: bool) -> None:
    if words:
        side.append(("".join(words), marked))
