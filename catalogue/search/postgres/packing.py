"""Posting lists as bytes in a row. Pure."""

from __future__ import annotations

import numpy as np

from ..engine.postings import Postings

_NUMBERS, _WEIGHTS = np.dtype("<i4"), np.dtype("<f4")
_HEAD = 2 * _NUMBERS.itemsize  # how many products, and how many places in all of them


def packed(postings: Postings) -> bytes:
    """Return a list as bytes."""
    head = np.array([len(postings.numbers), len(postings.places)], _NUMBERS)
    kinds = (
        (postings.numbers, _NUMBERS),
        (postings.weights, _WEIGHTS),
        (postings.ends, _NUMBERS),
        (postings.places, _NUMBERS),
    )
    return head.tobytes() + b"".join(each.astype(kind).tobytes() for each, kind in kinds)


def unpacked(data: bytes, size: int) -> Postings:
    """Return the list behind bytes, of some of `size` products.

    Raises ValueError when they are not what was packed.
    """
    count, places = np.frombuffer(data, _NUMBERS, 2).tolist()
    if len(data) != _HEAD + 4 * (3 * count + places):
        raise ValueError("a posting list is not what was written")
    numbers = np.frombuffer(data, _NUMBERS, count, _HEAD)
    if count and (numbers.min() < 0 or numbers.max() >= size):
        raise ValueError("a posting list names a product that is not there")
    return Postings(
        numbers=numbers,
        weights=np.frombuffer(data, _WEIGHTS, count, _HEAD + 4 * count),
        ends=np.frombuffer(data, _NUMBERS, count, _HEAD + 8 * count),
        places=np.frombuffer(data, _NUMBERS, places, _HEAD + 12 * count),
    )
