"""Why a product was found: the words of its texts that answer the query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .analysis import Answers, Chain, Word, fold
from .planning import Form, Plan
from .terms import Term

MOST_WORDS = 6
_WORD = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")


class Reader:
    """Reads the texts of many products for one plan: most of their words are the same ones."""

    def __init__(self, chain: Chain, plan: Plan) -> None:
        self._chain, self._sought = chain, _sought(plan)
        self._known: dict[str, tuple[str, ...]] = {}  # the terms by which a word answers

    def matched(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the words as written in `texts`, in their order, that answer; at most six.

        Inflections of one word are given once.
        """
        found: dict[str, str] = {}
        sought = self._sought
        for text in texts:
            for written in dict.fromkeys(map(str.lower, _WORD.findall(text))):
                terms = self._known.get(written)
                if terms is None:
                    answers = self._chain.answers(written, _answers)
                    terms = tuple([term for each, term in answers if not sought.isdisjoint(each)])
                    self._known[written] = terms
                for term in terms:
                    found.setdefault(term, written)
            if len(found) >= MOST_WORDS:
                break
        return tuple(list(found.values())[:MOST_WORDS])


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


def _sought(plan: Plan) -> set[Term]:
    forms: list[Form] = [form for need in plan.needs for form in need.forms]
    groups = [group for form in forms for group in form.groups]
    groups += [group for phrase in plan.phrases for group in phrase]
    return {term for group in groups for term in group}


def _answers(words: Sequence[Word]) -> Answers:
    """Return by word what a query may seek that it answers, and the term that names it."""
    return tuple((frozenset(_terms(word)), word.terms[-1]) for word in words)


def _terms(word: Word) -> set[Term]:
    whole = {("words", term) for each in (word, *word.pieces) for term in each.terms}
    inside = {(kind, term) for each in (word, *word.pieces) for kind, term in _inside(each)}
    return whole | inside


def _inside(word: Word) -> list[Term]:
    *before, head = word.compound or ("",)
    return [*(("parts", term) for term in before), ("heads", head)] if head else []
