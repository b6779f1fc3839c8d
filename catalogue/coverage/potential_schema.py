"""The shape of a planned purchase, as its form and its address write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.agreements.rules import EARLIEST, LATEST
from catalogue.core import fields
from catalogue.core.text import gettext


@dataclass(frozen=True)
class Plan:
    """A planned purchase: its whole amount excluding VAT, where, and the days it covers."""

    amount_ore: int
    place_id: int
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """Return how many days it covers."""
        return (self.ends_on - self.starts_on).days + 1


class PlanSchema(ma.Schema):
    """The parameters of a plan; the category is looked up apart, for it may be words."""

    amount_ore = fields.Kroner(required=True, least_ore=1_00, data_key="beloeb")
    place_id = fields.Whole(required=True, least=1, data_key="sted")
    starts_on = fields.Day(required=True, data_key="fra")
    ends_on = fields.Day(required=True, data_key="til")

    @ma.validates_schema
    def refuse_impossible_periods(self, data: dict[str, Any], **_kw: Any) -> None:
        """Refuse a period that ends before it begins or lies beyond all reason."""
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on is None or ends_on is None:
            return
        if ends_on < starts_on:
            text = gettext("The last day comes before the first day; change one of them")
            raise ma.ValidationError({"til": [text]})
        if starts_on < EARLIEST or ends_on > LATEST:
            text = gettext("Choose a day between the years 2000 and 2100")
            raise ma.ValidationError({"fra" if starts_on < EARLIEST else "til": [text]})


def read_plan(parameters: Mapping[str, Any]) -> Plan:
    """Read a plan; raises Invalid by field."""
    return Plan(**fields.load(PlanSchema(), parameters))
