"""What a word means is looked for too: what is meant most weighs most."""

from __future__ import annotations

import pytest

from catalogue.search import asking, planning
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.meaning import Meanings
from catalogue.search.planning import FIRST, LATER, WORTHS, Relation
from catalogue.search.said import Said
from catalogue.search.synonyms import Synonym

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
