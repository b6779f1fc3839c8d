"""The shape of a list: its name and who sees it, and a product for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields


class _ListSchema(ma.Schema):
    name = fields.Line(required=True, longest=80)
    shared = fields.Choice(lambda: ["1"])


class _LineSchema(ma.Schema):
    product_id = fields.Whole(required=True, least=1)
    quantity = fields.Quantity(load_default=None)
    list_id = fields.Whole(least=1, load_default=None)
    name = fields.Line(longest=80, load_default=None)


@dataclass(frozen=True)
class Named:
    """What a list is called, and whether colleagues see it."""

    name: str
    shared: bool


@dataclass(frozen=True)
class Added:
    """A product for a list; without `list_id` a list of that name, without both the favourites."""

    product_id: int
    quantity: Decimal | None = None
    list_id: int | None = None
    name: str | None = None


def read_named(form: Mapping[str, Any]) -> Named:
    """Read the name of a list and whether it is shared; raises Invalid."""
    read = fields.load(_ListSchema(), form)
    return Named(read["name"], "shared" in read)


def read_added(form: Mapping[str, Any]) -> Added:
    """Read what is put on which list; raises Invalid."""
    return Added(**fields.load(_LineSchema(), form))
