"""Food in glass: juice, jam and honey."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import Colour, darker, lighter
from .curves import around
from .nature import flower, leaf
from .timber import crate
from .vessels import bottle, jar

JUICES: tuple[Colour, ...] = ((226, 164, 60), (196, 60, 76), (240, 140, 60), (150, 60, 96))
JAMS: tuple[Colour, ...] = ((190, 40, 62), (230, 130, 50), (96, 54, 110), (206, 74, 90))


def juice(brush: Brush) -> None:
    """Paint bottles of juice, in a crate or beside a glass and the fruit."""
    brush = scenes.tabletop(brush)
    tint = brush.pick(JUICES)
    if brush.variant % 2:
        brush.shadow((230, 780, 840, 100))
        for step in range(6):
            bottle(brush, 380 + step * 104, 640 - step % 2 * 30, 420, tint, brush.palette.main)
        crate(brush, (290, 560, 700, 260), brush.wood)
    else:
        bottle(brush, 500, 810, 620, tint, brush.palette.main)
        _glass(brush, 780, 820, tint)
    for step in range(3):
        x = 170 + step * 90 if step < 2 else 1120
        _apple(brush, x, 830 + step % 2 * 24, lighter(tint, 0.1))


def jam(brush: Brush) -> None:
    """Paint jars of jam with cloth caps and berries."""
    brush = scenes.tabletop(brush)
    count = brush.pick((3, 2, 1))
    for step in range(count):
        x = 640 + (step - (count - 1) / 2) * 330
        width = (300, 260, 230)[count - 1]
        jar(brush, x, 800, width, JAMS[(step + brush.variant) % 4], brush.palette.main)
        _cap(brush.at(x, 800, width / 200), step)
    for step in range(9):
        x, y = 140 + step * 126, 850 + step * 47 % 60
        tone = JAMS[(step + brush.variant) % 4]
        brush.disc(x, y, 28, tone)
        brush.disc(x - 8, y - 9, 8, lighter(tone, 0.45))
        if step % 3 == 0:
            leaf(brush, x + 10, y - 16, 64, -40)


def honey(brush: Brush) -> None:
    """Paint honey in a jar with a dipper, a comb and flowers."""
    brush = scenes.tabletop(brush)
    gold = brush.pick(((238, 168, 42), (250, 200, 90), (206, 126, 36)), 2)
    for row in range(3):
        for step in range(4 - row):
            x, y = 930 + step * 96 + row * 48, 790 - row * 84
            brush.polygon([around((x, y), 58, turn * 60 + 30) for turn in range(6)], (206, 140, 40))
            brush.polygon([around((x, y), 44, turn * 60 + 30) for turn in range(6)], gold)
    places = brush.pick(((560,), (400, 700), (640,)))
    for x in places:
        jar(brush, x, 810, 330 if len(places) == 1 else 260, gold, brush.palette.main)
    here = brush.at(250, 640, 1, brush.pick((-30, -20, -40)))
    here.stroke([(0, -290), (0, 10)], brush.wood, 24)
    for step in range(5):
        wide = (50, 72, 84, 72, 50)[step]
        here.rectangle((-wide, 10 + step * 32, wide * 2, 24), darker(brush.wood, 0.1), 12)
    here.ellipse((-60, 60, 90, 90), gold)
    for step in range(5):
        flower(brush, 120 + step * 44, 880 - step % 2 * 30, 34, (250, 244, 230))
    if brush.variant % 2:
        _bee(brush, 860, 300)


def _cap(brush: Brush, step: int) -> None:
    palette = brush.palette
    cloth = (palette.third, palette.accent, lighter(palette.main, 0.3))[step % 3]
    brush.polygon([(-96, -292), (96, -292), (122, -214), (-122, -214)], cloth)
    for spot in range(4):
        brush.disc(-72 + spot * 48, -250 + spot % 2 * 18, 10, lighter(cloth, 0.6))
    brush.ellipse((-96, -308, 192, 36), lighter(cloth, 0.2))
    brush.rectangle((-100, -246, 200, 12), darker(cloth, 0.3), 6)


def _glass(brush: Brush, x: float, y: float, tint: Colour) -> None:
    brush.shadow((x - 130, y - 30, 290, 64))
    brush.polygon(
        [(x - 110, y - 330), (x + 110, y - 330), (x + 90, y), (x - 90, y)], (232, 242, 244)
    )
    brush.polygon([(x - 98, y - 250), (x + 98, y - 250), (x + 82, y - 12), (x - 82, y - 12)], tint)
    brush.ellipse((x - 98, y - 266, 196, 34), lighter(tint, 0.3))
    brush.polygon([(x - 80, y - 310), (x - 58, y - 310), (x - 50, y - 30), (x - 66, y - 30)],
                  (255, 255, 255), 120)  # fmt: skip
    brush.stroke([(x + 20, y - 120), (x + 110, y - 430)], brush.palette.third, 16)


def _apple(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.shadow((x - 80, y + 26, 180, 50))
    brush.blob([(x, y - 50), (x + 56, y - 62), (x + 70, y), (x + 34, y + 62), (x, y + 54),
                (x - 34, y + 62), (x - 70, y), (x - 56, y - 62)], colour)  # fmt: skip
    brush.ellipse((x - 50, y - 44, 34, 40), lighter(colour, 0.4))
    brush.stroke([(x, y - 48), (x + 8, y - 84)], (110, 80, 56), 10)
    leaf(brush, x + 8, y - 66, 58, -24)


def _bee(brush: Brush, x: float, y: float) -> None:
    here = brush.at(x, y, 1.2, -14)
    here.ellipse((-20, -74, 50, 66), (255, 255, 255), 200)
    here.ellipse((14, -64, 44, 58), (255, 255, 255), 200)
    here.ellipse((-60, -34, 120, 68), (248, 196, 60))
    for step in range(3):
        here.rectangle((-30 + step * 30, -30, 14, 60), (66, 50, 44), 7)
    here.disc(-58, -4, 26, (66, 50, 44))
