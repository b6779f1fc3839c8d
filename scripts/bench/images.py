#!/usr/bin/env python3
"""How long a phone's photo takes from its bytes to every size we show, and how much memory.

Usage: scripts/bench/images.py [--times N] [--photo FILE] [--json]
One 12-megapixel JPEG (drawn with the detail of a photo, unless given) is made into WebP and JPEG
in the widths of catalogue/media/rules.py by: ours (decoded apart, as an upload is, then derived, as
the worker does), pyvips (a thumbnail per width, from the file) and a plain Pillow loop (opened and
scaled per width). Each run is a process of its own; printed are medians of seconds, peak memory in
MB, and both as ratios to pyvips. AVIF is measured beside WebP. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyvips
from PIL import Image, ImageFilter

from catalogue.core.folder import Folder
from catalogue.media import deriving, rules, service
from catalogue.media.store import Store

LIMITS = rules.Limits(50_000_000, 60_000_000, 200)
QUALITY = 80


def main() -> None:
    """Measure every way in turn."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=5)
    asked.add_argument("--photo", type=Path)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--once", help=argparse.SUPPRESS)
    asked.add_argument("--draw", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.draw:
        _draw(given.draw)
        return
    if given.once:
        print(json.dumps(_once(given.once, given.photo)))
        return
    with tempfile.TemporaryDirectory() as folder:
        photo = given.photo or Path(folder) / "photo.jpg"
        if not given.photo:  # apart, for a process inherits the peak of the one that starts it
            subprocess.run([sys.executable, __file__, "--draw", str(photo)], check=True)
        found = {name: _measure(name, photo, given.times) for name in WAYS}
    print(json.dumps(found) if given.json else _table(found))


def _measure(name: str, photo: Path, times: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--once", name, "--photo", str(photo)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            for _ in range(times)]  # fmt: skip
    return {
        "seconds": statistics.median(each["seconds"] for each in runs),
        "cpu_seconds": statistics.median(each["cpu_seconds"] for each in runs),
        "peak_mb": max(each["peak_mb"] for each in runs),
        "kilobytes": runs[0]["kilobytes"],
    }


def _once(name: str, photo: Path) -> dict[str, float]:
    content = photo.read_bytes()
    start, cpu = time.perf_counter(), _cpu()
    size = WAYS[name](content)
    seconds, cpu = time.perf_counter() - start, _cpu() - cpu
    peak = max(resource.getrusage(each).ru_maxrss for each in _WHOSE) / 1024
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak, "kilobytes": size / 1000}


_WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    times = [resource.getrusage(each) for each in _WHOSE]
    return sum(each.ru_utime + each.ru_stime for each in times)


def _ours(content: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Folder(Path(folder)), LIMITS)
        received = service.receive(store, content)
        deriving.derive(store, received.sha256)
        return _bytes_of(store)


def _bytes_of(store: Store) -> int:
    names = [name for name, _at in store.files.list_all()]
    return sum(len(store.files.read(each) or b"") for each in names
               if each.endswith((".webp", ".jpg")) and "master" not in each)  # fmt: skip


def _pyvips(content: bytes) -> int:
    size = 0
    for width in rules.WIDTHS:
        picture = pyvips.Image.thumbnail_buffer(content, width, height=10_000)
        picture = picture.copy_memory()  # else every encoder would decode anew
        size += len(picture.webpsave_buffer(Q=QUALITY, effort=2, strip=True))
        size += len(picture.jpegsave_buffer(Q=QUALITY, optimize_coding=True, strip=True))
    return size


def _plain(kinds: tuple[dict[str, Any], ...]) -> Callable[[bytes], int]:
    def run(content: bytes) -> int:
        size = 0
        for width in rules.WIDTHS:
            picture = Image.open(io.BytesIO(content))
            height = rules.height_at(width, width=picture.width, height=picture.height)
            small = picture.resize((width, height), Image.Resampling.LANCZOS)
            for kind in kinds:
                made = io.BytesIO()
                small.save(made, **kind)
                size += made.tell()
        return size

    return run


_WEBP = {"format": "WEBP", "quality": QUALITY, "method": 2}
_JPEG = {"format": "JPEG", "quality": QUALITY, "optimize": True}
WAYS: dict[str, Callable[[bytes], int]] = {
    "ours": _ours,
    "pyvips": _pyvips,
    "plain Pillow": _plain((_WEBP, _JPEG)),
    "plain Pillow, WebP only": _plain((_WEBP,)),
    "plain Pillow, AVIF only": _plain(({"format": "AVIF", "quality": 60, "speed": 8},)),
}


def _draw(path: Path) -> None:
    """Draw 4032 × 3024 pixels with soft shapes and fine grain, as a phone writes them."""
    size = (4032, 3024)
    channels = []
    for coarse in (40, 90, 160):
        shapes = Image.effect_noise((size[0] // coarse, size[1] // coarse), 120)
        grain = Image.effect_noise((size[0] // 3, size[1] // 3), 30).resize(size)
        soft = shapes.resize(size, Image.Resampling.BICUBIC)
        channels.append(Image.blend(soft, grain, 0.3).filter(ImageFilter.BoxBlur(1)))
    Image.merge("RGB", channels).save(path, "JPEG", quality=90)


def _table(found: dict[str, dict[str, float]]) -> str:
    racer = found["pyvips"]
    lines = [
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}",
        "| | seconds | of pyvips | CPU seconds | of pyvips | peak MB | of pyvips | kB written |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, each in found.items():
        lines.append(
            f"| {name} | {each['seconds']:.2f} | {each['seconds'] / racer['seconds']:.2f}"
            f" | {each['cpu_seconds']:.2f} | {each['cpu_seconds'] / racer['cpu_seconds']:.2f}"
            f" | {each['peak_mb']:.0f}"
            f" | {each['peak_mb'] / racer['peak_mb']:.2f} | {each['kilobytes']:.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
