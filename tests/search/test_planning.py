"""What a word means is looked for too: what is meant most weighs most."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from catalogue.search import asking, planning
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.meaning import Meanings
from catalogue.search.planning import (
    BY_BOTH,
    BY_FIRST,
    BY_HEAD,
    FEW,
    FIRST,
    INSIDE,
    LATER,
    WORTHS,
    Form,
    Need,
    Relation,
)
from catalogue.search.said import Said
from catalogue.search.synonyms import Synonym
from catalogue.search.terms import Nearby, Term, before_of, heads_of

from .test_why import Everything

CHAIN = Chain(DANISH)
MEANS = ("buket", "lagkage", "vase", "krus", "plakat", "diplom")


def weights(relation: Relation) -> dict[str, float]:
    """Return what each of the means of a word weighs."""
    said = Said(CHAIN, [Synonym("jubilar", relation, MEANS, ())])
    asked = asking.read(CHAIN, "jubilar")
    (need,) = planning.plan(CHAIN, asked, Everything(), Meanings(CHAIN, said)).needs
    stems = {CHAIN.word(each).terms[-1]: each for each in MEANS}
    return {
        stems[stem]: form.weight
        for form in need.forms
        for group in form.groups
        for kind, stem in group
        if kind == "words" and stem in stems
    }


def test_what_a_word_means_also_begins_with_what_is_meant_most() -> None:
    worth = WORTHS[Relation.ALSO]
    expected = [worth] * FIRST + [worth * LATER] * (len(MEANS) - FIRST)
    assert weights(Relation.ALSO) == pytest.approx(dict(zip(MEANS, expected, strict=True)))


@pytest.mark.parametrize("relation", [Relation.SAME, Relation.NEAR])
def test_what_is_the_same_or_near_weighs_alike(relation: Relation) -> None:
    assert weights(relation) == dict.fromkeys(MEANS, WORTHS[relation])


def test_a_compound_is_looked_for_by_what_its_parts_mean_where_little_is_found() -> None:
    entries = [
        Synonym("computer", Relation.ALSO, ("laptop",), ()),
        Synonym("genbrug", Relation.SAME, ("renoveret",), ()),
        Synonym("genbrug", Relation.NEAR, ("udlejning",), ()),
    ]
    said = Said(CHAIN, entries)
    asked = asking.read(CHAIN, "computergenbrug")
    (need,) = planning.plan(CHAIN, asked, Everything(), Meanings(CHAIN, said)).needs
    first, head = (CHAIN.word(each).terms[-1] for each in ("laptop", "renoveret"))
    told = {
        form.weight: [word in {stem for _kind, stem in group} for group, word in zip(
            form.groups, (first, head), strict=True)]
        for form in need.forms
        if form.below == FEW
    }  # fmt: skip
    assert told == {BY_HEAD: [False, True], BY_FIRST: [True, False], BY_BOTH: [True, True]}
    assert "udlej" not in {
        term for form in need.forms for group in form.groups for _, term in group
    }


class Slipped(Everything):
    """A catalogue with nothing but `logo`, which is one slip from `logi`."""

    def present(self, terms: Iterable[Term]) -> set[Term]:
        return {term for term in terms if term[1] == "logo"}

    def nearby(self, words: Sequence[str]) -> dict[str, Nearby]:
        return {word: Nearby(similar=("logo",), slipped=("logo",)) for word in words}


@pytest.mark.parametrize(("said", "shown"), [([], "logo"), (["logi"], None)])
def test_a_word_of_which_something_is_said_is_not_misspelt(
    said: list[str], shown: str | None
) -> None:
    entries = [Synonym(word, Relation.SAME, ("overnatning",), ()) for word in said]
    asked = asking.read(CHAIN, "logi")
    assert asked.words[0].bare  # typed like a stem: it may lack the marks of æ, ø and å
    meanings = Meanings(CHAIN, Said(CHAIN, entries))
    assert planning.plan(CHAIN, asked, Slipped(), meanings).mended == shown


def test_need_tells_about_how_much_memory_it_takes() -> None:
    for count in (1, 10, 60):
        forms = tuple(
            Form((tuple(("words", f"ord{form}-{term}") for term in range(5)),), 0.01 * form)
            for form in range(count)
        )
        need = Need("ord", forms)
        assert need.size_bytes == pytest.approx(memory(need, set()), rel=0.6)


def memory(thing: Any, seen: set[int]) -> int:
    """Return how much an object takes, with what it holds, each once."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    held = [*(thing if isinstance(thing, tuple) else ()), *getattr(thing, "__dict__", {}).values()]
    return sys.getsizeof(thing) + sum(memory(each, seen) for each in held)


class Lacking(Everything):
    """A catalogue that has but `frokost`, and nothing like what is asked."""

    def present(self, terms: Iterable[Term]) -> set[Term]:
        return {term for term in terms if term[1] == "frokost"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("frokostordnig", "frokostordning"),
        ("frokostordnink", "frokostordning"),  # two slips in a long word
        ("frokostor", None),
        ("vgtdyne", None),  # too short for two slips
        ("frokost", None),
        ("kollega", None),  # a word that is listed, though nothing is said of it
    ],
)
def test_a_slip_of_a_word_of_which_something_is_said_is_mended(
    typed: str, shown: str | None
) -> None:
    entries = [
        Synonym(word, Relation.ALSO, ("frokost",), ())
        for word in ("frokostordning", "kolleger", "vægtdynen")
    ]
    asked = asking.read(CHAIN, typed)
    found = planning.plan(CHAIN, asked, Lacking(), Meanings(CHAIN, Said(CHAIN, entries)))
    assert found.mended == shown


def test_a_compound_is_looked_for_inside_longer_ones() -> None:
    asked = asking.read(CHAIN, "legeplads")
    (need,) = planning.plan(CHAIN, asked, Everything(), Meanings(CHAIN, Said(CHAIN, []))).needs
    inside = {term for form in need.forms if form.weight == INSIDE for term in form.groups[0]}
    stands = {("heads", each) for each in heads_of(CHAIN.word("naturlegepladser"))}
    begins = {("parts", each) for each in before_of(CHAIN.word("legepladsredskab"))}
    assert ("heads", "leg+plads") in stands & inside
    assert ("parts", "leg+plads") in begins & inside
