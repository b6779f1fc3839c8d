"""Why a product was found: the words of its texts that answer the query. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from .analysis import Answers, Chain, Word, fold
from .planning import ALWAYS, Need, Plan
from .terms import Group, Groups, Term, as_written, before_of, heads_of

MOST_WORDS = 6
_WORD = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")


class Reader:
    """Reads the texts of many products for one plan: most of their words are the same ones."""

    def __init__(self, chain: Chain, plan: Plan) -> None:
        self._chain = chain
        self._ways, self._late = _ways(plan), _ways(plan, late=True)
        self._meant = [_categories(need) for need in plan.needs]
        every = [way for ways in self._late for way in ways]
        self._sought = {term for way in every for group in way for term in group}
        self._alone = {term for way in every if len(way) == 1 for term in way[0]}
        self._together = [way for way in every if len(way) > 1]
        self._known: dict[str, list[tuple[str, Group]]] = {}

    def matched(
        self, texts: Iterable[str], codes: Collection[str] = (), label: str = ""
    ) -> tuple[str, ...]:
        """Return the words as written in `texts`, in their order, that answer; at most six.

        `codes` are the product's category and those above it: where what was asked for means one
        of them and no text says it, the `label` of the category is given too.

        Inflections of one word are given once. Texts are read until all that was asked for is
        accounted for: what a title says needs no proof from the description. A word that answers
        only together with others is given when they stand there too.
        """
        found: dict[str, tuple[str, Group]] = {}
        met: set[Term] = set()
        for text in texts:
            for written in dict.fromkeys(map(str.lower, _WORD.findall(text))):
                for name, terms in self._answers_of(written):
                    found.setdefault(name, (written, terms))
                    met.update(terms)
            if len(found) >= MOST_WORDS or self._accounted(met):
                break
        told = [written for written, terms in found.values() if self._answers_whole(terms, met)]
        if label and self._stands_in(codes, met):
            told.append(label)
        return tuple(told[:MOST_WORDS])

    def _stands_in(self, codes: Collection[str], met: set[Term]) -> bool:
        """Tell whether a word that no text answers means one of those categories."""
        return any(
            not meant.isdisjoint(codes) and not _is_answered(ways, met)
            for meant, ways in zip(self._meant, self._late, strict=False)  # phrases mean none
        )

    def _answers_whole(self, terms: Group, met: set[Term]) -> bool:
        """Tell whether one of the terms answers alone, or together with others that were met."""
        if not self._alone.isdisjoint(terms):
            return True
        return any(
            any(term in group for group in way for term in terms)
            and all(not met.isdisjoint(group) for group in way)
            for way in self._together
        )

    def _answers_of(self, written: str) -> list[tuple[str, Group]]:
        """Return the sought terms that a word answers, with the stem that names it."""
        known = self._known.get(written)
        if known is None:
            answers = self._chain.answers(written, _answers)
            sought = ((name, tuple(self._sought & terms)) for terms, name in answers)
            known = self._known[written] = [each for each in sought if each[1]]
        return known

    def _accounted(self, met: set[Term]) -> bool:
        """Tell whether every word asked for is answered in one of its ways, whole."""
        return all(_is_answered(ways, met) for ways in self._ways)


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """Return `text` cut into pieces, each with whether it is one of the matched words."""
    sought = {fold(word) for word in words}
    if not sought:
        return [(text, False)] if text else []
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _WORD.finditer(text):
        if fold(match.group()) in sought:
            pieces += [(text[end : match.start()], False), (match.group(), True)]
            end = match.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def _ways(plan: Plan, *, late: bool = False) -> list[list[Groups]]:
    """Return for each word and phrase asked for the groups of terms that answer it together.

    `late`: those too that are asked only where the others find little.
    """
    words = [
        [form.groups for form in need.forms if form.groups and (late or form.below == ALWAYS)]
        for need in plan.needs
    ]
    return [*words, *([phrase] for phrase in plan.phrases)]


def _is_answered(ways: Iterable[Groups], met: set[Term]) -> bool:
    return any(all(not met.isdisjoint(group) for group in way) for way in ways)


def _categories(need: Need) -> frozenset[str]:
    return frozenset(code for form in need.forms for code in form.categories)


def _answers(words: Sequence[Word]) -> Answers:
    """Return by word what a query may seek that it answers, and the term that names it."""
    return tuple((frozenset(_terms(word)), word.terms[-1]) for word in words)


def _terms(word: Word) -> set[Term]:
    whole = {("words", term) for each in (word, *word.pieces) for term in each.terms}
    whole |= {as_written(each) for each in (word, *word.pieces) if each.bare}
    inside = {(kind, term) for each in (word, *word.pieces) for kind, term in _inside(each)}
    return whole | inside


def _inside(word: Word) -> list[Term]:
    return [
        *(("parts", term) for term in before_of(word)),
        *(("heads", term) for term in heads_of(word)),
    ]
