"""JSON that strangers send: parsed without harm; what it means is for those who ask to say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_DEPTH = 50  # of lists and objects within another; whoever walks through them calls itself
# No database keeps half a pair of UTF-16, nor PostgreSQL a NUL.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class Decoder(json.JSONDecoder):
    """Decodes as `parse` does, for libraries that are given a decoder."""

    def decode(self, text: str, *_places: Any) -> Any:  # the library's own takes a place too
        """Return what a text holds; raises ValueError."""
        return parse(text)


def parse(content: str | bytes) -> Any:
    """Return what JSON holds; raises ValueError.

    Refused too: numbers that are none, texts that nothing can keep, and what is nested so deeply
    that reading it would end with RecursionError.
    """
    try:
        found = json.loads(content, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level = [found]
    for _turn in range(MOST_DEPTH + 1):
        if any(isinstance(each, str) and _NO_TEXT.search(each) for each in level):
            raise ValueError("a text that cannot be kept")
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return found
    raise ValueError("nested too deeply")


def _within(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
