"""What a product is found by, and how much each mention weighs: texts to terms. Pure.

Weights are BM25F's: a mention in the title counts more than one in the description, and in a long
text less than in a short one. Lengths are compared with fixed usual ones and not with the average
of the day, so that a weight is a fact of the product and not of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from .analysis import Chain, Word
from .stemming import acts
from .terms import as_written, before_of, heads_of

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
Shares = tuple[tuple[str, float], ...]
KEPT_SHARES = 50_000  # of words: where products are saved, web processes keep them too


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
    lists = (weighed.words, weighed.heads, weighed.parts)
    spelt: dict[str, str] = {}
    for number, field in enumerate(FIELDS):
        found, named = chain.named(texts.get(field.name, ""))
        length = 1 - field.b + field.b * len(found) / field.usual_length
        weight, start = field.boost / length if found else 0.0, number << PLACE_BITS
        for place, word in enumerate(found):
            worth = weight * ASIDE if field.names and place >= named else weight
            for mentions, shares in zip(lists, _shares(word), strict=True):
                if shares:  # most words have no head and no parts
                    _mention(mentions, shares, worth, start + place)
        if field.name in SPELT:
            spelt.update(_spelt(found))
    return replace(weighed, spelt=spelt)


def field_of(place: int) -> str:
    """Return the name of the field that a place is in."""
    return FIELDS[place >> PLACE_BITS].name


def _mention(mentions: Mentions, shares: Shares, weight: float, place: int) -> None:
    for term, share in shares:
        known = mentions.get(term)
        if known is None:
            mentions[term] = (weight * share, [place])
        else:
            known[1].append(place)
            mentions[term] = (known[0] + weight * share, known[1])


@lru_cache(maxsize=KEPT_SHARES)
def _shares(word: Word) -> tuple[Shares, Shares, Shares]:
    """Return the terms that a word mentions, each with its share of the weight: of whole words, of
    heads, and of what stands before them.
    """
    each_ = (word, *word.pieces)
    words = [(term, 1.0) for each in each_ for term in each.terms]
    words += [(as_written(each)[1], 1.0) for each in each_ if each.bare]
    acted = [verb for term in (*word.terms, *word.compound[-1:]) for verb in acts(term)]
    heads = [*((verb, ACT) for verb in acted), *((head, HEAD) for head in heads_of(word))]
    parts = [(term, MODIFIER) for term in before_of(word)]
    return _first(words), _first(heads), _first(parts)


def _first(shares: list[tuple[str, float]]) -> Shares:
    """Return each term once, with its first share: a place counts once."""
    found: dict[str, float] = {}
    for term, share in shares:
        found.setdefault(term, share)
    return tuple(found.items())


def _spelt(found: list[Word]) -> dict[str, str]:
    """Return the words worth offering, with their stems: letters only, and not too short."""
    each = [piece for word in found for piece in (word.pieces or (word,))]
    return {
        word.written: word.terms[0]
        for word in each
        if len(word.written) > 2 and word.written.isalpha()
    }
