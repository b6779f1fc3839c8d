"""Where files lie by name, as a port with two forms: a folder (folder.py), a bucket of S3
(bucket.py). Features know neither; a host may bring a third for pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Protocol, Self


class Files(Protocol):
    """Where files lie by name. A name is parts of letters, digits and points joined by `/`."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or None when there is none of that name."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all; once more over itself makes it new again."""

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""

    def list_all(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last, in no order."""

    def move(self, name: str, new_name: str) -> None:
        """Give a file another name, over one that has it, and make it new; gone: no fault."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no fault."""


class Shelf(Files, Protocol):
    """Files of one kind that strangers sent or that we write; they may be large, and are many."""

    def within(self, part: str) -> Self:
        """Return those whose names begin with a part, which is left out of them."""

    def list_in_order(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last, in the order of the names."""

    def open(self, name: str) -> IO[bytes] | None:
        """Return a file, at its start and with a path as its `name`; None when there is none."""

    def write_from(self, name: str, source: IO[bytes]) -> None:
        """Write what an open file has left, piece by piece, whole or not at all."""

    def remove_old(self, name: str, before: datetime) -> None:
        """Remove a file, unless it was written since; one written in this very moment is kept.

        Where nothing is sure to be so, it is laid under BIN for the time being.
        """


BIN = "bin"  # beside the files of a shelf, and of pictures
