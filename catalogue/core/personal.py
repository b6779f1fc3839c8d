"""Which digits in a text are a person's CPR number; tells nothing of whose, and keeps none.

What is refused and why (docs/privacy.md has it for those who ask): ten digits that begin with a day
there may have been, and that
- are written as CPR numbers are, six and four with a hyphen or a blank between; or
- stand in one or in a row of numbers, and have the check digit, or the day is a 1 January; or
- have "CPR" or "personnummer" before them.
In fields for numbers of phones, goods, parcels, accounts and agreements the first counts alone, and
in codes with the check digit only: ten digits in one may be such a number.
Since 2007 the numbers of some days are given without check digit. Those days are nearly all a
1 January (cpr.dk, "Personnumre uden kontrolciffer"); whoever writes such a number run together is
found by that. Of ten digits by chance three in a thousand are refused; GTIN, GLN, IBAN and order
numbers are longer, phone and CVR numbers shorter, and nothing inside them is looked at.
"""

from __future__ import annotations

import re

from stdnum.dk import cpr

# Not in words, web addresses or longer numbers, nor behind a sign that binds them to a number.
_TEN_DIGITS = re.compile(
    r"(?<![\w+-])(?<![0-9][.,/])([0-9]{6})(\s?[-–‑]\s?|\s)?([0-9]{4})(?![\w+-])(?![.,/][0-9])"
)
_NAMED = re.compile(
    r"(?i)(?:cpr|personn)[a-z]{0,12}[.:#-]{0,2}\s?([0-9]{6})[\s–‑-]{0,3}([0-9]{4})(?![0-9])"
)
_NUMBER_BEFORE, _NUMBER_AFTER = re.compile(r"[0-9]\s\Z"), re.compile(r"\s[0-9]")
_NEW_YEAR = "0101"


def has_cpr_number(text: str) -> bool:
    """Tell whether a text holds what is, or may well be, a person's CPR number."""
    return _is_named(text) or any(_is_one(found) for found in _TEN_DIGITS.finditer(text))


def has_written_cpr_number(text: str) -> bool:
    """Tell whether a CPR number stands in a text as such are written: six and four, or named.

    For numbers of phones: those of ten digits in one are let through, for some have as many.
    """
    return _is_named(text) or any(map(_is_parted, _TEN_DIGITS.finditer(text)))


def has_checked_cpr_number(text: str) -> bool:
    """Tell whether a CPR number so written has its check digit too, or is named.

    For codes: systems give numbers of six and four, and of those some begin as a day does.
    """
    found = filter(_is_parted, _TEN_DIGITS.finditer(text))
    return _is_named(text) or any(cpr.checksum(each[1] + each[3]) == 0 for each in found)


def _is_named(text: str) -> bool:
    return any(_has_day("".join(found.groups())) for found in _NAMED.finditer(text))


def _is_one(found: re.Match[str]) -> bool:
    number = found[1] + found[3]
    if not _has_day(number):
        return False
    return _is_parted(found) or number.startswith(_NEW_YEAR) or cpr.checksum(number) == 0


def _is_parted(found: re.Match[str]) -> bool:
    """Tell whether a day and four digits stand with a hyphen between, or a blank outside a row."""
    parted = (found[2] or "").strip() or (found[2] and not _in_row(found))
    return bool(parted) and _has_day(found[1] + found[3])


def _in_row(found: re.Match[str]) -> bool:
    """Tell whether numbers stand beside with a blank between, as in a GLN written in parts."""
    before = found.string[max(0, found.start() - 2) : found.start()]
    return bool(_NUMBER_BEFORE.search(before) or _NUMBER_AFTER.match(found.string, found.end()))


def _has_day(number: str) -> bool:
    return bool(cpr.is_valid(number))
