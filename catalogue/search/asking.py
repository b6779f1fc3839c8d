"""What a buyer typed, read: words, phrases in quotes, and words she does not want. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .analysis import Chain, Word

MOST_WORDS = 12
# Straight, English, Danish and French quotes; one that is not closed reaches to the end.
_QUOTED = re.compile(r'(-?)["“”„»«]([^"“”„»«]*)["“”„»«]?')
_UNWANTED = re.compile(r"(?:^|(?<=\s))-(?=[^\W_])(\S+)")


@dataclass(frozen=True)
class Asked:
    """What was typed: words in their order, phrases, and the same of what is not wanted."""

    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    unwanted: tuple[tuple[Word, ...], ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing is asked for, so that everything is an answer."""
        return not (self.words or self.phrases)


def read(chain: Chain, text: str) -> Asked:
    """Read what was typed. Words beyond the first twelve are left out."""
    phrases: list[tuple[Word, ...]] = []
    unwanted: list[tuple[Word, ...]] = []

    def quoted(match: re.Match[str]) -> str:
        (unwanted if match.group(1) else phrases).append(tuple(chain.words(match.group(2))))
        return " "

    def dashed(match: re.Match[str]) -> str:
        unwanted.append(tuple(chain.words(match.group(1))))
        return " "

    rest = _UNWANTED.sub(dashed, _QUOTED.sub(quoted, text))
    return Asked(
        tuple(chain.words(rest)[:MOST_WORDS]),
        tuple(phrase[:MOST_WORDS] for phrase in phrases if phrase),
        tuple(phrase[:MOST_WORDS] for phrase in unwanted if phrase),
    )
