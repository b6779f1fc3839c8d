"""Texts that ask for the same in other words are brought together. Pure.

By the chain of the search itself: inflections and compounds (`legehuse`, `hus til leg`), and what
words mean the same as (`hytte til børn`). What a word only means also, or is near to, is something
else: a buyer who finds the one is not helped by the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue.core.text import fold

from . import asking
from .analysis import Chain, Word
from .meaning import Meanings
from .said import Relation

Key = tuple[str, ...]  # the stems of a text and of the parts of its compounds, in no order


@dataclass(frozen=True)
class Speech:
    """How words are taken to their stems, and what they mean in a municipality."""

    chain: Chain
    meanings: Meanings


def group(speech: Speech, texts: Sequence[str]) -> list[list[int]]:
    """Return the places of the texts that ask for the same, each once, the leading one first.

    A text joins the first one before it that it means the same as, never by way of a third: through
    nine thousand rows of meanings that would lead from a play house to a shed. So the texts come
    with the most important first. Those without any word that says something join nothing.
    """
    groups: list[list[int]] = []
    led: dict[Key, int] = {}  # what a leading text is called, to its group
    meant: dict[Key, int] = {}  # what a leading text means the same as
    for place, text in enumerate(texts):
        words = asking.read(speech.chain, text).words
        own = _key(words) or ("", fold(text))
        others = _others(speech.meanings, words)
        found = next((led[key] for key in (own, *others) if key in led), meant.get(own))
        if found is not None:
            groups[found].append(place)
            continue
        led[own] = len(groups)
        for key in others:
            meant.setdefault(key, len(groups))
        groups.append([place])
    return groups


def categories_of(speech: Speech, text: str) -> tuple[str, ...]:
    """Return the categories that the text as a whole stands for, those said first in front."""
    words = asking.read(speech.chain, text).words
    said = speech.meanings.together(words) if words else ()
    return tuple(
        dict.fromkeys(
            code for each in said if each.relation != Relation.NEAR for code in each.categories
        )
    )


def _others(meanings: Meanings, words: Sequence[Word]) -> tuple[Key, ...]:
    """Return the keys of the text with a part of it said in other words."""
    return tuple(
        dict.fromkeys(
            _key((*words[:start], *phrase, *words[end:]))
            for start, end in _spans(len(words), meanings.longest)
            for meaning in meanings.together(words[start:end])
            if meaning.relation == Relation.SAME
            for phrase in meaning.phrases
        )
    )


def _spans(count: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of every run of words, the longest first."""
    for length in range(min(count, longest), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length


def _key(words: Sequence[Word]) -> Key:
    return tuple(sorted({stem for word in words for stem in _stems(word)}))


def _stems(word: Word) -> tuple[str, ...]:
    if word.compound:
        return word.compound
    if word.pieces:
        return tuple(stem for piece in word.pieces for stem in _stems(piece))
    return word.terms[-1:]
