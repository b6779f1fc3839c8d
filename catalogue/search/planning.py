"""From what was asked to what to look for: every word with its forms, misspellings mended. Pure.

A product answers when it has every word in one of its forms: the word itself, a compound it is part
of, its own parts near each other (`havebænk`: bænk til haven), joined with its neighbour (`have
bænk`: havebænk), or what staff say it means. Which words there are, the vocabulary of the index
tells. Spelling is mended before a word is split: `jubilæmsgave` is no gift of a `jubilæm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .analysis import Chain, Word, act, skeleton
from .asking import Asked
from .meaning import Meanings

# What a form is worth beside the word itself; measured by scripts/bench/relevance.py.
EXACT, PART, JOINED = 1.0, 1.0, 0.9
PIECES, MEANT, SPLIT = 0.8, 0.7, 0.6
BEGUN, ACTED, OF_CATEGORY, HEAD_ONLY = 0.5, 0.4, 0.4, 0.3
# A long word with a single slip is misspelt though it may be split: `frugtording`, `julletræ`.
SHORTEST_SLIP = 7
MOST_BEGUN = 40
_LINKS = ("", "s", "e")
Term = tuple[str, str]  # the list ("words", "parts") and the stem
Group = tuple[Term, ...]


@dataclass(frozen=True)
class Form:
    """A way to answer a word: one term of each group, near each other, or a category from above."""

    groups: tuple[Group, ...] = ()
    weight: float = EXACT
    categories: tuple[str, ...] = ()
    last_resort: bool = False  # asked only when the others find nothing


@dataclass(frozen=True)
class Need:
    """One word asked for, and the forms that answer it; none when the catalogue lacks it."""

    written: str
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Plan:
    """What to look for. `mended` is the text shown results for, when it is not what was typed."""

    needs: tuple[Need, ...] = ()
    phrases: tuple[tuple[Group, ...], ...] = ()
    unwanted: tuple[tuple[Group, ...], ...] = ()
    mended: str | None = None
    few: int = 1  # with fewer products that have all words, those with most are shown below them


@dataclass(frozen=True)
class Nearby:
    """Words of the catalogue near one it lacks, best first in each kind."""

    unmarked: tuple[str, ...] = ()  # the same without the marks of æ, ø and å
    begun: tuple[str, ...] = ()  # that begin so
    similar: tuple[str, ...] = ()  # misspelt so
    slipped: tuple[str, ...] = ()  # those of them with a single slip


class Vocabulary(Protocol):
    """What an index knows of words."""

    def counts(self, terms: Iterable[Term]) -> Mapping[Term, int]:
        """Return how many products have each term; terms that none has may be left out."""

    def nearby(self, words: Sequence[str]) -> Mapping[str, Nearby]:
        """Return the written words near each of the given ones."""


def plan(chain: Chain, asked: Asked, vocabulary: Vocabulary, meanings: Meanings) -> Plan:
    """Return what to look for."""
    counts = vocabulary.counts(_lookups(chain, asked, meanings))
    lacking = [
        word.written for word in asked.words if not _whole(word, counts) and meanings.lacks(word)
    ]
    mended, begun = asked, dict[str, tuple[str, ...]]()
    if lacking:
        marked = _marked(chain, lacking, vocabulary, meanings)
        mended, begun = _mended(chain, asked, counts, vocabulary.nearby(lacking), marked)
        stems = {
            stem for words in begun.values() for each in words for stem in chain.word(each).terms
        }
        looked = _lookups(chain, mended, meanings) | {("words", stem) for stem in stems}
        counts = vocabulary.counts(looked)
    forms = _Forms(chain, mended.words, counts, meanings, begun)
    return Plan(
        needs=tuple(forms.need(place) for place in range(len(mended.words))),
        phrases=tuple(map(_sequence, mended.phrases)),
        unwanted=tuple(map(_sequence, mended.unwanted)),
        mended=_shown(asked, mended),
        few=chain.language.few,
    )


def either(term: str) -> Group:
    """Return the group of a stem as a word and as a part of a compound, and of the verb in it."""
    verb = act(term)
    group = (("words", term), ("parts", term))
    return (*group, ("words", verb), ("parts", verb)) if verb else group


@dataclass(frozen=True)
class _Forms:
    """The forms of the words of one query."""

    chain: Chain
    words: tuple[Word, ...]
    counts: Mapping[Term, int]
    meanings: Meanings
    begun: Mapping[str, tuple[str, ...]]

    def need(self, place: int) -> Need:
        word = self.words[place]
        forms = [
            Form((tuple(("words", term) for term in word.terms),), EXACT),
            Form((tuple(("parts", term) for term in word.terms),), PART),
            Form((tuple(("words", verb) for verb in map(act, word.terms) if verb),), ACTED),
            *self._joined(place),
            *self._split(word),
            *self._meant(place),
            *self._begun(word),
        ]
        kept = tuple(filter(None, map(self._present, forms)))
        return Need(word.written, kept)

    def _present(self, form: Form) -> Form | None:
        """Return the form with the terms there are; None when a whole group is not there."""
        groups = tuple(
            tuple(term for term in group if self.counts.get(term)) for group in form.groups
        )
        if form.categories:
            return form
        return replace(form, groups=groups) if groups and all(groups) else None

    def _joined(self, place: int) -> Iterable[Form]:
        for one, two in _pairs(self.words, place):
            terms = [self.chain.stem(one.written + link + two.written) for link in _LINKS]
            yield Form((tuple(("words", term) for term in dict.fromkeys(terms)),), JOINED)

    def _split(self, word: Word) -> Iterable[Form]:
        if word.compound:
            yield Form(tuple(map(either, word.compound)), SPLIT)
            yield Form((either(word.compound[-1]),), HEAD_ONLY, last_resort=True)
        if word.pieces:
            yield Form(tuple(_any(piece) for piece in word.pieces), PIECES)

    def _meant(self, place: int) -> Iterable[Form]:
        for meaning in self.meanings.of(self.words, place):
            for phrase in meaning.phrases:
                yield Form(tuple(map(_any, phrase)), MEANT)
                if len(phrase) == 1 and phrase[0].compound:
                    yield Form(tuple(map(either, phrase[0].compound)), MEANT * SPLIT)
            if meaning.categories:
                yield Form((), OF_CATEGORY, meaning.categories)

    def _begun(self, word: Word) -> Iterable[Form]:
        begun = self.begun.get(word.written, ())
        if begun:
            stems = dict.fromkeys(term for each in begun for term in self.chain.word(each).terms)
            yield Form((tuple(("words", term) for term in stems),), BEGUN)


def _lookups(chain: Chain, asked: Asked, meanings: Meanings) -> set[Term]:
    """Return every term whose count planning may ask for, so that one look-up answers all."""
    stems: set[str] = set()
    words = asked.words
    for place, word in enumerate(words):
        stems.update(_stems(word))
        for one, two in _pairs(words, place):
            stems.update(chain.stem(one.written + link + two.written) for link in _LINKS)
        for meaning in meanings.of(words, place):
            for phrase in meaning.phrases:
                stems.update(stem for each in phrase for stem in _stems(each))
    return {(kind, stem) for stem in stems for kind in ("words", "parts")}


def _stems(word: Word) -> Iterable[str]:
    for stem in (*word.terms, *word.compound):
        yield stem
        if verb := act(stem):
            yield verb
    for piece in word.pieces:
        yield from _stems(piece)


def _whole(word: Word, counts: Mapping[Term, int]) -> bool:
    """Tell whether the catalogue has the word, alone or as a part of a compound."""
    return any(counts.get((kind, stem)) for stem in word.terms for kind in ("words", "parts"))


def _known(word: Word, counts: Mapping[Term, int]) -> bool:
    """Tell whether the catalogue has the word, whole, as a part, or by all its parts."""
    if _whole(word, counts):
        return True
    parts = [either(stem) for stem in word.compound] or [_any(piece) for piece in word.pieces]
    return bool(parts) and all(any(counts.get(term) for term in group) for group in parts)


def _mended(
    chain: Chain,
    asked: Asked,
    counts: Mapping[Term, int],
    nearby: Mapping[str, Nearby],
    marked: Mapping[str, Word],
) -> tuple[Asked, dict[str, tuple[str, ...]]]:
    """Return what was meant instead of words the catalogue lacks, and what begins like them."""
    words: list[Word] = []
    begun: dict[str, tuple[str, ...]] = {}
    for place, word in enumerate(asked.words):
        near = nearby.get(word.written)
        if near is None:
            words.append(word)
        elif len(word.written) >= SHORTEST_SLIP and near.slipped:
            words.append(chain.word(near.slipped[0]))
        elif _known(word, counts):
            words.append(word)
        elif words and _joins(chain, words[-1], word, counts):
            words.append(chain.word(words.pop().written + word.written))
        elif near.unmarked:
            words.append(chain.word(near.unmarked[0]))
        elif word.written in marked:
            words.append(marked[word.written])
        elif near.begun and place == len(asked.words) - 1:
            begun[word.written] = near.begun[:MOST_BEGUN]
            words.append(word)
        else:
            words.append(chain.word(near.similar[0]) if near.similar else word)
    return replace(asked, words=tuple(words)), begun


def _marked(
    chain: Chain, lacking: Sequence[str], vocabulary: Vocabulary, meanings: Meanings
) -> dict[str, Word]:
    """Return compounds that were typed without æ, ø and å, if the catalogue can answer them."""
    found: dict[str, Word] = {}
    for written in lacking:
        ways = chain.marked(written)
        stems = {stem for word in ways for stem in _stems(word)}
        counts = vocabulary.counts((kind, stem) for stem in stems for kind in ("words", "parts"))
        fit = [word for word in ways if not meanings.lacks(word) or _known(word, counts)]
        if fit:
            found[written] = fit[0]
    return found


def _joins(chain: Chain, one: Word, two: Word, counts: Mapping[Term, int]) -> bool:
    joined = chain.word(one.written + two.written)
    return any(counts.get(("words", term)) for term in joined.terms)


def _shown(asked: Asked, mended: Asked) -> str | None:
    """Return the mended words as a text; None when they are the words that were typed.

    A word that only lacked the marks of æ, ø and å was not misspelt.
    """
    typed = [skeleton(word.written) for word in asked.words]
    shown = [skeleton(word.written) for word in mended.words]
    return " ".join(word.written for word in mended.words) if typed != shown else None


def _pairs(words: Sequence[Word], place: int) -> list[tuple[Word, Word]]:
    """Return the word with the one before and the one after it."""
    return [(words[at], words[at + 1]) for at in (place - 1, place) if 0 <= at < len(words) - 1]


def _any(word: Word) -> Group:
    return tuple(term for stem in word.terms for term in either(stem))


def _sequence(phrase: tuple[Word, ...]) -> tuple[Group, ...]:
    return tuple(tuple(("words", term) for term in word.terms) for word in phrase)
