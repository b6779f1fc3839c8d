"""Odd picture files: every mode in every format Pillow writes, cut short, and with bytes changed.

The same for the same seed; those of installed packages are found, not made.
"""

from __future__ import annotations

import io
import random
import sysconfig
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

try:
    import pillow_heif
except ImportError:  # optional, as in the catalogue
    pillow_heif = None

SIZES = ((240, 210), (1, 1), (1, 240), (900, 201))
CUTS = (1, 3, 7, 12, 30, 64, 150)  # bytes that are left; then shares of the whole
SHARES = (0.25, 0.5, 0.9, 0.999)
ENDINGS = frozenset(
    (
        ".apng", ".avif", ".bmp", ".bw", ".cur", ".dcx", ".dds", ".eps", ".fli", ".gif", ".heic",
        ".heif", ".hif", ".icns", ".ico", ".im", ".j2k", ".jp2", ".jpeg", ".jpg", ".mpo", ".msp",
        ".pbm", ".pcx", ".pgm", ".png", ".pnm", ".ppm", ".psd", ".ras", ".sgi", ".svg", ".tga",
        ".tif", ".tiff", ".webp", ".wmf", ".xbm", ".xpm",
    )
)  # fmt: skip
MOST_BYTES = 15_000_000
QUICK: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 30, "speed": 10, "max_threads": 1},
    "JPEG": {"quality": 60},
    "WEBP": {"quality": 60, "method": 0},
}
# What we take in: their damage reaches the decoders, that of others is refused by its first bytes.
TAKEN = ("AVIF", "GIF", "HEIF", "JPEG", "MPO", "PNG", "WEBP")


@dataclass(frozen=True)
class Odd:
    """A file, and how it came about."""

    name: str
    content: bytes


def written() -> Iterator[Odd]:
    """Write a picture in every mode and size in every format that takes it."""
    Image.init()
    for kind in sorted({*Image.SAVE, "HEIF"}):
        for mode in Image.MODES:
            for size in SIZES if kind in TAKEN and kind != "HEIF" else SIZES[:1]:
                content = _write(kind, mode, size)
                if content:
                    yield Odd(f"{kind} {mode} {size[0]}x{size[1]}", content)


def cut_short(whole: Odd) -> Iterator[Odd]:
    """Cut a file at many places."""
    length = len(whole.content)
    for left in sorted({*CUTS, *(int(length * share) for share in SHARES)}):
        if left < length:
            yield Odd(f"{whole.name} cut at {left}", whole.content[:left])


def changed(whole: Odd, chance: random.Random, times: int) -> Iterator[Odd]:
    """Change bytes of a file here and there: one, some, or a whole stretch."""
    for turn in range(times):
        content = bytearray(whole.content)
        for _ in range(chance.choice((1, 1, 4, 32))):
            at = chance.randrange(min(len(content), chance.choice((64, 1024, len(content)))))
            stretch = chance.choice((1, 1, 2, 4, 16))
            content[at : at + stretch] = chance.randbytes(chance.choice((stretch, stretch, 0)))
            if not content:
                break
        yield Odd(f"{whole.name} changed {turn}", bytes(content))


def made(seed: int, times: int) -> Iterator[Odd]:
    """Return all that is written, each cut short and `times` times changed where it is taken in."""
    chance = random.Random(seed)
    for whole in written():
        yield whole
        if whole.name.split()[0] in TAKEN:
            yield from cut_short(whole)
            yield from changed(whole, chance, times)


def installed() -> Iterator[Odd]:
    """Return the picture files that installed Python packages carry."""
    return in_folder(Path(sysconfig.get_path("purelib")))


def in_folder(folder: Path) -> Iterator[Odd]:
    """Return the picture files below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file() and path.stat().st_size <= MOST_BYTES:
            yield Odd(path.relative_to(folder).as_posix(), path.read_bytes())


def in_archive(path: Path) -> Iterator[Odd]:
    """Return the picture files in an archive of sources, such as Pillow's with its test data."""
    with tarfile.open(path) as archive:
        for member in archive:
            if Path(member.name).suffix.lower() in ENDINGS and member.size <= MOST_BYTES:
                file = archive.extractfile(member)
                if file is not None:
                    yield Odd(member.name, file.read())


def _write(kind: str, mode: str, size: tuple[int, int]) -> bytes:
    """Return the encoded picture; nothing when the format does not take the mode or size."""
    content = io.BytesIO()
    try:
        image = Image.radial_gradient("L").resize(size).convert("RGB").convert(mode)
        if kind == "HEIF":
            if pillow_heif is None:
                return b""
            pillow_heif.from_pillow(image).save(content, quality=30)
        else:
            image.save(content, kind, **QUICK.get(kind, {}))
    except Exception:  # the format says in many ways that it does not take this
        return b""
    return content.getvalue()
