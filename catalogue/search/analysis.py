"""From text to terms: the one chain for what is indexed and for what is asked. Pure.

Letters: accents fold (é to e), Swedish ä/ö count as æ/ø, but æ, ø, å are letters of their own.
A word written with ae/oe/aa carries both readings as alternatives, so `haandværk` and `håndværk`
meet while `skoene` still finds `sko`. Folding everywhere, as Whoosh's accent map does, is wrong
for Danish (DOMAIN.md section 7).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import snowballstemmer
from whoosh.analysis import Analyzer, Token

LONGEST_WORD = 64
SHORTEST_COMPOUND = 6
# Snowball's Danish stop words without `have`, which is a garden, and without words that can carry
# a purchase's meaning (under, over, alle, mod).
_NOT_SOUGHT = """
    ad af alt at blev blive bliver da de dem den denne der deres det dette dig din disse dog
    du efter eller en end er et for fra ham han hans har havde hende hendes her hos hun hvad
    hvis hvor i ikke jeg jer jo kunne man med men mig min mine mit noget nogle nu når og også
    om os på selv sig sin sine sit skal skulle som sådan thi til var vi vil ville vor være
    været
"""
STOP_WORDS = frozenset(_NOT_SOUGHT.split())
# Plurals the stemmer cannot join to their singular (DOMAIN.md section 5: børn/barn, bøger/bog).
_VOWEL_CHANGES = {
    "bøger": "bog", "børn": "barn", "fødder": "fod", "hænder": "hånd", "mænd": "mand",
    "rødder": "rod", "tænder": "tand", "øjne": "øje",
}  # fmt: skip
_ENDINGS = ("", "s", "e", "ne", "ene", "nes", "enes")
_IRREGULAR = {
    plural + ending: singular for plural, singular in _VOWEL_CHANGES.items() for ending in _ENDINGS
}
_READINGS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_SWEDISH = str.maketrans("äö", "æø")
_WORD = re.compile(r"[^\W_]+(?:[-./_'’:+][^\W_]+)*")
_JOINT = re.compile(r"[-./_'’:+]")


@dataclass(frozen=True)
class Word:
    """One word: as written after folding, its alternative terms, and its parts when joined."""

    written: str
    terms: tuple[str, ...]
    parts: tuple[Word, ...] = ()


def words(text: str) -> list[Word]:
    """Return the words of `text` in their order, stop words left out.

    A word with joints (`LH-100`, `café-vogn`) stays whole, as item numbers must, and carries its
    parts too.
    """
    found = []
    for match in _WORD.finditer(fold(text)):
        pieces = [piece for piece in _JOINT.split(match.group()) if piece]
        parts = [_word(piece) for piece in pieces if piece not in STOP_WORDS]
        if len(pieces) > 1:
            found.append(Word(**_facts("".join(pieces)), parts=tuple(parts)))
        else:
            found += parts
    return found


def terms(text: str) -> Iterator[str]:
    """Yield every term under which `text` is found."""
    for word in words(text):
        yield from word.terms
        for part in word.parts:
            yield from part.terms


def fold(text: str) -> str:
    """Fold case and accents; æ, ø and å stay letters of their own."""
    folded = unicodedata.normalize("NFC", text).casefold()
    if folded.isascii():
        return folded
    kept = folded.translate(_SWEDISH).replace("å", "\x00")
    plain = unicodedata.normalize("NFKD", kept)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("\x00", "å")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Danish Snowball stem of a folded word; words with digits stay whole."""
    if any(sign.isdigit() for sign in word):
        return word
    # A stemmer keeps state between calls, so threads may not share one; making one is cheap.
    stemmed: str = snowballstemmer.stemmer("danish").stemWord(_IRREGULAR.get(word, word))
    return stemmed


def readings(word: str) -> tuple[str, ...]:
    """Return a folded word as written and, when it has aa/ae/oe, with å/æ/ø in their place."""
    danish = word
    for written, letter in _READINGS:
        danish = danish.replace(written, letter)
    return (word,) if danish == word else (word, danish)


class DanishAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh ships no usable types
    """The chain as Whoosh wants it; named at module level so that a schema can be pickled."""

    def __call__(self, value: str, **options: Any) -> Iterator[Any]:
        """Yield a token for each term."""
        return _tokens(terms(value), options)


class TailAnalyzer(Analyzer):  # type: ignore[misc]  # as above
    """Terms written backwards: a look-up by beginning then finds words by their end."""

    def __call__(self, value: str, **options: Any) -> Iterator[Any]:
        """Yield a token for each term long enough to be a compound."""
        long = (term[::-1] for term in terms(value) if len(term) >= SHORTEST_COMPOUND)
        return _tokens(long, options)


def _word(piece: str) -> Word:
    return Word(**_facts(piece))


def _facts(piece: str) -> dict[str, Any]:
    short = piece[:LONGEST_WORD]
    return {"written": short, "terms": tuple(dict.fromkeys(map(stem, readings(short))))}


def _tokens(texts: Iterator[str], options: dict[str, Any]) -> Iterator[Any]:
    token = Token(options.get("positions", False), options.get("chars", False))
    token.stopped, token.boost = False, 1.0
    for position, text in enumerate(texts, options.get("start_pos", 0)):
        token.text = token.original = text
        token.pos = position
        token.startchar = token.endchar = 0
        yield token
