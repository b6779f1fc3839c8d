"""How posting lists lie on disk: as arrays that numpy reads in one piece, not document by document.

A codec is Whoosh's documented way to choose this. Everything else (the dictionary of terms,
columns, commits, deletions) stays Whoosh's. Its own lists cost about 10 µs of Python per document.
Every segment is sealed when it is written (`seals.py`).
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.formats import Positions
from whoosh.matching import ListMatcher

from . import seals
from .collecting import Mentions, runs
from .postings import Postings

_HEAD = np.dtype("<u4")
_SIZES = struct.Struct("<II")  # of documents, and of places in all of them
_PORTION_BYTES = 4 * 2**20  # of lists that are read at a time
_NUMBERS, _WEIGHTS = np.dtype("<i4"), np.dtype("<f4")


class ArrayCodec(W3Codec):  # type: ignore[misc]  # Whoosh ships no usable types
    """Whoosh's third codec with posting lists as arrays."""

    length_stats = False  # no score here needs the shortest and longest field of a term

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Give a writer that seals the segment when it closes, which is the last thing it does."""
        return _SealingFieldWriter(self, storage, segment)

    def written(self, storage: Any, segment: Any) -> Written:
        """Return the lists of a segment as they lie on the disk."""
        with closing(self.terms_reader(storage, segment)) as reader:
            terms = list(reader.terms())
        path = Path(storage.folder) / segment.make_filename(self.POSTS_EXT)
        empty = not path.stat().st_size
        return Written(terms, np.zeros(0, _NUMBERS) if empty else np.memmap(path, _NUMBERS, "r"))

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Give a writer of array lists; Whoosh's own for vectors, which name terms."""
        return super().postings_writer(dbfile, byteids) if byteids else _ArrayWriter(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Give a matcher over a list: plain Whoosh can search this index."""
        return ArrayMatcher(
            _read(dbfile, terminfo), format_, term=term, scorer=scorer, terminfo=terminfo
        )


class Written:
    """The lists of a segment, which lie in its file in the order of their terms."""

    def __init__(self, terms: Sequence[tuple[str, bytes]], data: NDArray[Any]) -> None:
        self.terms = terms  # each with its field before it, ascending
        self._data = np.asarray(data)
        view, start, starts = self._data.data, 0, [0]
        for _term in terms:  # a list is as long as its two first numbers tell
            start += 2 + 3 * view[start] + view[start + 1]
            starts.append(start)
        self._starts = np.array(starts, np.int64)

    def mentions(self, first: int, last: int, ranks: Sequence[int]) -> Mentions:
        """Return what stands in the lists from `first` to before `last`, whose terms have those
        ranks.
        """
        starts = self._starts[first:last]
        sizes, places = self._data[starts], self._data[starts + 1]
        numbers = runs(starts + 2, sizes)
        to_next = np.repeat(sizes, sizes)
        ends = self._data[numbers + 2 * to_next]
        counts = np.diff(ends, prepend=0)
        begins = np.cumsum(sizes) - sizes
        counts[begins] = ends[begins]
        return Mentions(
            np.repeat(np.asarray(ranks, np.int32), sizes),
            self._data[numbers],
            self._data[numbers + to_next].view(_WEIGHTS),
            counts,
            self._data[runs(starts + 2 + 3 * sizes, places)],
        )


def iterate_written(leaf: Any) -> Iterator[Written]:
    """Yield all lists of an open segment in portions, from where its dictionary tells that they
    lie; raises ValueError when they do not follow each other.

    By the files as they are open: those of a segment that was joined meanwhile are gone.
    """
    posts = leaf._terms._postfile  # Whoosh gives nobody else the file
    terms: list[tuple[str, bytes]] = []
    start = end = 0
    for term, info in leaf:
        offset, _length = info.extent()
        if offset != end:
            raise ValueError("posting lists do not follow each other")
        count, places = np.frombuffer(posts.get(offset, _SIZES.size), _HEAD).tolist()
        end = offset + _SIZES.size + 4 * (3 * count + places)
        terms.append(term)
        if end - start >= _PORTION_BYTES:
            yield Written(terms, np.frombuffer(posts.get(start, end - start), _NUMBERS))
            terms, start = [], end
    if terms:
        yield Written(terms, np.frombuffer(posts.get(start, end - start), _NUMBERS))


class ArrayMatcher(ListMatcher):  # type: ignore[misc]  # as above
    """A posting list as Whoosh walks it, with the arrays themselves in `postings`."""

    def __init__(self, postings: Postings, format_: Any, **options: Any) -> None:
        self.postings = postings
        super().__init__(postings.numbers, postings.weights, _Values(postings), format_, **options)

    def id(self) -> int:
        """Return the number of the present document."""
        return int(self._ids[self._i])

    def weight(self) -> float:
        """Return the weight of the present document."""
        return float(self._weights[self._i])

    def copy(self) -> ArrayMatcher:
        """Return another matcher at the same place."""
        return ArrayMatcher(
            self.postings, self._format, position=self._i, scorer=self._scorer, term=self._term,
            terminfo=self._terminfo,
        )  # fmt: skip


class Places(Positions):  # type: ignore[misc]  # as above
    """Whoosh's format of positions, written as an array of whole numbers."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Return the places behind a value."""
        places: list[int] = np.frombuffer(valuestring, _NUMBERS).tolist()
        return places


class _Values:
    """The places of each document as bytes, cut out when asked for."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __getitem__(self, at: int) -> bytes:
        start = int(self._postings.ends[at - 1]) if at else 0
        return self._postings.places[start : int(self._postings.ends[at])].tobytes()


def _read(dbfile: Any, terminfo: Any) -> Postings:
    offset, _length = terminfo.extent()  # Whoosh reads the length back as a tuple
    count, places = np.frombuffer(dbfile.get(offset, 2 * _HEAD.itemsize), _HEAD).tolist()
    data = dbfile.get(offset + 2 * _HEAD.itemsize, 4 * (3 * count + places))
    return Postings(
        numbers=np.frombuffer(data, _NUMBERS, count),
        weights=np.frombuffer(data, _WEIGHTS, count, 4 * count),
        ends=np.frombuffer(data, _NUMBERS, count, 8 * count),
        places=np.frombuffer(data, _NUMBERS, places, 12 * count),
    )


class _ArrayWriter(PostingsWriter):  # type: ignore[misc]  # as above
    """Takes one posting list at a time, whole or collected, and writes it in one piece."""

    def __init__(self, postfile: Any) -> None:
        self._file = postfile
        self._terminfo: Any = None

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        self._terminfo = terminfo
        self._list: Postings | None = None
        self._collected: list[tuple[int, float, bytes]] = []

    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: Any = None) -> None:
        self._collected.append((id_, weight, vbytes))

    def add_list(self, postings: Postings) -> None:
        """Take the whole list of a term at once."""
        self._list = postings

    def finish_postings(self) -> Any:
        postings = self._list or _gathered(self._collected)
        terminfo, self._terminfo = self._terminfo, None
        terminfo.add_block(_Block(postings))
        arrays = (postings.numbers, postings.weights, postings.ends, postings.places)
        head = _SIZES.pack(len(postings.numbers), len(postings.places))
        data = b"".join([head, *(each.tobytes() for each in map(_little, arrays))])
        terminfo.set_extent(self._file.tell(), len(data))
        self._file.write(data)
        return terminfo

    def written(self) -> bool:
        return False


class _Block:
    """What a term's statistics ask of a block of postings."""

    def __init__(self, postings: Postings) -> None:
        self._ids, self._weights = postings.numbers, postings.weights.tolist()

    def __len__(self) -> int:
        return len(self._ids)

    def min_id(self) -> int:
        return int(self._ids[0])

    def max_id(self) -> int:
        return int(self._ids[-1])

    def min_length(self) -> int:
        return 0

    def max_length(self) -> int:
        return 0

    def max_weight(self) -> float:
        return float(max(self._weights))


def _gathered(collected: Sequence[tuple[int, float, bytes]]) -> Postings:
    ids, weights, values = zip(*collected, strict=True)
    return Postings(
        numbers=np.array(ids, _NUMBERS),
        weights=np.array(weights, _WEIGHTS),
        ends=np.cumsum([len(each) // 4 for each in values], dtype=_NUMBERS),
        places=np.frombuffer(b"".join(values), _NUMBERS),
    )


class _SealingFieldWriter(W3FieldWriter):  # type: ignore[misc]  # as above
    def add_list(self, term: bytes, postings: Postings) -> None:
        """Write a term with its whole list."""
        self.start_term(term)
        self._postwriter.add_list(postings)
        self.finish_term()

    def close(self) -> None:
        """Close the files and write down their sizes and checksums."""
        super().close()
        seals.write(Path(self._storage.folder), self._segment.segment_id())


def _little(values: NDArray[Any]) -> NDArray[Any]:
    return values if sys.byteorder == "little" else values.astype(values.dtype.newbyteorder("<"))
