"""Sorted arrays of document numbers with scores, and what can be done to them. Pure.

Whoosh walks matchers document by document in Python; whole arrays answer the same questions some
hundred times faster (DOMAIN.md section 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
# How BM25 saturates. Weights of fields are in the thing saturated, so the usual 1.2 would make a
# mention in the title hardly better than one in the description.
K1 = 6.0
# About what an array takes beside its numbers, with its share of the key it is kept by: most lists
# are shorter than that. Words that nobody has share one empty list.
HEAD_BYTES = 150


@dataclass(frozen=True, eq=False)
class Postings:
    """The documents with a term, ascending; `places[ends[i-1]:ends[i]]` are where in document i."""

    numbers: Numbers
    weights: Scores
    ends: Numbers
    places: Numbers

    def moved(self, offset: int) -> Postings:
        """Return the same list with document numbers counted from `offset`."""
        if not offset:
            return self
        return Postings(self.numbers + np.int32(offset), self.weights, self.ends, self.places)

    def among(self, numbers: Numbers) -> Postings:
        """Return the list of those documents only, ascending; cheap for few of many."""
        rows = _rows(self.numbers, numbers)
        there = rows >= 0
        kept, rows = numbers[there], rows[there]
        if len(kept) == len(self.numbers):
            return self
        ends = self.ends[rows]
        starts = np.where(rows > 0, self.ends[rows - 1], 0)
        counts = ends - starts
        own_ends = np.cumsum(counts, dtype=np.int32)
        taken = np.repeat(ends - own_ends, counts) + np.arange(counts.sum(), dtype=np.int32)
        return Postings(kept, self.weights[rows], own_ends, self.places[taken])

    def spots(self) -> NDArray[np.int64]:
        """Return every occurrence as one number, ascending: document in the upper half, place in
        the lower.
        """
        counts = self.ends.copy()
        counts[1:] -= self.ends[:-1]
        spots = np.repeat(self.numbers.astype(np.int64) << 32, counts)
        spots |= self.places
        return spots

    @property
    def size_bytes(self) -> int:
        """Return the memory the arrays take, with their own heads; of an empty one its key."""
        if not len(self.numbers):
            return 2 * HEAD_BYTES
        arrays = (self.numbers, self.weights, self.ends, self.places)
        return sum(each.nbytes + HEAD_BYTES for each in arrays)


@dataclass(frozen=True, eq=False)
class Found:
    """Documents found, ascending, each with its score."""

    numbers: Numbers
    scores: Scores

    def __len__(self) -> int:
        return len(self.numbers)

    def only(self, kept: Mask) -> Found:
        """Return those of the documents that the mask over this list keeps."""
        return Found(self.numbers[kept], self.scores[kept])

    def weighed(self, factor: float) -> Found:
        """Return the same documents with their scores times `factor`."""
        return Found(self.numbers, self.scores * np.float32(factor))

    @property
    def size_bytes(self) -> int:
        """Return the memory the arrays take, with their own heads."""
        return int(self.numbers.nbytes + self.scores.nbytes) + 2 * HEAD_BYTES


NOTHING = Found(np.zeros(0, np.int32), np.zeros(0, np.float32))
NO_POSTINGS = Postings(
    NOTHING.numbers, NOTHING.scores, np.zeros(0, np.int32), np.zeros(0, np.int32)
)


def joined(lists: Sequence[Postings]) -> Postings:
    """Join lists of segments, given in the order of their document numbers."""
    full = [each for each in lists if len(each.numbers)]
    if len(full) < 2:
        return full[0] if full else NO_POSTINGS
    before = np.cumsum([0, *(len(each.places) for each in full[:-1])])
    return Postings(
        np.concatenate([each.numbers for each in full]),
        np.concatenate([each.weights for each in full]),
        np.concatenate(
            [each.ends + start for each, start in zip(full, before, strict=True)]
        ).astype(np.int32),
        np.concatenate([each.places for each in full]),
    )


def idf(documents: int, having: int) -> float:
    """Return how telling a term is that `having` of `documents` have; as Whoosh computes it."""
    return float(np.log(max(documents, 1) / (having + 1)) + 1)  # a new catalogue has none


def saturated(weights: Scores) -> Scores:
    """Return BM25's share of a score for summed weights: the first mention counts most."""
    return weights * np.float32(K1 + 1) / (weights + np.float32(K1))


def union(lists: Sequence[Found]) -> Found:
    """Return the documents of any list, each with its best score, which is above 0."""
    return united(lists, np.maximum)[0]


def total(lists: Sequence[Found]) -> Found:
    """Return the documents of any list, each with the sum of its scores, which are above 0."""
    return united(lists, np.add)[0]


