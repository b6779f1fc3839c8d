"""What is said of words: entries as they are kept, by how their words begin. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property

from .analysis import Chain, fold, skeleton
from .engine import near
from .synonyms import Synonym

BEGINNING = 3  # letters by which words wait to be taken to their stems
SHORT = 6  # a longer word has these letters in its stem, whatever its ending
_PLACES = 1 << 10  # more than an entry has texts
_Waiting = dict[str, "array[int]"]
Sayer = int  # which entry, and which of its texts is the one that is said


class Relation(StrEnum):
    """How a word stands to what it means."""

    SAME = "same"  # holds both ways
    ALSO = "also"  # from the word to its means only
    NEAR = "near"  # likewise, but they are only next to what is asked for, to be shown below it
    NOTHING = "nothing"  # what is shipped for the word does not hold in a municipality


class Said:
    """What is said of words, by how they begin; the same for all chains of a language.

    The words are thousands and a query asks for few of them, so they wait here to be taken to their
    stems when one that begins alike is asked for; taking all at once needs some seconds.
    """

    def __init__(self, chain: Chain, synonyms: Iterable[Synonym]) -> None:
        """Take the synonyms; they are read when something is asked first."""
        self.entries = tuple(synonyms)
        self._chain = chain

    @property
    def longest(self) -> int:
        """How many words the longest text has of which something is said; two at least."""
        return self._read[2]

    @cached_property
    def _read(self) -> tuple[_Waiting, _Waiting, int]:
        """Those who say something, what they mean also, both by how it begins; and `longest`."""
        sayers: _Waiting = {}
        narrower: _Waiting = {}
        longest = 2
        begin: dict[str, str] = {}  # most texts are said of several words
        for number, synonym in enumerate(self.entries):
            saying = _saying(synonym)
            for place, text in enumerate((synonym.word, *synonym.means)):
                start = begin.get(text)
                if start is None:
                    start = begin[text] = _beginning_of(self._chain, text)
                sayer = number * _PLACES + place
                if place < saying:
                    sayers.setdefault(start, array("L")).append(sayer)
                    longest = max(longest, len(text.split()))
                elif synonym.relation == Relation.ALSO:
                    narrower.setdefault(start, array("L")).append(sayer)
        return sayers, narrower, longest

    @cached_property
    def single(self) -> near.Words:
        """The single words of which something is said, for what is misspelt."""
        texts = (
            text
            for synonym in self.entries
            for text in (synonym.word, *synonym.means)[: _saying(synonym)]
            if text.isalpha()
        )
        return near.Words({text: text for text in map(_folded, texts)})

    def beginning(self, start: str) -> Sequence[Sayer]:
        """Return those that begin so."""
        return self._read[0].get(start, ())

    def narrower(self, start: str) -> Sequence[Sayer]:
        """Return the entries that mean also what begins so, each with which of its means does."""
        return self._read[1].get(start, ())

    def beginnings(self) -> Sequence[str]:
        """Return all ways to begin."""
        sayers, narrower, _longest = self._read
        return tuple(sayers | narrower)

    def entry(self, sayer: Sayer) -> tuple[Synonym, int]:
        """Return an entry, and the place of the one of its texts that is meant."""
        number, place = divmod(sayer, _PLACES)
        return self.entries[number], place


def _folded(text: str) -> str:
    """Return a text folded; the very same, and no copy of it, where it is as it stands."""
    folded = fold(text)
    return text if folded == text else folded


def _saying(synonym: Synonym) -> int:
    """Return how many of the texts say what the others mean: all where they are the same."""
    return 1 + len(synonym.means) if synonym.relation == Relation.SAME else 1


def _beginning_of(chain: Chain, text: str) -> str:
    """Return how the stem of the first word of a text begins, of long words without stemming."""
    words = fold(text).split()
    first = next((word for word in words if not chain.is_stop(word)), "")
    if not first.isalpha():  # a number and its unit are one word
        first = next((word.terms[-1] for word in chain.words(text)), "")
    elif len(first) <= SHORT:
        first = chain.word(first).terms[-1]
    return skeleton(first)[:BEGINNING]
