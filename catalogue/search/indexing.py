"""What lies in the embedded index: Whoosh's schema, and one writer at a time that may change it.

Only what Whoosh 2.7.4 documents too, so that changing between its forks is one line. The folder
holds pickles: trusted data only. The database is the truth; the index can always be built anew.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh.columns import FixedBytesColumn
from whoosh.fields import COLUMN, ID, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.index import TOC, create_in, open_dir
from whoosh.query import Or, Term

from .engine import merging
from .engine.codec import ArrayCodec, Places
from .engine.columns import RECORD
from .engine.filling import Filling
from .engine.seals import SegmentBroken
from .weighing import Weighed

SEAL = "toc.seal"
_TABLE = re.compile(r"_MAIN_(\d+)\.toc")
Merge = Callable[[Any, Sequence[Any]], list[Any]]  # Whoosh's `mergetype`
Document = Mapping[str, Any]  # field name to value, as Whoosh's writer wants it


class WeighedTerms(FieldType):  # type: ignore[misc]  # Whoosh ships no usable types
    """Terms that come with their weight and places (`weighing.Mentions`)."""

    def __init__(self) -> None:
        super().__init__(Places(), None, scorable=True)

    def index(self, value: Any, **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield term, frequency, weight and places for Whoosh's writer."""
        for term, (weight, places) in value.items():
            yield term.encode(), len(places), weight, array("i", places).tobytes()


class PlainTerms(FieldType):  # type: ignore[misc]  # as above
    """Terms of which only matters that they are there."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Any, **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield the terms for Whoosh's writer."""
        for term in value:
            yield term.encode(), 1, 1.0, b""


def schema() -> Schema:
    """Return the schema: words for finding, one record of facts for filters, facets and sorting."""
    return Schema(
        product_id=ID(unique=True),
        words=WeighedTerms(),
        heads=WeighedTerms(),
        parts=WeighedTerms(),
        spelt=PlainTerms(),
        delivers=PlainTerms(),
        facts=COLUMN(FixedBytesColumn(RECORD.itemsize)),
    )


def document(
    product_id: int, weighed: Weighed, municipality_ids: Sequence[int], facts: bytes
) -> Document:
    """Return a product as the writer wants it; the ids are of municipalities it is delivered to."""
    return {
        "product_id": str(product_id),
        "words": weighed.words,
        "heads": weighed.heads,
        "parts": weighed.parts,
        "spelt": [f"{written} {stem}" for written, stem in weighed.spelt.items()],
        "delivers": [str(each) for each in municipality_ids],
        "facts": facts,
    }


def empty() -> Filling:
    """Return what takes products as the schema has them."""
    return Filling(("words", "heads", "parts"), ("spelt", "delivers"), "product_id", "facts")


def create(folder: Path) -> None:
    """Make an empty index."""
    folder.mkdir(parents=True)
    create_in(str(folder), schema()).close()


@contextmanager
def writing(
    folder: Path, product_ids: Sequence[int] = (), merge: Merge | None = None
) -> Iterator[Filling]:
    """Give what takes products, those named deleted; merge, commit and seal at the end.

    Raises SegmentBroken when one that is to be joined is not what was written; then all stay apart.
    """
    index = open_dir(str(folder))
    writer = index.writer(codec=ArrayCodec(), compound=False)
    filling = empty()
    damage: list[SegmentBroken] = []

    def finish(writer: Any, segments: Sequence[Any]) -> list[Any]:
        try:
            kept = (merge or merging.merge_alike)(writer, segments)
        except SegmentBroken as broken:  # told when the commit is through, which would be torn
            damage.append(broken)
            kept = list(segments)
        return filling.beside(writer, kept)

    try:
        if product_ids:  # one query: each would open the index anew
            named = [Term("product_id", str(product_id)) for product_id in product_ids]
            writer.delete_by_query(Or(named))
        yield filling
    except BaseException:
        with suppress(Exception):  # the first error is the one to tell
            writer.cancel()
        raise
    else:
        writer.commit(mergetype=finish)
        _seal(folder, latest_generation(folder))
        if damage:
            raise damage[0]
    finally:
        index.close()


def latest_generation(folder: Path) -> int:
    """Return the number of the newest commit; raises FileNotFoundError when there is none."""
    # os.listdir, for this is asked with every query: a Path for each file takes five times as long.
    names = os.listdir(folder)  # noqa: PTH208
    numbers = [int(found[1]) for name in names if (found := _TABLE.fullmatch(name))]
    if not numbers:
        raise FileNotFoundError(f"no index in {folder.name}")
    return max(numbers)


def table_of(folder: Path, generation: int) -> Any:
    """Return Whoosh's table of contents, compared with its seal; raises SegmentBroken.

    A writer that dies between committing and sealing leaves a commit without a seal, which counts.
    """
    try:
        sealed = json.loads((folder / SEAL).read_text())
    except FileNotFoundError:
        sealed = {}
    except ValueError as error:
        raise SegmentBroken(f"{SEAL}: {error}") from error
    if sealed.get("generation") == generation and sealed.get("sum") != _sum(folder, generation):
        raise SegmentBroken("the table of segments is not what was written")
    return TOC.read(FileStorage(str(folder)), "MAIN", gen=generation)


def _seal(folder: Path, generation: int) -> None:
    draft = folder / f"{SEAL}.new"
    draft.write_text(json.dumps({"generation": generation, "sum": _sum(folder, generation)}))
    draft.replace(folder / SEAL)


def _sum(folder: Path, generation: int) -> int:
    return zlib.crc32((folder / f"_MAIN_{generation}.toc").read_bytes())
