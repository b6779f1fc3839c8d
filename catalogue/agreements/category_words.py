"""Categories that lists name in words: what staff answered, and what might be meant.

Answers are the municipality's own and are used again for the next list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Who

from .models import Category, CategoryWord

LONGEST_WORD = 200
SUGGESTIONS = 6
_ALIKE = 6  # letters with which two words must begin to be alike
_HEAD = 5  # letters of the shortest word looked for at the end of a compound: kontor-papir
_WIDE_HEADS = frozenset(
    fold("ydelser artikler udstyr varer tjenester materialer produkter midler services").split()
)
# Words of lists that name no category.
_EMPTY_WORDS = frozenset(
    fold(
        "og samt eller m.m. mv. m.v. inkl. herunder til af for med i på de den det en et"
        " diverse div. andre andet øvrige køb levering indkøb aftale"
        " and or with of for the other various"
    ).split()
)


class AnsweredMeanwhile(Conflict):
    """Somebody else of the municipality answered about the same text since we looked."""

    title = _("The answers were not kept")


@dataclass(frozen=True)
class Label:
    """A category as words are compared with it."""

    code: str
    label_da: str
    label_en: str
    folded: str

    def name(self, locale: str) -> str:
        """Return the name in the reader's language."""
        return self.label_en if locale == "en" else self.label_da


@dataclass(frozen=True)
class Remembered:
    """An answer as the page of answers shows it; no codes: no category."""

    id: int
    text: str
    codes: tuple[str, ...]
    updated_at: datetime
    updated_by: str


def list_labels(session: Session) -> dict[str, Label]:
    """Return every category by its code; one query, for lists name hundreds."""
    columns = select(Category.code, Category.label_da, Category.label_en, Category.folded)
    return {row.code: Label(*row) for row in session.execute(columns)}


def find_answers(session: Session, municipality_id: int) -> dict[str, tuple[str, ...]]:
    """Return what is remembered in the municipality: folded text -> codes; one query."""
    rows = session.execute(
        select(CategoryWord.text_folded, CategoryWord.codes).where(
            CategoryWord.municipality_id == municipality_id
        )
    )
    return {folded: tuple(codes) for folded, codes in rows}


def list_remembered(session: Session, municipality_id: int) -> list[Remembered]:
    """List what is remembered in the municipality, by text; one query."""
    rows = session.execute(
        select(CategoryWord, Person.name)
        .outerjoin(Person, Person.id == CategoryWord.updated_by)
        .where(CategoryWord.municipality_id == municipality_id)
        .order_by(CategoryWord.text_folded)
    )
    return [
        Remembered(word.id, word.text, tuple(word.codes), word.updated_at, name or "")
        for word, name in rows
    ]


def remember(
    session: Session, who: Who, answers: Mapping[str, Collection[str]], now: datetime
) -> None:
    """Keep which codes texts stand for, in place of what was answered before.

    No codes: the text names no category. Raises Invalid by text when a code does not exist.
    """
    named = {code for codes in answers.values() for code in codes}
    known = set(session.scalars(select(Category.code).where(Category.code.in_(named))))
    unknown = {text: sorted(set(codes) - known) for text, codes in answers.items()}
    if wrong := {text: _unknown(codes) for text, codes in unknown.items() if codes}:
        raise Invalid(wrong)
    municipality_id = _municipality_id(who)
    kept = {
        word.text_folded: word
        for word in session.scalars(
            select(CategoryWord).where(
                CategoryWord.municipality_id == municipality_id,
                CategoryWord.text_folded.in_([fold(text) for text in answers]),
            )
        )
    }
    for text, codes in answers.items():
        word = kept.get(fold(text)) or CategoryWord(
            municipality_id=municipality_id, text_folded=fold(text), codes=None
        )
        if word.codes != sorted(codes):
            _keep(session, who, word, (text, sorted(codes)), now)


def forget(session: Session, who: Who, word_id: int, now: datetime) -> str:
    """Take an answer out, so that the text is asked about again; return it. Raises Missing."""
    found = session.get(CategoryWord, word_id)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such answer in your municipality."))
    hold(session, found)
    _record(session, who, "category_word.forgotten", found, now)
    session.delete(found)
    return found.text


def is_keepable(text: str) -> bool:
    """Tell whether a text is short enough to be asked about and remembered."""
    return len(text) <= LONGEST_WORD and len(fold(text)) <= 2 * LONGEST_WORD


def suggest(text: str, labels: Iterable[Label], locale: str) -> list[Label]:
    """Return the categories that a text most likely means, the best first. Pure.

    Unlike `queries.find_categories` not all words must be found, for lists say more than a name:
    whole words count most, then words that begin alike, then parts. Among names that begin with
    the text wide categories go first, for agreements are about areas rather than articles.
    """
    words = [word for word in fold(text).split() if word not in _EMPTY_WORDS]
    pieces = {word[:_ALIKE] for word in words}
    pieces |= {word[-_HEAD:] for word in words if len(word) > 2 * _HEAD - 2}
    scored = []
    for label in labels:
        if any(piece in label.folded for piece in pieces):
            name = f" {fold(label.name(locale))} "
            score = sum(_likeness(word, name) for word in words)
            if any(name.startswith(f" {word}") for word in words):
                score += max(0, 5 - len(label.code.rstrip("0")))  # a division, group or class
            if score:
                scored.append((-score, len(name), label.code, label))
    return [each[-1] for each in sorted(scored)[:SUGGESTIONS]]


def _likeness(word: str, name: str) -> int:
    """Return how well a word is found in a name; compounds share their beginning at least."""
    if f" {word} " in name:
        if name.startswith(f" {word} "):
            return 14 if len(name) == len(word) + 2 else 10
        return 8
    if f" {word}" in name:
        return 8 if name.startswith(f" {word}") else 5
    if word in name:
        return 4
    parts = name.split()
    heads = (each for each in parts if len(each) >= _HEAD and each not in _WIDE_HEADS)
    if any(word.endswith(each) for each in heads):
        return 4  # the last part of a Danish compound says what it is
    alike = max(_alike(word, each) for each in parts)
    return min(3, alike // 3) if alike >= _ALIKE else 0


def _alike(one: str, other: str) -> int:
    """Return with how many letters two words begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _keep(
    session: Session, who: Who, word: CategoryWord, answer: tuple[str, list[str]], now: datetime
) -> None:
    word.text, word.codes = answer
    word.updated_at, word.updated_by = now, who.person_id
    session.add(word)
    try:
        session.flush()
    except IntegrityError:
        raise AnsweredMeanwhile(
            _("Another has just answered about “%(text)s”. Load the page again.", text=word.text)
        ) from None
    _record(session, who, "category_word.remembered", word, now)


def _record(session: Session, who: Who, action: str, word: CategoryWord, now: datetime) -> None:
    told = {"word": word.text, "categories": list(word.codes)}
    kept = action == "category_word.remembered"
    audit.record(
        session, action, ("category_word", word.id), person_id=who.person_id, now=now,
        facts=audit.changes({}, told) if kept else audit.changes(told, {}),
        municipality_id=word.municipality_id,
    )  # fmt: skip


def _unknown(codes: Collection[str]) -> list[Text | str]:
    return [_("There is no category %(codes)s; search by words instead", codes=", ".join(codes))]


def _municipality_id(who: Who) -> int:
    if who.municipality_id is None:
        raise Missing(_("There is no such answer in your municipality."))
    return who.municipality_id
