"""Colours and the palettes a picture is kept in; says nothing about shapes."""

from __future__ import annotations

from typing import NamedTuple

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
CREAM: Colour = (252, 246, 232)
INK: Colour = (38, 40, 56)
STEEL: Colour = (176, 186, 196)
LEAF: Colour = (84, 148, 84)
MOSS: Colour = (122, 158, 72)
PINE: Colour = (46, 108, 84)
SOIL: Colour = (104, 74, 56)
SKIN_OF_BREAD: Colour = (208, 142, 74)
DENIM: tuple[Colour, ...] = ((58, 88, 138), (92, 128, 176), (36, 56, 98), (124, 158, 198))
WOODS: tuple[Colour, ...] = (
    (214, 150, 92),
    (232, 186, 124),
    (188, 124, 74),
    (198, 164, 126),
    (156, 102, 68),
)


class Palette(NamedTuple):
    """The colours of one picture: two of the wall, one of the surface, four of things."""

    wall: Colour
    glow: Colour
    floor: Colour
    main: Colour
    accent: Colour
    third: Colour
    dark: Colour


PALETTES: tuple[Palette, ...] = (
    Palette(
        (203, 226, 216),
        (241, 248, 243),
        (182, 208, 192),
        (22, 114, 94),
        (242, 178, 62),
        (230, 116, 88),
        (26, 58, 52),
    ),
    Palette(
        (250, 216, 190),
        (255, 242, 228),
        (232, 188, 154),
        (208, 92, 64),
        (38, 112, 122),
        (246, 188, 88),
        (74, 42, 44),
    ),
    Palette(
        (196, 218, 240),
        (238, 246, 252),
        (166, 194, 220),
        (44, 94, 152),
        (244, 166, 68),
        (226, 94, 86),
        (30, 46, 80),
    ),
    Palette(
        (250, 232, 178),
        (255, 249, 228),
        (228, 204, 136),
        (220, 142, 34),
        (36, 110, 112),
        (204, 78, 70),
        (78, 56, 30),
    ),
    Palette(
        (230, 212, 238),
        (249, 242, 252),
        (204, 182, 216),
        (120, 78, 150),
        (240, 150, 88),
        (78, 156, 146),
        (54, 38, 78),
    ),
    Palette(
        (192, 228, 230),
        (236, 249, 249),
        (154, 202, 206),
        (22, 128, 138),
        (248, 150, 88),
        (250, 204, 104),
        (18, 64, 72),
    ),
    Palette(
        (248, 206, 208),
        (255, 240, 240),
        (226, 174, 180),
        (194, 66, 92),
        (44, 98, 122),
        (250, 188, 108),
        (82, 32, 50),
    ),
    Palette(
        (226, 222, 202),
        (249, 247, 238),
        (202, 192, 166),
        (106, 120, 68),
        (200, 98, 56),
        (228, 178, 86),
        (56, 54, 40),
    ),
)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that lies `share` (0 to 1) of the way from first to second."""
    red, green, blue = (
        round(one + (two - one) * share) for one, two in zip(first, second, strict=True)
    )
    return red, green, blue


def lighter(colour: Colour, share: float = 0.2) -> Colour:
    """Move a colour towards a warm white."""
    return mix(colour, (255, 252, 244), share)


def darker(colour: Colour, share: float = 0.2) -> Colour:
    """Move a colour towards a deep blue, which keeps shadows fresher than black does."""
    return mix(colour, (28, 24, 46), share)
