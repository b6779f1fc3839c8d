"""What the form of stock takes: a number for each product, blank where it is not counted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalogue.core import fields

PREFIX = "left_"
SEEN = "seen_"  # what stood there when the form was drawn


class _Left(fields.Quantity):
    """A quantity as it is on the shelf, which may be none at all."""

    least = Decimal(0)


def read(form: Mapping[str, Any]) -> dict[int, Decimal | None]:
    """Read the fields `left_<product id>`; raises Invalid by field."""
    return fields.load_by_id(_Left(load_default=None), form, PREFIX)


def read_seen(form: Mapping[str, Any]) -> dict[int, Decimal | None]:
    """Read what the fields held when the form was drawn; a form that does not say: nothing."""
    return fields.load_by_id(_Left(load_default=None), form, SEEN)
