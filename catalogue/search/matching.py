"""Which products answer a plan, and how well: for both engines.

A word's score is BM25's: how telling the word is, times how much of the product speaks of it in its
best form, and a part of what it says in others. Words add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from catalogue.core.kept import Kept

from .engine.columns import Columns
from .engine.facets import within
from .engine.postings import NOTHING, Found, idf, united, without
from .planning import Form, Need, Plan
from .ranking import among_kin, combined, in_all_forms
from .terms import Groups


class Source(Protocol):
    """The products at one moment, numbered from 0 to `size` - 1, as an engine has them."""

    @property
    def columns(self) -> Columns:
        """The facts of all of them."""

    @property
    def size(self) -> int:
        """How many there are, those that are gone counted."""

    @property
    def parts(self) -> Kept:
        """What was found of parts of plans at this moment, and may be asked for again."""

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others."""

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another."""


@dataclass(frozen=True, eq=False)
class Matches:
    """The products found with their scores; whether they have all words; and beside few of them
    those that are further off.
    """

    found: Found
    matched_all: bool = True
    further: Found = NOTHING

    @property
    def size_bytes(self) -> int:
        """Return about how much memory they take."""
        return self.found.size_bytes + self.further.size_bytes


def match(source: Source, plan: Plan) -> Matches:
    """Find the products that answer every need, else those that answer most of what tells."""
    if not plan.needs and not plan.phrases:
        numbers = np.flatnonzero(source.columns.live).astype(np.int32)
        everything = Found(numbers, np.zeros(len(numbers), np.float32))
        return Matches(_wanted(source, plan, everything))
    answers = [_live(source, _answer(source, need)) for need in plan.needs]
    phrases = [_live(source, _phrase(source, phrase)) for phrase in plan.phrases]
    found, matched_all = combined(answers, phrases, plan.few)
    found = _wanted(source, plan, found)
    columns = source.columns
    kinds = columns.category_of[columns.pair_of[found.numbers]]
    meant, further = among_kin(found, columns.category_kinds, kinds, plan.most_weak)
    return Matches(meant, matched_all, further)


def _live(source: Source, found: Found) -> Found:
    live = source.columns.live
    return found if live.all() else found.only(live[found.numbers])


def _wanted(source: Source, plan: Plan, found: Found) -> Found:
    for phrase in plan.unwanted:
        found = without(found, _phrase(source, phrase))
    if plan.unwanted_categories:
        found = without(found, _in_categories(source, plan.unwanted_categories))
    return found


def _answer(source: Source, need: Need) -> Found:
    """Return the products that answer one need, remembered for this moment."""
    found = source.parts.get(need)
    if found is None:
        best = _best_forms(source, need)
        found = best.weighed(idf(source.size, len(best)))
        source.parts.put(need, found, found.size_bytes + need.size_bytes)
    return found  # type: ignore[no-any-return]  # answers keep values of several types


def _best_forms(source: Source, need: Need) -> Found:
    """Return the products of any form, those of far ones where the nearer ones find few."""
    lists: list[Found] = []
    best = NOTHING
    for below in sorted({form.below for form in need.forms}, reverse=True):
        if len(best) < below:
            lists += [_form(source, form) for form in need.forms if form.below == below]
            best = _summed(lists)
    return best


def _summed(lists: Sequence[Found]) -> Found:
    """Return the products of any form, each with its best score and some of the others."""
    best, all_ = united(lists, np.maximum, np.add)
    return Found(best.numbers, in_all_forms(best.scores, all_.scores))


def _form(source: Source, form: Form) -> Found:
    found = _in_categories(source, form.categories) if form.categories else source.near(form.groups)
    return found.weighed(form.weight)


def _in_categories(source: Source, codes: Sequence[str]) -> Found:
    columns = source.columns
    pairs = np.logical_or.reduce([within(columns.category, code) for code in codes])
    numbers = np.flatnonzero(pairs[columns.pair_of]).astype(np.int32)
    return Found(numbers, np.ones(len(numbers), np.float32))


def _phrase(source: Source, phrase: Groups) -> Found:
    """Return the products where the words stand one after another, remembered likewise."""
    found = source.parts.get(phrase)
    if found is None:
        found = source.in_order(phrase)
        found = found.weighed(idf(source.size, len(found)))
        source.parts.put(phrase, found, found.size_bytes)
    return found  # type: ignore[no-any-return]  # as above
