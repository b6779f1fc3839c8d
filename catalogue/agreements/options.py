"""Options to prolong an agreement, read from what people write: `2 x 12 mdr.`, `1 + 1 år`. Pure.

An option is read only when the whole text is understood. `2 x 12 mdr., varsles 6 mdr. før` says
more than a length, so it is kept as text and no last day is promised.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

MOST_MONTHS = 240  # beyond that somebody wrote something else
_NUMBERS = {
    "en": 1, "et": 1, "én": 1, "ét": 1, "one": 1, "to": 2, "two": 2, "tre": 3, "three": 3,
    "fire": 4, "four": 4, "fem": 5, "five": 5, "seks": 6, "six": 6, "tolv": 12, "twelve": 12,
}  # fmt: skip
_MONTHS = {
    "måned": 1, "måneder": 1, "måneders": 1, "mdr": 1, "mdrs": 1, "md": 1, "mnd": 1, "month": 1,
    "months": 1, "år": 12, "års": 12, "year": 12, "years": 12,
}  # fmt: skip
# Words around a length that do not change it.
_AROUND = {
    "option", "optioner", "options", "på", "for", "om", "mulighed", "muligheder", "forlængelse",
    "forlængelser", "forlængelsesoption", "forlængelsesoptioner", "forlænges", "forlænget", "med",
    "kan", "af", "op", "til", "extension", "extensions", "of", "yderligere", "hver", "i", "alt",
}  # fmt: skip
_TIMES = {"optioner", "options", "forlængelser", "extensions"}  # behind a number: so many times
_PART = re.compile(r"(?:(\d+) (?:x|gange|times|a) )?(\d+)(?: ([^\d ]+))?")


def latest_last_day(ends_on: date, options: str) -> date | None:
    """Return the last day of an agreement when all its options are used; None if unreadable."""
    months = months_of(options)
    return None if months is None else _months_later(ends_on, months)


def months_of(options: str) -> int | None:
    """Return how many months all options together come to, None when the text is not understood."""
    text = options.casefold().replace("×", " x ").replace("*", " x ").replace("à", " a ")
    text = re.sub(r"(?<=\d)\s*x\s*(?=\d)", " x ", text)
    text = re.sub(r"(?<=\d)(?=[a-zæøå])", " ", text)
    words = [word.strip(".,:;()") for word in text.replace("+", " + ").split()]
    words = [str(_NUMBERS.get(word, word)) for word in words if word]
    words = [
        "x" if word in _TIMES and before.isdigit() else word
        for before, word in zip(["", *words], words, strict=False)
    ]
    words = [word for word in words if word not in _AROUND]
    parts = re.split(r" (?:\+|og|and|plus) ", " ".join(words))
    return _sum([_PART.fullmatch(part) for part in parts])


def _sum(parts: list[re.Match[str] | None]) -> int | None:
    """Add up the parts; one without a unit has that of the next, as in `1 + 1 år`."""
    total, unit = 0, None
    for part in reversed(parts):
        if part is None or (part[3] and part[3] not in _MONTHS):
            return None
        unit = _MONTHS[part[3]] if part[3] else unit
        if unit is None:
            return None
        total += int(part[1] or 1) * int(part[2]) * unit
    return total if 0 < total <= MOST_MONTHS else None


def _months_later(day: date, months: int) -> date | None:
    """Return the day so many months later; the last day of a month stays the last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return None
    longest = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, longest if is_last else min(day.day, longest))