def united(lists: Sequence[Found], *joins: np.ufunc) -> list[Found]:
    """Return the documents of any list, once for each way to join their scores."""
    full = [each for each in lists if len(each)]
    if len(full) < 2:
        return [full[0] if full else NOTHING] * len(joins)
    size = 1 + max(int(each.numbers[-1]) for each in full)
    if sum(map(len, full)) * 10 < size:  # measured: from here a row of all documents beats sorting
        return _grouped(full, joins)
    rows = [np.zeros(size, np.float32) for _join in joins]
    rows[0][full[0].numbers] = full[0].scores
    for row in rows[1:]:
        row[:] = rows[0]
    for each in full[1:]:
        for row, join in zip(rows, joins, strict=True):
            row[each.numbers] = join(row[each.numbers], each.scores)
    numbers = np.flatnonzero(rows[0] != 0).astype(np.int32)  # of truths: eight times as fast
    return [Found(numbers, row[numbers]) for row in rows]


def intersection(lists: Sequence[Found]) -> list[Found]:
    """Return of each list the documents that all lists have, so that places agree.

    Scores are above 0.
    """
    if len(lists) == 1:
        return list(lists)
    order = sorted(range(len(lists)), key=lambda place: len(lists[place]))
    common, scores = lists[order[0]].numbers, [lists[order[0]].scores]
    for place in order[1:]:
        theirs = _scores(lists[place], common)
        there = theirs != 0
        if not there.all():
            common, theirs = common[there], theirs[there]
            scores = [each[there] for each in scores]
        scores.append(theirs)
    by_place = dict(zip(order, scores, strict=True))
    return [Found(common, by_place[place]) for place in range(len(lists))]


def contains(numbers: NDArray[np.integer], asked: NDArray[np.integer]) -> Mask:
    """Tell which of `asked` are in the ascending `numbers`."""
    if not len(numbers) or not len(asked):
        return np.zeros(len(asked), bool)
    if _is_many(numbers, asked):
        row = np.zeros(max(numbers[-1], asked[-1]) + 1, bool)
        row[numbers] = True
        there: Mask = row[asked]
        return there
    places = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    found: Mask = numbers[places] == asked
    return found


def without(found: Found, excluded: Found) -> Found:
    """Return the documents that are not among the excluded."""
    return found.only(~contains(excluded.numbers, found.numbers)) if len(excluded) else found


def distinct(lists: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the numbers of some ascending lists, ascending, each once.

    A stable sort merges runs that are sorted already; `np.unique` would hash them all.
    """
    merged = np.concatenate(lists)
    merged.sort(kind="stable")
    first = np.ones(len(merged), bool)
    np.not_equal(merged[1:], merged[:-1], out=first[1:])
    return merged[first]


def in_sequence(words: Sequence[NDArray[np.int64]]) -> Numbers:
    """Return the documents where the words stand one after another; by their spots, in order."""
    starts = words[0]
    for step, spots in enumerate(words[1:], start=1):
        starts = starts[contains(spots, starts + step)]
    return distinct([starts >> 32]).astype(np.int32)


def together(words: Sequence[NDArray[np.int64]], reach: int) -> Numbers:
    """Return the documents where every word stands within `reach` places of the first one."""
    if len(words) == 2:  # near one another is near whichever is first: the fewer are looked up
        words = sorted(words, key=len)
    starts = words[0]
    for spots in words[1:]:
        if not len(spots) or not len(starts):
            return NOTHING.numbers
        after = np.searchsorted(spots, starts - reach)
        nearest = spots[np.minimum(after, len(spots) - 1)]
        starts = starts[(after < len(spots)) & (np.abs(nearest - starts) <= reach)]
    return distinct([starts >> 32]).astype(np.int32)


def _scores(found: Found, asked: Numbers) -> Scores:
    """Return the score of each of some documents, 0 for those that are not among the found ones."""
    if not len(found) or not len(asked):
        return np.zeros(len(asked), np.float32)
    if _is_many(found.numbers, asked):
        row = np.zeros(max(found.numbers[-1], asked[-1]) + 1, np.float32)
        row[found.numbers] = found.scores
        return row[asked]
    places = np.minimum(np.searchsorted(found.numbers, asked), len(found) - 1)
    return np.where(found.numbers[places] == asked, found.scores[places], np.float32(0))


def _rows(numbers: Numbers, asked: Numbers) -> NDArray[np.integer]:
    """Return where in `numbers` each of `asked` stands, -1 for those that are not there."""
    if not len(numbers) or not len(asked):
        return np.full(len(asked), -1, np.int32)
    if not _is_many(numbers, asked):
        places = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
        return np.where(numbers[places] == asked, places, -1)
    row = np.full(max(numbers[-1], asked[-1]) + 1, -1, np.int32)
    row[numbers] = np.arange(len(numbers), dtype=np.int32)
    return row[asked]


def _is_many(numbers: NDArray[np.integer], asked: NDArray[np.integer]) -> bool:
    """Tell whether a row of all documents beats looking each up: measured. Spots are too far."""
    return numbers.dtype == np.int32 and len(asked) > 300 and len(asked) * 7 > len(numbers)


def _grouped(full: Sequence[Found], joins: Sequence[np.ufunc]) -> list[Found]:
    numbers = np.concatenate([each.numbers for each in full])
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    first = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    scores = np.concatenate([each.scores for each in full])[order]
    return [Found(numbers[first], join.reduceat(scores, first)) for join in joins]
