"""Words of the catalogue near one that it lacks: without marks, half typed, misspelt. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..analysis import readings, skeleton
from ..terms import Nearby

MOST_BEGUN = 40
MOST_SIMILAR = 12
SHORTEST_MENDED = 3
Products = Callable[[str], int]  # how many products have a written word
# Who errs in the first letter means another word, but in loans these sound alike (`katering`).
_SOUNDS_LIKE = {"k": "cq", "c": "ks", "s": "cz", "z": "s", "v": "w", "w": "v", "q": "k"}


class Words:
    """Written words of short texts of products, to be looked up by what is like them."""

    def __init__(self, stems: Mapping[str, str]) -> None:
        """Take the words as they are written, each with its stem."""
        self._stems = stems
        self._sorted = sorted(self._stems)
        self._lengths: dict[int, dict[str, str]] | None = None
        self._skeletons: dict[str, list[str]] | None = None

    @classmethod
    def of_terms(cls, terms: Iterable[str]) -> Self:
        """Take the terms of an index's dictionary, `written stem`."""
        return cls(dict(term.split(" ") for term in terms))

    def __contains__(self, word: str) -> bool:
        return word in self._stems

    def term(self, word: str) -> str:
        """Return the term by which the dictionary has a word."""
        return f"{word} {self._stems.get(word, '')}"

    def beginning(self, start: str, limit: int) -> list[str]:
        """Return up to `limit` words that begin with `start`, in alphabetical order."""
        first = bisect_left(self._sorted, start)
        found = []
        for word in self._sorted[first : first + limit]:
            if not word.startswith(start):
                break
            found.append(word)
        return found

    def unmarked(self, word: str) -> list[str]:
        """Return the words that a keyboard without æ, ø and å would write as `word`."""
        if self._skeletons is None:
            self._skeletons = {}
            for each in self._sorted:
                self._skeletons.setdefault(skeleton(each), []).append(each)
        return self._skeletons.get(skeleton(word), [])

    def similar(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return the words within that many slips of the keyboard, each with the number."""
        near: dict[str, str] = {}
        for length in range(len(word) - distance, len(word) + distance + 1):
            near |= self._by_length().get(length, {})
        found = process.extract(
            word, near.keys(), scorer=OSA.distance, score_cutoff=distance, limit=MOST_SIMILAR
        )
        return [(near[each], int(slips)) for each, slips, _place in found]

    def _by_length(self) -> dict[int, dict[str, str]]:
        """Return words and stems by their length, each with the word to offer."""
        if self._lengths is None:
            lengths: dict[int, dict[str, str]] = {}
            for written, stem in self._stems.items():
                lengths.setdefault(len(stem), {}).setdefault(stem, written)
            for written in self._sorted:
                lengths.setdefault(len(written), {})[written] = written
            self._lengths = lengths
        return self._lengths


def marked(dictionaries: Iterable[Words], word: str) -> tuple[str, ...]:
    """Return the written words that without æ, ø and å are written as `word`, but for itself."""
    found = {each for words in dictionaries for each in words.unmarked(word)}
    return tuple(sorted(found - {word}))


def to(dictionaries: Sequence[Words], word: str, products: Products) -> Nearby:
    """Return the written words near `word`; none for one with digits, which is right or wrong."""
    if any(sign.isdigit() for sign in word):
        return Nearby()
    unmarked = {each for words in dictionaries for each in words.unmarked(word)}
    slips = _slips(dictionaries, word)
    similar = _ranked(slips, products)
    return Nearby(
        unmarked=_ranked(dict.fromkeys(unmarked, 0), products),
        begun=tuple(beginning(dictionaries, word, MOST_BEGUN, products)) if len(word) > 2 else (),
        similar=similar,
        slipped=tuple(each for each in similar if slips[each] < 2),
    )


def beginning(
    dictionaries: Iterable[Words], start: str, limit: int, products: Products
) -> list[str]:
    """Return written words that begin with `start`, those of most products first."""
    found = {
        word
        for reading in readings(start)
        for words in dictionaries
        for word in words.beginning(reading, limit * 4)
    }
    return sorted(found, key=lambda word: (-products(word), word))[:limit]


def tolerated(word: str) -> int:
    """Return how many slips may be mended in a word of that length: of two letters none is left."""
    if len(word) < SHORTEST_MENDED:
        return 0
    return 1 if len(word) < 7 else 2 if len(word) < 14 else 3


def _slips(dictionaries: Iterable[Words], word: str) -> dict[str, int]:
    """Return words that may be meant, each with how many slips away it is."""
    slips: dict[str, int] = {}
    for words in dictionaries:
        for each, distance in words.similar(word, tolerated(word)):
            # Who types `o` for `ø` makes no slip worth counting.
            plain = 0 if skeleton(each) == skeleton(word) else distance
            counted = plain + (each[0] not in (word[0], *_SOUNDS_LIKE.get(word[0], "")))
            slips[each] = min(counted, slips.get(each, counted))
    return slips


def _ranked(slips: Mapping[str, int], products: Products) -> tuple[str, ...]:
    """Return words with fewest slips first, then those of most products."""
    return tuple(sorted(slips, key=lambda each: (slips[each], -products(each), each)))
