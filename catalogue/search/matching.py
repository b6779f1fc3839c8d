"""Which products have the words of a query, and how well: terms to scores over all products.

Every word must be found, as itself or in a related form that weighs less: its parts, a compound
with its neighbour (`have bænk`: havebænk), a compound it ends (`gave`: jubilæumsgave) or begins,
or both halves of it apart (`havebænk`: bænk … haven). What is a word, the index itself tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .analysis import Word, readings, stem, words
from .columns import Numbers
from .generation import Generation, Scores
from .index import FIELDS

EXACT, JOINED, PARTS, HALVES, TAIL, BEGINNING = 1.0, 0.8, 0.8, 0.4, 0.3, 0.2
MOST_WORDS = 12
MOST_RELATED = 40
SHORTEST_HALF = 3
SHORTEST_HEAD = 4
SHORTEST_TYPED = 2
# `opgave` and `arbejdsopgave` are no gifts: a head that ends in one of these is a verb's.
_PARTICLES = ("af", "an", "be", "for", "ind", "ned", "om", "op", "over", "på", "til", "ud", "under")
_LINKS = ("", "s", "e")
# Groups of terms: a product must have one term of every group.
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Matches:
    """Numbers of the products found, ascending, with their scores; whether they have all words."""

    numbers: Numbers
    scores: Scores
    matched_all: bool


def match(generation: Generation, text: str) -> Matches:
    """Find the products with every word of `text`, else with any of them; all for no words."""
    asked = words(text)[:MOST_WORDS]
    live = generation.columns.live
    if not asked:
        numbers = np.flatnonzero(live)
        return Matches(numbers, np.zeros(len(numbers)), matched_all=True)
    table = np.vstack([_word_scores(generation, asked, place) for place in range(len(asked))])
    having = table > 0
    every = having.all(axis=0) & live
    matched_all = bool(every.any())
    numbers = np.flatnonzero(every if matched_all else having.any(axis=0) & live)
    share = having[:, numbers].mean(axis=0)
    return Matches(numbers, table[:, numbers].sum(axis=0) * share, matched_all)


def _word_scores(generation: Generation, asked: list[Word], place: int) -> Scores:
    """Score every product for one word: its best form counts, so that forms do not add up."""
    best = np.zeros(generation.size)
    for groups, weight in _forms(generation, asked, place):
        parts = [_group_scores(generation, group) for group in groups]
        together = np.sum(parts, axis=0) * np.all([part > 0 for part in parts], axis=0)
        np.maximum(best, weight * together, out=best)
    return best


def _group_scores(generation: Generation, group: tuple[str, ...]) -> Scores:
    scores = np.zeros(generation.size)
    for term in group:
        for field, boost in FIELDS.items():
            numbers, found = generation.postings(field, term)
            # A rare term's score may round to nothing, but it was found.
            scores[numbers] += boost * np.maximum(found, 1e-6)
    return scores


def _forms(generation: Generation, asked: list[Word], place: int) -> list[tuple[Groups, float]]:
    """Return the forms under which a word counts as found, each with its weight."""
    word, last = asked[place], place == len(asked) - 1
    forms: list[tuple[Groups, float]] = [((word.terms,), EXACT)]
    if word.parts:
        forms.append((tuple(part.terms for part in word.parts), PARTS))
    joined = _joined(generation, asked, place)
    if joined:
        forms.append(((joined,), JOINED))
    if halves := _halves(generation, word.written):
        forms.append((halves, HALVES))
    if tails := _tails(generation, word):
        forms.append(((tails,), TAIL))
    if begun := _begun(generation, word, SHORTEST_TYPED if last else SHORTEST_HEAD):
        forms.append(((begun,), BEGINNING))
    return forms


def _joined(generation: Generation, asked: list[Word], place: int) -> tuple[str, ...]:
    """Return compounds of the word with the one before or after it that the index knows."""
    pairs = [asked[at : at + 2] for at in (place - 1, place) if 0 <= at < len(asked) - 1]
    written = {one.written + link + two.written for one, two in pairs for link in _LINKS}
    return tuple(term for term in sorted(map(stem, written)) if _knows(generation, term))


def _halves(generation: Generation, written: str) -> Groups:
    """Return the two words a compound is made of, both known; the longest head is preferred."""
    for cut in range(len(written) - SHORTEST_HALF, SHORTEST_HALF - 1, -1):
        tail = stem(written[cut:])
        if not _knows(generation, tail):
            continue
        heads = tuple(term for term in _bare(written[:cut]) if _knows(generation, term))
        if heads:
            return heads, (tail,)
    return ()


def _tails(generation: Generation, word: Word) -> tuple[str, ...]:
    """Return known compounds that end in the word."""
    found = []
    for term in word.terms:
        if len(term) < SHORTEST_HALF:
            continue
        for backwards in generation.beginning_with("tails", term[::-1], MOST_RELATED):
            compound = backwards[::-1]
            if compound != term and _is_head(generation, compound[: -len(term)]):
                found.append(compound)
    return tuple(found)


def _begun(generation: Generation, word: Word, shortest: int) -> tuple[str, ...]:
    """Return known terms that begin as the word is written, so far or as the head of a compound."""
    found: dict[str, None] = {}
    for start in readings(word.written):
        if len(start) >= shortest:
            for field in FIELDS:
                found |= dict.fromkeys(generation.beginning_with(field, start, MOST_RELATED))
    return tuple(term for term in found if term not in word.terms)[:MOST_RELATED]


def _is_head(generation: Generation, head: str) -> bool:
    if len(head) < SHORTEST_HALF or head in _PARTICLES:
        return False
    if any(_knows(generation, term) for term in _bare(head)):
        return True
    return not any(
        head.endswith(particle) and len(head) - len(particle) >= SHORTEST_HALF
        for particle in _PARTICLES
    )


def _bare(head: str) -> tuple[str, ...]:
    """Return the terms a head may stand for: with and without a linking s or e."""
    whole = [head, head[:-1]] if head.endswith(("s", "e")) and len(head) > SHORTEST_HALF else [head]
    return tuple(dict.fromkeys(stem(each) for each in whole))


def _knows(generation: Generation, term: str) -> bool:
    return any(generation.contains(field, term) for field in FIELDS)
