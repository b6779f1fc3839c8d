"""Marshmallow fields that read what Danes write, and speak the reader's language when they fail.

One schema serves form, file and API, so every field takes text as well as typed values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import EnumType, StrEnum
from functools import cache
from typing import Any

import marshmallow as ma
from stdnum import ean
from stdnum.dk import cvr

from . import unseen
from .errors import Invalid
from .ids import is_id
from .numbers import read_decimal, read_number
from .personal import has_cpr_number
from .text import gettext, typed_number
from .text import lazy as _

LARGEST_ORE = 10**12
MOST_QUANTITY = 1_000_000
MESSAGES = {
    "required": _("Fill in this field"),
    "null": _("Fill in this field"),
    "invalid": _("This cannot be read; please write it again"),
    "too_long": _("At most %(limit)s characters; you wrote %(length)s"),
    "too_short": _("At least %(limit)s characters; you wrote %(length)s"),
    "not_whole": _("Write a whole number, such as 10"),
    "not_number": _("Write a number, such as 2 or 2,5"),
    "not_amount": _("Write an amount in kroner, such as 1.250,00"),
    "too_small": _("Write at least %(limit)s"),
    "too_large": _("Write at most %(limit)s"),
    "not_choice": _("Choose one of: %(choices)s"),
    "not_day": _("Write a date, such as 2026-12-31 or 31-12-2026"),
    "not_email": _("Write an e-mail address, such as navn@kommune.dk"),
    "not_cvr": _("A CVR number has 8 digits and a check digit; please compare with virk.dk"),
    "not_gln": _("A GLN/EAN number has 13 digits and a check digit; please compare"),
    "cpr": _(
        "This looks like a CPR number, and none may be kept here. Take it out; tell it by phone or"
        " secure mail if it must be told."
    ),
    "not_web": _("Write a web address that begins with https://"),
}


def problem(key: str, **values: Any) -> ma.ValidationError:
    """Return the validation error of that name, in the reader's language."""
    return ma.ValidationError(gettext(MESSAGES[key].message, **values))


class _Spoken(ma.fields.Field[Any]):
    """A field whose own errors are ours, translated; blank text counts as not given."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kw: Any
    ) -> Any:
        if isinstance(value, str):
            value = value.strip()
            if value == "":
                value = ma.missing
        if value is None:
            value = ma.missing
        return super().deserialize(value, attr, data, **kw)

    def make_error(self, key: str, **kwargs: Any) -> ma.ValidationError:
        return problem(key if key in MESSAGES else "invalid", **kwargs)


class Written(_Spoken):
    """What people write or copy, without the signs in it that nobody sees."""

    def deserialize(self, value: Any, *args: Any, **kw: Any) -> Any:
        seen = unseen.without(value) if isinstance(value, str) else value
        return super().deserialize(seen, *args, **kw)


class Verbatim(_Spoken):
    """Text on one or several lines, trimmed, with limits in characters: secrets, and words looked
    for. What people write in their own words is a `Line`, what they copy a `Code` (codes.py).
    """

    def __init__(self, *, longest: int = 200, shortest: int = 0, **kw: Any) -> None:
        super().__init__(**kw)
        self.longest, self.shortest = longest, shortest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = str(value).replace("\r\n", "\n").replace("\x00", "")
        if len(text) > self.longest:
            raise problem("too_long", limit=self.longest, length=len(text))
        if len(text) < self.shortest:
            raise problem("too_short", limit=self.shortest, length=len(text))
        return text


class Line(Written, Verbatim):
    """What people write in their own words: refused when a person's CPR number stands in it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if has_cpr_number(text):
            raise problem("cpr")
        return text


