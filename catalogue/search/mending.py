"""What was meant by words that the catalogue lacks: other letters, slips, split words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import compounds
from .analysis import Chain, Word
from .asking import Asked
from .meaning import Meanings
from .terms import LISTS, Nearby, Term, Vocabulary, anywhere, as_written, parts, stems_of

# A long word with a single slip is misspelt though it may be split: `frugtording`, `julletræ`.
SHORTEST_SLIP, SHORTEST_SLIPS = 7, 9  # letters: with one slip, with more
MOST_BEGUN = 40


@dataclass(frozen=True)
class Mended:
    """What was meant, and by written word what begins like it, and what is spelt otherwise."""

    asked: Asked
    begun: Mapping[str, Sequence[str]] = field(default_factory=dict)
    marked: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def words(self) -> Iterator[str]:
        """The words that are looked for beside those asked for."""
        return (
            word for found in (self.begun, self.marked) for each in found.values() for word in each
        )


def mend(
    chain: Chain,
    asked: Asked,
    there: Collection[Term],
    vocabulary: Vocabulary,
    meanings: Meanings,
) -> Mended:
    """Return what was meant instead of words the catalogue lacks, never of one that it has.

    A bare word that the catalogue has letter by letter is looked for with its marks too.
    """
    lacking = [
        word.written
        for place, word in enumerate(asked.words)
        if not _whole(word, there)
        and next(meanings.of(asked.words, place, asked.whole), None) is None
    ]
    bare = [word for word in asked.words if word.bare and word.written not in lacking]
    said = {word.written for word in bare if not meanings.lacks(word)}
    lacking += [word.written for word in bare if not _is_written(word, there)]
    had = [word.written for word in bare if as_written(word) in there]
    marked = vocabulary.marked(had) if had else {}
    if not lacking:
        return Mended(asked, marked=marked)
    nearby = vocabulary.nearby(lacking)
    meant = _marked(chain, lacking, vocabulary, meanings)
    others = {each: near for each, near in nearby.items() if each not in meant}
    meant |= _said(chain, others, meanings)
    mended = _mended(chain, asked, there, nearby, meant, said)
    return replace(mended, marked=marked)


def _mended(
    chain: Chain,
    asked: Asked,
    there: Collection[Term],
    nearby: Mapping[str, Nearby],
    marked: Mapping[str, Word],
    said: Collection[str],
) -> Mended:
    words: list[Word] = []
    begun: dict[str, tuple[str, ...]] = {}
    for place, word in enumerate(asked.words):
        near = nearby.get(word.written)
        if near is None:
            words.append(word)
        elif word.written in said or _whole(word, there):  # no slip: its marks alone may be lacking
            words.append(chain.word(near.unmarked[0]) if near.unmarked else word)
        elif len(word.written) >= SHORTEST_SLIP and near.slipped:
            words.append(chain.word(near.slipped[0]))
        elif _known(word, there):
            words.append(word)
        elif words and _joins(chain, words[-1], word, there):
            words.append(chain.word(words.pop().written + word.written))
        elif near.unmarked:
            words.append(chain.word(near.unmarked[0]))
        elif word.written in marked:
            words.append(marked[word.written])
        elif near.begun and place == len(asked.words) - 1:
            begun[word.written] = near.begun[:MOST_BEGUN]
            words.append(word)
        elif near.similar and not compounds.is_listed(word.written):  # `bunke` is no `bænk`
            words.append(chain.word(near.similar[0]))
        else:
            words.append(word)
    return Mended(replace(asked, words=tuple(words)), begun)


def _marked(
    chain: Chain, lacking: Sequence[str], vocabulary: Vocabulary, meanings: Meanings
) -> dict[str, Word]:
    """Return compounds that were typed without æ, ø and å, if the catalogue can answer them."""
    found: dict[str, Word] = {}
    for written in lacking:
        ways = chain.marked(written)
        stems = {stem for word in ways for stem in stems_of(word)}
        there = vocabulary.present((kind, stem) for stem in stems for kind in LISTS)
        fit = [word for word in ways if not meanings.lacks(word) or _known(word, there)]
        if fit:
            found[written] = fit[0]
    return found


def _said(chain: Chain, nearby: Mapping[str, Nearby], meanings: Meanings) -> dict[str, Word]:
    """Return words of which something is said in the place of slips of them.

    No product has the word `frokostordning` where it says what else is one: then `frokostordnig` is
    no slip of any word of the catalogue. A word that is listed is none either.
    """
    found: dict[str, Word] = {}
    for written, near in nearby.items():
        if len(written) < SHORTEST_SLIP or near.slipped or compounds.is_listed(written):
            continue
        like = meanings.like(written)
        far = like.similar if len(written) >= SHORTEST_SLIPS and not near.similar else ()
        if best := (*like.unmarked, *like.slipped, *far):
            found[written] = chain.word(best[0])
    return found


def _joins(chain: Chain, one: Word, two: Word, there: Collection[Term]) -> bool:
    """Tell whether two words are one that the catalogue has, or the latter is but an ending."""
    joined = chain.word(one.written + two.written)
    return joined.terms == one.terms or any(("words", term) in there for term in joined.terms)


def _is_written(word: Word, there: Collection[Term]) -> bool:
    """Tell whether a product has a bare word letter by letter, or as read with aa, ae or oe."""
    return as_written(word) in there or any(("words", term) in there for term in word.terms[1:])


def _whole(word: Word, there: Collection[Term]) -> bool:
    """Tell whether the catalogue has the word, alone or as a part of a compound."""
    return any((kind, stem) in there for stem in word.terms for kind in LISTS)


def _known(word: Word, there: Collection[Term]) -> bool:
    """Tell whether the catalogue has the word, whole, as a part, or by all its parts."""
    if _whole(word, there):
        return True
    groups = parts(word) or tuple(map(anywhere, word.pieces))
    return bool(groups) and all(any(term in there for term in group) for group in groups)
