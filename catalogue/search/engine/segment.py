"""One segment of the index, opened for reading: it never changes, so what is read stays read."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from typing import Any

from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..analysis import skeleton
from . import codec, columns
from .postings import NO_POSTINGS, Postings

KEPT_BYTES = 96 * 2**20  # of posting lists, in all segments together
MOST_SIMILAR = 12


class Shelf:
    """Posting lists that were read, bounded by their bytes; the least recently used go first."""

    def __init__(self, limit_bytes: int = KEPT_BYTES) -> None:
        self._limit, self._used = limit_bytes, 0
        self._kept: OrderedDict[tuple[str, str, str], Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> Postings | None:
        """Return a list if it is kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, str], postings: Postings) -> None:
        """Keep a list, and let go of others when there is no room."""
        with self._lock:
            if key not in self._kept:
                self._used += postings.size_bytes
            self._kept[key] = postings
            while self._used > self._limit and len(self._kept) > 1:
                self._used -= self._kept.popitem(last=False)[1].size_bytes


class Segment:
    """The documents of one segment, numbered from 0."""

    def __init__(self, leaf: Any, shelf: Shelf) -> None:
        self.name: str = leaf.segment().segment_id()
        self.users = 0  # generations that have it, counted by Segments
        self.size: int = leaf.doc_count_all()
        self.records = _records(leaf)
        self.pairs = columns.Pairs(self.records)
        self.words = Words([term.decode() for term in leaf.lexicon("spelt")])
        self._leaf, self._shelf = leaf, shelf
        self._counts: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()  # Whoosh's readers keep a file position

    def close(self) -> None:
        """Let go of the files."""
        self._leaf.close()

    def count(self, field: str, term: str) -> int:
        """Return how many documents have the term, deleted ones counted."""
        known = self._counts.get((field, term))
        if known is None:
            with self._lock:
                found = (field, term) in self._leaf
                known = self._leaf.doc_frequency(field, term) if found else 0
            if len(self._counts) > 500_000:
                self._counts.clear()
            self._counts[field, term] = known
        return known

    def postings(self, field: str, term: str) -> Postings:
        """Return the documents with the term."""
        key = (self.name, field, term)
        found = self._shelf.get(key)
        if found is None:
            if not self.count(field, term):
                return NO_POSTINGS
            with self._lock:
                found = _arrays(self._leaf.postings(field, term))
            self._shelf.put(key, found)
        return found


class Words:
    """The written words of a segment's short texts, to be looked up by what is like them."""

    def __init__(self, terms: list[str]) -> None:
        """Take the terms of the dictionary, `written stem`, by code point."""
        self._stems = dict(term.split(" ") for term in terms)
        self._sorted = sorted(self._stems)
        self._lengths: dict[int, dict[str, str]] | None = None
        self._skeletons: dict[str, list[str]] | None = None

    def __contains__(self, word: str) -> bool:
        return word in self._stems

    def term(self, word: str) -> str:
        """Return the term by which the dictionary has a word."""
        return f"{word} {self._stems.get(word, '')}"

    def beginning(self, start: str, limit: int) -> list[str]:
        """Return up to `limit` words that begin with `start`, in alphabetical order."""
        first = bisect_left(self._sorted, start)
        found = []
        for word in self._sorted[first : first + limit]:
            if not word.startswith(start):
                break
            found.append(word)
        return found

    def unmarked(self, word: str) -> list[str]:
        """Return the words that a keyboard without æ, ø and å would write as `word`."""
        if self._skeletons is None:
            self._skeletons = {}
            for each in self._sorted:
                self._skeletons.setdefault(skeleton(each), []).append(each)
        return self._skeletons.get(skeleton(word), [])

    def similar(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return the words within that many slips of the keyboard, each with the number."""
        near: dict[str, str] = {}
        for length in range(len(word) - distance, len(word) + distance + 1):
            near |= self._by_length().get(length, {})
        found = process.extract(
            word, near.keys(), scorer=OSA.distance, score_cutoff=distance, limit=MOST_SIMILAR
        )
        return [(near[each], int(slips)) for each, slips, _place in found]

    def _by_length(self) -> dict[int, dict[str, str]]:
        """Return words and stems by their length, each with the word to offer."""
        if self._lengths is None:
            lengths: dict[int, dict[str, str]] = {}
            for written, stem in self._stems.items():
                lengths.setdefault(len(stem), {}).setdefault(stem, written)
            for written in self._sorted:
                lengths.setdefault(len(written), {})[written] = written
            self._lengths = lengths
        return self._lengths


def _arrays(matcher: Any) -> Postings:
    """Return the arrays behind a matcher; one with deletions is wrapped in a filter."""
    while not isinstance(matcher, codec.ArrayMatcher):
        matcher = matcher.children()[0]
    postings: Postings = matcher.postings
    return postings


def _records(leaf: Any) -> NDArray[Any]:
    column = leaf.column_reader("facts")
    return columns.unpack(b"".join(bytes(column[n]) for n in range(leaf.doc_count_all())))
