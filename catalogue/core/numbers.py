"""Numbers as Danes write them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

LONGEST = 60  # signs of a number: reckoning with a million of them raises


def read_decimal(text: str) -> Decimal:
    """Read a number in Danish or plain form; raises decimal.InvalidOperation.

    A lone point before exactly three digits is a thousands separator, as Danes write it:
    `1.250` is 1250; `1250.5`, `12.50` and `0.125` are plain decimals. `1,250.00` is none: taken
    for Danish it would be a thousandth of what was meant.
    """
    compact = re.sub(r"[\s\u00a0\u202f']", "", text)
    if "," in compact:
        if "." in compact.partition(",")[2]:
            raise InvalidOperation(f"a point after a comma: {text[:LONGEST]!r}")
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?(?!0)\d{1,3}(\.\d{3})+", compact):
        compact = compact.replace(".", "")
    if len(compact) > LONGEST or not re.fullmatch(r"-?\d+(\.\d+)?", compact):
        raise InvalidOperation(f"not a number: {text[:LONGEST]!r}")
    return Decimal(compact)


def read_number(value: Any) -> Decimal:
    """Read a number as people write it, and one of a program as it is: its 1.125 is no thousand.

    Raises decimal.InvalidOperation; a program's infinity and what is no number are none either.
    """
    if not isinstance(value, float):
        return read_decimal(str(value))
    if not isfinite(value):
        raise InvalidOperation(f"not a number: {value!r}")
    return Decimal(str(value))
