"""Whole numbers in addresses and forms: of rows, pages and places. Pure."""

from __future__ import annotations

LARGEST_ID = 2**63 - 1  # that a database can hold


def whole(text: str) -> int:
    """Return a whole number that a database can hold; raises ValueError."""
    number = int(text)
    if abs(number) > LARGEST_ID:
        raise ValueError(f"{LARGEST_ID} is the largest")
    return number


def is_id(text: str) -> bool:
    """Tell whether text names a row by its number."""
    return text.isascii() and text.isdecimal() and len(text) < 19
