"""How posting lists lie on disk: as arrays that numpy reads in one piece, not document by document.

A codec is Whoosh's documented way to choose this. Everything else (the dictionary of terms,
columns, commits, deletions) stays Whoosh's. Its own lists cost about 10 µs of Python per document.
Every segment is sealed with sizes and checksums of its files, for no Whoosh calls fsync and a torn
file must be noticed when it is opened, not when a buyer sees a wrong hit.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermsReader
from whoosh.formats import Positions
from whoosh.matching import ListMatcher

from .postings import Postings

SEAL = ".seal"
_HEAD = np.dtype("<u4")
_NUMBERS, _WEIGHTS = np.dtype("<i4"), np.dtype("<f4")


class SegmentBroken(Exception):
    """A file of a segment is missing, cut short or changed."""


class ArrayCodec(W3Codec):  # type: ignore[misc]  # Whoosh ships no usable types
    """Whoosh's third codec with posting lists as arrays."""

    length_stats = False  # no score here needs the shortest and longest field of a term

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Give a writer that seals the segment when it closes, which is the last thing it does."""
        return _SealingFieldWriter(self, storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> Any:
        """Give a reader that gives whole lists too."""
        terms = segment.make_filename(self.TERMS_EXT)
        lists = segment.open_file(storage, self.POSTS_EXT)
        return _ListReader(self, storage.open_file(terms), storage.file_length(terms), lists)

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


def verify(folder: Path, segment_id: str) -> None:
    """Compare the files of a segment with its seal; raises SegmentBroken."""
    try:
        seal = json.loads(_seal_path(folder, segment_id).read_text())
        for name, (size, checksum) in seal.items():
            data = (folder / name).read_bytes()
            if len(data) != size or zlib.crc32(data) != checksum:
                raise SegmentBroken(f"{name} is not what was written")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SegmentBroken(f"segment {segment_id}: {error}") from error


class _ArrayWriter(PostingsWriter):  # type: ignore[misc]  # as above
    """Collects one posting list at a time and writes it in one piece."""

    def __init__(self, postfile: Any) -> None:
        self._file = postfile
        self._terminfo: Any = None

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        self._terminfo = terminfo
        self._ids, self._weights = array("i"), array("f")
        self._ends, self._values = array("i"), bytearray()

    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: Any = None) -> None:
        self._ids.append(id_)
        self._weights.append(weight)
        self._values += vbytes
        self._ends.append(len(self._values) // 4)

    def add_list(self, postings: Postings) -> None:
        """Take the whole list of a term at once."""
        self._ids.frombytes(postings.numbers.tobytes())
        self._weights.frombytes(postings.weights.tobytes())
        self._ends.frombytes(postings.ends.tobytes())
        self._values += postings.places.astype(_NUMBERS, copy=False).tobytes()

    def finish_postings(self) -> Any:
        terminfo, self._terminfo = self._terminfo, None
        terminfo.add_block(self)
        start = self._file.tell()
        lists: tuple[array[Any], ...] = (self._ids, self._weights, self._ends)
        head = np.array([len(self._ids), len(self._values) // 4], _HEAD)
        self._file.write(head.tobytes() + b"".join(map(_little, lists)) + bytes(self._values))
        terminfo.set_extent(start, self._file.tell() - start)
        return terminfo

    def written(self) -> bool:
        return False

    # What a term's statistics ask of a block of postings:
    def __len__(self) -> int:
        return len(self._ids)

    def min_id(self) -> int:
        return self._ids[0]

    def max_id(self) -> int:
        return self._ids[-1]

    def min_length(self) -> int:
        return 0

    def max_length(self) -> int:
        return 0

    def max_weight(self) -> float:
        return max(self._weights)


class _ListReader(W3TermsReader):  # type: ignore[misc]  # as above
    def lists(self) -> Iterator[tuple[tuple[str, bytes], Postings]]:
        """Yield every field and term, ascending, with its documents."""
        for term, terminfo in self.items():
            yield term, _read(self._postfile, terminfo)


class _SealingFieldWriter(W3FieldWriter):  # type: ignore[misc]  # as above
    def add_list(self, term: bytes, postings: Postings) -> None:
        """Write a term with its whole list."""
        self.start_term(term)
        self._postwriter.add_list(postings)
        self.finish_term()

    def close(self) -> None:
        """Close the files and write down their sizes and checksums."""
        super().close()
        folder, name = Path(self._storage.folder), self._segment.segment_id()
        seal = {}
        for path in sorted(folder.glob(f"*{name}.*")):
            data = path.read_bytes()
            seal[path.name] = (len(data), zlib.crc32(data))
        _seal_path(folder, name).write_text(json.dumps(seal))


def _seal_path(folder: Path, segment_id: str) -> Path:
    return folder / f"{segment_id}{SEAL}"


def _little(values: array[Any]) -> bytes:
    kind = _WEIGHTS if values.typecode == "f" else _NUMBERS
    return np.asarray(values).astype(kind, copy=False).tobytes()
