"""An amount said in the words of a search: “gave under 500 kr.” is a filter, not words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# No price has three decimals, so three digits after any sign are thousands: `20,000 kr.` too.
# Copied from a page or a sheet, blanks within a number are those that break no line.
_NUMBER = (
    r"(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?"
    r"|\d{1,7}(?:[.,]\d{1,2})?)"
)
# Without a currency a number may be a length or a headcount: “bord under 120” stays words.
_AFTER = r"\s*(?:(?:,-\s*)?(?:kr\b\.?|kroner\b|dkk\b)|,-)"
_BEFORE = r"(?:kr\b\.?|dkk\b)\s*"
_PRICE = rf"({_BEFORE}{_NUMBER}(?:{_AFTER})?|{_NUMBER}{_AFTER})"
# Before the number stands a blank or a bracket; what closes a sentence or a bracket goes with it.
_BEGIN, _END_SIGNS = r"(?:^|[\s(])", r"(?:,-|[,;:!?)]*)(?=\s|$)"
_BELOW = r"under|billigere\s+end|mindre\s+end|below|less\s+than"
_AT_MOST = (
    r"højst|op\s+til|maksimalt|maks\.?|max\.?|at\s+most|up\s+to"
    r"|ikke\s+(?:over|(?:mere|dyrere)\s+end)|(?:not|no)\s+(?:over|above|more\s+than)"
)
_AT_LEAST = (
    r"over|mindst|fra|above|at\s+least|from"
    r"|ikke\s+(?:under|(?:mindre|billigere)\s+end)|(?:not|no)\s+(?:under|below|less\s+than)"
)
_ENDS = re.compile(
    rf"{_BEGIN}(?:(?P<below>{_BELOW})|(?P<at_most>{_AT_MOST})|(?P<at_least>{_AT_LEAST}))"
    rf"\s+{_PRICE}{_END_SIGNS}",
    re.IGNORECASE,
)
_END = rf"((?:{_BEFORE})?{_NUMBER}(?:{_AFTER})?)"
# Without a word before it only what is plainly a price begins a span: not “til 10 til 200 kr.”.
_SPAN = re.compile(
    rf"{_BEGIN}(?:(?:mellem|between)\s+{_END}(?:\s+(?:og|and)\s+|\s*[-–]\s*)"
    rf"|(?:fra|from)\s+{_END}(?:\s+(?:til|to)\s+|\s*[-–]\s*)"
    rf"|{_PRICE}(?:\s+(?:til|to)\s+|\s*[-–]\s*)"
    rf"|({_NUMBER})[-–]){_PRICE}{_END_SIGNS}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Spoken:
    """What was typed without its amounts, and the price span they say, in øre; None: open."""

    words: str
    from_ore: int | None
    to_ore: int | None


def read(text: str) -> Spoken | None:
    """Read the amounts in a query; None when it says none.

    “Under 500 kr.” leaves 500,00 out, as the price bands of the page do; “højst” does not.
    """
    low: int | None = None
    high: int | None = None
    rest = text
    if span := _SPAN.search(rest):
        low, high = sorted(_ore(price) for price in span.groups() if price)
        rest = _without(rest, span)
    while end := _ENDS.search(rest):
        ore = _ore(end.group(4))
        if end.group("at_least"):
            low = ore
        else:
            high = ore - 1 if end.group("below") else ore
        rest = _without(rest, end)
    if low is None and high is None:
        return None
    return Spoken(" ".join(rest.split()), low, max(high, 0) if high is not None else None)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _ore(price: str) -> int:
    *whole, parts = re.findall(r"\d+", price)
    if not whole or len(parts) == 3:
        whole, parts = [*whole, parts], "0"
    return int(Decimal(f"{''.join(whole)}.{parts}") * 100)
