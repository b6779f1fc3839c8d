"""Parts made of wood, and wheels: boards, crates, windows and doors for several motifs."""

from __future__ import annotations

from .brush import Brush
from .colours import INK, WHITE, Colour, darker, lighter
from .curves import Box, around


def planks(brush: Brush, box: Box, wood: Colour, count: int) -> None:
    """Paint lying boards that fill a box."""
    left, top, width, height = box
    each = height / count
    for row in range(count):
        tone = darker(wood, (row * 37 % 5) * 0.022)
        brush.rectangle((left, top + row * each, width, each + 1), tone)
        brush.rectangle((left, top + row * each + each - 4, width, 4), darker(wood, 0.24))
        brush.rectangle((left, top + row * each, width, 3), lighter(wood, 0.22))


def uprights(brush: Brush, box: Box, wood: Colour, count: int) -> None:
    """Paint standing boards that fill a box."""
    left, top, width, height = box
    each = width / count
    for column in range(count):
        tone = darker(wood, (column * 37 % 5) * 0.022)
        brush.rectangle((left + column * each, top, each + 1, height), tone)
        brush.rectangle((left + column * each + each - 4, top, 4, height), darker(wood, 0.22))


def beam(brush: Brush, box: Box, wood: Colour) -> None:
    """Paint one board or post with a light and a dark edge."""
    left, top, width, height = box
    brush.rectangle(box, wood, 5)
    if width > height:
        brush.rectangle((left + 3, top + height * 0.68, width - 6, height * 0.32), darker(wood))
    else:
        brush.rectangle((left + width * 0.66, top + 3, width * 0.34, height - 6), darker(wood))


def crate(brush: Brush, box: Box, wood: Colour) -> None:
    """Paint the front of a crate: slats between two posts."""
    left, top, width, height = box
    brush.rectangle(box, darker(wood, 0.5), 6)
    each = height / 3
    for row in range(3):
        brush.rectangle((left, top + row * each + 4, width, each - 10), wood, 4)
        brush.rectangle(
            (left, top + row * each + each * 0.7, width, each * 0.22), darker(wood, 0.12)
        )
    for x in (left + 8, left + width - 40):
        brush.rectangle((x, top - 2, 32, height + 4), lighter(wood, 0.14), 4)
        for row in range(3):
            brush.disc(x + 16, top + row * each + each / 2, 4, darker(wood, 0.4))


def wheel(brush: Brush, x: float, y: float, radius: float, colour: Colour) -> None:
    """Paint a wheel with spokes and a tyre."""
    brush.disc(x, y, radius, INK)
    brush.disc(x, y, radius * 0.8, lighter(colour, 0.3))
    for step in range(3):
        brush.stroke(
            [around((x, y), radius * 0.72, step * 60), around((x, y),
                                                              radius * 0.72, step * 60 + 180)],
            colour,
            radius * 0.14,
        )  # fmt: skip
    brush.disc(x, y, radius * 0.24, darker(colour, 0.3))


def window(brush: Brush, box: Box, frame: Colour) -> None:
    """Paint a window with crossed bars and a glint."""
    left, top, width, height = box
    brush.rectangle((left - 12, top - 12, width + 24, height + 24), frame, 6)
    brush.wash(box, (150, 198, 214), (206, 230, 234))
    brush.polygon(
        [(left + width * 0.15, top + height), (left + width * 0.5, top + height),
         (left + width * 0.85, top), (left + width * 0.5, top)], WHITE, 90,
    )  # fmt: skip
    brush.rectangle((left + width / 2 - 5, top, 10, height), frame)
    brush.rectangle((left, top + height / 2 - 5, width, 10), frame)
    brush.rectangle((left - 18, top + height + 8, width + 36, 12), darker(frame, 0.14), 4)


def porthole(brush: Brush, x: float, y: float, radius: float, frame: Colour) -> None:
    """Paint a round window."""
    brush.disc(x, y, radius + 12, frame)
    brush.disc(x, y, radius, (168, 210, 222))
    brush.arc(
        (x - radius + 10, y - radius + 10, radius * 2 - 20, radius * 2 - 20), 190, 260, WHITE, 7
    )
    brush.rectangle((x - 4, y - radius, 8, radius * 2), frame)
    brush.rectangle((x - radius, y - 4, radius * 2, 8), frame)


def door(brush: Brush, box: Box, colour: Colour) -> None:
    """Paint a boarded door with a handle."""
    left, top, width, height = box
    brush.rectangle((left - 12, top - 12, width + 24, height + 12), darker(colour, 0.3), 6)
    uprights(brush, box, colour, 4)
    for share in (0.16, 0.78):
        brush.rectangle((left, top + height * share, width, 18), darker(colour, 0.18))
    brush.disc(left + width - 22, top + height * 0.54, 9, (246, 220, 150))
