"""The shape of the ledger's addresses: a period, and which rows are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.agreements.rules import EARLIEST, LATEST
from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .ledger_rules import NO_DIVISION, SOCIAL, Bought
from .ledger_sets import Sought

# How addresses say where something was bought.
PLACES: dict[str, tuple[Bought, ...]] = {
    "social": SOCIAL,
    "paa-aftale": (Bought.ON,),
    "uden-aftale": (Bought.OFF,),
    "uvist": (Bought.UNCERTAIN,),
    "andre": (Bought.ELSEWHERE,),
}
NONE = "-"  # how addresses ask for rows without department or category


class _SoughtSchema(ma.Schema):
    fra = fields.Day(load_default=None)
    til = fields.Day(load_default=None)
    afdeling = fields.Verbatim(load_default=None, longest=80)
    konto = fields.Verbatim(load_default=None, longest=40)
    kategori = fields.Verbatim(load_default=None, longest=10)
    cvr = fields.Verbatim(load_default=None, longest=20)


def read_sought(query: Mapping[str, Any], period: tuple[date, date]) -> Sought:
    """Read which rows an address asks for; `period` where it names no days. Raises Invalid."""
    loaded = fields.load(_SoughtSchema(), query)
    first_on, last_on = loaded["fra"] or period[0], loaded["til"] or period[1]
    for name, day in (("fra", first_on), ("til", last_on)):
        if not EARLIEST <= day <= LATEST:
            raise Invalid({name: [_("Choose a day between the years 2000 and 2100")]})
    if last_on < first_on:
        raise Invalid({"til": [_("The last day comes before the first day; swap or change them")]})
    department, category = loaded["afdeling"], loaded["kategori"]
    return Sought(
        first_on=first_on,
        last_on=last_on,
        bought=PLACES.get(str(query.get("koebt", ""))),
        department="" if department == NONE else department,
        category=None if category is None else _category(category),
        account=loaded["konto"],
        cvr=None if loaded["cvr"] is None else re.sub(r"\D", "", loaded["cvr"]),
    )


def _category(text: str) -> str:
    if text == NONE:
        return NO_DIVISION
    code = re.fullmatch(r"([0-9]{2,8})(-[0-9])?", text)
    if code is None:
        raise Invalid({"kategori": [_("Write a code of the categories, such as 18530000")]})
    return code[1].ljust(8, "0")
