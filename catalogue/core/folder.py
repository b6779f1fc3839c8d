"""Files in a folder of this machine, or of a file system that several mount."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from .files import write_whole, write_whole_from


@dataclass(frozen=True)
class Folder:
    """A folder; a reader, or a power cut, never meets half of a file."""

    root: Path

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or None."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        write_whole(self.root / name, content)

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return (self.root / name).is_file()

    def list_all(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last."""
        for path in self.root.rglob("*"):
            with suppress(FileNotFoundError):  # a draft that has got its name meanwhile
                if path.is_file():
                    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield path.relative_to(self.root).as_posix(), at

    def list_in_order(self) -> Iterator[tuple[str, datetime]]:
        """Return all names with the time they were written last, one folder of them at a time."""
        yield from self._walk(self.root)

    def move(self, name: str, new_name: str) -> None:
        """Give a file another name in one step, and make it new."""
        old, new = self.root / name, self.root / new_name
        new.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            old.replace(new)
            new.touch()
        _remove_empty(old.parent)

    def remove(self, name: str) -> None:
        """Remove a file, and its folder when that was the last in it."""
        path = self.root / name
        try:
            path.unlink(missing_ok=True)
        except IsADirectoryError:  # of files that were removed one by one
            _remove_empty(path)
        if path.parent != self.root:
            _remove_empty(path.parent)

    def remove_old(self, name: str, before: datetime) -> None:
        """Remove a file, unless it was written since.

        It gets another name first, so that whoever writes it in this very moment either makes it
        new before, and it is put back, or finds none and writes it.
        """
        path = self.root / name
        going = path.with_name(f".{path.name}.going")
        with suppress(FileNotFoundError):
            path.replace(going)
            if going.stat().st_mtime < before.timestamp():
                going.unlink()
            else:
                going.replace(path)

    def open(self, name: str) -> IO[bytes] | None:
        """Return a file, or None."""
        try:
            return (self.root / name).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def write_from(self, name: str, source: IO[bytes]) -> None:
        """Write what an open file has left, whole or not at all."""
        write_whole_from(self.root / name, source)

    def within(self, part: str) -> Self:
        """Return the folder of that name."""
        return replace(self, root=self.root / part)

    def _walk(self, folder: Path) -> Iterator[tuple[str, datetime]]:
        """Go through a folder; one beside a file comes where its name and a `/` would."""
        try:
            inside = sorted(folder.iterdir(), key=_in_order)
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in inside:
            if path.is_dir():
                yield from self._walk(path)
                continue
            with suppress(FileNotFoundError):  # it has gone meanwhile, or has got its name
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield path.relative_to(self.root).as_posix(), at


def _in_order(path: Path) -> str:
    return f"{path.name}/" if path.is_dir() else path.name


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # others lie there, or it is gone
        folder.rmdir()
