"""Shapes of JSON that the contract tells of several features; what they mean is read by fields."""

from __future__ import annotations

from typing import Any

from .fields import LARGEST_ORE
from .ids import LARGEST_ID

Shape = dict[str, Any]
ID: Shape = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
ORE: Shape = {"type": "integer", "minimum": 0, "maximum": LARGEST_ORE}
EIGHT_DIGITS: Shape = {"type": "string", "pattern": "^[0-9]{8}$"}  # CPV, UNSPSC, CVR
