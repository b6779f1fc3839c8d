"""The shape of an order that its buyer changes: the check-out's fields and lines by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalogue.core.errors import Invalid
from catalogue.core.text import typed_number

from . import schema
from .editing import Edit
from .models import Order
from .rules import Delivery


def read_edit(form: Mapping[str, Any], out: Iterable[str]) -> Edit:
    """Read delivery, quantities and the positions of lines to take out; raises Invalid by field."""
    taken = schema.read_positions(out)
    kept = {
        name: value
        for name, value in form.items()
        if name not in {f"{schema.QUANTITY_PREFIX}{each}" for each in taken}
    }
    problems: dict[str, list[Any]] = {}
    try:
        delivery = schema.read_delivery(form)
    except Invalid as error:
        problems |= error.problems
    try:
        quantities = schema.read_quantities(kept)
    except Invalid as error:
        problems |= error.problems
    if problems:
        raise Invalid(problems)
    return Edit(delivery, quantities, taken)


def values_of(order: Order) -> dict[str, Any]:
    """Return an order as its form is filled in to begin with."""
    delivery = {name: getattr(order, name) for name in Delivery.__dataclass_fields__}
    quantities = {
        f"{schema.QUANTITY_PREFIX}{line.position}": typed_number(line.quantity)
        for line in order.lines
    }
    return delivery | quantities
