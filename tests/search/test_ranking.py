"""From answers to hits: most words, kinds of products, and what is left out. Pure."""

from __future__ import annotations

import numpy as np
import pytest

from catalogue.search import asking, planning, ranking
from catalogue.search.analysis import DANISH, ENGLISH, Chain, Language
from catalogue.search.engine.columns import kinds_of
from catalogue.search.engine.postings import NOTHING, Found
from catalogue.search.meaning import Meanings
from catalogue.search.said import Said

from .test_why import Everything

COFFEE, TEA, GIFT, READING = 15861000, 15863000, 18530000, 92500000
CATEGORIES = np.array([-1, COFFEE, TEA, GIFT, READING])
WIDE = kinds_of(CATEGORIES)


def found(scores: dict[int, float]) -> Found:
    numbers = np.array(sorted(scores), np.int32)
    return Found(numbers, np.array([scores[each] for each in sorted(scores)], np.float32))


def ranked(*hits: tuple[int, float], most_weak: int = 3) -> list[int]:
    """Return the places of `hits` (category, score) that are kept, best first."""
    places = [CATEGORIES.tolist().index(category) for category, _score in hits]
    scores = {place: score for place, (_category, score) in enumerate(hits)}
    kept, _further = ranking.among_kin(found(scores), WIDE, np.array(places), most_weak)
    return in_order(kept)


def in_order(kept: Found) -> list[int]:
    return [int(kept.numbers[place]) for place in np.argsort(-kept.scores, kind="stable")]


def test_a_product_of_the_kind_of_the_best_ones_stands_above_one_of_another_kind() -> None:
    assert ranked((COFFEE, 4.0), (COFFEE, 3.8), (READING, 2.0), (COFFEE, 1.8)) == [0, 1, 3, 2]


def test_a_near_kind_helps_less_than_the_same_one() -> None:
    assert ranked((COFFEE, 4.0), (READING, 2.0), (TEA, 2.0), (COFFEE, 2.0)) == [0, 3, 2, 1]


def test_the_best_one_says_of_what_kind_the_others_should_be() -> None:
    assert ranked((COFFEE, 4.0), (GIFT, 2.6), (GIFT, 2.6), (TEA, 2.4)) == [0, 3, 1, 2]


def test_several_that_are_nearly_as_good_say_it_together() -> None:
    assert ranked((COFFEE, 4.0), (GIFT, 3.95), (GIFT, 2.4), (TEA, 2.4)) == [0, 1, 2, 3]


def test_products_without_category_are_no_kin_of_each_other() -> None:
    hits = [(COFFEE, 4.0), (-1, 3.9), (-1, 3.0), (COFFEE, 2.9)]
    assert ranked(*hits) == [0, 3, 1, 2]


def test_what_is_far_off_is_left_out() -> None:
    assert ranked((GIFT, 4.0), (GIFT, 3.0), (GIFT, 0.3)) == [0, 1]


def test_of_many_weak_ones_the_best_stay() -> None:
    weak = [(GIFT, 1.5 - place / 10) for place in range(6)]
    assert ranked((GIFT, 4.0), *weak) == [0, 1, 2, 3]
    assert ranked((GIFT, 4.0), *weak, most_weak=5) == [0, 1, 2, 3, 4, 5]


def test_of_weak_ones_that_are_equally_good_none_is_preferred() -> None:
    assert ranked((GIFT, 4.0), *[(GIFT, 1.5)] * 6) == [0]
    assert ranked((GIFT, 4.0), *[(GIFT, 1.5)] * 3) == [0, 1, 2, 3]


def test_what_was_not_meant_and_is_not_far_off_is_told_beside() -> None:
    scores = found({0: 4.0, 1: 1.5, 2: 1.4, 3: 1.3, 4: 0.4, 5: 0.1})
    kept, further = ranking.among_kin(scores, WIDE, np.full(6, 3), 2)
    assert in_order(kept) == [0, 1, 2]
    assert in_order(further) == [3, 4]


def test_beside_many_nothing_is_told() -> None:
    many = {place: 4.0 for place in range(ranking.PLENTY)}
    scores = found(many | {ranking.PLENTY: 0.6})
    some = found({place: 4.0 for place in range(ranking.PLENTY - 1)} | {ranking.PLENTY: 0.3})
    for each, further_off in ((scores, []), (some, [ranking.PLENTY])):
        hits, _all = ranking.combined([each], (), few=5)
        kept, further = ranking.among_kin(hits, WIDE, np.full(len(hits), 3), 3)
        assert in_order(further) == further_off
        assert not set(kept.numbers.tolist()) & set(further_off)


def test_one_product_and_none_stay_as_they_are() -> None:
    assert ranked((GIFT, 0.1)) == [0]
    assert ranked() == []


def test_products_with_all_words_stand_above_those_with_most() -> None:
    bench, garden = found({1: 3.0, 2: 3.0}), found({2: 2.0, 3: 2.0})
    hits, matched_all = ranking.combined([bench, garden], (), few=5)
    assert matched_all
    assert hits.numbers[np.argsort(-hits.scores)].tolist() == [2, 1, 3]


def test_products_with_less_of_what_tells_fall_further() -> None:
    one, two = found({1: 3.0, 2: 3.0}), found({1: 3.0})
    hits, _all = ranking.combined([one, two], (), few=5)
    assert hits.scores.tolist() == pytest.approx([6.0, 3.0 * 0.5])


def test_products_with_some_words_are_left_out_where_many_have_all() -> None:
    one, two = found({1: 3.0, 2: 3.0, 3: 3.0}), found({2: 2.0, 3: 2.0})
    hits, matched_all = ranking.combined([one, two], (), few=2)
    assert matched_all
    assert hits.numbers.tolist() == [2, 3]


def test_products_with_little_of_what_tells_are_left_out() -> None:
    telling, common = found({1: 9.0}), found({2: 1.0})
    hits, matched_all = ranking.combined([telling, common], (), few=5)
    assert not matched_all
    assert hits.numbers.tolist() == [1]


def test_a_phrase_must_be_there() -> None:
    hits, matched_all = ranking.combined([found({1: 3.0})], [NOTHING], few=5)
    assert matched_all
    assert len(hits) == 0


@pytest.mark.parametrize(("language", "few", "most_weak"), [(DANISH, 5, 3), (ENGLISH, 20, 10)])
def test_in_english_more_is_shown_of_what_has_some_words_or_is_weak(
    language: Language, few: int, most_weak: int
) -> None:
    chain = Chain(language)
    asked = asking.read(chain, "garden bench")
    plan = planning.plan(chain, asked, Everything(), Meanings(chain, Said(chain, [])))
    assert (plan.few, plan.most_weak) == (few, most_weak)
