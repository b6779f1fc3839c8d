"""An amount said in the words of a search: “gave under 500 kr.” is a filter, not words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"(\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,(\d{1,2}))?"
# Without a currency a number may be a length or a headcount: “bord under 120” stays words.
_CURRENCY = r"\s*(?:(?:,-\s*)?(?:kr\b\.?|kroner\b|dkk\b)|,-)"
_BELOW = r"under|billigere\s+end|mindre\s+end|below|less\s+than"
_AT_MOST = r"højst|op\s+til|maksimalt|maks\.?|max\.?|at\s+most|up\s+to"
_AT_LEAST = r"over|mindst|fra|above|at\s+least|from"
_ENDS = re.compile(
    rf"(?:^|\s)(?:(?P<below>{_BELOW})|(?P<at_most>{_AT_MOST})|(?P<at_least>{_AT_LEAST}))"
    rf"\s+{_NUMBER}{_CURRENCY}(?=\s|$)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"(?:^|\s)(?:mellem|between)\s+{_NUMBER}(?:{_CURRENCY})?\s+(?:og|and)\s+{_NUMBER}{_CURRENCY}(?=\s|$)",
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
        low, high = _ore(span.group(1), span.group(2)), _ore(span.group(3), span.group(4))
        rest = _without(rest, span)
    while end := _ENDS.search(rest):
        ore = _ore(end.group(4), end.group(5))
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


def _ore(whole: str, parts: str | None) -> int:
    return int(Decimal(f"{whole.replace('.', '')}.{parts or 0}") * 100)
