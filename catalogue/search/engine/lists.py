"""Products that have one term of each of some groups, by posting lists. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..terms import Group, Groups, Term
from .postings import (
    Found,
    Numbers,
    Postings,
    contains,
    distinct,
    in_sequence,
    intersection,
    saturated,
    together,
    union,
)

# Parts of a compound that stand further apart are about different things: measured.
REACH = 5
Spots = NDArray[np.int64]


class HasLists(Protocol):
    """What has a posting list for each term."""

    def postings(self, term: Term) -> Postings:
        """Return the products with a term."""


def near(lists: HasLists, groups: Groups) -> Found:
    """Return the products where a term of each group stands near the others."""
    return _all(lists, groups, lambda spots: together(spots, REACH))


def in_order(lists: HasLists, groups: Groups) -> Found:
    """Return the products where terms, one of each group, stand one after another."""
    return _all(lists, groups, in_sequence)


def _all(lists: HasLists, groups: Groups, where: Callable[[list[Spots]], Numbers]) -> Found:
    """Return the products that have a term of each group as wanted, by what they say least of."""
    each = [_any(lists, group) for group in groups]
    if len(each) == 1:
        return each[0]
    common = intersection(each)
    numbers = common[0].numbers
    if len(numbers):
        wanted = where([_spots(lists, group, numbers) for group in groups])
        common = [found.only(contains(wanted, found.numbers)) for found in common]
    return Found(common[0].numbers, np.min([found.scores for found in common], axis=0))


def _any(lists: HasLists, group: Group) -> Found:
    """Return the products that have any term of a group, each by the one it says most of."""
    found = []
    for term in group:
        postings = lists.postings(term)
        found.append(Found(postings.numbers, saturated(postings.weights)))
    return union(found)


def _spots(lists: HasLists, group: Group, numbers: Numbers) -> Spots:
    """Return where the terms of a group stand in some products."""
    spots = [_near_all(lists.postings(term), numbers).spots() for term in group]
    return distinct(spots) if len(spots) > 1 else spots[0]


def _near_all(postings: Postings, numbers: Numbers) -> Postings:
    """Return the list of those documents only, where sorting others out is less than they cost."""
    return postings if len(numbers) * 2 > len(postings.numbers) else postings.among(numbers)
