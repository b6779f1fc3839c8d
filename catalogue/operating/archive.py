"""The file of a backup: a tar of plain files, and a manifest that says what belongs into it.

A tar without compression: pictures and dumps are compressed already, and what is missing or changed
is found without unpacking. The manifest comes last, for it holds the hash of all before it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import click
import marshmallow as ma

MANIFEST = "manifest.json"
FORMAT = 1
PIECE_BYTES = 1_000_000


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    catalogue: str  # version of the program
    revision: str | None  # of the tables
    database: str  # sqlite or postgresql
    rows: dict[str, int]  # by table
    secret_key: str  # a mark of the key, by which another one is known
    settings_left_out: list[str]
    files_absent: list[str]  # named by the database, and not there
    files: dict[str, list[Any]] = field(default_factory=dict)  # sha256 and size in bytes
    format: int = FORMAT


class _ManifestSchema(ma.Schema):
    """The same as it is read back, from a file that anybody may have changed."""

    made_at = ma.fields.String(required=True)
    catalogue = ma.fields.String(required=True)
    revision = ma.fields.String(required=True, allow_none=True)
    database = ma.fields.String(required=True)
    rows = ma.fields.Dict(ma.fields.String(), ma.fields.Integer(strict=True), required=True)
    secret_key = ma.fields.String(required=True)
    settings_left_out = ma.fields.List(ma.fields.String(), required=True)
    files_absent = ma.fields.List(ma.fields.String(), required=True)
    files = ma.fields.Dict(
        ma.fields.String(), ma.fields.Tuple((ma.fields.String(), ma.fields.Integer(strict=True)))
    )
    format = ma.fields.Integer()


class Writing:
    """A backup that is being written."""

    def __init__(self, packed: tarfile.TarFile) -> None:
        self.files: dict[str, list[Any]] = {}
        self._packed = packed

    def add(self, name: str, content: bytes) -> None:
        """Add a file of that content."""
        self._note(name, io.BytesIO(content))
        self._pack(name, len(content), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that nobody writes any more."""
        with path.open("rb") as opened:
            self.add_open(name, opened)

    def add_open(self, name: str, opened: IO[bytes]) -> None:
        """Add what an open file holds."""
        size_bytes = opened.seek(0, os.SEEK_END)
        opened.seek(0)
        self._note(name, opened)
        opened.seek(0)
        self._pack(name, size_bytes, opened)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, with what was added before it."""
        told = asdict(manifest) | {"files": self.files}
        content = json.dumps(told, ensure_ascii=False, indent=1).encode()
        self._pack(MANIFEST, len(content), io.BytesIO(content))

    def _note(self, name: str, opened: IO[bytes]) -> None:
        digest, size_bytes = _digest(opened)
        self.files[name] = [digest, size_bytes]

    def _pack(self, name: str, size_bytes: int, opened: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size_bytes, 0o600
        self._packed.addfile(entry, opened)


@contextmanager
def writing(path: Path) -> Iterator[Writing]:
    """Write a backup under its name when it is whole, for its owner's eyes only."""
    draft = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise click.ClickException(
            f"{draft} is there: a backup is being written, or one was broken off; remove it then"
        ) from error
    try:
        with os.fdopen(handle, "wb") as opened:
            with tarfile.open(fileobj=opened, mode="w") as packed:
                yield Writing(packed)
            opened.flush()
            os.fsync(opened.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """Open a backup; raises ClickException for what is none, or is of another format.

    Only what tar tells is of the file: in the block a disk may be full, or a place be shut.
    """
    try:
        with _opened_at(path) as packed:
            yield packed, _manifest(packed, path)
    except tarfile.TarError as error:
        raise click.ClickException(f"{path} cannot be read as a backup: {error}") from error


def _opened_at(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read as a backup: {error}") from error


def verify(packed: tarfile.TarFile, manifest: Manifest) -> None:
    """Hold every file against the manifest; raises ClickException with what differs."""
    found = {entry.name: entry for entry in packed if entry.name != MANIFEST}
    faults = [f"{name} is missing" for name in sorted(manifest.files.keys() - found.keys())]
    faults += [f"{name} is not of it" for name in sorted(found.keys() - manifest.files.keys())]
    for name, entry in found.items():
        pure = PurePosixPath(name)
        if not entry.isfile() or pure.is_absolute() or ".." in pure.parts:
            faults.append(f"{name} is no plain file")
        elif name in manifest.files and list(_digest(opened(packed, name))) != list(
            manifest.files[name]
        ):
            faults.append(f"{name} was changed")
    if faults:
        told = "; ".join(faults[:10])
        raise click.ClickException(f"the backup is not whole, nothing was written: {told}")


def read(packed: tarfile.TarFile, name: str) -> bytes:
    """Return the content of a file of a backup."""
    return opened(packed, name).read()


def unpack(packed: tarfile.TarFile, name: str, target: Path) -> None:
    """Write a file of a backup to a place where there is none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
    with os.fdopen(handle, "wb") as written:
        source = opened(packed, name)
        while piece := source.read(PIECE_BYTES):
            written.write(piece)


def _manifest(packed: tarfile.TarFile, path: Path) -> Manifest:
    try:
        told = dict(json.loads(read(packed, MANIFEST)))
    except (KeyError, ValueError, TypeError):
        raise click.ClickException(f"{path} has no manifest: it is no backup") from None
    if told.get("format") != FORMAT:
        raise click.ClickException(
            f"{path} has the format {told.get('format')}, this program reads {FORMAT}:"
            " use the program that made it"
        )
    try:
        return Manifest(**_ManifestSchema().load(told))
    except ma.ValidationError:
        raise click.ClickException(f"{path} has a manifest that this program cannot read") from None


def opened(packed: tarfile.TarFile, name: str) -> IO[bytes]:
    """Return a file of a backup, open at its start."""
    found = packed.extractfile(name)
    if found is None:
        raise click.ClickException(f"{name} is no plain file of the backup")
    return found


def _digest(opened: IO[bytes]) -> tuple[str, int]:
    made, size_bytes = hashlib.sha256(), 0
    while piece := opened.read(PIECE_BYTES):
        made.update(piece)
        size_bytes += len(piece)
    return made.hexdigest(), size_bytes