class Whole(_Spoken):
    """A whole number within limits."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000_000, **kw: Any) -> None:
        super().__init__(**kw)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> int:
        try:
            number = read_number(value)
        except InvalidOperation:
            raise problem("not_whole") from None
        if number != number.to_integral():
            raise problem("not_whole")
        return int(_within(number, self.least, self.most))


class Quantity(_Spoken):
    """A decimal with up to three places, above zero."""

    least = Decimal("0.001")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Decimal:
        try:
            number = read_number(value)
        except InvalidOperation:
            raise problem("not_number") from None
        # Rounding a number of any length raises.
        if abs(number) <= MOST_QUANTITY and number != round(number, 3):
            raise problem("not_number")
        return _within(number, self.least, MOST_QUANTITY)


class Kroner(_Spoken):
    """An amount typed in kroner, returned as whole øre: `1.250,50` and `1250.5` are 125050."""

    def __init__(self, *, least_ore: int = 0, **kw: Any) -> None:
        super().__init__(**kw)
        self.least_ore = least_ore

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> int:
        plain = re.sub(r"(?i)^(dkk|kr\.?)|(dkk|kr\.?|,-)$", "", str(value).strip()).strip()
        try:
            ore = read_decimal(plain) * 100
        except InvalidOperation:
            raise problem("not_amount") from None
        if ore != ore.to_integral():
            raise problem("not_amount")
        return int(_within(ore, self.least_ore, LARGEST_ORE, per=100))


class Choice(_Spoken):
    """One value of an enumeration."""

    def __init__(self, choices: type[StrEnum] | Callable[[], list[str]], **kw: Any) -> None:
        super().__init__(**kw)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        if isinstance(self.choices, type):
            try:
                return self.choices(str(value))
            except ValueError:
                raise problem("not_choice", choices=", ".join(self._names())) from None
        if str(value) not in self._names():
            raise problem("not_choice", choices=", ".join(self._names()))
        return str(value)

    def _names(self) -> list[str]:
        if isinstance(self.choices, EnumType):
            return list(self.choices.__members__.values())
        return self.choices()


class Day(_Spoken):
    """A date, ISO or Danish."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = re.sub(r"[./ ]+", "-", str(value))
        for pattern in ("%Y-%m-%d", "%d-%m-%Y"):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        raise problem("not_day")


class Email(Written):
    """An e-mail address in plain form."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = str(value)
        if len(text) > 254 or not re.fullmatch(
            r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+", text
        ):
            raise problem("not_email")
        return text


class Web(Written):
    """A web address; only http and https, for it is shown as a link."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = str(value)
        if len(text) > 300 or not re.fullmatch(r"https?://[^\s\"'<>]+\.[^\s\"'<>]+", text):
            raise problem("not_web")
        return text


class Cvr(_Spoken):
    """A CVR number: 8 digits with modulus 11 (DOMAIN.md 1.12), `DK` and blanks taken off."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        number = cvr.compact(str(value))
        if not cvr.is_valid(number):
            raise problem("not_cvr")
        return str(number)


class Gln(_Spoken):
    """A GLN/EAN number: 13 digits with check digit (DOMAIN.md 1.13)."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        number = ean.compact(str(value))
        if len(number) != 13 or not ean.is_valid(number):
            raise problem("not_gln")
        return str(number)


def load(schema: ma.Schema | type[ma.Schema], data: Mapping[str, Any]) -> dict[str, Any]:
    """Read `data` by `schema`, leaving out unknown names; raises Invalid with texts by field.

    A kind of schema that takes no options may be named as such: it is made once.
    """
    made = _made(schema) if isinstance(schema, type) else schema
    try:
        loaded = made.load(data, unknown=ma.EXCLUDE)
    except ma.ValidationError as error:
        raise Invalid(_flat(error.messages_dict)) from None
    return dict(loaded)


@cache  # to make one, which copies all its fields, takes longer than to read a form by it
def _made(kind: type[ma.Schema]) -> ma.Schema:
    return kind()


def load_by_id(field: ma.fields.Field[Any], form: Mapping[str, Any], prefix: str) -> dict[int, Any]:
    """Read what `<prefix><id>` of a form holds, each by `field`; raises Invalid by field."""
    schema = ma.Schema.from_dict({"value": field})()
    found: dict[int, Any] = {}
    problems: dict[str, list[Any]] = {}
    for name, typed in form.items():
        number = name.removeprefix(prefix)
        if not name.startswith(prefix) or not is_id(number):
            continue
        try:
            found[int(number)] = load(schema, {"value": typed})["value"]
        except Invalid as error:
            problems[name] = error.problems["value"]
    if problems:
        raise Invalid(problems)
    return found


def _within(number: Decimal, least: Decimal | int, most: Decimal | int, *, per: int = 1) -> Decimal:
    """Return a number within its limits, told as they are typed: `per` of them are one there."""
    if not least <= number <= most:
        key, limit = ("too_small", least) if number < least else ("too_large", most)
        raise problem(key, limit=typed_number(Decimal(limit) / per))
    return number


def _flat(messages: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Bring nested messages of lists and sub-schemas to `field` or `field.0.part` keys."""
    flat: dict[str, list[Any]] = {}
    for key, value in messages.items():
        if isinstance(value, Mapping):
            for inner, texts in _flat(value).items():
                flat[f"{key}.{inner}"] = texts
        else:
            flat[str(key)] = list(value)
    return flat
