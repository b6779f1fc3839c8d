"""The words shown as the reason for a hit are those of the product that answer the query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pytest

from catalogue.search import asking, planning, why
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.meaning import Meanings
from catalogue.search.planning import Plan
from catalogue.search.said import Said
from catalogue.search.synonyms import Synonym
from catalogue.search.terms import Nearby, Term

CHAIN = Chain(DANISH)


class Everything:
    """A vocabulary that has every word."""

    def present(self, terms: Iterable[Term]) -> set[Term]:
        return set(terms)

    def marked(self, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return {word: () for word in words}

    def nearby(self, words: Sequence[str]) -> Mapping[str, Nearby]:
        return {word: Nearby() for word in words}


SAID = (
    Synonym("legehus", "same", ("hytte til børn",), ()),
    Synonym("leg", "same", (), ("37500000",)),
)
TOYS = ("37000000", "37500000", "37530000")


def planned(text: str, said: Sequence[Synonym] = SAID) -> Plan:
    return planning.plan(
        CHAIN, asking.read(CHAIN, text), Everything(), Meanings(CHAIN, Said(CHAIN, said))
    )


@pytest.mark.parametrize(
    ("query", "texts", "expected"),
    [
        ("bænk", ["Havebænke af lærk"], ("havebænke",)),
        ("havebænk", ["Bænk til haven"], ("bænk", "haven")),
        ("gave", ["Jubilæumsgave til alle, som er en gave, af gaver"], ("jubilæumsgave", "gave")),
        ("gave", ["Jubilæumsgave", "En gave til alle"], ("jubilæumsgave",)),
        ("gave bænk", ["Jubilæumsgave", "En bænk", "En gave"], ("jubilæumsgave", "bænk")),
        ("havebænk", ["Bænk", "Til enhver have", "Til haver"], ("bænk", "have")),
        ("legehus", ["Hytte til børnene"], ("hytte", "børnene")),
        ('"rød stol"', ["Rød stol"], ("rød", "stol")),
        ("vindue", ["Stol"], ()),
    ],
)
def test_matched_words(query: str, texts: list[str], expected: tuple[str, ...]) -> None:
    assert why.Reader(CHAIN, planned(query)).matched(texts) == expected


@pytest.mark.parametrize(
    ("query", "texts", "codes", "expected"),
    [
        ("leg", ["Gynge"], TOYS, ("Spil",)),
        ("leg", ["Gynge"], ("37000000",), ()),
        ("leg", ["Leg og gynge"], TOYS, ("leg",)),
        ("gynge leg", ["Gynge"], TOYS, ("gynge", "Spil")),
        ("gynge", ["Gynge"], TOYS, ("gynge",)),
    ],
)
def test_a_category_that_a_word_means_is_named_where_no_text_says_it(
    query: str, texts: list[str], codes: Sequence[str], expected: tuple[str, ...]
) -> None:
    assert why.Reader(CHAIN, planned(query)).matched(texts, codes, "Spil") == expected


def test_half_of_a_phrase_is_no_reason() -> None:
    said = [Synonym("gave", "also", ("køkkenbræt",), ())]
    reader = why.Reader(CHAIN, planned("gave", said))
    assert reader.matched(["Gavekurv: Middelhavets køkken"]) == ("gavekurv",)
    assert reader.matched(["Bræt til køkkenet"]) == ("bræt", "køkkenet")


def test_at_most_six_words_are_given() -> None:
    text = "gave1 gavea " + " ".join(f"gave{letter}kasse" for letter in "bcdfghjk")
    found = why.Reader(CHAIN, planned("gave kasse " + text)).matched([text])
    assert len(found) == why.MOST_WORDS


def test_marking_keeps_the_text_and_its_capitals() -> None:
    assert why.marked("Gaver, en Gave!", ["gaver", "gave"]) == [
        ("Gaver", True), (", en ", False), ("Gave", True), ("!", False),
    ]  # fmt: skip
