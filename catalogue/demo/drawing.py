"""Draw the pictures of the world on all cores, for drawing is most of the time of loading."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from PIL import Image

from . import pictures

Motif = tuple[str, int]


@dataclass(frozen=True)
class Drawn:
    """Encoded pictures: of products by motif and variant, logos by the enterprise's key."""

    motifs: dict[Motif, bytes]
    logos: dict[str, bytes]


def draw_all(
    products: Sequence[dict[str, Any]],
    enterprises: Sequence[dict[str, Any]],
    progress: Callable[[int, int], None],
) -> Drawn:
    """Draw every picture the rows name, each once."""
    motifs = sorted(
        {(each["motif"], each["variant"]) for row in products for each in row["images"]}
    )
    names = [(row["key"], row["name"]) for row in enterprises]
    drawn: dict[Motif, bytes] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for motif, content in zip(motifs, pool.map(_draw, motifs, chunksize=8), strict=True):
            drawn[motif] = content
            progress(len(drawn), len(motifs))
        logos = dict(zip((key for key, _ in names), pool.map(_logo, names), strict=True))
    return Drawn(drawn, logos)


def _draw(motif: Motif) -> bytes:
    return _encoded(pictures.draw(*motif))


def _logo(named: tuple[str, str]) -> bytes:
    return _encoded(pictures.draw_logo(named[1]))


def _encoded(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.convert("RGB").save(content, "JPEG", quality=92)
    return content.getvalue()
