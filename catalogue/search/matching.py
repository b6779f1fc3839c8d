"""Which products answer a plan, and how well: postings to scores, over one generation.

A word's score is BM25's: how telling the word is, times how much of the product speaks of it in its
best form, and a part of what it says in others. Words add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .engine.facets import within
from .engine.generation import Generation
from .engine.postings import (
    NOTHING,
    Found,
    Numbers,
    Postings,
    contains,
    distinct,
    idf,
    in_sequence,
    intersection,
    saturated,
    together,
    union,
    united,
    without,
)
from .planning import Form, Need, Plan
from .ranking import among_kin, combined, in_all_forms
from .terms import Group

# Parts of a compound that stand further apart are about different things: measured.
REACH = 5


@dataclass(frozen=True, eq=False)
class Matches:
    """The products found with their scores; whether they have all words."""

    found: Found
    matched_all: bool = True


def match(generation: Generation, plan: Plan) -> Matches:
    """Find the products that answer every need, else those that answer most of what tells."""
    if not plan.needs and not plan.phrases:
        numbers = np.flatnonzero(generation.columns.live).astype(np.int32)
        everything = Found(numbers, np.zeros(len(numbers), np.float32))
        return Matches(_wanted(generation, plan, everything))
    answers = [_live(generation, _answer(generation, need)) for need in plan.needs]
    phrases = [_live(generation, _phrase(generation, phrase)) for phrase in plan.phrases]
    found, matched_all = combined(answers, phrases, plan.few)
    found = _wanted(generation, plan, found)
    columns = generation.columns
    kinds = columns.category_of[columns.pair_of[found.numbers]]
    return Matches(among_kin(found, columns.category_kinds, kinds), matched_all)


def _live(generation: Generation, found: Found) -> Found:
    live = generation.columns.live
    return found if live.all() else found.only(live[found.numbers])


def _wanted(generation: Generation, plan: Plan, found: Found) -> Found:
    for phrase in plan.unwanted:
        found = without(found, _phrase(generation, phrase))
    return found


def _answer(generation: Generation, need: Need) -> Found:
    """Return the products that answer one need, remembered for this generation."""
    found = generation.parts.get(need)
    if found is None:
        lists = [_form(generation, form) for form in need.forms if not form.last_resort]
        if not any(map(len, lists)):
            lists = [_form(generation, form) for form in need.forms if form.last_resort]
        best = _summed(lists)
        found = best.weighed(idf(generation.size, len(best)))
        generation.parts.put(need, found, found.size_bytes)
    return found  # type: ignore[no-any-return]  # answers keep values of several types


def _summed(lists: Sequence[Found]) -> Found:
    """Return the products of any form, each with its best score and some of the others."""
    best, all_ = united(lists, np.maximum, np.add)
    return Found(best.numbers, in_all_forms(best.scores, all_.scores))


def _form(generation: Generation, form: Form) -> Found:
    if form.categories:
        return _in_categories(generation, form)
    groups = [_group(generation, group) for group in form.groups]
    if len(groups) == 1:
        return groups[0].weighed(form.weight)
    common = intersection(groups)
    if len(common[0]):
        near = together(
            [_spots(generation, group, common[0].numbers) for group in form.groups], REACH
        )
        common = [each.only(contains(near, each.numbers)) for each in common]
    weakest = np.min([each.scores for each in common], axis=0)
    return Found(common[0].numbers, weakest).weighed(form.weight)


def _group(generation: Generation, group: Group) -> Found:
    lists = []
    for term in group:
        postings = generation.postings(term)
        lists.append(Found(postings.numbers, saturated(postings.weights)))
    return union(lists)


def _in_categories(generation: Generation, form: Form) -> Found:
    columns = generation.columns
    pairs = np.logical_or.reduce([within(columns.category, code) for code in form.categories])
    numbers = np.flatnonzero(pairs[columns.pair_of]).astype(np.int32)
    return Found(numbers, np.full(len(numbers), form.weight, np.float32))


def _phrase(generation: Generation, phrase: tuple[Group, ...]) -> Found:
    """Return the products where the words stand one after another."""
    found = generation.parts.get(phrase)
    if found is None:
        common = intersection([_group(generation, group) for group in phrase])
        numbers = common[0].numbers
        if len(phrase) > 1 and len(numbers):
            spots = [_spots(generation, group, numbers) for group in phrase]
            common = [each.only(contains(in_sequence(spots), each.numbers)) for each in common]
        found = NOTHING
        if len(common[0]):
            weakest = np.min([each.scores for each in common], axis=0)
            found = Found(common[0].numbers, weakest * idf(generation.size, len(weakest)))
        generation.parts.put(phrase, found, found.size_bytes)
    return found  # type: ignore[no-any-return]  # as above


def _spots(generation: Generation, group: Group, numbers: Numbers) -> np.ndarray:
    """Return where the terms of a group stand in some products."""
    lists = [_near_all(generation.postings(term), numbers).spots() for term in group]
    return distinct(lists) if len(lists) > 1 else lists[0]


def _near_all(postings: Postings, numbers: Numbers) -> Postings:
    """Return the list of those documents only, where sorting others out is less than they cost."""
    return postings if len(numbers) * 2 > len(postings.numbers) else postings.among(numbers)
