"""From what was asked to what to look for: every word with its forms, misspellings mended. Pure.

A product answers when it has every word in one of its forms: the word itself, a compound it is part
of, its own parts near each other (`havebænk`: bænk til haven), joined with its neighbour (`have
bænk`: havebænk), or what staff say it means. Which words there are, the vocabulary of the index
tells. Spelling is mended before a word is split: `jubilæmsgave` is no gift of a `jubilæm`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from . import mending
from .analysis import UNITS, Chain, Word, skeleton
from .asking import Asked
from .meaning import Meanings, Phrase, Way
from .mending import Mended
from .said import Relation
from .stemming import acts
from .terms import (
    LISTS,
    Group,
    Term,
    Vocabulary,
    anywhere,
    as_written,
    codes_in,
    names_inside,
    parts,
    stems_of,
    thing,
    things,
)

# What a form is worth beside the word itself; measured by scripts/bench/relevance.py.
EXACT, INSIDE, JOINED = 1.0, 0.65, 0.7
PIECES, SPLIT = 0.8, 0.75
WORTHS = {Relation.SAME: 0.8, Relation.ALSO: 0.55, Relation.NEAR: 0.18}
ONWARD = {
    Way.SAME_AS_SAME: 0.3, Way.ALSO_OF_SAME: 0.15, Way.SAME_AS_ALSO: 0.05,
    Way.NEAR_TO_SAME: 0.2, Way.BACK: 0.15,
}  # fmt: skip
FIRST, LATER = 4, 0.8  # what a word means also begins with what is meant most
MARKED, BEGUN, ACTED, OF_CATEGORY, HEAD_ONLY = 0.9, 0.5, 0.4, 2.2, 0.3
# A compound by what its parts mean: the head, what stands before it, both.
BY_HEAD, BY_FIRST, BY_BOTH = 0.5, 0.33, 0.3
_LINKS = ("", "s", "e")
KEPT_JOINED = 20_000  # pairs of words
FORM_BYTES, TERM_BYTES = 400, 60  # about, measured
# What words mean by way of others is asked for where what they mean themselves finds less than a
# page of hits: measured, beside more it only costs time. So does what they mean less surely where
# some pages are found without it. The last resort, where nothing is found.
ALWAYS, PLENTY, FEW, NONE = 2**31, 100, 24, 1


@dataclass(frozen=True)
class Form:
    """A way to answer a word: one term of each group, near each other, or a category from above."""

    groups: tuple[Group, ...] = ()
    weight: float = EXACT
    categories: tuple[str, ...] = ()
    below: int = ALWAYS  # asked only where the forms that come first find fewer products than this


@dataclass(frozen=True)
class Need:
    """One word asked for, and the forms that answer it; none when the catalogue lacks it."""

    written: str
    forms: tuple[Form, ...]

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it takes, to bound what is kept by it."""
        terms = sum(len(group) for form in self.forms for group in form.groups)
        return FORM_BYTES * len(self.forms) + TERM_BYTES * terms


@dataclass(frozen=True)
class Plan:
    """What to look for. `mended` is the text shown results for, when it is not what was typed."""

    needs: tuple[Need, ...] = ()
    phrases: tuple[tuple[Group, ...], ...] = ()
    unwanted: tuple[tuple[Group, ...], ...] = ()
    unwanted_categories: tuple[str, ...] = ()
    mended: str | None = None
    few: int = 1  # with fewer products that have all words, those with most are shown too
    most_weak: int = 3  # so many of those far behind the best one are shown


def plan(chain: Chain, asked: Asked, vocabulary: Vocabulary, meanings: Meanings) -> Plan:
    """Return what to look for."""
    there = vocabulary.present(_lookups(chain, asked, meanings))
    meant = mending.mend(chain, asked, there, vocabulary, meanings)
    mended, beside = meant.asked, set(meant.words)
    if beside or mended is not asked:
        stems = {("words", stem) for each in beside for stem in chain.word(each).terms}
        there = vocabulary.present(_lookups(chain, mended, meanings) | stems)
    forms = _Forms(chain, mended.words, mended.whole, there, meanings, meant)
    return Plan(
        needs=tuple(forms.need(place) for place in range(len(mended.words))),
        phrases=tuple(map(_sequence, mended.phrases)),
        unwanted=tuple(map(_sequence, mended.unwanted)),
        unwanted_categories=tuple(code for each in mended.unwanted for code in codes_in(each)),
        mended=_shown(asked, mended),
        few=chain.language.few,
        most_weak=chain.language.most_weak,
    )


