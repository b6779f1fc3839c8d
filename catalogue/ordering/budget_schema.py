"""The shape of a budget as its form sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code

from .budget_rules import Terms
from .coding_schema import CODE_LENGTH


class _BudgetSchema(ma.Schema):
    gln = fields.Gln(required=True)
    starts_on = fields.Day(required=True)
    ends_on = fields.Day(required=True)
    amount = fields.Kroner(required=True, least_ore=1)
    category_code = fields.Verbatim(load_default=None, longest=10)
    account_coding = Code(load_default=None, longest=CODE_LENGTH)


def read_budget(form: Mapping[str, Any]) -> Terms:
    """Read the form of a budget; raises Invalid by field."""
    read: dict[str, Any] = fields.load(_BudgetSchema(), form)
    code = (read.pop("category_code") or "").partition("-")[0] or None
    amount_ore = read.pop("amount")
    return Terms(**read, amount_ore=amount_ore, category_code=code, blocks=bool(form.get("blocks")))
