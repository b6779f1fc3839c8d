"""The index on disk: its Whoosh schema, who may write, and how a new one takes the old one's place.

Only what Whoosh 2.7.4 documents too, so that changing between its forks is one line. The folder
holds pickles: trusted data only. The database is the truth; the index can always be built anew.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.columns import FixedBytesColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, create_in, open_dir
from whoosh.query import Or, Term

from catalogue.agreements.rules import InForce
from catalogue.core.errors import Unavailable
from catalogue.core.text import lazy as _

from .analysis import DanishAnalyzer, TailAnalyzer
from .columns import RECORD, Mask, Pair
from .generation import Generation, Segments

# Raise when schema, analysis or the record change: an index of another version is not opened.
VERSION = 1
# The fields of words and how much a hit in each weighs.
FIELDS = {
    "title": 8.0,
    "item_number": 8.0,
    "summary": 3.0,
    "category": 2.0,
    "enterprise": 2.0,
    "description": 1.0,
    "category_en": 0.5,
}
TRIES = 40
PAUSE_SECONDS = 0.05
Document = dict[str, Any]  # field name to value, as Whoosh's writer wants it


class IndexUnavailable(Unavailable):
    """The index cannot be opened; it must be built anew from the database."""

    title = _("Search is not available right now")


def schema() -> Schema:
    """Return the schema: words for finding, one record of facts for filters, facets and sorting."""
    words = {name: TEXT(analyzer=DanishAnalyzer(), phrase=False) for name in FIELDS}
    return Schema(
        product_id=ID(unique=True),
        tails=TEXT(analyzer=TailAnalyzer(), phrase=False),
        delivers=KEYWORD(scorable=True),
        facts=COLUMN(FixedBytesColumn(RECORD.itemsize)),
        **words,
    )


@dataclass(frozen=True)
class Judged:
    """Orderability of all products of a generation under one set of agreements in force."""

    name: tuple[str, int]  # of the generation
    answers: dict[Pair, bool]
    mask: Mask


class Store:
    """The folder of indexes: `current` names the one in use, `building` the one being built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.judged: dict[InForce, Judged] = {}
        self._lock = threading.Lock()
        self._open: Generation | None = None
        self._index: Any = None  # the Whoosh index behind `_open`
        self._segments: Segments = {}

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """Give the newest generation for the block; raises IndexUnavailable."""
        with self._lock:
            generation = self._newest()
            generation.readers += 1
        try:
            yield generation
        finally:
            with self._lock:
                generation.readers -= 1
                self._close_unused(generation)

    @contextmanager
    def writing(self, product_ids: Sequence[int]) -> Iterator[Any]:
        """Give a writer from which those products are deleted; commit at the end of the block.

        Waits for other writers, also of other processes. The ids are noted for an index that is
        being built beside this one, so that it misses nothing.
        """
        with self._locked("writing"):
            name = self._current() or self._create()
            building = self._read("building")
            if building is not None:
                with (self.folder / building / "touched").open("a") as file:
                    file.writelines(f"{product_id}\n" for product_id in product_ids)
            with _writer(self.folder / name, product_ids) as writer:
                yield writer

    @contextmanager
    def building(self) -> Iterator[Draft]:
        """Give an empty index beside the one in use; it is used by nobody until `Draft.swap`."""
        with self._locked("rebuilding"):
            name = _new_name()
            with self._locked("writing"):
                self._make(name)
                self._write("building", name)
            try:
                yield Draft(self, name)
            finally:
                (self.folder / "building").unlink(missing_ok=True)
                self._tidy()

    def exists(self) -> bool:
        """Tell whether there is an index of the present version."""
        name = self._read("current")
        return name is not None and name.startswith(f"v{VERSION}-")

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = self._index = None

    def swap(self, name: str) -> None:
        """Make `name` the index in use; readers see it from their next query on."""
        self._write("current", name)

    def _newest(self) -> Generation:
        """Return the open generation, opened anew if something was committed or swapped."""
        for _try in range(TRIES):
            try:
                return self._reopened(self._current() or self._created())
            except (OSError, EmptyIndexError):  # swapped or committed away while we were opening
                time.sleep(PAUSE_SECONDS)
        raise IndexUnavailable(_("The index cannot be opened. Build it anew: catalogue reindex"))

    def _reopened(self, name: str) -> Generation:
        if self._open is None or self._open.name[0] != name:
            self._index = open_dir(str(self.folder / name))
        present = (name, self._index.latest_generation())
        if self._open is not None and self._open.name == present:
            return self._open
        old, self._open = self._open, Generation(present, self._index, self._segments)
        if old is not None:
            self._close_unused(old)
        return self._open

    def _close_unused(self, generation: Generation) -> None:
        if generation is not self._open and generation.readers == 0:
            generation.close()

    def _current(self) -> str | None:
        name = self._read("current")
        if name is not None and not name.startswith(f"v{VERSION}-"):
            raise IndexUnavailable(
                _("The index is of another version. Build it anew: catalogue reindex")
            )
        return name

    def _created(self) -> str:
        with self._locked("writing"):
            return self._current() or self._create()

    def _create(self) -> str:
        name = _new_name()
        self._make(name)
        self.swap(name)
        return name

    def _make(self, name: str) -> None:
        folder = self.folder / name
        folder.mkdir(parents=True)
        create_in(str(folder), schema()).close()

    def _read(self, pointer: str) -> str | None:
        try:
            return (self.folder / pointer).read_text() or None
        except FileNotFoundError:
            return None

    def _write(self, pointer: str, name: str) -> None:
        draft = self.folder / f"{pointer}.{secrets.token_hex(4)}"
        draft.write_text(name)
        draft.replace(self.folder / pointer)  # atomic: a reader sees the old or the new name

    def _tidy(self) -> None:
        """Remove indexes that are neither in use nor the one before, which may still be read."""
        folders = [each for each in self.folder.glob("v*-*") if each.is_dir()]
        folders.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for folder in [each for each in folders if each.name != self._read("current")][1:]:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Hold a lock valid between processes; the system frees it when a process dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(self.folder)).lock(f"{name}.lock")
        lock.acquire(blocking=True)
        try:
            yield
        finally:
            lock.release()


class Draft:
    """An index being built beside the one in use."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name

    @contextmanager
    def writing(self, product_ids: Sequence[int] = ()) -> Iterator[Any]:
        """Give a writer on the draft, those products deleted; commit at the end of the block."""
        with _writer(self._store.folder / self._name, product_ids) as writer:
            yield writer

    @contextmanager
    def finishing(self) -> Iterator[list[int]]:
        """Stop other writers, give the ids they touched meanwhile, then put the draft in use."""
        with self._store._locked("writing"):
            touched = self._store.folder / self._name / "touched"
            noted = touched.read_text().split() if touched.exists() else []
            yield sorted({int(product_id) for product_id in noted})
            touched.unlink(missing_ok=True)
            self._store.swap(self._name)
            (self._store.folder / "building").unlink(missing_ok=True)


@contextmanager
def _writer(folder: Path, product_ids: Sequence[int]) -> Iterator[Any]:
    index = open_dir(str(folder))
    writer = index.writer()
    try:
        if product_ids:  # one query: each would open the index anew
            named = [Term("product_id", str(product_id)) for product_id in product_ids]
            writer.delete_by_query(Or(named))
        yield writer
    except BaseException:
        with suppress(Exception):  # the first error is the one to tell
            writer.cancel()
        raise
    else:
        writer.commit()
    finally:
        index.close()


def _new_name() -> str:
    return f"v{VERSION}-{secrets.token_hex(6)}"
