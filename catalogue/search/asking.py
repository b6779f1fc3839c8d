"""What a buyer typed, read: words, phrases in quotes, and words she does not want. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .analysis import Chain, Word, fold, is_amount

MOST_WORDS = 12
# Straight, English, Danish and French quotes; one that is not closed reaches to the end.
_QUOTED = re.compile(r'(-?)["“”„»«]([^"“”„»«]*)["“”„»«]?')
_UNWANTED = re.compile(r"(?:^|(?<=\s))-(?=[^\W_])(\S+)")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_DIGIT = re.compile(r"\d")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What was typed: words in their order, phrases, and the same of what is not wanted.

    `whole` is all that was typed where but one word of it is sought: `noget til kaffen`.
    """

    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    unwanted: tuple[tuple[Word, ...], ...] = ()
    beside: tuple[str, ...] = ()  # phrases and what is not wanted, as typed
    whole: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing is asked for, so that everything is an answer."""
        return not (self.words or self.phrases)


@dataclass(frozen=True)
class Typed:
    """The same letter by letter: words that may stand inside longer ones, and what stands whole.

    Whole are phrases, numbers with their unit and words with a digit, as item numbers are.
    """

    words: Phrase = ()
    whole: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()


def read(chain: Chain, text: str) -> Asked:
    """Read what was typed. Words beyond the first twelve are left out."""
    rest, phrases, unwanted = _taken_apart(text)
    words = tuple(chain.words(rest)[:MOST_WORDS])
    return Asked(
        words,
        _read_each(chain, phrases),
        _read_each(chain, unwanted),
        (*(f'"{each.strip()}"' for each in phrases), *map(_as_unwanted, unwanted)),
        whole_of(chain, rest) if len(words) == 1 else "",
    )


def read_typed(chain: Chain, text: str) -> Typed:
    """Read what was typed as it is written, words too common to be sought left out."""
    shown = text.replace("\0", " ")  # a sign that PostgreSQL takes in no text
    rest, phrases, unwanted = _taken_apart(unicodedata.normalize("NFC", shown))
    units = _units(rest)
    sought = [unit for unit in units if any(map(chain.words, unit))][:MOST_WORDS]
    whole = [unit for unit in sought if any(map(_DIGIT.search, unit))]
    return Typed(
        tuple(unit[0] for unit in sought if unit not in whole),
        (*whole, *_spelt(phrases)),
        _spelt(unwanted),
    )


def whole_of(chain: Chain, text: str) -> str:
    """Return a text folded where some of its words are too common to be sought, else ""."""
    words = fold(text).split()
    return " ".join(words) if any(map(chain.is_stop, words)) else ""


def _taken_apart(text: str) -> tuple[str, list[str], list[str]]:
    """Return the words, and the insides of phrases and of what is not wanted."""
    phrases: list[str] = []
    unwanted: list[str] = []

    def quoted(match: re.Match[str]) -> str:
        (unwanted if match.group(1) else phrases).append(match.group(2))
        return " "

    def dashed(match: re.Match[str]) -> str:
        unwanted.append(match.group(1))
        return " "

    return _UNWANTED.sub(dashed, _QUOTED.sub(quoted, text)), phrases, unwanted


def _as_unwanted(text: str) -> str:
    return f"-{text}" if text.split() == [text] else f'-"{text.strip()}"'


def _read_each(chain: Chain, texts: Iterable[str]) -> tuple[tuple[Word, ...], ...]:
    read_ = (tuple(chain.words(text)[:MOST_WORDS]) for text in texts)
    return tuple(phrase for phrase in read_ if phrase)


def _spelt(texts: Iterable[str]) -> tuple[Phrase, ...]:
    found = (tuple(_bare_words(text)[:MOST_WORDS]) for text in texts)
    return tuple(phrase for phrase in found if phrase)


def _units(text: str) -> list[Phrase]:
    """Return words one by one, but a number with the unit behind it."""
    units: list[Phrase] = []
    for word in _bare_words(text):
        if units and len(units[-1]) == 1 and is_amount(units[-1][0], word):
            units[-1] = (*units[-1], word)
        else:
            units.append((word,))
    return units


def _bare_words(text: str) -> list[str]:
    """Return what stands between blanks, without the signs around it."""
    bare = (_EDGES.sub("", each) for each in text.split())
    return [word for word in bare if word]
