"""The form in which staff explain a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import fold
from catalogue.core.text import lazy as _

from .said import Relation
from .synonyms import Synonym

LONGEST_WORD = 80
LONGEST_LIST = 2000
_CODE = re.compile(r"([0-9]{8})-[0-9]")  # with its check digit, which our list has not


class WordSchema(ma.Schema):
    """A word, how it stands to what it means, and what that is, between commas or on lines."""

    word = fields.Line(required=True, longest=LONGEST_WORD)
    relation = fields.Choice(Relation, required=True)
    means = fields.Line(longest=LONGEST_LIST, load_default="")
    categories = fields.Line(longest=LONGEST_LIST, load_default="")


def read_said(form: Mapping[str, Any]) -> Synonym:
    """Read what staff say of a word; raises Invalid by field.

    Whether the categories exist is not known here.
    """
    loaded = fields.load(WordSchema(), form)
    word, relation = " ".join(loaded["word"].split()), loaded["relation"]
    nothing = relation == Relation.NOTHING
    means = () if nothing else _distinct(split(loaded["means"]), without=word)
    codes = [_CODE.sub(r"\1", each) for each in split(loaded["categories"])]
    categories = () if nothing else tuple(dict.fromkeys(codes))
    if problems := _word_problems(word) | _means_problems(means):
        raise Invalid(problems)
    if not (nothing or means or categories):
        raise Invalid(
            {"means": [_("Write what “%(word)s” means, or the code of a category", word=word)]}
        )
    return Synonym(word, relation, means, categories)


def split(text: str) -> list[str]:
    """Split what was typed at commas, semicolons and lines."""
    parts = (" ".join(part.split()) for part in re.split(r"[,;\n]", text))
    return [part for part in parts if part]


def _distinct(texts: Iterable[str], *, without: str) -> tuple[str, ...]:
    """Return the texts, each spelling once; what means itself says nothing."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold(text), text)
    found.pop(fold(without), None)
    return tuple(found.values())


def _word_problems(word: str) -> dict[str, list[Any]]:
    if len(split(word)) > 1:
        return {"word": [_("Write one word or phrase here; explain the others one by one")]}
    return {} if fold(word) else {"word": [_("Write a word with letters or digits")]}


def _means_problems(means: tuple[str, ...]) -> dict[str, list[Any]]:
    long = [each for each in means if len(each) > LONGEST_WORD]
    if not long:
        return {}
    return {
        "means": [
            _(
                "“%(start)s…” is longer than %(limit)s characters; put commas between the words",
                start=long[0][:20],
                limit=LONGEST_WORD,
            )
        ]
    }