@dataclass(frozen=True)
class _Forms:
    """The forms of the words of one query."""

    chain: Chain
    words: tuple[Word, ...]
    whole: str
    there: Collection[Term]
    meanings: Meanings
    meant: Mended

    def need(self, place: int) -> Need:
        word = self.words[place]
        forms = [
            Form((tuple(("words", term) for term in word.terms),), EXACT),
            *(
                Form((tuple((kind, name) for name in names_inside(word)),), INSIDE)
                for kind in LISTS[1:]
            ),
            Form((tuple(("words", verb) for term in word.terms for verb in acts(term)),), ACTED),
            *self._joined(place),
            *self._split(word),
            *(Form((), OF_CATEGORY, (code,)) for code in codes_in((word,))),
            *self._meant(place),
            *self._spelt_otherwise(word),
            *self._beside(self.meant.begun.get(word.written, ()), BEGUN),
        ]
        return Need(word.written, _merged(filter(None, map(self._present, forms))))

    def _present(self, form: Form) -> Form | None:
        """Return the form with the terms there are; None when a whole group is not there."""
        groups = tuple(tuple(term for term in group if term in self.there) for group in form.groups)
        if form.categories or (groups == form.groups and all(groups)):
            return form
        return replace(form, groups=groups) if groups and all(groups) else None

    def _joined(self, place: int) -> Iterable[Form]:
        for one, two in _pairs(self.words, place):
            stems = _stems_joined(self.chain, one.written, two.written)
            yield Form((tuple(("words", stem) for stem in stems),), JOINED)

    def _split(self, word: Word) -> Iterable[Form]:
        if word.compound:
            yield Form(parts(word), SPLIT)
            yield Form((thing(word.compound[-1]),), HEAD_ONLY, below=NONE)
            yield from self._told(word)
        if word.pieces:
            yield Form(tuple(anywhere(piece) for piece in word.pieces), PIECES)

    def _told(self, word: Word) -> Iterable[Form]:
        """Yield a compound by what its parts mean: `computergenbrug` by a renovated laptop."""
        meant = [_meant_by(self.meanings, part) for part in word.compound]
        if any(meant):
            plain = parts(word)
            told = tuple((*one, *other) for one, other in zip(plain, meant, strict=True))
            yield Form((*plain[:-1], told[-1]), BY_HEAD, below=FEW)
            yield Form((*told[:-1], plain[-1]), BY_FIRST, below=FEW)
            yield Form(told, BY_BOTH, below=FEW)

    def _meant(self, place: int) -> Iterable[Form]:
        for meaning in self.meanings.of(self.words, place, self.whole):
            worth, near = WORTHS[meaning.relation], meaning.relation == Relation.NEAR
            for number, phrase in enumerate(meaning.phrases):
                if len(phrase) > 1 and near:
                    continue  # measured: costs much and finds nothing more
                late = meaning.relation == Relation.ALSO and number >= FIRST
                below = PLENTY if near or late or len(phrase) > 1 else ALWAYS
                yield from _called(phrase, worth * LATER if late else worth, below)
            if meaning.categories:
                yield Form((), OF_CATEGORY, meaning.categories)
        for way, phrase in self.meanings.onward(self.words, place):
            if way in (Way.NEAR_TO_SAME, Way.BACK):
                yield Form((things(phrase[0]),), ONWARD[way], below=FEW)
            else:
                yield from _called(phrase, ONWARD[way], FEW)

    def _spelt_otherwise(self, word: Word) -> Iterable[Form]:
        """Yield what is the word without the marks of æ, ø and å, or with them."""
        if unmarked := _unmarked(self.chain, word):
            yield Form(((as_written(unmarked),),), MARKED)
        yield from self._beside(self.meant.marked.get(word.written, ()), MARKED)

    def _beside(self, words: Sequence[str], worth: float) -> Iterable[Form]:
        if words:
            stems = dict.fromkeys(term for each in words for term in self.chain.word(each).terms)
            yield Form((tuple(("words", term) for term in stems),), worth)


