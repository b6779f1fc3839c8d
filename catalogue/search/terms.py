"""Terms as an index has them, groups of terms that answer a word, and what an index knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .analysis import Word
from .stemming import acts

LISTS = ("words", "heads", "parts")  # a word, the head of a compound, what stands before it
_CODE = re.compile(r"(?!00)[0-9]{8}")  # of CPV, without the check digit that may follow
Term = tuple[str, str]  # the list and the stem
Group = tuple[Term, ...]
Groups = tuple[Group, ...]


@dataclass(frozen=True)
class Nearby:
    """Words of the catalogue near one it lacks, best first in each kind."""

    unmarked: tuple[str, ...] = ()  # the same without the marks of æ, ø and å
    begun: tuple[str, ...] = ()  # that begin so
    similar: tuple[str, ...] = ()  # misspelt so
    slipped: tuple[str, ...] = ()  # those of them with a single slip


class Vocabulary(Protocol):
    """What an index knows of words."""

    def present(self, terms: Iterable[Term]) -> Collection[Term]:
        """Return those of the terms that products have."""

    def marked(self, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return words of short texts that a keyboard without æ, ø and å writes as each of them."""

    def nearby(self, words: Sequence[str]) -> Mapping[str, Nearby]:
        """Return the written words near each of the given ones."""


def either(term: str) -> Group:
    """Return the group of a stem as a word and anywhere in a compound, and of the verb in it."""
    return (*((kind, term) for kind in LISTS), *_done(term))


def as_written(word: Word) -> Term:
    """Return the term of a bare word, letter by letter: its stem is that of others too."""
    return "words", f"={word.written}"


def thing(term: str) -> Group:
    """Return the group of what is a thing of that name: `bænk`, `havebænk`, but no `bænkeplade`."""
    return (("words", term), ("heads", term), *_done(term))


def heads_of(word: Word) -> list[str]:
    """Return the head of a compound, and the compounds that it ends with: `naturlegeplads` is a
    `legeplads`. They are named by their parts, for what links these differs.
    """
    return [*word.compound[-1:], *(_compound(word.compound[at:]) for at in _inner(word))]


def before_of(word: Word) -> list[str]:
    """Return what stands before the head of a compound, and the compounds that it begins with."""
    return [*word.compound[:-1], *(_compound(word.compound[: at + 1]) for at in _inner(word))]


def names_inside(word: Word) -> tuple[str, ...]:
    """Return what a word is called as a piece of a compound: its stems, and by its parts."""
    return (*word.terms, *_named(word))


def _inner(word: Word) -> range:
    return range(1, len(word.compound) - 1)


def _named(word: Word) -> tuple[str, ...]:
    return (_compound(word.compound),) if word.compound else ()


def _compound(stems: Sequence[str]) -> str:
    return "+".join(stems)


def parts(word: Word) -> tuple[Group, ...]:
    """Return the groups of a compound's parts, which a product names near each other."""
    *before, head = word.compound or ("",)
    return (*map(either, before), thing(head)) if head else ()


def anywhere(word: Word) -> Group:
    """Return the group of a word as itself and anywhere in a compound."""
    found = (term for stem in word.terms for term in either(stem))
    return (*found, *((kind, each) for kind in LISTS[1:] for each in _named(word)))


def things(word: Word) -> Group:
    """Return the group of what is a thing of that name."""
    found = (term for stem in word.terms for term in thing(stem))
    return (*found, *(("heads", each) for each in _named(word)))


def stems_of(word: Word) -> Iterable[str]:
    """Yield every stem by which a word may be looked for: parts, pieces and verbs too."""
    for stem in (*word.terms, *word.compound):
        yield stem
        yield from acts(stem)
    yield from _named(word)
    for piece in word.pieces:
        yield from stems_of(piece)


def code_written(text: str) -> str | None:
    """Return the CPV code that a word as typed is, without its check digit."""
    code, hyphen, check = text.partition("-")
    fits = len(check) == 1 and check.isdecimal() if hyphen else True
    return code if fits and _CODE.fullmatch(code) else None


def codes_in(phrase: Sequence[Word]) -> list[str]:
    """Return the CPV code that a single word is, with its check digit (37535200-9) or without."""
    if len(phrase) != 1:
        return []
    code, *check = [piece.written for piece in phrase[0].pieces or phrase]
    return [code] if _CODE.fullmatch(code) and len("".join(check)) <= 1 else []


def _done(term: str) -> Group:
    return tuple((kind, verb) for verb in acts(term) for kind in LISTS)
