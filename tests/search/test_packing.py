"""Posting lists in a row of the database: what is packed is what is read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.core.kept import Kept
from catalogue.search.engine.collecting import Lists
from catalogue.search.engine.postings import NO_POSTINGS
from catalogue.search.postgres.packing import packed, unpacked

PLACES = st.lists(st.integers(0, 2**31 - 1), max_size=4)
PRODUCTS = st.lists(st.dictionaries(st.sampled_from("abcd"), PLACES), max_size=8)


@given(PRODUCTS)
def test_lists_are_read_as_they_were_collected(products: list[dict[str, list[int]]]) -> None:
    lists, expected = Lists(), dict[str, list[tuple[int, float, list[int]]]]()
    for number, terms in enumerate(products, start=7):
        for name, places in terms.items():
            lists.add(name, number, number / 2, places)
            expected.setdefault(name, []).append((number, number / 2, places))
    read = {name: unpacked(packed(each), 15) for name, each in lists.lists()}
    assert set(read) == set(expected)
    for name, products_of in expected.items():
        postings = read[name]
        assert postings.numbers.tolist() == [number for number, _weight, _places in products_of]
        assert postings.weights.tolist() == [weight for _number, weight, _places in products_of]
        starts = [0, *postings.ends.tolist()]
        assert [postings.places[start:end].tolist() for start, end in pairwise(starts)] == [
            places for _number, _weight, places in products_of
        ]


@pytest.mark.parametrize("cut", [0, 3, 8, 30])
def test_a_torn_list_is_told(cut: int) -> None:
    lists = Lists()
    lists.add("a", 1, 1.0, [4, 5, 6, 7])
    ((_name, postings),) = lists.lists()
    with pytest.raises(ValueError, match=r"."):
        unpacked(packed(postings)[:cut], 2)


@pytest.mark.parametrize("number", [-1, 2, 2**31 - 1])
def test_a_list_with_a_product_that_is_not_there_is_told(number: int) -> None:
    lists = Lists()
    lists.add("a", number, 1.0, [4])
    ((_name, postings),) = lists.lists()
    with pytest.raises(ValueError, match="not there"):
        unpacked(packed(postings), 2)


def test_lists_of_words_that_nobody_has_take_room_among_those_kept() -> None:
    kept = Kept(100 * NO_POSTINGS.size_bytes)
    for number in range(1_000):
        kept.put(number, NO_POSTINGS, NO_POSTINGS.size_bytes)
    assert kept.get(800) is None
    assert kept.get(999) is NO_POSTINGS
