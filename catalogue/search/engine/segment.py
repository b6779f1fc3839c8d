"""One segment of the index, opened for reading: it never changes, so what is read stays read."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogue.core.kept import Kept

from . import codec, columns, summing
from .postings import NO_POSTINGS, Mask, Postings
from .seals import SegmentBroken, Watch
from .summing import Sums

_FIELDS = ("words", "heads", "parts", "spelt", "delivers")
KEPT_BYTES = 12 * 2**20  # of posting lists, in all segments together


class Segment:
    """The documents of one segment, numbered from 0."""

    def __init__(self, leaf: Any, shelf: Kept, watch: Watch) -> None:
        self.name: str = leaf.segment().segment_id()
        self.users = 0  # generations that have it, counted by Segments
        self.size: int = leaf.doc_count_all()
        self.records = _records(leaf)
        self.pairs = columns.Pairs(self.records)
        self.watch = watch
        self._reads = self._checked = 0  # how often files were read, and were by the last check
        self._leaf, self._shelf = leaf, shelf
        self._counts: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()  # Whoosh's readers keep a file position

    @cached_property
    def _hashes(self) -> dict[str, NDArray[np.int64]]:
        """The hashes of all terms by field, ascending; who only writes never asks for them.

        Item numbers make them twice as many as products: in arrays they take eight bytes each.
        """
        with self._reading():
            found = {field: map(hash, self._leaf.lexicon(field)) for field in _FIELDS}
            return {field: np.sort(np.fromiter(each, np.int64)) for field, each in found.items()}

    @property
    def unchecked(self) -> bool:
        """Tell whether files were read and not checked since."""
        return self._reads != self._checked

    def check(self) -> None:
        """Verify the files again if one was changed since they were; raises SegmentBroken.

        Cheap, and not asked where nothing was read: what was read from whole files stays right.
        """
        reads = self._reads
        self.watch.check_open()
        self._checked = reads

    def close(self) -> None:
        """Let go of the files."""
        self._leaf.close()

    def spelt(self) -> list[str]:
        """Return the terms of written words, `written stem`; read anew each time."""
        with self._reading():
            return [term.decode() for term in self._leaf.lexicon("spelt")]

    def has_each(self, field: str, hashes: NDArray[np.int64]) -> Mask:
        """Tell of each term whether a document has it, without asking the disk as Whoosh does.

        `hashes`: of the terms as bytes.
        """
        known = self._hashes[field]
        if not len(known):
            return np.zeros(len(hashes), bool)
        places = np.searchsorted(known, hashes)
        there: Mask = known.take(places, mode="clip") == hashes
        return there

    def has(self, field: str, term: str) -> bool:
        """Tell whether a document has the term."""
        # One by one a search in Python is quicker than an array's.
        known, wanted = self._hashes[field].data, hash(term.encode())
        place = bisect_left(known, wanted)
        return place < len(known) and known[place] == wanted

    def count(self, field: str, term: str) -> int:
        """Return how many documents have the term, deleted ones counted."""
        if not self.has(field, term):
            return 0
        known = self._counts.get((field, term))
        if known is None:
            with self._reading():
                known = int(self._leaf.doc_frequency(field, term))
            if len(self._counts) > 500_000:
                self._counts.clear()
            self._counts[field, term] = known
        return known

    def postings(self, field: str, term: str) -> Postings:
        """Return the documents with the term."""
        key = (self.name, field, term)
        found: Postings | None = self._shelf.get(key)
        if found is None:
            if not self.has(field, term):
                return NO_POSTINGS
            with self._reading():
                found = _arrays(self._leaf.postings(field, term))
            self._shelf.put(key, found, found.size_bytes)
        return found

    def sums(self) -> Sums:
        """Return what all lists and facts say of each document, as `Filling.sums` does; reads all.

        Raises SegmentBroken.
        """
        found = summing.of_records(self.records.tobytes(), self.records.itemsize)
        try:
            with self._reading():
                for written in codec.iterate_written(self._leaf):
                    terms = written.terms
                    mentions = written.mentions(0, len(terms), range(len(terms)))
                    found += summing.of_mentions(mentions, summing.keys(terms), self.size)
        except (ValueError, IndexError) as error:
            raise SegmentBroken(f"segment {self.name}: {error}") from error
        return found

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Have the files alone; counted before they are read, so that no check misses it."""
        with self._lock:
            self._reads += 1
            yield


def _arrays(matcher: Any) -> Postings:
    """Return the arrays behind a matcher; one with deletions is wrapped in a filter."""
    while not isinstance(matcher, codec.ArrayMatcher):
        matcher = matcher.children()[0]
    postings: Postings = matcher.postings
    return postings


def _records(leaf: Any) -> NDArray[Any]:
    column = leaf.column_reader("facts")
    return columns.unpack(b"".join(bytes(column[n]) for n in range(leaf.doc_count_all())))
