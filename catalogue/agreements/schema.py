"""The shape of what comes in: an agreement from its form, and an early ending."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import marshmallow as ma
from stdnum.dk import cvr as cvr_number

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import gettext

from .amending import Amendment
from .carving import Wanted
from .deadlines import LONGEST_NOTICE_DAYS
from .models import AgreementKind
from .rules import EARLIEST, LATEST, Terms

ENTRY_FIELD = "category_text"  # where codes or words of categories are typed
_NOT_IN_LISTS = ("kind", "enterprise_id", "ceiling_ore")  # lists hold mandatory agreements


class SupplierCvr(fields.Verbatim):
    """The CVR number of a supplier: eight digits, `DK` and blanks taken off.

    Its check digit is warned about by `rules.cvr_warning`, not refused.
    """

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        number = str(cvr_number.compact(str(value)))
        if not re.fullmatch(r"[0-9]{8}", number):
            raise ma.ValidationError(gettext("Write the eight digits of the CVR number"))
        return number


class SeenDay(fields.Day):
    """A day that something is read as of, or from or to: beyond these no clock reckons zones."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> date:
        day = super()._deserialize(value, attr, data, **kw)
        if not EARLIEST <= day <= LATEST:
            raise ma.ValidationError(gettext("Choose a day between the years 2000 and 2100"))
        return day


class AgreementSchema(ma.Schema):
    """The form of an agreement; categories stand beside it, for there are many of one name."""

    kind = fields.Choice(AgreementKind, required=True)
    number = Code(required=True, longest=40)
    title = fields.Line(required=True, longest=200)
    starts_on = fields.Day(required=True)
    ends_on = fields.Day(required=True)
    enterprise_id = fields.Whole(least=1)
    supplier_name = fields.Line(longest=200)
    where_to_buy = fields.Line(longest=1000)
    reference = fields.Line(longest=200)
    ceiling_ore = fields.Kroner(least_ore=1_00, data_key="ceiling")
    ceiling_months = fields.Whole(least=1, most=120)
    notice_days = fields.Whole(least=1, most=LONGEST_NOTICE_DAYS)
    contact_name = fields.Line(longest=120)
    contact_email = fields.Email()
    supplier_cvr = SupplierCvr()
    options = fields.Line(longest=500)


class DaySchema(ma.Schema):
    """The day that a page is read as of."""

    dag = SeenDay(load_default=None)


class AmendmentSchema(ma.Schema):
    """What an amendment says beside the terms: from which day, and why."""

    effective_on = fields.Day()
    reason = fields.Line(longest=1000)


class CarveOutSchema(ma.Schema):
    """The form of a carve-out; the category is typed as a code of eight digits."""

    category_code = fields.Verbatim(longest=10)
    enterprise_id = fields.Whole(least=1)
    lot = fields.Line(longest=120)
    starts_on = fields.Day(required=True)
    ends_on = fields.Day(required=True)
    reason = fields.Line(required=True, longest=1000)


class EndingSchema(ma.Schema):
    """The form that ends an agreement before its time."""

    last_day = fields.Day(required=True)
    reason = fields.Line(required=True, longest=1000)


def read_terms(form: Mapping[str, Any], categories: Sequence[str]) -> Terms:
    """Read the form of an agreement, with the chosen and the typed codes; raises Invalid."""
    codes, words = split_entry(str(form.get(ENTRY_FIELD, "")))
    problems: dict[str, list[Any]] = {}
    if words:
        problems[ENTRY_FIELD] = [
            gettext(
                "“%(words)s” is not a code of eight digits. Press Add to see the categories that"
                " match, or clear the field",
                words=", ".join(words),
            )
        ]
    try:
        loaded = fields.load(AgreementSchema(), form)
    except Invalid as error:
        raise Invalid(error.problems | problems) from None
    if problems:
        raise Invalid(problems)
    return Terms(**loaded, categories=tuple(dict.fromkeys([*categories, *codes])))


def read_day(query: Mapping[str, Any], today: date) -> date:
    """Read the day of an address; without one, today. Raises Invalid for what is not a day."""
    day: date = fields.load(DaySchema(), query)["dag"] or today
    return day


def read_code(query: Mapping[str, Any]) -> str | None:
    """Read the category of an address; None without one, and for what is no code."""
    code = str(query.get("kategori", ""))
    return code if len(code) == 8 and code.isascii() and code.isdecimal() else None


def read_amendment(form: Mapping[str, Any], categories: Sequence[str]) -> Amendment:
    """Read the form of an agreement that is changed; raises Invalid by field."""
    problems: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    try:
        beside = fields.load(AmendmentSchema(), form)
    except Invalid as error:
        problems = dict(error.problems)
    try:
        terms = read_terms(form, categories)
    except Invalid as error:
        raise Invalid(error.problems | problems) from None
    if problems:
        raise Invalid(problems)
    return Amendment(terms, beside.get("effective_on"), beside.get("reason"))


def read_carve_out(form: Mapping[str, Any]) -> Wanted:
    """Read the form of a carve-out; raises Invalid by field."""
    loaded = fields.load(CarveOutSchema(), form)
    code = loaded.get("category_code")
    codes = split_entry(code)[0] if code else []
    if code and len(codes) != 1:
        raise Invalid(
            {"category_code": [gettext("Write one code of eight digits, such as 18530000")]}
        )
    return Wanted(**(loaded | {"category_code": codes[0] if codes else None}))


def read_all_terms(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Read a row of a list about a new mandatory agreement; raises Invalid by field."""
    return fields.load(_list_schema(partial=False), cells)


def read_some_terms(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Read a row of a list about an agreement that exists: what is blank stays. Raises Invalid."""
    return fields.load(_list_schema(partial=True), cells)


def read_ending(form: Mapping[str, Any]) -> dict[str, Any]:
    """Read `last_day` and `reason`; raises Invalid by field."""
    return fields.load(EndingSchema(), form)


def split_entry(text: str) -> tuple[list[str], list[str]]:
    """Split what was typed at commas and lines into codes of eight digits and words to look for.

    The check digit of a code (18530000-3) is taken off: the list has none (DOMAIN.md section 2).
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    codes = [part[:8] for part in parts if re.fullmatch(r"[0-9]{8}(-[0-9])?", part)]
    words = [part for part in parts if not re.fullmatch(r"[0-9]{8}(-[0-9])?", part)]
    return codes, words


@lru_cache(maxsize=2)  # making a schema takes longer than reading a row with it
def _list_schema(*, partial: bool) -> AgreementSchema:
    return AgreementSchema(exclude=_NOT_IN_LISTS, partial=partial)
