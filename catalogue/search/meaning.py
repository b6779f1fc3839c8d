"""What buyers say and what products call it, ready to be asked by the words of a query. Pure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalogue.core.text import fold as fold_name

from .analysis import Chain, Word, readings, skeleton
from .asking import whole_of
from .engine import near
from .said import BEGINNING, Relation, Said, Sayer
from .synonyms import Synonym
from .terms import Nearby


@dataclass(frozen=True)
class Meaning:
    """What a word or phrase means: other phrases, and categories by code."""

    phrases: tuple[tuple[Word, ...], ...]
    categories: tuple[str, ...] = ()
    relation: Relation = Relation.SAME


class Way(StrEnum):
    """How one comes from a word by way of another to what a product may call it."""

    SAME_AS_SAME = "same as same"
    ALSO_OF_SAME = "also of same"
    SAME_AS_ALSO = "same as also"
    NEAR_TO_SAME = "near to same"
    BACK = "back"  # to the wider word that means this one also: from lagkage to kage


MOST_KNOWN, MOST_ONWARD = 4_000, 4_000  # words whose meanings, and whose way by others, are kept
Key = str  # the stems of a word or phrase that is said
Phrase = tuple[Word, ...]


class Meanings:
    """Meanings by the stems of what is said."""

    def __init__(
        self,
        chain: Chain,
        said: Said,
        base: Meanings | None = None,
        replaced: Collection[str] = (),
    ) -> None:
        """Take what is said, and what `base` has except for `replaced` names, folded."""
        self._chain, self._base, self._replaced = chain, base, frozenset(replaced)
        self._said = said
        self._longest: int = max(said.longest, base._longest if base else 0)
        self._taken: set[str] = set()
        self._by_stems: dict[Key, tuple[Sayer, ...]] = {}
        self._by_means: dict[Key, tuple[Sayer, ...]] = {}
        self._known: dict[Key, tuple[Meaning, ...]] = {}
        self._onward: dict[Key, tuple[tuple[Way, Phrase], ...]] = {}
        self._turn = threading.Lock()

    def of(self, words: Sequence[Word], place: int, whole: str = "") -> Iterator[Meaning]:
        """Yield what the words around `place` mean, in every phrase that holds that word.

        Two words mean what the compound of them does: `gave til jubilæum` is a `jubilæumsgave`.
        `whole`: the text of which the word at `place` alone is sought, for what is said of that.
        """
        for some in self._around(words, place):
            yield from self.together(some)
        if whole:
            yield from self._of_key(_key_of_whole(words[place], whole))

    def onward(self, words: Sequence[Word], place: int) -> Iterator[tuple[Way, Phrase]]:
        """Yield what the words around `place` mean by way of others, by the best way first.

        No entry names all that a thing is called: who explains `tryksager` by flyers has not said
        that these are leaflets too. What is only near is no way to anything.
        """
        for some in self._around(words, place):
            key = _key(some)
            found = self._onward.get(key)
            if found is None:
                found = tuple(self._steps(some))
                if len(self._onward) >= MOST_ONWARD:
                    self._onward.clear()
                if found:
                    self._onward[key] = found
            yield from found

    def together(self, words: Sequence[Word]) -> Iterator[Meaning]:
        """Yield what the words mean as one phrase."""
        yield from self._of_key(_key(words))
        if len(words) == 2:
            yield from self._of_key(_key(words[::-1]))

    def of_stem(self, stem: str) -> Iterator[Meaning]:
        """Yield what the word with that stem means alone."""
        yield from self._of_key(stem)

    def _around(self, words: Sequence[Word], place: int) -> Iterator[Sequence[Word]]:
        """Yield the runs of words that hold the one at `place` and are not too long to be said."""
        for length in range(1, min(self._longest, len(words)) + 1):
            for start in range(max(0, place - length + 1), min(place, len(words) - length) + 1):
                yield words[start : start + length]

    def _steps(self, words: Sequence[Word]) -> Iterator[tuple[Way, Phrase]]:
        """Yield what is two steps from the words, and what is one step back, each by its best way.

        Of what is far, single words alone: measured, phrases cost much and find nothing more.
        """
        first = list(self.together(words))
        seen = {_key(words), *(_key(phrase) for each in first for phrase in each.phrases)}
        found: dict[Way, list[Phrase]] = {way: [] for way in Way}
        for meaning in first:
            for phrase in meaning.phrases:
                for second in self.together(phrase):
                    way = _WAYS.get((meaning.relation, second.relation))
                    if way:
                        found[way] += second.phrases
        found[Way.BACK] = [tuple(self._chain.words(each.word)) for each in self._wider(_key(words))]
        for way, phrases in found.items():
            for phrase in phrases:
                key = _key(phrase)
                if key not in seen and (len(phrase) == 1 or way == Way.SAME_AS_SAME):
                    seen.add(key)
                    yield way, phrase

    def _wider(self, key: Key) -> Iterator[Synonym]:
        """Yield the entries whose words mean also what has this key."""
        self._sayers(key)
        for sayer in self._by_means.get(key, ()):
            yield self._said.entry(sayer)[0]
        if self._base is not None:
            for synonym in self._base._wider(key):
                if fold_name(synonym.word) not in self._replaced:
                    yield synonym

    @property
    def longest(self) -> int:
        """Return how many words the longest phrase has of which something is said."""
        return self._longest

    def prepare(self, rest: Callable[[], object] = lambda: None) -> None:
        """Take all words to their stems, so that no query waits for that; `rest` now and then."""
        for beginning in self._said.beginnings():
            self._sayers(beginning)
            rest()
        self.like("")  # sorts the single words

    def like(self, written: str) -> Nearby:
        """Return the single words near one of which nothing is said, of which something is."""
        said = [self._said, *([self._base._said] if self._base else [])]
        return near.to([each.single for each in said], readings(written)[-1], lambda _word: 0)

    def lacks(self, word: Word) -> bool:
        """Tell whether nothing is said of this word alone."""
        return next(self._of_key(_key([word])), None) is None

    def _of_key(self, key: Key) -> Iterator[Meaning]:
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            entries = map(self._said.entry, self._sayers(key))
            found = self._known[key] = tuple(_meaning(self._chain, *each) for each in entries)
        yield from found
        if self._base is not None:
            said = self._base._said
            held = zip(self._base._sayers(key), self._base._of_key(key), strict=True)
            for sayer, meaning in held:
                if fold_name(said.entry(sayer)[0].word) not in self._replaced:
                    yield meaning

    def _sayers(self, key: Key) -> Sequence[Sayer]:
        beginning = skeleton(key)[:BEGINNING]
        if beginning not in self._taken:
            with self._turn:
                if beginning not in self._taken:
                    self._take(beginning)
                    self._taken.add(beginning)
        return self._by_stems.get(key, ())

    def _take(self, beginning: str) -> None:
        read: dict[str, list[Word]] = {}  # most texts are said of several words
        shrunk: dict[Sayer, str] = {}
        for sayer in self._said.beginning(beginning):
            words, text = self._words(sayer, read), self._text(sayer)
            whole = whole_of(self._chain, text) if len(words) == 1 and " " in text else ""
            if whole:
                shrunk[sayer] = whole
            else:
                self._say(words, sayer)
        # What is said of `noget til kaffen` is not meant by `kaffe`, of which more is said.
        alone = [each for each in shrunk if _key(self._words(each, read)) not in self._by_stems]
        for sayer, whole in shrunk.items():
            _add(self._by_stems, _key_of_whole(self._words(sayer, read)[0], whole), sayer)
        for sayer in alone:
            self._say(self._words(sayer, read), sayer)
        for sayer in self._said.narrower(beginning):
            _add(self._by_means, _key(self._words(sayer, read)), sayer)

    def _say(self, words: list[Word], sayer: Sayer) -> None:
        _add(self._by_stems, _key(words), sayer)
        if len(words) == 1 and len(words[0].compound) > 1:
            _add(self._by_stems, " ".join(words[0].compound), sayer)

    def _text(self, sayer: Sayer) -> str:
        synonym, place = self._said.entry(sayer)
        return synonym.means[place - 1] if place else synonym.word

    def _words(self, sayer: Sayer, read: dict[str, list[Word]]) -> list[Word]:
        text = self._text(sayer)
        words = read.get(text)
        if words is None:
            words = read[text] = self._chain.words(text)
        return words


_WAYS = {
    (Relation.SAME, Relation.SAME): Way.SAME_AS_SAME,
    (Relation.SAME, Relation.ALSO): Way.ALSO_OF_SAME,
    (Relation.ALSO, Relation.SAME): Way.SAME_AS_ALSO,
    (Relation.SAME, Relation.NEAR): Way.NEAR_TO_SAME,
}
Meant = Callable[[Chain], Meanings]  # gives the meanings for the chain an index was written by


def _meaning(chain: Chain, synonym: Synonym, place: int) -> Meaning:
    texts = (synonym.word, *synonym.means)
    phrases = [tuple(chain.words(text)) for at, text in enumerate(texts) if at != place]
    return Meaning(
        tuple(phrase for phrase in phrases if phrase),
        synonym.categories,
        Relation(synonym.relation),
    )


def _add(held: dict[Key, tuple[Sayer, ...]], key: Key, sayer: Sayer) -> None:
    held[key] = (*held.get(key, ()), sayer)


def _key_of_whole(word: Word, whole: str) -> Key:
    return f"{word.terms[-1]} = {whole}"


def _key(words: Sequence[Word]) -> Key:
    return words[0].terms[-1] if len(words) == 1 else " ".join(word.terms[-1] for word in words)
