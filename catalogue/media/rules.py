"""What images are kept and in which sizes: pure rules of numbers."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = (400, 800, 1600)
MASTER_SIDE_PX = 2400
# Longer and narrower than this is a banner or a broken file, and unreadable in a list.
MOST_OBLONG = 10


@dataclass(frozen=True)
class Limits:
    """What is accepted: bytes of a file, pixels of a picture, pixels of its shortest side."""

    max_bytes: int
    max_pixels: int
    min_side_px: int


def widths(width: int) -> tuple[int, ...]:
    """Return the widths in which an image of `width` pixels is served, ascending.

    Never wider than the image itself; one between two steps is served in its own width too.
    """
    smaller = tuple(each for each in WIDTHS if each < width)
    return (*smaller, min(width, WIDTHS[-1])) if width < WIDTHS[-1] else WIDTHS


def height_at(target_width: int, *, width: int, height: int) -> int:
    """Return the height of an image of `width` times `height` drawn at `target_width`."""
    return max(1, round(height * target_width / width))


def master_size(width: int, height: int) -> tuple[int, int]:
    """Return the size in which an image is kept: the longest side at most `MASTER_SIDE_PX`."""
    longest = max(width, height)
    if longest <= MASTER_SIDE_PX:
        return width, height
    return (
        max(1, round(width * MASTER_SIDE_PX / longest)),
        max(1, round(height * MASTER_SIDE_PX / longest)),
    )
