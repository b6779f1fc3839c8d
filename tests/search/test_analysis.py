"""The chain from text to terms: what must meet, what must not."""

from __future__ import annotations

import pickle

import pytest

from catalogue.search.analysis import fold, terms, words
from catalogue.search.index import schema

MEET = [
    ("legehus", "Legehusene"),
    ("gave", "gaverne"),
    ("have", "Haver"),
    ("café", "cafe"),
    ("crème", "creme"),
    ("håndværk", "haandvaerk"),
    ("Købmandsgården", "Købmandsgaarden"),
    ("Koebmandsgaarden", "købmandsgården"),
    ("Æblespecialisterne", "aeblespecialist"),
    ("Åben", "aaben"),
    ("møller", "Möller"),
    ("børn", "barnet"),
    ("bøgerne", "bog"),
    ("INSP!", "insp"),
    ("LH-100.2", "lh1002"),
    ("café-vogn", "cafévogn"),
    ("m²", "m2"),
    ("Å", "A\u030a"),
]
STAY_APART = [("høns", "hons"), ("råd", "rad"), ("bær", "bar"), ("øl", "ol")]


@pytest.mark.parametrize(("one", "other"), MEET)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


@pytest.mark.parametrize(("one", "other"), STAY_APART)
def test_danish_letters_are_letters_of_their_own(one: str, other: str) -> None:
    assert not set(terms(one)) & set(terms(other))


def test_a_garden_is_no_stop_word() -> None:
    assert list(terms("have")) == ["hav"]
    assert list(terms("og i til det")) == []


def test_ampersand_and_og_are_the_same() -> None:
    assert list(terms("Råd & Dåd")) == list(terms("Råd og Dåd"))


def test_an_item_number_stays_whole_and_has_its_parts() -> None:
    (word,) = words("KG-77.1")
    assert word.written == "kg771"
    assert [part.written for part in word.parts] == ["kg", "77", "1"]


def test_a_word_with_digits_is_not_stemmed() -> None:
    assert list(terms("V12ere")) == ["v12ere"]


def test_ae_read_as_written_still_stems_as_written() -> None:
    assert "skoen" in set(terms("skoene"))


def test_an_endless_word_is_cut() -> None:
    assert all(len(term) <= 64 for term in terms("x" * 5000))


def test_folding_keeps_what_it_has_folded() -> None:
    assert fold(fold("Crème Brûlée på Øen")) == fold("Crème Brûlée på Øen") == "creme brulee på øen"


def test_the_schema_with_its_analysers_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(schema())).names() == schema().names()
