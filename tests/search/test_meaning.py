"""What words mean: found by their stems, in every phrase, and by the compound of two words."""

from __future__ import annotations

from functools import cache

import pytest

from catalogue.search import asking
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.meaning import Meanings, Way
from catalogue.search.said import Relation, Said
from catalogue.search.synonyms import Synonym, starting_set

CHAIN = Chain(DANISH)
SAID = (
    Synonym("jubilæumsgave", "also", ("gavekurv",), ()),
    Synonym("kaffe", "near", ("te",), ()),
    Synonym("håndværker", "same", ("tømrer og murer",), ()),
)


def means(meanings: Meanings, text: str, place: int = 0) -> list[str]:
    """Return the first words of what the words of `text` around a place mean."""
    said = meanings.of(CHAIN.words(text), place)
    return [phrase[0].written for meaning in said for phrase in meaning.phrases]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jubilæumsgaver", ["gavekurv"]),
        ("gave til jubilæum", ["gavekurv"]),
        ("jubilæums gave", ["gavekurv"]),
        ("gave til chefen", []),
        ("kaffen", ["te"]),
        ("te", []),
        ("haandvaerkere", ["tømrer"]),
        ("tømrere og murere", ["håndværker"]),
    ],
)
def test_words_mean_what_is_said_of_them(text: str, expected: list[str]) -> None:
    assert means(Meanings(CHAIN, Said(CHAIN, SAID)), text) == expected


def test_both_words_of_a_phrase_are_answered_by_its_meaning() -> None:
    meanings = Meanings(CHAIN, Said(CHAIN, SAID))
    assert means(meanings, "gave til jubilæum", 1) == ["gavekurv"]


def test_a_meaning_tells_its_relation() -> None:
    (meaning,) = Meanings(CHAIN, Said(CHAIN, SAID)).of(CHAIN.words("kaffe"), 0)
    assert meaning.relation == Relation.NEAR


def test_a_meaning_above_others_replaces_all_that_is_shipped_of_a_word() -> None:
    own = (Synonym("kaffe", "same", ("mokka",), ()),)
    above = Meanings(CHAIN, Said(CHAIN, own), Meanings(CHAIN, Said(CHAIN, SAID)), {"kaffe"})
    assert means(above, "kaffe") == ["mokka"]
    assert means(above, "jubilæumsgave") == ["gavekurv"]


def steps(meanings: Meanings, text: str) -> list[tuple[Way, str]]:
    """Return what the first word of a text means by way of others, each as its words."""
    found = meanings.onward(CHAIN.words(text), 0)
    return [(way, " ".join(word.written for word in phrase)) for way, phrase in found]


CHAINED = (
    Synonym("tryksager", "also", ("flyers", "skilt"), ()),
    Synonym("flyers", "same", ("løbesedler", "små plakater"), ()),
    Synonym("løbesedler", "same", ("handouts",), ()),
    Synonym("løbesedler", "near", ("plakat",), ()),
    Synonym("løbesedler", "also", ("foldere",), ()),
    Synonym("tryksager", "near", ("kuvert",), ()),
    Synonym("kuvert", "same", ("konvolut",), ()),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tryksager", [(Way.SAME_AS_ALSO, "løbesedler")]),
        (
            "flyers",
            [
                (Way.SAME_AS_SAME, "handouts"),
                (Way.ALSO_OF_SAME, "foldere"),
                (Way.NEAR_TO_SAME, "plakat"),
                (Way.BACK, "tryksager"),
            ],
        ),
        ("skilt", [(Way.BACK, "tryksager")]),
        (
            "handouts",
            [
                (Way.SAME_AS_SAME, "flyers"),
                (Way.SAME_AS_SAME, "små plakater"),
                (Way.ALSO_OF_SAME, "foldere"),
                (Way.NEAR_TO_SAME, "plakat"),
            ],
        ),
        ("kuvert", []),
    ],
)
def test_words_mean_a_step_more_by_way_of_others(
    text: str, expected: list[tuple[Way, str]]
) -> None:
    assert steps(Meanings(CHAIN, Said(CHAIN, CHAINED)), text) == expected


def test_a_word_that_is_explained_anew_is_no_wider_word_by_what_is_shipped() -> None:
    own = (Synonym("tryksager", "same", ("brochurer",), ()),)
    above = Meanings(CHAIN, Said(CHAIN, own), Meanings(CHAIN, Said(CHAIN, CHAINED)), {"tryksager"})
    assert steps(above, "skilt") == []


def test_what_is_said_of_a_whole_text_is_not_meant_by_the_word_left_of_it() -> None:
    entries = (
        Synonym("noget til kaffen", "also", ("kage",), ()),
        Synonym("kaffe", "also", ("bønner",), ()),
        Synonym("noget sødt", "also", ("konfekt",), ()),  # of `sød` alone nothing is said
    )
    meanings = Meanings(CHAIN, Said(CHAIN, entries))

    def meant(text: str) -> list[str]:
        asked = asking.read(CHAIN, text)
        found = meanings.of(asked.words, 0, asked.whole)
        return [word.written for each in found for phrase in each.phrases for word in phrase]

    assert meant("kaffen") == ["bønner"]
    assert meant("Noget  til kaffen") == ["bønner", "kage"]
    assert set(meant("noget sødt")) == {"konfekt"}
    assert meant("sød") == ["konfekt"]


def test_words_of_which_something_is_said_are_told_for_slips_of_them() -> None:
    base = Meanings(CHAIN, Said(CHAIN, [Synonym("frokostordning", "also", ("frokost",), ())]))
    own = Said(CHAIN, [Synonym("æblemost", "same", ("most af æbler",), ())])
    meanings = Meanings(CHAIN, own, base)
    assert meanings.like("frokostordnig").slipped == ("frokostordning",)
    assert meanings.like("aebelmost").slipped == ("æblemost",)
    assert meanings.like("frokosten").similar == ()


def test_nothing_said_is_lacking() -> None:
    meanings = Meanings(CHAIN, Said(CHAIN, SAID))
    assert meanings.lacks(CHAIN.word("cykel"))
    assert not meanings.lacks(CHAIN.word("kaffen"))


def test_every_shipped_word_is_found_by_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    # Texts stand in several rows; to take each to its stems every time is most of the time.
    monkeypatch.setattr(Chain, "words", cache(Chain.words))
    meanings = Meanings(CHAIN, Said(CHAIN, starting_set()))
    lost = []
    for synonym in starting_set():
        texts = (synonym.word, *synonym.means) if synonym.relation == "same" else (synonym.word,)
        for text in texts:
            words = CHAIN.words(text)
            meant = [m for m in meanings.of(words, 0) if m.relation == synonym.relation]
            if not meant:
                lost.append(text)
    assert lost == []


def test_preparing_changes_nothing_that_is_found() -> None:
    prepared, lazy = Meanings(CHAIN, Said(CHAIN, SAID)), Meanings(CHAIN, Said(CHAIN, SAID))
    prepared.prepare()
    for text in ("gave til jubilæum", "kaffe", "håndværker", "cykel"):
        assert means(prepared, text) == means(lazy, text)


def test_the_shipped_words_are_many_and_whole() -> None:
    rows = starting_set()
    assert len(rows) >= 300
    assert {row.relation for row in rows} == {"same", "also", "near"}
    assert [row.word for row in rows if not (row.means or row.categories)] == []
    pairs = [(row.word, row.relation) for row in rows]
    assert len(pairs) == len(set(pairs))
