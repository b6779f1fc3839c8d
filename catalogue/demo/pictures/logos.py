"""Emblems for enterprises: a badge with an abstract sign, no letters."""

from __future__ import annotations

from collections.abc import Callable

from .brush import Brush
from .colours import CREAM, Colour, lighter
from .curves import around
from .nature import leaf

MIDDLE = (640.0, 480.0)


def emblem(brush: Brush) -> None:
    """Paint a badge and a sign on it, both chosen by the variant."""
    palette = brush.palette
    brush.rectangle((0, 0, 1280, 960), palette.glow)
    ground = brush.pick((palette.main, palette.dark, palette.third, palette.accent), 320)
    _badge(brush, ground)
    sign = palette.accent if ground != palette.accent else palette.dark
    signs: tuple[Callable[[Brush, Colour], None], ...] = (
        _leaves, _house, _sun, _waves, _petals, _blocks, _hands, _hill,
    )  # fmt: skip
    brush.pick(signs, 8)(brush, sign)


def _badge(brush: Brush, colour: Colour) -> None:
    style = brush.pick((0, 1, 2, 3, 4), 64)
    if style == 0:
        brush.disc(*MIDDLE, 400, colour)
    elif style == 1:
        brush.rectangle((250, 90, 780, 780), colour, 190)
    elif style == 2:
        brush.polygon([around(MIDDLE, 430, step * 60 - 90) for step in range(6)], colour)
    elif style == 3:
        brush.blob([around(MIDDLE, 400 + step % 2 * 40, step * 45) for step in range(8)], colour)
    else:
        brush.polygon([(260, 90), (1020, 90), (1020, 520), (640, 900), (260, 520)], colour)


def _leaves(brush: Brush, colour: Colour) -> None:
    brush.stroke([(640, 720), (640, 420)], CREAM, 26)
    for angle, tone in ((-145, colour), (-35, lighter(colour, 0.3)), (-90, CREAM)):
        leaf(brush, 640, 540 if angle != -90 else 430, 220, angle, tone)


def _house(brush: Brush, colour: Colour) -> None:
    brush.polygon([(640, 240), (400, 470), (880, 470)], colour)
    brush.rectangle((460, 490, 360, 230), CREAM, 12)
    brush.pie((570, 560, 140, 320), 180, 360, colour)


def _sun(brush: Brush, colour: Colour) -> None:
    brush.pie((440, 330, 400, 400), 180, 360, colour)
    for step in range(7):
        angle = 180 + step * 30
        brush.stroke([around((640, 530), 240, angle), around((640, 530), 290, angle)], CREAM, 28)
    for row in range(2):
        brush.rectangle((420 + row * 70, 580 + row * 70, 440 - row * 140, 36), CREAM, 18)


def _waves(brush: Brush, colour: Colour) -> None:
    brush.disc(740, 330, 80, CREAM)
    for row in range(3):
        y = 480 + row * 95
        points = [(400 + step * 80.0, y + (-30 if step % 2 else 30)) for step in range(7)]
        brush.curve(points, (colour, CREAM, lighter(colour, 0.3))[row], 44)


def _petals(brush: Brush, colour: Colour) -> None:
    count = 5 + brush.variant % 4
    for step in range(count):
        tone = colour if step % 2 else lighter(colour, 0.35)
        leaf(brush, *around(MIDDLE, 70, step * 360 / count), 200, step * 360 / count, tone)
    brush.disc(*MIDDLE, 66, CREAM)


def _blocks(brush: Brush, colour: Colour) -> None:
    brush.rectangle((440, 280, 190, 190), colour, 26)
    brush.disc(745, 375, 95, CREAM)
    brush.disc(535, 585, 95, lighter(colour, 0.4))
    brush.polygon([(650, 680), (840, 680), (745, 490)], colour)


def _hands(brush: Brush, colour: Colour) -> None:
    brush.arc((440, 340, 260, 260), 0, 354, colour, 46)
    brush.arc((580, 340, 260, 260), 0, 354, CREAM, 46)
    brush.arc((440, 340, 260, 260), -70, 20, colour, 46)


def _hill(brush: Brush, colour: Colour) -> None:
    brush.disc(760, 340, 70, CREAM)
    brush.polygon([(380, 680), (560, 340), (740, 680)], colour)
    brush.polygon([(600, 680), (740, 460), (890, 680)], lighter(colour, 0.35))
    brush.polygon([(560, 340), (506, 442), (560, 470), (614, 442)], CREAM)
