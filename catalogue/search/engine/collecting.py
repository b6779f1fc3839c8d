"""Posting lists, collected product by product. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from .postings import Postings


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

    def lists(self) -> Iterator[tuple[str, Postings]]:
        """Yield the name of each term with its list, by ascending names."""
        terms, counts = self._ranked(), np.asarray(self._counts)
        order = np.argsort(terms, kind="stable")
        ends = np.cumsum(counts[order], dtype=np.int64)
        starts = np.cumsum(counts, dtype=np.int64) - counts
        moved = np.repeat(starts[order] - (ends - counts[order]), counts[order])
        places = np.asarray(self._places)[moved + np.arange(len(moved))]
        numbers, weights = np.asarray(self._numbers)[order], np.asarray(self._weights)[order]
        lasts = np.searchsorted(terms[order], np.arange(len(self._named)), side="right").tolist()
        first = place = 0
        for name, last in zip(sorted(self._named), lasts, strict=True):
            own, end = slice(first, last), int(ends[last - 1])
            upto = (ends[own] - place).astype(np.int32)
            yield name, Postings(numbers[own], weights[own], upto, places[place:end])
            first, place = last, end

    def _ranked(self) -> Any:
        """Return for each addition which name in their order it is of."""
        rank = np.empty(len(self._named), np.int32)
        rank[[self._named[each] for each in sorted(self._named)]] = np.arange(len(self._named))
        return rank[np.asarray(self._terms)]
