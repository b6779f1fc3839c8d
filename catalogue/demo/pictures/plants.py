"""Plants for indoors: bouquets, pot plants and trays of summer flowers."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import LEAF, PINE, WHITE, Colour, darker, lighter
from .curves import around
from .gifts import bow
from .nature import flower, leaf, pot, stem
from .timber import crate

BLOOMS: tuple[tuple[Colour, ...], ...] = (
    ((232, 98, 110), (250, 244, 232), (246, 190, 80)),
    ((170, 120, 200), (250, 214, 226), (110, 130, 210)),
    ((240, 140, 90), (250, 206, 110), (206, 70, 70)),
    ((250, 244, 232), (180, 206, 230), (240, 200, 120)),
)


def bouquet(brush: Brush) -> None:
    """Paint a bouquet: in a vase, bound by hand, or in paper with a card."""
    brush = scenes.tabletop(brush)
    style = brush.pick((0, 1, 2))
    if style == 0:
        _heads(brush, 470, 0.86)
        _vase(brush)
        return
    if style == 1:
        brush.shadow((400, 800, 500, 80))
        for step in range(9):
            brush.stroke([(640, 620), (530 + step * 28, 850)], lighter(LEAF, step % 3 * 0.1), 12)
        _heads(brush, 440, 1.0)
        bow(brush, 640, 660, 0.7, brush.palette.main)
        return
    _heads(brush, 420, 1.0)
    paper = (222, 190, 146)
    brush.shadow((470, 820, 380, 70))
    brush.polygon([(340, 480), (640, 590), (940, 480), (720, 860), (560, 860)], paper)
    brush.polygon([(640, 590), (940, 480), (720, 860), (650, 860)], darker(paper, 0.12))
    bow(brush, 640, 740, 0.7, brush.palette.third)
    card = brush.at(820, 700, 1, 10)
    card.rectangle((0, 0, 180, 120), WHITE, 8)
    card.polygon(
        [(90, 92), (56, 54), (74, 38), (90, 52), (106, 38), (124, 54)], brush.palette.third
    )


def plant(brush: Brush) -> None:
    """Paint pot plants: a tray of twelve, a leafy plant, a snake plant or a cactus."""
    brush = scenes.tabletop(brush)
    style = brush.pick((0, 1, 2, 3))
    if style == 0:
        _tray(brush)
        return
    near = brush
    colour = brush.pick((brush.palette.third, brush.palette.main, brush.palette.accent), 2)
    if style == 1:
        for angle in range(-172, 0, 19):
            head = around((640, 560), 200, angle)
            near.stroke([(640, 600), head], PINE, 9)
            leaf(near, *head, 200, angle, lighter(LEAF, angle % 5 * 0.06))
    elif style == 2:
        for step, lean in enumerate((-130, -70, 0, 66, 124)):
            tip = 150 + abs(lean) * 1.3
            near.blob([(590 + step * 24, 620), (590 + lean + step * 12, 400),
                       (640 + lean * 1.5, tip),
                       (650 + lean + step * 12, 400), (650 + step * 10, 620)],
                      lighter(PINE, 0.1 + step % 2 * 0.16))  # fmt: skip
    else:
        _cactus(near)
    pot(near, 640, 830, 320, colour)


def _heads(brush: Brush, y: float, scale: float) -> None:
    here = brush.at(640, y, scale)
    tones = brush.pick(BLOOMS)
    for angle in range(-190, 11, 20):
        leaf(here, *around((0, 40), 130, angle), 190, angle, lighter(LEAF, angle % 4 * 0.07))
    for ring, (count, radius, size) in enumerate(((11, 240, 62), (8, 150, 72), (4, 62, 80))):
        for step in range(count):
            x, top = around((0, 0), radius, step * 360 / count + ring * 20)
            if top > 130:
                continue
            wide = size * (0.8 + step * 37 % 5 * 0.08)
            flower(here, x * 1.1, top * 0.86, wide, tones[(step + ring) % 3])
    for step in range(7):
        x, top = around((0, 0), 300, -165 + step * 25)
        here.disc(x, top * 0.9, 14, tones[1])
        here.disc(x * 0.92, top * 0.96, 10, tones[2])


def _vase(brush: Brush) -> None:
    colour = brush.palette.main
    brush.shadow((470, 800, 380, 80))
    brush.blob([(560, 600), (550, 660), (500, 760), (560, 846), (640, 852), (720, 846), (780, 760),
                (730, 660), (720, 600)], colour)  # fmt: skip
    brush.blob([(690, 640), (770, 760), (716, 842), (670, 846)], darker(colour, 0.14))
    brush.ellipse((534, 690, 40, 90), lighter(colour, 0.4))
    stem(brush, (760, 852), (880, 840), LEAF)


def _tray(brush: Brush) -> None:
    tones = brush.pick(BLOOMS)
    brush.shadow((200, 790, 900, 100))
    for row in range(2):
        for step in range(6):
            x, y = 300 + step * 136 - row * 20, 560 + row * 60
            for angle in range(-160, 0, 32):
                leaf(brush, x, y, 96, angle, lighter(LEAF, angle % 4 * 0.07))
            for head in range(3):
                at = around((x, y - 40), 62, -150 + head * 60)
                flower(brush, *at, 36, tones[(step + row) % 3])
    crate(brush, (210, 610, 860, 220), brush.wood)


def _cactus(brush: Brush) -> None:
    green = lighter(PINE, 0.16)
    for x, low, high, wide in ((640, 660, 260, 150), (480, 520, 400, 80), (800, 460, 330, 80)):
        brush.rectangle((x - wide / 2, high, wide, low - high), green, wide / 2)
    brush.rectangle((450, 480, 200, 76), green, 38)
    brush.rectangle((640, 420, 196, 76), green, 38)
    for step in range(18):
        x, y = 590 + step % 3 * 50, 300 + step // 3 * 56
        brush.stroke([(x - 8, y), (x + 8, y - 8)], (240, 240, 210), 6)
    flower(brush, 640, 256, 48, (238, 110, 140))
