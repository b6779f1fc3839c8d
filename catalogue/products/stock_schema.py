"""What the form of stock takes: a number for each product, blank where it is not counted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid

PREFIX = "left_"


class _Left(fields.Quantity):
    """A quantity as it is on the shelf, which may be none at all."""

    least = Decimal(0)


class _LeftSchema(ma.Schema):
    left = _Left(load_default=None)


def read(form: Mapping[str, Any]) -> dict[int, Decimal | None]:
    """Read the fields `left_<product id>`; raises Invalid by field."""
    told: dict[int, Decimal | None] = {}
    problems: dict[str, Any] = {}
    for name, typed in form.items():
        product_id = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or not fields.is_id(product_id):
            continue
        try:
            told[int(product_id)] = fields.load(_LeftSchema(), {"left": typed})["left"]
        except Invalid as error:
            problems[name] = error.problems["left"]
    if problems:
        raise Invalid(problems)
    return told
