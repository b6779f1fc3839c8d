"""Texts that ask for the same stand together, and nothing else does."""

from __future__ import annotations

import pytest

from catalogue.search import grouping
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.grouping import Speech
from catalogue.search.meaning import Meanings
from catalogue.search.said import Said
from catalogue.search.synonyms import Synonym

CHAIN = Chain(DANISH)
SAID = [
    Synonym("legehus", "same", ("hytte til børn", "legehytte"), ("37535200",)),
    Synonym("legehus", "near", ("redskabsskur",), ("44211000",)),
    Synonym("redskabsskur", "same", ("haveskur",), ()),
    Synonym("haveskur", "same", ("cykelskur",), ()),
    Synonym("legeplads", "also", ("legehus", "gynge"), ("37535200", "37535210")),
]
SPEECH = Speech(CHAIN, Meanings(CHAIN, Said(CHAIN, SAID)))


def grouped(*texts: str) -> list[list[str]]:
    return [[texts[place] for place in places] for places in grouping.group(SPEECH, texts)]


@pytest.mark.parametrize(
    "texts",
    [
        ("legehus", "legehuse", "hytte til børn", "Legehytterne", "hus til leg"),
        ("hytte til børn", "legehytte", "legehus"),
        ("hytter til børn af lærk", "legehus af lærk"),
        ("jubilæumsgave", "gave til jubilæum", "jubilæumsgaver"),
        ("håndværk", "haandvaerk"),
        ("café-vogn", "cafévogn"),
        ("kaffe", "KAFFE!", "kaffen"),
    ],
)
def test_what_means_the_same_is_one_group(texts: tuple[str, ...]) -> None:
    assert grouped(*texts) == [list(texts)]


@pytest.mark.parametrize(
    "texts",
    [
        ("legehus", "redskabsskur"),  # only near
        ("legeplads", "legehus"),  # means also, not the same
        ("legehus", "legehus af lærk"),  # asks for more
        ("have", "håve"),
        ("til", "fra"),  # no word that says anything
        ("redskabsskur", "cykelskur"),  # by way of a third that nobody asked for
    ],
)
def test_what_means_something_else_stands_apart(texts: tuple[str, ...]) -> None:
    assert grouped(*texts) == [[text] for text in texts]


def test_a_group_does_not_grow_by_way_of_a_third() -> None:
    assert grouped("redskabsskur", "haveskur", "cykelskur") == [
        ["redskabsskur", "haveskur"], ["cykelskur"],
    ]  # fmt: skip


def test_nothing_groups_to_nothing() -> None:
    assert grouped() == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("legehuse", ("37535200",)),
        ("hytte til børn", ("37535200",)),
        ("legeplads", ("37535200", "37535210")),
        ("legehus af lærk", ()),
        ("til", ()),
    ],
)
def test_a_text_stands_for_the_categories_that_are_said_of_it(
    text: str, codes: tuple[str, ...]
) -> None:
    assert grouping.categories_of(SPEECH, text) == codes
