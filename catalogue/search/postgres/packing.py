"""Posting lists: collected product by product, and as bytes in a row. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.postings import Postings

_NUMBERS, _WEIGHTS = np.dtype("<i4"), np.dtype("<f4")
_HEAD = 2 * _NUMBERS.itemsize  # how many products, and how many places in all of them


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

    def packed(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each term with its list as bytes."""
        terms, counts = np.asarray(self._terms), np.asarray(self._counts)
        order = np.argsort(terms, kind="stable")
        ends = np.cumsum(counts[order])
        starts = np.cumsum(counts) - counts
        moved = np.repeat(starts[order] - (ends - counts[order]), counts[order])
        places = np.asarray(self._places)[moved + np.arange(len(moved))]
        numbers, weights = np.asarray(self._numbers)[order], np.asarray(self._weights)[order]
        lasts = np.searchsorted(terms[order], np.arange(len(self._named)), side="right").tolist()
        first = place = 0
        for name, last in zip(self._named, lasts, strict=True):
            own = slice(first, last)
            end = int(ends[last - 1])
            yield name, _packed(numbers[own], weights[own], ends[own] - place, places[place:end])
            first, place = last, end


def unpacked(data: bytes) -> Postings:
    """Return the list behind bytes; raises ValueError when they are not what was packed."""
    count, places = np.frombuffer(data, _NUMBERS, 2).tolist()
    if len(data) != _HEAD + 4 * (3 * count + places):
        raise ValueError("a posting list is not what was written")
    return Postings(
        numbers=np.frombuffer(data, _NUMBERS, count, _HEAD),
        weights=np.frombuffer(data, _WEIGHTS, count, _HEAD + 4 * count),
        ends=np.frombuffer(data, _NUMBERS, count, _HEAD + 8 * count),
        places=np.frombuffer(data, _NUMBERS, places, _HEAD + 12 * count),
    )


def _packed(
    numbers: NDArray[Any], weights: NDArray[Any], ends: NDArray[Any], places: NDArray[Any]
) -> bytes:
    head = np.array([len(numbers), len(places)], _NUMBERS)
    kinds = ((numbers, _NUMBERS), (weights, _WEIGHTS), (ends, _NUMBERS), (places, _NUMBERS))
    return head.tobytes() + b"".join(each.astype(kind).tobytes() for each, kind in kinds)
