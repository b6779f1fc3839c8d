"""The demand desk's arithmetic: groups and their sums, closeness, months and filters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import cast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.coverage import demand_rules as rules
from catalogue.coverage.demand_rules import Closeness, Group, Material, Noted, Searched, Shop, Wish
from catalogue.coverage.demand_schema import read_desk_view
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.grouping import Speech
from catalogue.search.inquiry_queries import Sent
from catalogue.search.meaning import Meanings
from catalogue.search.rules import InquiryAnswer, Outcome
from catalogue.search.said import Said
from catalogue.search.synonyms import Synonym

SAID = [
    Synonym("legehus", "same", ("hytte til børn",), ("37535200",)),
    Synonym("gave", "also", ("vase",), ("18530000",)),
]
CHAIN = Chain(DANISH)
SPEECH = Speech(CHAIN, Meanings(CHAIN, Said(CHAIN, SAID)))
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
GIFTS, PLAY, SWINGS, GARDEN = "18530000", "37535200", "37535210", "77310000"


def searched(
    text: str,
    times: int = 1,
    outcome: Outcome = Outcome.NOTHING,
    code: str | None = None,
    month: date = NOVEMBER,
) -> Searched:
    return Searched(text, outcome, times, code, month, month)


def noted(text: str, code: str | None = None) -> Noted:
    return Noted(1, text, code, cast.NOW, False, 0)


def sent(words: str, answer: InquiryAnswer | None = None, code: str | None = None) -> Sent:
    at: datetime | None = cast.NOW if answer else None
    return Sent(1, words, code, cast.NOW, 1, "Legehytten", answer, "", at, None, None, None)


def grouped(*material: Searched | Noted | Sent) -> list[Group]:
    return rules.groups(SPEECH, Material(
        [each for each in material if isinstance(each, Searched)],
        [each for each in material if isinstance(each, Noted)],
        [each for each in material if isinstance(each, Sent)],
    ))  # fmt: skip


def test_searches_notes_and_questions_of_one_meaning_are_one_group() -> None:
    found = grouped(
        searched("legehuse", 2, Outcome.NO_AGREEMENT, PLAY),
        searched("hytte til børn", 3, month=OCTOBER),
        noted("Legehus"),
        sent("Legehuset", InquiryAnswer.YES),
        searched("rumraket"),
    )
    assert [each.words for each in found] == ["hytte til børn", "rumraket"]
    one = found[0]
    assert [(each.text, each.times) for each in one.spellings] == [
        ("hytte til børn", 3), ("legehuse", 2),
    ]  # fmt: skip
    assert one.times == 5
    assert one.by_outcome == {Outcome.NOTHING: 3, Outcome.NO_AGREEMENT: 2}
    assert one.main == Outcome.NOTHING
    assert one.months == (OCTOBER, NOVEMBER)
    assert (len(one.noted), one.answered(InquiryAnswer.YES), one.answered(None)) == (1, 1, 0)
    assert {"legehuse", "hytte-til-boern", "legehus", "legehuset"} <= one.slugs


def test_groups_stand_by_searches_then_notes_then_name() -> None:
    found = grouped(
        searched("ubåd"), searched("rumraket"), noted("zebra"), noted("zebra"), noted("abe"),
        searched("vase", 2),
    )  # fmt: skip
    assert [each.words for each in found] == ["vase", "rumraket", "ubåd", "zebra", "abe"]


@pytest.mark.parametrize(
    ("material", "category"),
    [
        ([searched("rumraket")], None),
        ([searched("legehuse")], PLAY),  # what the word stands for
        ([searched("gave")], GIFTS),
        ([searched("legehus", 3, Outcome.NO_AGREEMENT, SWINGS)], SWINGS),  # what was refused
        ([searched("rumraket", 1, Outcome.MANDATORY, GIFTS), noted("rumraket", GARDEN),
          noted("rumraket", GARDEN)], GARDEN),
        ([searched("rumraket", 1, Outcome.MANDATORY, GIFTS), noted("rumraket", GARDEN)], GIFTS),
        ([sent("rumraket", None, GARDEN)], GARDEN),
    ],
)  # fmt: skip
def test_the_category_is_that_which_most_points_to(material: Any, category: str | None) -> None:
    assert [each.category_code for each in grouped(*material)] == [category]


TEXTS = st.sampled_from(["legehus", "legehuse", "hytte til børn", "gave", "gaver", "ubåd", "til"])


@given(
    st.lists(st.builds(searched, TEXTS, st.integers(1, 50), st.sampled_from(list(Outcome)))),
    st.lists(st.builds(noted, TEXTS)),
)
def test_nothing_is_lost_or_counted_twice(counts: list[Searched], notes: list[Noted]) -> None:
    found = grouped(*counts, *notes)
    assert sum(each.times for each in found) == sum(each.times for each in counts)
    assert sum(len(each.noted) for each in found) == len(notes)
    for group in found:
        assert group.times == sum(group.by_outcome.values())
        assert group.times == sum(each.times for each in group.spellings)
        for spelling in group.spellings:
            assert spelling.times == sum(spelling.by_outcome.values())
    names = [name for group in found for name in group.slugs]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("products", "category", "expected"),
    [
        ({PLAY: 1}, PLAY, Closeness.IN),
        ({SWINGS: 1}, PLAY, Closeness.IN),  # below it
        ({"37500000": 1}, PLAY, Closeness.NEAR),  # above it
        ({"37520000": 1, GARDEN: 1}, PLAY, Closeness.NEAR),
        ({GARDEN: 4}, PLAY, Closeness.ANYWHERE),
        ({}, PLAY, Closeness.ANYWHERE),
        ({PLAY: 1}, None, Closeness.ANYWHERE),
    ],
)
def test_closeness_goes_by_the_tree_of_categories(
    products: dict[str, int], category: str | None, expected: Closeness
) -> None:
    assert rules.closeness(Shop(1, "Legehytten", products), category) == expected


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 1)),
        (date(2026, 11, 24), 3, date(2026, 9, 1)),
        (date(2026, 11, 24), 12, date(2025, 12, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
        (date(2026, 1, 31), 1, date(2026, 1, 1)),
        (date(2026, 2, 1), 3, date(2025, 12, 1)),
    ],
)
def test_the_present_month_is_the_last_of_the_period(
    today: date, months: int, expected: date
) -> None:
    assert rules.first_month(today, months) == expected


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(), ["gave", "legehus", "ubåd"]),
        (Wish(outcome=Outcome.MANDATORY), ["gave"]),
        (Wish(outcome=Outcome.ELSEWHERE), []),
        (Wish(only_noted=True), ["legehus"]),
        (Wish(category=PLAY), ["legehus"]),
        (Wish(without_category=True), ["ubåd"]),
        (Wish(outcome=Outcome.NOTHING, category=GIFTS), ["gave"]),
    ],
)
def test_a_wish_leaves_what_fits(wish: Wish, words: list[str]) -> None:
    found = grouped(
        searched("gave", 9, Outcome.MANDATORY), searched("gave", 1), searched("ubåd", 1),
        searched("legehus", 4), noted("legehus"),
    )  # fmt: skip
    assert [each.words for each in rules.wished(found, wish)] == words


@pytest.mark.parametrize(
    ("address", "months", "wish"),
    [
        ({}, 12, Wish()),
        ({"periode": "3", "aarsag": "fast-aftale"}, 3, Wish(outcome=Outcome.MANDATORY)),
        ({"aarsag": "efterlyst", "kategori": PLAY}, 12, Wish(only_noted=True, category=PLAY)),
        ({"kategori": "ingen"}, 12, Wish(without_category=True)),
        ({"periode": "99", "aarsag": "x", "kategori": "1; drop"}, 12, Wish()),
    ],
)
def test_the_address_is_read_and_nonsense_left_out(
    address: dict[str, str], months: int, wish: Wish
) -> None:
    view = read_desk_view(address)
    assert (view.months, view.wish) == (months, wish)
