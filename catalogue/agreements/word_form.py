"""The questions about categories that a list names in words, and reading the answers; no Flask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

from . import category_words, schema
from .agreement_list import Row
from .category_words import Label

NONE = "none"  # what is ticked for a text that names no category
MOST_TYPED = 5  # words that are looked up for one text at a time


@dataclass(frozen=True)
class Question:
    """A text with the categories to tick; `chosen` holds codes, or NONE alone."""

    text: str
    rows: int
    answered: bool
    chosen: tuple[str, ...]
    offered: tuple[Label, ...]
    typed: str = ""
    looked_up: bool = False  # categories were found for what was typed, to be ticked
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Posted:
    """What came back for a text: what was ticked, and what was typed to find more."""

    text: str
    rows: int
    chosen: tuple[str, ...]
    typed: str


Labels = Mapping[str, Label]
Answers = Mapping[str, tuple[str, ...]]


def list_words(rows: Sequence[Row], answers: Answers) -> list[tuple[str, int]]:
    """List the texts of a list, each with how many rows it stands in: unanswered first."""
    times: Counter[str] = Counter(fold(word) for row in rows for word in row.words)
    texts = {fold(word): word for row in reversed(rows) for word in row.words}
    order = sorted(texts, key=lambda folded: (folded in answers, -times[folded], folded))
    return [(texts[folded], times[folded]) for folded in order]


def ask(
    words: Sequence[tuple[str, int]], answers: Answers, labels: Labels, locale: str
) -> list[Question]:
    """Return a question for each text, with what is remembered ticked."""
    return [_question(text, rows, answers.get(fold(text)), labels, locale) for text, rows in words]


def read(posted: Sequence[Posted], answers: Answers, labels: Labels, locale: str) -> list[Question]:
    """Read what was ticked and typed; typed words add categories to tick, or a problem."""
    found = []
    for each in posted:
        if category_words.is_keepable(each.text) and fold(each.text):
            answer = answers.get(fold(each.text))
            asked = _question(each.text, each.rows, answer, labels, locale)
            asked = replace(asked, chosen=tuple(dict.fromkeys(each.chosen)))
            found.append(_add_typed(asked, each.typed, labels, locale))
    return found


def answers_of(questions: Sequence[Question]) -> dict[str, list[str]]:
    """Return the answers that were given: text -> codes, none for a text without category."""
    return {
        each.text: [code for code in each.chosen if code != NONE]
        for each in questions
        if each.chosen
    }


def _question(
    text: str, rows: int, answer: Collection[str] | None, labels: Labels, locale: str
) -> Question:
    suggested = category_words.suggest(text, labels.values(), locale)
    remembered = [labels[code] for code in answer or () if code in labels]
    offered = {each.code: each for each in [*remembered, *suggested]}
    chosen = (NONE,) if answer is not None and not answer else tuple(answer or ())
    return Question(text, rows, answer is not None, chosen, tuple(offered.values()))


def _add_typed(asked: Question, typed: str, labels: Labels, locale: str) -> Question:
    """Tick typed codes, and offer the categories that match typed words before the others."""
    codes, words = schema.split_entry(typed)
    not_found = [code for code in codes if code not in labels]
    chosen = tuple(dict.fromkeys([*asked.chosen, *(code for code in codes if code in labels)]))
    hits: dict[str, Label] = {}
    for word in words[:MOST_TYPED]:
        found = category_words.suggest(word, labels.values(), locale)
        hits |= {each.code: each for each in found}
        not_found += [] if found else [word]
    offered = {code: labels[code] for code in chosen if code in labels} | hits
    offered |= {each.code: each for each in asked.offered if each.code not in offered}
    asked = replace(
        asked,
        chosen=chosen,
        offered=tuple(offered.values()),
        typed=", ".join(not_found),
        looked_up=bool(hits),
    )
    return replace(asked, problems=tuple(_problems(asked, labels)))


def _problems(asked: Question, labels: Labels) -> list[Text]:
    if asked.typed:
        return [
            _(
                "Nothing was found for: %(words)s. Try another word, or fewer letters of it.",
                words=asked.typed,
            )
        ]
    if asked.looked_up:
        return []
    if NONE in asked.chosen and len(asked.chosen) > 1:
        return [_("Tick categories, or that the text names none, but not both")]
    if any(code != NONE and code not in labels for code in asked.chosen):
        return [_("One of the categories does not exist any more; choose again")]
    if asked.answered and not asked.chosen:
        return [_("Tick a category, or that the text names none")]
    return []
