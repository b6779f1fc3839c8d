"""The Danish stemmer of Snowball by regular expressions: the same stems, many times as fast. Pure.

A query asks for the stems of dozens of words that might be joined, of which nearly none is there,
and a rebuild for those of all words. A test holds both equal, endings and all.
"""

from __future__ import annotations

import re

_SHORTEST, _LEFT = 3, 3  # letters a word has, and that no ending is taken from
_BEFORE_ENDINGS = re.compile(r"[^aeiouyåæø]*[aeiouyåæø]+[^aeiouyåæø]")
_ENDINGS = """
    hed ethed hedens heden heder heds ered erede ende endes erende erendes ene enes erne ernes
    ere eres e es en ens eren erens er ers erer et ets eret erets
"""
# The leftmost match is the longest ending.
_INFLECTION = re.compile(f"(?:{'|'.join(_ENDINGS.split())}|(?<=[abcdfghjklmnoprtvyzå])s)$")
_DERIVED = re.compile(r"(?:(?:e?l)?ig|els|løst)$")
_PAIRS = frozenset(("gd", "dt", "gt", "kt"))
_DOUBLED = frozenset("bdfgklmnprst")


def danish(word: str) -> str:
    """Return what Snowball's Danish stemmer makes of a word in small letters."""
    if len(word) < _SHORTEST:
        return word
    match = _BEFORE_ENDINGS.match(word)
    start = max(_LEFT, match.end()) if match else len(word)
    if match := _INFLECTION.search(word, start):
        word = word[: match.start()]
    word = _without_pair(word, start)
    if word.endswith("igst"):
        word = word[:-2]
    if match := _DERIVED.search(word, start):
        kept = word[: match.start()]
        word = kept + "løs" if match[0] == "løst" else _without_pair(kept, start)
    if len(word) > start and word[-1] in _DOUBLED and word[-1] == word[-2]:
        return word[:-1]
    return word


def _without_pair(word: str, start: int) -> str:
    return word[:-1] if word[-2:] in _PAIRS and len(word) - 2 >= start else word
