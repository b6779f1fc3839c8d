"""The shape of what comes in about demands: what is wanted, an answer, and why one is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import gettext

from .rules import Given, Wanted

LONGEST_TEXT, LONGEST_DETAILS, LONGEST_ANSWER, LONGEST_REASON = 200, 2000, 2000, 500


class WantedSchema(ma.Schema):
    """The form of a demand; enterprises read it, so it holds no person's number."""

    text = fields.Line(required=True, longest=LONGEST_TEXT)
    details = fields.Line(longest=LONGEST_DETAILS)
    category_code = fields.Verbatim(longest=8)
    needed_on = fields.Day()
    enterprise_id = fields.Whole(least=1)

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    @ma.validates("needed_on")
    def refuse_past(self, day: date, **_kw: Any) -> None:
        """Refuse a day before today."""
        if day < self.today:
            raise ma.ValidationError(gettext("The day is past. Write a later one, or none"))


class GivenSchema(ma.Schema):
    """The form of an answer to a demand."""

    text = fields.Line(required=True, longest=LONGEST_ANSWER)
    price_ore = fields.Kroner(data_key="price")
    product_id = fields.Whole(least=1)


class _ChosenSchema(ma.Schema):
    svar = fields.Whole(least=1)


class _ReasonSchema(ma.Schema):
    reason = fields.Line(required=True, longest=LONGEST_REASON)


def read_wanted(form: Mapping[str, Any], today: date) -> Wanted:
    """Read what a buyer asks for; raises Invalid by field, also for a day before `today`."""
    return Wanted(**fields.load(WantedSchema(today), form))


def read_given(form: Mapping[str, Any]) -> Given:
    """Read an answer; raises Invalid by field."""
    return Given(**fields.load(GivenSchema(), form))


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why a demand is closed; raises Invalid."""
    return str(fields.load(_ReasonSchema(), form)["reason"])


def read_chosen(parameters: Mapping[str, Any]) -> int | None:
    """Read which demand of the list is to be answered; None when that cannot be read."""
    try:
        found: int | None = fields.load(_ChosenSchema(), parameters).get("svar")
    except Invalid:
        return None
    return found
