"""Posting lists, collected product by product or out of segments. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .postings import Numbers, Postings


@dataclass(frozen=True, eq=False)
class Mentions:
    """Mentions in any order of terms: the number of the term and of the product, the weight, and
    how many of the places, which stand one mention after the other.
    """

    terms: NDArray[Any]
    numbers: Numbers
    weights: NDArray[Any]
    counts: NDArray[Any]
    places: NDArray[Any]

    def only(self, kept: NDArray[np.bool_]) -> Mentions:
        """Return those of the mentions that the mask keeps."""
        return Mentions(
            self.terms[kept], self.numbers[kept], self.weights[kept], self.counts[kept],
            self.places[np.repeat(kept, self.counts)],
        )  # fmt: skip

    def lists(self, count: int) -> Iterator[Postings]:
        """Yield the lists of the terms 0 to `count` - 1, mentions of one in their present order."""
        order = np.argsort(self.terms, kind="stable")
        counts = self.counts[order]
        ends = np.cumsum(counts, dtype=np.int64)
        starts = np.cumsum(self.counts, dtype=np.int64) - self.counts
        places = self.places[runs(starts[order], counts)]
        numbers, weights = self.numbers[order], self.weights[order]
        lasts = np.searchsorted(self.terms[order], np.arange(count), side="right").tolist()
        first = place = 0
        for last in lasts:
            own, end = slice(first, last), int(ends[last - 1]) if last else 0
            upto = (ends[own] - place).astype(np.int32)
            yield Postings(numbers[own], weights[own], upto, places[place:end])
            first, place = last, end


def runs(starts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return the numbers from each start on, as many as its length tells, one run after another."""
    before = np.cumsum(lengths, dtype=np.int64) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


class Lists:
    """The lists of some products, which are added in the order of their numbers."""

    def __init__(self) -> None:
        self._named: dict[str, int] = {}
        self._terms, self._numbers, self._weights = array("i"), array("i"), array("f")
        self._counts, self._places = array("i"), array("i")

    def add(self, name: str, number: int, weight: float = 1.0, places: Iterable[int] = ()) -> None:
        """Add what a term weighs in a product, and where it stands."""
        before = len(self._places)
        self._terms.append(self._named.setdefault(name, len(self._named)))
        self._numbers.append(number)
        self._weights.append(weight)
        self._places.extend(places)
        self._counts.append(len(self._places) - before)

    def add_all(self, mentions: Mapping[str, tuple[float, Sequence[int]]], number: int) -> int:
        """Add what terms weigh in a product, and where each stands; return how many places."""
        named, before = self._named, len(self._places)
        for name, (weight, places) in mentions.items():
            self._terms.append(named.setdefault(name, len(named)))
            self._weights.append(weight)
            self._places.extend(places)
            self._counts.append(len(places))
        self._numbers.extend(repeat(number, len(mentions)))
        return len(self._places) - before

    def mentions(self) -> tuple[list[str], Mentions]:
        """Return all terms, and their mentions by product; nothing can be added any more."""
        return list(self._named), Mentions(
            np.asarray(self._terms), np.asarray(self._numbers), np.asarray(self._weights),
            np.asarray(self._counts), np.asarray(self._places),
        )  # fmt: skip

    def lists(self) -> Iterator[tuple[str, Postings]]:
        """Yield the name of each term with its list, by ascending names; likewise the end."""
        _named, mentions = self.mentions()
        names = sorted(self._named)
        rank = np.empty(len(names), np.int32)
        rank[np.fromiter((self._named[each] for each in names), np.int64)] = np.arange(len(names))
        mentions = replace(mentions, terms=rank[mentions.terms])
        return zip(names, mentions.lists(len(names)), strict=True)
