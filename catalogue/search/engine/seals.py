"""Whether the files of a segment are what was written: sizes and checksums, noted beside them.

No Whoosh calls fsync, and disks fail: a torn file must be noticed, not searched. Checksums are
compared when a segment is opened and before it is joined with others; while it is open, when a file
has another size or time of change than it had then.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path

SEAL = ".seal"
Stamp = tuple[int, int]  # size in bytes, and when it was changed in nanoseconds


class SegmentBroken(Exception):
    """A file of a segment is missing, cut short or changed."""


def write(folder: Path, segment_id: str) -> None:
    """Write down sizes and checksums of the files of a segment."""
    seal = {}
    for path in sorted(folder.glob(f"*{segment_id}.*")):
        data = path.read_bytes()
        seal[path.name] = (len(data), zlib.crc32(data))
    _path(folder, segment_id).write_text(json.dumps(seal))


def verify(folder: Path, segment_id: str) -> Mapping[str, Stamp]:
    """Compare the files of a segment with its seal; return their stamps. Raises SegmentBroken."""
    stamps = {}
    try:
        seal = json.loads(_path(folder, segment_id).read_text())
        for name, (size, checksum) in seal.items():
            stamps[name] = _stamp(folder / name)  # before it is read: what changes later differs
            data = (folder / name).read_bytes()
            if len(data) != size or zlib.crc32(data) != checksum:
                raise SegmentBroken(f"{name} is not what was written")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SegmentBroken(f"segment {segment_id}: {error}") from error
    return stamps


class Watch:
    """The files of a segment that is open, verified when it was opened."""

    def __init__(self, folder: Path, segment_id: str) -> None:
        """Verify the files; raises SegmentBroken."""
        self._folder, self._segment_id = folder, segment_id
        self._stamps = verify(folder, segment_id)

    def check(self) -> None:
        """Verify again if a file was changed or is gone; raises SegmentBroken."""
        if any(self._now(name) != stamp for name, stamp in self._stamps.items()):
            self._stamps = verify(self._folder, self._segment_id)

    def check_open(self) -> None:
        """Verify again if a file was changed; raises SegmentBroken.

        One that is gone is still read by who has it open: segments that were joined go like that.
        """
        changed = (self._now(name) not in (stamp, None) for name, stamp in self._stamps.items())
        if any(changed):
            self._stamps = verify(self._folder, self._segment_id)

    def _now(self, name: str) -> Stamp | None:
        try:
            return _stamp(self._folder / name)
        except FileNotFoundError:
            return None


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _path(folder: Path, segment_id: str) -> Path:
    return folder / f"{segment_id}{SEAL}"
