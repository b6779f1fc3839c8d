"""One committed state of the index, opened for reading and never changing.

Never `Searcher.refresh()` or `reader(reuse=…)`: they return deleted and doubled documents in every
current Whoosh (DOMAIN.md section 7). A new state is a new Generation.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.scoring import BM25F

from . import columns
from .columns import Columns, Mask, Numbers

Scores = NDArray[np.float64]
Segments = dict[str, NDArray[Any]]  # records by segment id; a segment never changes
KEPT_POSTINGS = 4_000
# Measured on product search: NDCG@10 0.759 against 0.713 untuned (DOMAIN.md section 7).
WEIGHTING = {"B": 0.75, "title_B": 0.1}


class Generation:
    """The products as they stood at one commit, numbered from 0 to `size` - 1.

    Threads share it: Whoosh's readers keep a file position, so a lock goes around each use.
    """

    def __init__(
        self, name: tuple[str, int], index: Any, segments: dict[str, NDArray[Any]]
    ) -> None:
        self.name = name
        self.readers = 0  # counted by the store, which closes the last one out
        self._lock = threading.Lock()
        self._postings: OrderedDict[tuple[str, str], tuple[Numbers, Scores]] = OrderedDict()
        self._searcher = index.searcher(weighting=BM25F(**WEIGHTING))
        self._reader = self._searcher.reader()
        self.columns: Columns = _columns(self._reader, segments)
        self.size = len(self.columns.records)

    def contains(self, field: str, term: str) -> bool:
        """Tell whether any product has the term in that field."""
        with self._lock:
            return (field, term) in self._reader

    def beginning_with(self, field: str, start: str, limit: int) -> list[str]:
        """Return up to `limit` terms of a field that begin with `start`, in alphabetical order."""
        found: list[str] = []
        with self._lock:
            for term in self._reader.expand_prefix(field, start):
                if len(found) == limit:
                    break
                found.append(term.decode())
        return found

    def postings(self, field: str, term: str) -> tuple[Numbers, Scores]:
        """Return the products with the term in that field, ascending, and their BM25F scores."""
        key = (field, term)
        with self._lock:
            if key in self._postings:
                self._postings.move_to_end(key)
                return self._postings[key]
            found = self._read(field, term) if key in self._reader else _nothing()
            self._postings[key] = found
            if len(self._postings) > KEPT_POSTINGS:
                self._postings.popitem(last=False)
            return found

    def delivers_to(self, municipality_id: int) -> Mask:
        """Return which products are delivered to that municipality, for the whole country too."""
        mask: Mask = self.columns.records["everywhere"].astype(bool)
        mask[self.postings("delivers", str(municipality_id))[0]] = True
        return mask

    def close(self) -> None:
        """Let go of the files."""
        self._searcher.close()

    def _read(self, field: str, term: str) -> tuple[Numbers, Scores]:
        matcher = self._searcher.postings(field, term)
        numbers, scores = [], []
        while matcher.is_active():
            numbers.append(matcher.id())
            scores.append(matcher.score())
            matcher.next()
        return np.array(numbers, np.int64), np.array(scores, np.float64)


def _nothing() -> tuple[Numbers, Scores]:
    return np.zeros(0, np.int64), np.zeros(0, np.float64)


def _columns(reader: Any, segments: Segments) -> Columns:
    """Read the records; those of segments read before come from `segments`, brought up to date."""
    if reader.doc_count_all() == 0:
        return columns.assemble([], np.zeros(0, bool))
    present: Segments = {}
    live = np.ones(reader.doc_count_all(), bool)
    for leaf, offset in reader.leaf_readers():
        name = leaf.segment().segment_id()
        present[name] = segments[name] if name in segments else _records(leaf)
        if leaf.has_deletions():
            kept = np.fromiter(leaf.all_doc_ids(), np.int64)
            live[offset : offset + leaf.doc_count_all()] = False
            live[offset + kept] = True
    segments.clear()
    segments.update(present)
    return columns.assemble(list(present.values()), live)


def _records(leaf: Any) -> NDArray[Any]:
    column = leaf.column_reader("facts")
    return columns.unpack(b"".join(bytes(column[n]) for n in range(leaf.doc_count_all())))