def _meant_by(meanings: Meanings, stem: str) -> Group:
    """Return what is a thing of what a part of a compound means; no phrases, for they cost much."""
    return tuple(
        term
        for meaning in meanings.of_stem(stem)
        if meaning.relation != Relation.NEAR
        for phrase in meaning.phrases
        if len(phrase) == 1
        for term in things(phrase[0])
    )


def _called(phrase: Phrase, worth: float, below: int = ALWAYS) -> Iterable[Form]:
    """Yield the forms of what is called so: the phrase, and a compound by its parts."""
    yield Form(tuple(map(things, phrase)), worth, below=below)
    if len(phrase) == 1 and phrase[0].compound:
        yield Form(parts(phrase[0]), worth * SPLIT, below=min(below, PLENTY))


def _merged(forms: Iterable[Form]) -> tuple[Form, ...]:
    """Join forms of one group that are worth the same, so that they are looked for at once."""
    single: dict[tuple[float, int], list[Term]] = {}
    kept = []
    for form in forms:
        if form.categories or len(form.groups) > 1:
            kept.append(form)
        else:
            single.setdefault((form.weight, form.below), []).extend(form.groups[0])
    joined = (
        Form((tuple(dict.fromkeys(terms)),), weight, below=below)
        for (weight, below), terms in single.items()
    )
    return (*joined, *dict.fromkeys(kept))


def _lookups(chain: Chain, asked: Asked, meanings: Meanings) -> set[Term]:
    """Return every term whose presence planning may ask for, so that one look-up answers all."""
    stems: set[str] = set()
    letters: set[Term] = set()
    words = asked.words
    for place, word in enumerate(words):
        stems.update(stems_of(word))
        for part in word.compound:
            stems.update(stem for _kind, stem in _meant_by(meanings, part))
        letters.update(
            as_written(each) for each in (word, _unmarked(chain, word)) if each and each.bare
        )
        for one, two in _pairs(words, place):
            stems.update(_stems_joined(chain, one.written, two.written))
        for meaning in meanings.of(words, place, asked.whole):
            for phrase in meaning.phrases:
                stems.update(stem for each in phrase for stem in stems_of(each))
        for _way, phrase in meanings.onward(words, place):
            stems.update(stem for each in phrase for stem in stems_of(each))
    return letters | {(kind, stem) for stem in stems for kind in LISTS}


def _unmarked(chain: Chain, word: Word) -> Word | None:
    """Return the word as a keyboard without æ, ø and å writes it, if that is none we know."""
    written = skeleton(word.written)
    unmarked = chain.word(written) if written != word.written else None
    return unmarked if unmarked and unmarked.bare else None


def _shown(asked: Asked, mended: Asked) -> str | None:
    """Return the mended words and what stands beside; None when they are the words typed.

    A word that only lacked the marks of æ, ø and å was not misspelt.
    """
    typed = [skeleton(word.written) for word in asked.words]
    shown = [skeleton(word.written) for word in mended.words]
    if typed == shown:
        return None
    return " ".join([*(word.written for word in mended.words), *asked.beside])


@lru_cache(maxsize=KEPT_JOINED)
def _stems_joined(chain: Chain, one: str, two: str) -> tuple[str, ...]:
    """Return the stems that two words written as one may have: by the latter's, or as one piece.

    To take each of them apart, as is done with what is written so, takes far longer.
    """
    stem, starts = chain.stem(two), [one + link for link in _LINKS]
    found = [way for start in starts for way in (start + stem, chain.language.stem(start + two))]
    return tuple(dict.fromkeys(found))


def _pairs(words: Sequence[Word], place: int) -> list[tuple[Word, Word]]:
    """Return the word with the one before and the one after it."""
    return [(words[at], words[at + 1]) for at in (place - 1, place) if 0 <= at < len(words) - 1]


def _sequence(phrase: tuple[Word, ...]) -> tuple[Group, ...]:
    *before, last = (word.terms for word in phrase)
    if phrase[-1].written.isdecimal():
        # A text has a number and its unit as one word: “2 × 2” is to find `2 × 2 meter`.
        last = (*last, *(phrase[-1].written + unit for unit in UNITS))
    return tuple(tuple(("words", term) for term in terms) for terms in (*before, last))
