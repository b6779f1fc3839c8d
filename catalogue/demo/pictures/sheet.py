"""One sheet from start to end: choose motif and palette, paint at twice the size, take the mean."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from .brush import HEIGHT, WIDTH, Brush, Place
from .colours import PALETTES
from .logos import emblem
from .motifs import PAINTERS

MOTIFS: frozenset[str] = frozenset(PAINTERS)

# Twice the size, and then the mean of four: the smooth edges Pillow's own shapes lack.
FINER = 2


def draw(motif: str, variant: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Draw a motif; the same motif, variant (from 1) and size (pixels) give the same picture.

    Raise ValueError for an unknown motif.
    """
    if motif not in PAINTERS:
        raise ValueError(f"No motif is called {motif!r}. Known: {', '.join(sorted(MOTIFS))}.")
    brush = _brush(motif, variant, size)
    PAINTERS[motif](brush)
    return brush.image.reduce(FINER)


def draw_logo(name: str, size: int = 512) -> Image.Image:
    """Draw an abstract emblem, square with sides of `size` pixels; equal names, equal emblems."""
    seed = random.Random(name).randrange(1, 100_000)  # noqa: S311 - a picture, no secret
    brush = _brush(f"logo {name}", seed, (size, size))
    emblem(brush)
    return brush.image.reduce(FINER)


def _brush(motif: str, variant: int, size: tuple[int, int]) -> Brush:
    width, height = size[0] * FINER, size[1] * FINER
    palette = PALETTES[(variant + len(motif)) % len(PALETTES)]
    image = Image.new("RGB", (width, height), palette.glow)
    scale = max(width / WIDTH, height / HEIGHT)
    place = Place((width - WIDTH * scale) / 2, (height - HEIGHT * scale) / 2, scale)
    dice = random.Random(f"{motif}/{variant}")  # noqa: S311 - a picture, no secret
    pen, glaze = ImageDraw.Draw(image), ImageDraw.Draw(image, "RGBA")
    return Brush(image, pen, glaze, place, variant, palette, dice)
