"""One committed state of the index, opened for reading and never changing.

Never `Searcher.refresh()` or `reader(reuse=…)`: they return deleted and doubled documents in every
current Whoosh (DOMAIN.md section 7). A new state is a new Generation; segments it shares with the
one before stay as they were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from catalogue.core.kept import Kept

from ..terms import Groups, Nearby, Term
from . import columns, lists, near, seals
from .columns import Columns
from .near import Words
from .postings import Found, Mask, Postings, joined
from .seals import SegmentBroken, Watch
from .segment import KEPT_BYTES, Segment
from .summing import Sums

# Of whole queries, and of the words they are made of: words must not drive out what they made.
KEPT_ANSWERS_BYTES, KEPT_PARTS_BYTES = 32 * 2**20, 12 * 2**20
LARGE = 1_000  # products of a segment that stays for long


class Generation:
    """The products as they stood at one commit, numbered from 0 to `size` - 1.

    It answers `terms.Vocabulary` and `matching.Source` too. Threads share it.
    """

    def __init__(self, name: tuple[str, int], table: Any, shared: Segments) -> None:
        """Open the segments of Whoosh's table of contents; raises SegmentBroken."""
        self.name = name
        self.readers = 0  # counted by the store, which closes the last one out
        self._shared = shared
        self.segments = shared.open(table)
        self.offsets = np.cumsum([0, *(segment.size for segment in self.segments)])[:-1].tolist()
        self.size = sum(segment.size for segment in self.segments)
        self.columns: Columns = columns.assemble(
            [(segment.records, segment.pairs) for segment in self.segments], _live(table.segments)
        )
        self._dictionaries = shared.dictionaries(self.segments)
        self.answers = Kept(KEPT_ANSWERS_BYTES)
        self.parts = Kept(KEPT_PARTS_BYTES)

    def present(self, terms: Iterable[Term]) -> set[Term]:
        """Return those of the terms that products have."""
        asked: dict[str, list[str]] = {}
        for field, text in terms:
            asked.setdefault(field, []).append(text)
        found: set[Term] = set()
        for field, texts in asked.items():
            hashes = np.fromiter((hash(each.encode()) for each in texts), np.int64, len(texts))
            there = np.zeros(len(texts), bool)
            for segment in self.segments:
                there |= segment.has_each(field, hashes)
            found.update((field, text) for text in compress(texts, there))
        return found

    def postings(self, term: Term) -> Postings:
        """Return the products with a term, remembered: its places are often asked for next."""
        found: Postings | None = self.parts.get(term)
        if found is None:
            parts = [each.postings(*term) for each in self.segments]
            found = joined([each.moved(at) for each, at in zip(parts, self.offsets, strict=True)])
            if not any(found is each for each in parts):  # else the shelf has it already
                self.parts.put(term, found, found.size_bytes)
        return found

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others."""
        return lists.near(self, groups)

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another."""
        return lists.in_order(self, groups)

    def delivers_to(self, municipality_id: int) -> Mask:
        """Return which products are delivered to that municipality, for the whole country too."""
        key = ("delivers", municipality_id)
        mask = self.parts.get(key)
        if mask is None:
            mask = self.columns.everywhere.copy()
            mask[self.postings(("delivers", str(municipality_id))).numbers] = True
            self.parts.put(key, mask, mask.nbytes)
        return mask  # type: ignore[no-any-return]  # answers keep values of several types

    def marked(self, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return words of short texts that a keyboard without æ, ø and å writes as each of them."""
        return {word: near.marked(self._dictionaries, word) for word in words}

    def nearby(self, words: Sequence[str]) -> Mapping[str, Nearby]:
        """Return the written words near each of the given ones."""
        return {word: self._near(word) for word in words}

    def beginning(self, start: str, limit: int) -> list[str]:
        """Return written words that begin with `start`, those of most products first."""
        return near.beginning(self._dictionaries, start, limit, self._products)

    def sums(self) -> Sums:
        """Return what all lists and facts say of each product, as one number; reads all of them.

        Raises SegmentBroken.
        """
        each = [segment.sums() for segment in self.segments]
        return np.concatenate(each) if each else np.zeros(0, np.uint64)

    def check(self) -> None:
        """Raise SegmentBroken when what was read since the last check was changed before."""
        for segment in self.segments:
            if segment.unchecked:
                segment.check()

    def check_all(self) -> None:
        """Raise SegmentBroken when any file was changed or is gone, before it is written beside."""
        for segment in self.segments:
            segment.watch.check()

    def find_damage(self) -> SegmentBroken | None:
        """Return what is wrong with the files that were read since the last check; reads them."""
        try:
            for segment in self.segments:
                if segment.unchecked:
                    seals.verify(self._shared.folder, segment.name)
        except SegmentBroken as broken:
            return broken
        return None

    def close(self) -> None:
        """Let go of the segments that no other generation uses."""
        self._shared.close(self.segments)

    def _near(self, word: str) -> Nearby:
        key = ("near", word)
        found: Nearby | None = self.parts.get(key)
        if found is None:
            found = near.to(self._dictionaries, word, self._products)
            self.parts.put(key, found, 1_000)
        return found

    def _products(self, word: str) -> int:
        term = next((each.term(word) for each in self._dictionaries if word in each), "")
        return sum(each.count("spelt", term) for each in self.segments)


class Segments:
    """The segments of an index that are open, each once for all generations that have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._storage = FileStorage(str(folder))
        self._shelf = Kept(KEPT_BYTES)
        self._opened: dict[str, Segment] = {}
        self._dictionaries: dict[tuple[str, ...], Words] = {}

    def open(self, table: Any) -> list[Segment]:
        """Return the segments of a table of contents.

        Raises SegmentBroken, and keeps nothing open that was not.
        """
        opened: list[Segment] = []
        try:
            for segment in table.segments:
                opened.append(self._one(segment, table.schema))
        except BaseException:
            self.close(opened)
            raise
        return opened

    def dictionaries(self, segments: Sequence[Segment]) -> list[Words]:
        """Return the written words of the segments: of the large ones together, so that what is
        like a word is looked for once, and of each small one, for those come and go.
        """
        large = tuple(each.name for each in segments if each.size >= LARGE)
        groups = [large] if large else []
        groups += [(each.name,) for each in segments if each.size < LARGE]
        kept = {group: self._dictionaries.get(group) or self._words(group) for group in groups}
        self._dictionaries = kept
        return list(kept.values())

    def _words(self, names: tuple[str, ...]) -> Words:
        return Words.of_terms(set().union(*(self._opened[name].spelt() for name in names)))

    def close(self, segments: Iterable[Segment]) -> None:
        """Count one user less of each; the last one closes the files."""
        for segment in segments:
            segment.users -= 1
            if not segment.users:
                del self._opened[segment.name]
                segment.close()

    def _one(self, listed: Any, schema: Any) -> Segment:
        segment = self._opened.get(listed.segment_id())
        if segment is None:
            watch = Watch(self.folder, listed.segment_id())
            leaf = SegmentReader(self._storage, schema, listed)
            segment = self._opened[listed.segment_id()] = Segment(leaf, self._shelf, watch)
        segment.users += 1
        return segment


def _live(listed: Sequence[Any]) -> Mask:
    masks = []
    for segment in listed:
        mask = np.ones(segment.doc_count_all(), bool)
        if segment.has_deletions():
            mask[np.fromiter(segment.deleted_docs(), np.int64)] = False
        masks.append(mask)
    return np.concatenate(masks) if masks else np.zeros(0, bool)
