"""What buyers say and what products call it, ready to be asked by the words of a query. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from .analysis import Chain, Word


@dataclass(frozen=True)
class Meaning:
    """What a word or phrase means: other phrases, and categories by code."""

    phrases: tuple[tuple[Word, ...], ...]
    categories: tuple[str, ...] = ()


class Synonym(Protocol):
    """An entry as staff keep it: `same` holds both ways, `also` from the word to its means only."""

    @property
    def word(self) -> str: ...
    @property
    def relation(self) -> str: ...
    @property
    def means(self) -> tuple[str, ...]: ...
    @property
    def categories(self) -> tuple[str, ...]: ...


class Meanings:
    """Meanings by the stems of what is said."""

    def __init__(self, chain: Chain, said: Iterable[tuple[str, Meaning]] = ()) -> None:
        self._by_stems: dict[tuple[str, ...], list[Meaning]] = {}
        self._longest = 0
        for text, meaning in said:
            key = _key(chain.words(text))
            if key:
                self._by_stems.setdefault(key, []).append(meaning)
                self._longest = max(self._longest, len(key))

    @classmethod
    def of_synonyms(cls, chain: Chain, synonyms: Iterable[Synonym]) -> Meanings:
        """Return the meanings that staff keep."""
        return cls(chain, (pair for each in synonyms for pair in _said(chain, each)))

    def of(self, words: Sequence[Word], place: int) -> Iterator[Meaning]:
        """Yield what the words around `place` mean, in every phrase that holds that word."""
        if not self._by_stems:
            return
        for length in range(1, min(self._longest, len(words)) + 1):
            for start in range(max(0, place - length + 1), min(place, len(words) - length) + 1):
                yield from self._by_stems.get(_key(words[start : start + length]), ())

    def lacks(self, word: Word) -> bool:
        """Tell whether nothing is said of this word alone."""
        return _key([word]) not in self._by_stems


Meant = Callable[[Chain], Meanings]  # gives the meanings for the chain an index was written by


def _said(chain: Chain, synonym: Synonym) -> Iterator[tuple[str, Meaning]]:
    """Yield what is said with what it means; of words that are the same, each means the others."""
    texts = [synonym.word, *synonym.means]
    phrases = [tuple(chain.words(text)) for text in texts]
    sayers = texts if synonym.relation == "same" else texts[:1]
    for place, text in enumerate(sayers):
        others = tuple(phrase for at, phrase in enumerate(phrases) if at != place and phrase)
        yield text, Meaning(others, synonym.categories)


def _key(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.terms[-1] for word in words)
