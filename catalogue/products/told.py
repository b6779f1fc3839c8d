"""Fields of what more is told of a product: quantity prices, labels, GTIN, places.

Each reads what a form sends as well as what stands in one cell of a price list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma
from stdnum import ean

from catalogue.core import fields, sheets
from catalogue.core.numbers import read_decimal
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import LOCALES, Text, fold, gettext, reading_in
from catalogue.core.text import lazy as _

from . import seasons
from .details import LABEL_NAMES, PLACES, Label
from .price_rules import Tier
from .rules import MOST_TIERS

LONGEST_PROOF = 300
_MESSAGES: dict[str, Text] = {
    "gtin": _("A GTIN has 8, 12, 13 or 14 digits and a check digit; please compare"),
    "unspsc": _("A UNSPSC code has eight digits; please compare"),
    "tiers": _("Write a quantity and per cent, such as 10: 5; several with semicolons between"),
    "many_tiers": _("At most %(limit)s lines"),
    "label": _("There is no label %(name)s. Choose among: %(choices)s"),
    "proof": _("At most %(limit)s characters of proof"),
    "place": _("Choose one of: %(choices)s"),
    "stock": _("Write in stock or made to order"),
    "season": _("Write a day and a month, such as 1. maj, or a month alone"),
}
_LABEL_WORDS = {
    "svanemaerket": "nordic_swan",
    "svanen": "nordic_swan",
    "nordic swan": "nordic_swan",
    "eu blomsten": "eu_ecolabel",
    "blomsten": "eu_ecolabel",
    "oeko": "organic",
    "oekologisk": "organic",
    "organic": "organic",
    "det oekologiske spisemaerke": "organic_cuisine",
    "oeko tex": "oeko_tex",
}
_STOCK_WORDS = {
    **dict.fromkeys(["0", "lager", "paa lager", "lagervare", "in stock", "stock"], False),
    **dict.fromkeys(
        ["1", "bestilling", "paa bestilling", "made to order", "bestillingsvare"], True
    ),
}


def problem(key: str, **values: Any) -> ma.ValidationError:
    """Return the validation error of that name, in the reader's language."""
    return ma.ValidationError(gettext(_MESSAGES[key].message, **values))


class Gtin(fields.Verbatim):
    """A GTIN of 8, 12, 13 or 14 digits with its check digit, blanks and hyphens taken off."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        number = re.sub(r"[\s-]|[.,]0+$", "", str(value))
        if not ean.is_valid(number):
            raise problem("gtin")
        return number


class Unspsc(fields.Verbatim):
    """A code of the United Nations' list of products and services: four pairs of digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        code = re.sub(r"[\s.-]", "", str(value))
        if not re.fullmatch(r"[0-9]{8}", code):
            raise problem("unspsc")
        return code


class Tiers(fields.Verbatim):
    """What is taken off at larger quantities: `10: 5; 50: 7,5` in units and per cent."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        parts = [part.strip() for part in re.split(r"[;\n]", str(value)) if part.strip()]
        if len(parts) > MOST_TIERS:
            raise problem("many_tiers", limit=MOST_TIERS)
        return tuple(sorted(self._tier(part) for part in parts))

    def _tier(self, part: str) -> Tier:
        match = re.fullmatch(r"(\d{1,6})\s*(?:stk\.?\s*)?:\s*([\d.,]+)\s*%?", part)
        if match is None:
            raise problem("tiers")
        try:
            permille = read_decimal(match[2]) * 10
        except InvalidOperation:
            raise problem("tiers") from None
        if permille != permille.to_integral() or permille > Decimal(1000):
            raise problem("tiers")
        return Tier(int(match[1]), int(permille))


class Labels(fields.Line):
    """Labels with their proof: `Svanemærket: 5026 0012; FSC: FSC-C012345`, or a mapping."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        if isinstance(value, Mapping):
            given = [self._label(*pair) for pair in value.items()]
        else:
            parts = [part for part in sheets.parts(str(value)) if part]
            given = [self._label(*part.split(":", 1)) for part in parts]
        order = list(LABEL_NAMES)
        return tuple(sorted(given, key=lambda each: order.index(each.code)))

    def _label(self, name: str, proof: str = "") -> Label:
        code = name if name in LABEL_NAMES else _known(LABEL_NAMES, _LABEL_WORDS).get(fold(name))
        if code is None:
            choices = ", ".join(str(each) for each in LABEL_NAMES.values())
            raise problem("label", name=name.strip(), choices=choices)
        if len(proof.strip()) > LONGEST_PROOF:
            raise problem("proof", limit=LONGEST_PROOF)
        if has_cpr_number(proof):
            raise fields.problem("cpr")
        return Label(code, proof.strip())


class Place(fields.Verbatim):
    """Where a service is done: a code or its name."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        code = value if value in PLACES else _known(PLACES, {}).get(fold(str(value)))
        if code is None:
            raise problem("place", choices=", ".join(str(each) for each in PLACES.values()))
        return str(code)


class Stock(fields.Verbatim):
    """Whether it is made to order; `på lager` is not."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        folded = fold(str(value))
        if folded not in _STOCK_WORDS:
            raise problem("stock")
        return _STOCK_WORDS[folded]


class SeasonDay(fields.Verbatim):
    """A day of every year; a month alone means its day `alone`, or its last one."""

    def __init__(self, *, alone: int) -> None:
        super().__init__()
        self.alone = alone

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        found = seasons.read(str(value), self.alone)
        if found is None:
            raise problem("season")
        return found


def _known(names: Mapping[str, Text], words: Mapping[str, str]) -> dict[str, str]:
    """Return code by folded name, in every language: a list comes in another than its reader's."""
    known = dict(words)
    for locale in LOCALES:
        with reading_in(locale):
            known |= {fold(str(text)): code for code, text in names.items()}
    return known
