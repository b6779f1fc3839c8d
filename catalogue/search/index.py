"""Where indexes lie, which one is in use, and how a new one takes the old one's place.

An index that is missing or not what was written is never half used: it is unavailable, the database
answers instead, and the worker builds it anew.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from catalogue.core import faults
from catalogue.core.errors import Unavailable
from catalogue.core.text import lazy as _

from . import indexing
from .analysis import Chain, Language
from .engine import merging
from .engine.filling import Filling
from .engine.generation import Generation, Segments
from .engine.seals import SegmentBroken

log = logging.getLogger("catalogue.search")
# Raise when schema, analysis or the record change: an index of another version is not opened.
VERSION = 8
TRIES = 4
PAUSE_SECONDS = 0.02
KNOWN_WORDS = "known_words"
_NAME = re.compile(r"v(\d+)-(\w+)-[0-9a-f]+")


class IndexUnavailable(Unavailable):
    """The index cannot be opened; it must be built anew from the database."""

    title = _("Search is not available right now")


class Store:
    """The folder of indexes: `current` names the one in use, `building` the one being built."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.folder = folder
        self.language = language
        self._lock = threading.Lock()
        self._open: Generation | None = None
        self._segments: Segments | None = None
        self._chain: Chain | None = None
        self._broken: tuple[str, float] | None = None

    @contextmanager
    def reading(self) -> Iterator[tuple[Generation, Chain]]:
        """Give the newest generation and its chain for the block; raises IndexUnavailable."""
        with self._lock:
            generation, chain = self._newest()
            generation.readers += 1
        try:
            yield generation, chain
            generation.check()
        except Exception as error:  # damaged arrays raise anything, and most often later on
            broken = error if isinstance(error, SegmentBroken) else generation.find_damage()
            if broken is None:
                raise
            faults.note(log, "search index was damaged", where=str(broken))
            self._forget(generation)
            raise _unavailable(str(broken)) from error
        finally:
            with self._lock:
                generation.readers -= 1
                self._close_unused(generation)

    @contextmanager
    def writing(self, product_ids: Sequence[int]) -> Iterator[tuple[Any, Chain]]:
        """Give what takes products, those named deleted; commit at the end of the block.

        Waits for other writers, also of other processes. The ids are noted for an index that is
        being built beside this one, so that it misses nothing. Raises IndexUnavailable.
        """
        with self._locked("writing"):
            with self.reading() as (generation, _chain):  # what is broken must not be written to
                generation.check_all()
            name = self.current()
            building = self._read("building")
            if building is not None and (self.folder / building).exists():
                with (self.folder / building / "touched").open("a") as file:
                    file.writelines(f"{product_id}\n" for product_id in product_ids)
            chain = self._chain_of(name)
            try:
                with indexing.writing(self.folder / name, product_ids) as filling:
                    yield filling, chain
            except SegmentBroken as broken:
                raise _unavailable(str(broken)) from broken

    @contextmanager
    def building(self, known: Iterable[str]) -> Iterator[Draft]:
        """Give an empty index beside the one in use; it is used by nobody until it is finished.

        `known` are the catalogue's own words, of which compounds may be made.
        """
        with self._locked("rebuilding"):
            name = f"v{VERSION}-{self.language.code}-{secrets.token_hex(6)}"
            with self._locked("writing"):
                indexing.create(self.folder / name)
                _write_words(self.folder / name / KNOWN_WORDS, known)
                self._write("building", name)
            try:
                yield Draft(self, name)
            finally:
                (self.folder / "building").unlink(missing_ok=True)
                self._tidy()

    def current(self) -> str:
        """Return the name of the index in use; raises IndexUnavailable."""
        name = self._read("current") or ""
        match = _NAME.fullmatch(name)
        if match is None or (int(match[1]), match[2]) != (VERSION, self.language.code):
            raise _unavailable("there is no index of the present version")
        return name

    def swap(self, name: str) -> None:
        """Make `name` the index in use; readers see it from their next query on."""
        self._write("current", name)

    def verify(self) -> None:
        """Have the index opened anew, which compares every file with its seal.

        Raises IndexUnavailable.
        """
        if self._open is not None:
            self._forget(self._open)
        with self.reading():
            pass

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = self._segments = None

    def _newest(self) -> tuple[Generation, Chain]:
        """Return the open generation, opened anew if something was committed or swapped."""
        name = self.current()
        for left in reversed(range(TRIES)):
            try:
                return self._reopened(name), self._chain_of(name)
            except IndexUnavailable:
                raise
            # Torn pickles, cut columns and lost files raise anything; a swap or a merge while we
            # were opening looks the same for a moment.
            except Exception as error:
                known = self._was_broken(name)
                if not left or known:
                    self._broken = (name, self._changed_at(name))
                    if not known:
                        faults.note(log, "search index unreadable")
                    raise _unavailable(str(error)) from error
                time.sleep(PAUSE_SECONDS)
                name = self.current()
        raise AssertionError("the last try returns or raises")

    def _reopened(self, name: str) -> Generation:
        present = (name, indexing.latest_generation(self.folder / name))
        if self._open is not None and self._open.name == present:
            return self._open
        table = indexing.table_of(self.folder / name, present[1])
        if self._segments is None or self._segments.folder != self.folder / name:
            self._segments = Segments(self.folder / name)
        old, self._open = self._open, Generation(present, table, self._segments)
        if old is not None:
            self._close_unused(old)
        return self._open

    def _was_broken(self, name: str) -> bool:
        return self._broken == (name, self._changed_at(name))

    def _changed_at(self, name: str) -> float:
        try:
            return (self.folder / name).stat().st_mtime
        except OSError:
            return 0.0

    def _chain_of(self, name: str) -> Chain:
        """Return the chain by which an index was written, so that questions are read alike."""
        if self._chain is None or self._chain.name != name:
            known = _read_words(self.folder / name / KNOWN_WORDS)
            self._chain = Chain(self.language, known.__contains__, name)
        return self._chain

    def _forget(self, generation: Generation) -> None:
        """Have nobody use it again, nor what it has read; who reads it still may go on."""
        with self._lock:
            if self._open is generation:
                self._open = self._segments = None
                self._close_unused(generation)

    def _close_unused(self, generation: Generation) -> None:
        if generation is not self._open and generation.readers == 0:
            generation.close()

    def _read(self, pointer: str) -> str | None:
        try:
            return (self.folder / pointer).read_text(errors="replace") or None
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
        self._store, self._folder, self._name = store, store.folder / name, name
        self.chain = Chain(store.language, _read_words(self._folder / KNOWN_WORDS).__contains__)

    @contextmanager
    def writing(self, product_ids: Sequence[int] = ()) -> Iterator[Filling]:
        """Give what takes products for the draft, those named deleted; commit at the end."""
        with indexing.writing(self._folder, product_ids) as filling:
            yield filling

    def join(self) -> None:
        """Make one segment of the draft, so that each word is looked up once."""
        with indexing.writing(self._folder, merge=merging.merge_all):
            pass

    @contextmanager
    def finishing(self) -> Iterator[list[int]]:
        """Stop other writers, give the ids they touched meanwhile, then put the draft in use."""
        with self._store._locked("writing"):
            touched = self._folder / "touched"
            noted = touched.read_text().split() if touched.exists() else []
            yield sorted({int(product_id) for product_id in noted})
            touched.unlink(missing_ok=True)
            self._store.swap(self._name)
            (self._store.folder / "building").unlink(missing_ok=True)


def _unavailable(why: str) -> IndexUnavailable:
    return IndexUnavailable(
        _("The index cannot be used (%(why)s). It is being built anew.", why=why)
    )


def _write_words(path: Path, words: Iterable[str]) -> None:
    data = "\n".join(sorted(words)).encode()
    path.write_bytes(f"{zlib.crc32(data)}\n".encode() + data)


def _read_words(path: Path) -> frozenset[str]:
    """Return the words of a file that carries its own checksum; raises IndexUnavailable."""
    try:
        head, _line, data = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise _unavailable(str(error)) from error
    if head != str(zlib.crc32(data)).encode():
        raise _unavailable(f"{path.name} is not what was written")
    return frozenset(data.decode().split("\n")) - {""}
