"""What lists say of each product as one number, so that an index can be held against texts. Pure.

Posting lists tell by term; to compare them product by product they would have to be turned round
and kept. A sum of what each mention is mixed to takes eight bytes a product, in whatever order it
is added up; that another set of mentions comes to the same is one in 2**64.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from .collecting import Mentions, runs

Sums = NDArray[np.uint64]
_TERM, _COUNT, _PLACE, _TURN, _ASTRAY = (
    np.uint64(each)
    for each in (
        0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5,
        0x85EBCA77C2B2AE63,
    )
)  # fmt: skip


def keys(terms: Iterable[Hashable]) -> Sums:
    """Return a number for each term, the same within this process."""
    return np.fromiter(map(hash, terms), np.int64).view(np.uint64)


def of_records(records: bytes, size_bytes: int) -> Sums:
    """Return what each record of that size comes to."""
    starts = range(0, len(records), size_bytes)
    return _mixed(keys(records[start : start + size_bytes] for start in starts))


def of_mentions(mentions: Mentions, own: Sums, size: int) -> Sums:
    """Return what the mentions of each of `size` products come to: terms, weights and places.

    `own` are the keys of the terms. Mentions of one term that follow each other must be of
    ascending products, else they come to something else. Raises ValueError where a list is none.
    """
    found = np.zeros(size, np.uint64)
    if not len(mentions.numbers):
        return found
    _refuse_nonsense(mentions, size)
    terms, numbers, counts = mentions.terms, mentions.numbers, mentions.counts
    term = own[terms]
    each = term * _TERM + _bits(mentions.weights) + counts.astype(np.uint64) * _COUNT
    astray = (terms[1:] == terms[:-1]) & (numbers[1:] <= numbers[:-1])
    each[1:][astray] += _ASTRAY
    np.add.at(found, numbers, _mixed(each))
    turns = runs(np.zeros(len(counts), np.int64), counts).astype(np.uint64)
    spots = np.repeat(term, counts) + mentions.places.astype(np.uint64) * _PLACE + turns * _TURN
    np.add.at(found, np.repeat(numbers, counts), _mixed(spots))
    return found


def _refuse_nonsense(mentions: Mentions, size: int) -> None:
    if mentions.numbers.min() < 0 or mentions.numbers.max() >= size:
        raise ValueError("a posting list names a product that is not there")
    if mentions.counts.min() < 0 or mentions.counts.sum() != len(mentions.places):
        raise ValueError("a posting list has other places than it tells")


def _bits(weights: NDArray[np.float32]) -> Sums:
    return np.ascontiguousarray(weights, np.float32).view(np.uint32).astype(np.uint64)


def _mixed(values: Sums) -> Sums:
    """Return numbers that differ in all bits where those given differ in one (splitmix64)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Sums = mixed ^ (mixed >> np.uint64(31))
    return result
