"""Files in a folder of this machine, or of a file system that several mount."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .files import write_whole


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

    def move(self, name: str, new_name: str) -> None:
        """Give a file another name in one step, and make it new."""
        old, new = self.root / name, self.root / new_name
        new.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            old.replace(new)
            new.touch()
        with suppress(OSError):
            old.parent.rmdir()

    def remove(self, name: str) -> None:
        """Remove a file, and its folder when that was the last in it."""
        path = self.root / name
        path.unlink(missing_ok=True)
        with suppress(OSError):  # others lie there, or it is gone
            path.parent.rmdir()
