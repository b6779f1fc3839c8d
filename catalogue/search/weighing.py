"""What a product is found by, and how much each mention weighs: texts to terms. Pure.

Weights are BM25F's: a mention in the title counts more than one in the description, and in a long
text less than in a short one. Lengths are compared with fixed usual ones and not with the average
of the day, so that a weight is a fact of the product and not of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .analysis import Chain, Word
from .stemming import acts

PLACE_BITS = 20  # a place is the field's number in front of the word's number within it
HEAD, MODIFIER = 0.8, 0.35  # a garden bench is a bench; that it is of gardens tells less
ASIDE = 0.55  # of `kopper til kantine`, the canteen: measured
ACT = 0.5  # `pudsning` speaks of who `pudser`


@dataclass(frozen=True)
class Field:
    """A text of a product: how much a mention weighs, how much length tells, and what is usual."""

    name: str
    boost: float
    b: float
    usual_length: int
    names: bool = False  # it names the thing before it says what it is for


# Title 8 with b 0.1 were best on product search (DOMAIN.md section 7); the others by the measured
# set of tests/data/relevance.
FIELDS = (
    Field("title", 8.0, 0.1, 4, names=True),
    Field("item_number", 8.0, 0.0, 1),
    Field("summary", 2.5, 0.5, 12),
    Field("category", 2.0, 0.5, 3),
    Field("enterprise", 2.0, 0.0, 2),
    Field("above", 0.4, 0.5, 6),
    Field("description", 0.6, 0.75, 40),
)
FIELD_NAMES = tuple(field.name for field in FIELDS)
# The short texts whose words are offered when a word is misspelt or half typed.
SPELT = ("title", "summary", "category", "enterprise")
Mentions = dict[str, tuple[float, list[int]]]  # term to weight and places


@dataclass(frozen=True)
class Weighed:
    """The terms of one product: whole words, heads of compounds and what stands before them
    (`havebænk`: bænk, have), and words as they are written.
    """

    words: Mentions
    heads: Mentions
    parts: Mentions
    spelt: Mapping[str, str]  # as written, to the stem


def weigh(chain: Chain, texts: Mapping[str, str]) -> Weighed:
    """Return the terms of a product from its texts by field name."""
    weighed = Weighed({}, {}, {}, {})
    spelt: dict[str, str] = {}
    for number, field in enumerate(FIELDS):
        found, named = chain.named(texts.get(field.name, ""))
        length = 1 - field.b + field.b * len(found) / field.usual_length
        weight = field.boost / length if found else 0.0
        for place, word in enumerate(found):
            less = ASIDE if field.names and place >= named else 1.0
            _mention(weighed, word, weight * less, (number << PLACE_BITS) + place)
        if field.name in SPELT:
            spelt.update(_spelt(found))
    return replace(weighed, spelt=spelt)


def field_of(place: int) -> str:
    """Return the name of the field that a place is in."""
    return FIELDS[place >> PLACE_BITS].name


def _mention(weighed: Weighed, word: Word, weight: float, place: int) -> None:
    for term in word.terms:
        _add(weighed.words, term, weight, place)
    for piece in word.pieces:
        for term in piece.terms:
            _add(weighed.words, term, weight, place)
    for term in (*word.terms, *word.compound[-1:]):
        for verb in acts(term):
            _add(weighed.heads, verb, weight * ACT, place)
    for term in word.compound[:-1]:
        _add(weighed.parts, term, weight * MODIFIER, place)
    if word.compound:
        _add(weighed.heads, word.compound[-1], weight * HEAD, place)


def _add(mentions: Mentions, term: str, weight: float, place: int) -> None:
    before, places = mentions.get(term, (0.0, []))
    if not places or places[-1] != place:
        places.append(place)
        mentions[term] = (before + weight, places)


def _spelt(found: list[Word]) -> dict[str, str]:
    """Return the words worth offering, with their stems: letters only, and not too short."""
    each = [piece for word in found for piece in (word.pieces or (word,))]
    return {
        word.written: word.terms[0]
        for word in each
        if len(word.written) > 2 and word.written.isalpha()
    }
