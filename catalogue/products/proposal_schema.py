"""The shape of the forms of new prices: a draft, its single prices, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.ids import is_id
from catalogue.core.numbers import read_decimal
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .proposals import Proposed

PRICE_PREFIX = "price_"
MOST_PERCENT = 1000
FIELD_NAMES: dict[str, Text] = {
    "from_on": _("In force from"),
    "percent": _("Raise all prices by"),
    "text": _("Why the prices change"),
    "which": _("Which products?"),
    "products": _("Products"),
    "prices": _("New prices"),
    "reason": _("Reason"),
}


class Percent(fields.Verbatim):
    """A number of per cent with up to two decimals, zero or more."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        try:
            number = read_decimal(str(value).replace("%", ""))
        except InvalidOperation:
            raise fields.problem("not_number") from None
        if number < 0:
            raise fields.problem("too_small", limit=0)
        if number > MOST_PERCENT:
            raise fields.problem("too_large", limit=MOST_PERCENT)
        if number != round(number, 2):
            raise fields.problem("not_number")
        return number


class DraftSchema(ma.Schema):
    """The form of a new proposal; products stand beside it, for there are many of one name."""

    from_on = fields.Day(required=True)
    percent = Percent()
    text = fields.Line(longest=1000)
    which = fields.Choice(lambda: ["all", "some"], required=True)


class _ReasonSchema(ma.Schema):
    reason = fields.Line(required=True, longest=1000)


def read_draft(form: Mapping[str, Any], ticked: Sequence[str]) -> Proposed:
    """Read the form of a new proposal with the ticked products; raises Invalid by field."""
    loaded = fields.load(DraftSchema(), form)
    ids = frozenset(int(each) for each in ticked if is_id(each))
    return Proposed(
        from_on=loaded["from_on"],
        text=loaded.get("text", ""),
        percent=loaded.get("percent", Decimal(0)),
        product_ids=ids if loaded["which"] == "some" else None,
    )


def read_prices(form: Mapping[str, Any]) -> dict[int, int]:
    """Read the fields `price_<product id>` as øre by product id; raises Invalid by field."""
    return fields.load_by_id(fields.Kroner(required=True), form, PRICE_PREFIX)


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why a proposal is refused; raises Invalid."""
    return str(fields.load(_ReasonSchema(), form)["reason"])
