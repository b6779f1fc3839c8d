"""How the baselines may be set up, and which way each does best (relevance.py --setups tells).

What there is of it for Danish: Snowball's stemmer, stop words, æøå folded in the usual ways, parts
of words instead of words, and what is asked where nothing is found. No lists of words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product as combinations

WORDS, PARTS = "words", "trigrams"
ALL, ANY, ANY_BEGINNING = "all", "any", "any that begins so"
ALL_NEAR, ANY_NEAR = "all with two letters otherwise", "any with two letters otherwise"
KEPT, LEFT_OUT = "kept", "left out"


def as_written(text: str) -> str:
    """Fold nothing: æ, ø and å are letters of their own."""
    return text


def one_letter(text: str) -> str:
    """Fold as ASCII folding does: ø to o, å to a."""
    return text.translate(_ONE)


def two_letters(text: str) -> str:
    """Fold to what is typed where the keys are missing: ø to oe, å to aa."""
    return text.translate(_TWO)


def either(text: str) -> str:
    """Fold one letter and two to the same: `rødgrød`, `roedgroed` and `rodgrod` meet."""
    for written in ("aa", "ae", "å", "æ"):
        text = text.replace(written, "a")
    return text.replace("oe", "o").replace("ø", "o")


_ONE = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_TWO = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
FOLDINGS = (as_written, one_letter, two_letters, either)


@dataclass(frozen=True)
class Setup:
    """A way to set an engine up; a step of `steps` is taken where those before find nothing."""

    folding: Callable[[str], str] = as_written
    stop_words: str = LEFT_OUT
    tokens: str = WORDS
    steps: tuple[str, ...] = (ALL, ANY)

    def told(self) -> str:
        """Return it in words."""
        letters = self.folding.__name__.replace("_", " ")
        return (
            f"{self.tokens}, æøå {letters}, stop words {self.stop_words}, {', '.join(self.steps)}"
        )


# Each the best of those below, by NDCG@10: Danish on tests/data/relevance, English on the
# collection that docs/search.md names.
FTS5 = {
    "da": Setup(either, KEPT, PARTS, (ANY,)),
    "en": Setup(steps=(ANY_BEGINNING,)),
}
TANTIVY = {
    "da": Setup(either, LEFT_OUT, WORDS, (ANY, ANY_NEAR)),
    "en": Setup(steps=(ANY, ANY_NEAR)),
}
_STEPS = ((ALL, ANY), (ANY,))
FTS5_STEPS = (*_STEPS, (ANY_BEGINNING,), (ALL, ANY, ANY_BEGINNING))
TANTIVY_STEPS = (*_STEPS, (ALL, ANY, ALL_NEAR, ANY_NEAR), (ANY, ANY_NEAR))


def of_fts5() -> list[Setup]:
    """Return the set-ups of FTS5 that are tried."""
    return _combined(WORDS, FTS5_STEPS) + _combined(PARTS, _STEPS)


def of_tantivy() -> list[Setup]:
    """Return the set-ups of tantivy that are tried."""
    return _combined(WORDS, TANTIVY_STEPS) + _combined(PARTS, _STEPS)


def _combined(tokens: str, steps: tuple[tuple[str, ...], ...]) -> list[Setup]:
    return [
        Setup(folding, stop_words, tokens, asked)
        for folding, stop_words, asked in combinations(FOLDINGS, (KEPT, LEFT_OUT), steps)
    ]
