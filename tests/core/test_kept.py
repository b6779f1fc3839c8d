"""What is kept stays within its bounds, and the least recently used goes first."""

from __future__ import annotations

import random

from catalogue.core.kept import Kept


def test_the_least_recently_used_go_when_there_is_no_room() -> None:
    kept = Kept(30)
    for key in "abc":
        kept.put(key, key.upper(), 10)
    assert kept.get("a") == "A"
    kept.put("d", "D", 10)
    assert [kept.get(key) for key in "abcd"] == ["A", None, "C", "D"]


def test_what_is_put_again_is_used_last() -> None:
    kept = Kept(20)
    for key in "aba":
        kept.put(key, key, 10)
    kept.put("c", "c", 10)
    assert [kept.get(key) for key in "abc"] == ["a", None, "c"]


def test_another_answer_of_the_same_key_counts_by_its_own_size() -> None:
    kept = Kept(100)
    kept.put("a", "small", 10)
    kept.put("a", "large", 90)
    kept.put("b", "b", 10)
    assert [kept.get(key) for key in "ab"] == ["large", "b"]
    kept.put("c", "c", 10)  # the large one goes, and its 90 bytes with it
    kept.put("d", "d", 80)
    assert [kept.get(key) for key in "abcd"] == [None, "b", "c", "d"]


def test_what_shrinks_makes_room() -> None:
    kept = Kept(100)
    kept.put("a", "large", 90)
    kept.put("a", "small", 10)
    kept.put("b", "b", 90)
    assert [kept.get(key) for key in "ab"] == ["small", "b"]


def test_one_that_is_larger_than_all_the_room_is_kept_alone() -> None:
    kept = Kept(100)
    kept.put("a", "a", 10)
    kept.put("b", "b", 500)
    assert [kept.get(key) for key in "ab"] == [None, "b"]
    kept.put("c", "c", 10)
    assert [kept.get(key) for key in "bc"] == [None, "c"]


def test_what_is_kept_never_takes_more_than_the_bound() -> None:
    chance = random.Random(5)
    kept, sizes = Kept(1_000), dict[int, int]()
    for _time in range(5_000):
        key = chance.randrange(40)
        sizes[key] = chance.randrange(1, 200)
        kept.put(key, sizes[key], sizes[key])
        held = [size for each, size in sizes.items() if kept.get(each) is not None]
        assert sum(held) <= 1_000
        assert kept.get(key) == sizes[key]
    assert sum(held) > 700  # and it lets go of no more than it must


def test_several_are_asked_for_and_kept_at_once() -> None:
    kept = Kept(30)
    kept.put_all((key, key.upper(), 10) for key in "abc")
    assert kept.get_all("xca") == {"c": "C", "a": "A"}
    kept.put_all([("d", "D", 10), ("e", "E", 10)])  # what was asked for last stays longest
    assert kept.get_all("abcde") == {"a": "A", "d": "D", "e": "E"}
