"""Books and screens: a stack of books, a library, a computer."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, INK, SKIN_OF_BREAD, STEEL, WHITE, darker, lighter
from .curves import smooth
from .nature import leaf, pot
from .timber import beam
from .vessels import cup


def books(brush: Brush) -> None:
    """Paint books: a stack with one open on top, or a row held by a pot."""
    brush = scenes.tabletop(brush)
    if brush.variant % 2:
        _stack(brush)
    else:
        _standing(brush)


def library(brush: Brush) -> None:
    """Paint a library wall: full shelves, a ladder or trolley, and a reading chair."""
    scenes.room(brush)
    wood = brush.wood
    brush.rectangle((60, 40, 1160, 650), darker(wood, 0.5))
    rows = brush.pick((3, 4))
    each = 640 / rows
    for row in range(rows):
        y = 44 + (row + 1) * each
        for bay in range(4):
            _books(brush, 84 + bay * 288, y, 10, each * 0.72)
        beam(brush, (60, y, 1160, 22), lighter(wood, 0.2))
    for bay in range(5):
        beam(brush, (48 + bay * 288, 30, 30, 680), wood)
    style = brush.pick((0, 1), 2)
    if style == 0:
        _armchair(brush, brush.pick((860, 420), 4))
        return
    for x in (700, 860):
        brush.stroke([(x, 900), (x + 40, 60)], lighter(wood, 0.3), 20)
    for step in range(10):
        y = 850 - step * 80
        brush.stroke([(703 + step * 4, y), (863 + step * 4, y)], lighter(wood, 0.3), 16)
    _pile(brush, 330, 880, 4)


def computer(brush: Brush) -> None:
    """Paint a laptop or a screen with keyboard on a desk; the screen shows a page."""
    brush = scenes.tabletop(brush)
    if brush.variant % 2:
        brush.shadow((200, 760, 900, 110))
        brush.rectangle((330, 250, 620, 430), (60, 66, 80), 24)
        _page(brush, (350, 270, 580, 386))
        brush.polygon([(330, 680), (950, 680), (1070, 800), (210, 800)], STEEL)
        brush.polygon([(370, 694), (910, 694), (960, 750), (320, 750)], (90, 98, 112))
        brush.polygon([(560, 758), (720, 758), (736, 790), (544, 790)], darker(STEEL, 0.14))
        brush.rectangle((210, 798, 860, 18), darker(STEEL, 0.2), 8)
    else:
        brush.shadow((300, 760, 680, 110))
        brush.rectangle((590, 600, 100, 150), darker(STEEL, 0.16))
        brush.ellipse((460, 720, 360, 64), STEEL)
        brush.rectangle((260, 150, 760, 480), (60, 66, 80), 24)
        _page(brush, (282, 172, 716, 430))
        brush.rectangle((330, 820, 520, 60), WHITE, 14)
        for step in range(12):
            brush.rectangle((346 + step * 41, 832, 30, 14), (206, 212, 220), 4)
            brush.rectangle((346 + step * 41, 854, 30, 14), (206, 212, 220), 4)
        brush.ellipse((920, 800, 90, 100), WHITE)
    if brush.variant % 3:
        cup(brush, 1140, 740, 170, brush.palette.third)
    else:
        pot(brush, 150, 740, 140, brush.palette.third)
        for angle in range(-165, 0, 26):
            leaf(brush, 150, 620, 130, angle)


def _stack(brush: Brush) -> None:
    brush.shadow((260, 780, 780, 100))
    _pile(brush, 640, 820, brush.pick((4, 5, 3), 2))
    top = 820 - brush.pick((4, 5, 3), 2) * 74
    cover = brush.palette.main
    for flip in (-1, 1):
        brush.polygon([(640, top + 4), (640 + flip * 330, top - 34), (640 + flip * 320, top - 60),
                       (640, top - 20)], darker(cover, 0.2))  # fmt: skip
        brush.polygon([(640, top - 10), *smooth(
            [(640, top - 120), (640 + flip * 90, top - 170), (640 + flip * 220, top - 160),
             (640 + flip * 290, top - 150)], closed=False,
        ), (640 + flip * 310, top - 50), (640 + flip * 150, top - 60)], CREAM)  # fmt: skip
        for row in range(3):
            brush.curve([(640 + flip * 40, top - 104 + row * 30),
                         (640 + flip * 120, top - 138 + row * 30),
                         (640 + flip * 250, top - 128 + row * 30)], (200, 196, 186), 6)  # fmt: skip
    brush.stroke([(640, top - 14), (640, top - 118)], darker(CREAM, 0.2), 6)
    brush.rectangle((960, 640, 120, 180), brush.palette.third, 20)
    for step in range(4):
        brush.stroke([(990 + step * 20, 650), (970 + step * 36, 500)],
                     (brush.palette.main, brush.palette.accent, brush.wood, INK)[step],
                     16)  # fmt: skip


def _pile(brush: Brush, x: float, y: float, count: int) -> None:
    palette = brush.palette
    tones = (palette.main, palette.accent, palette.third, palette.dark, SKIN_OF_BREAD)
    for row in range(count):
        wide, top = 480 - row * 47 % 110, y - (row + 1) * 74
        left = x - wide / 2 + (row * 29 % 40) - 20
        tone = tones[row % 5]
        brush.rectangle((left, top, wide, 72), tone, 12)
        brush.rectangle((left + 30, top + 12, wide - 24, 48), CREAM, 8)
        brush.rectangle((left + 30, top + 34, wide - 24, 4), (214, 204, 184))
        brush.rectangle((left, top, 110, 72), tone, 12)
        brush.rectangle((left + 34, top, 12, 72), lighter(tone, 0.4))


def _standing(brush: Brush) -> None:
    brush.shadow((200, 780, 880, 90))
    _books(brush, 240, 810, 11, 420, 66)
    pot(brush, 1060, 816, 170, brush.palette.third)
    for angle in range(-170, 0, 20):
        leaf(brush, 1060, 670, 170, angle)


def _books(
    brush: Brush, left: float, y: float, count: int, height: float, width: float = 26
) -> None:
    palette = brush.palette
    tones = (palette.main, CREAM, palette.third, palette.accent, palette.dark, palette.wall)
    x = left
    for _ in range(count):
        tall = height * (0.72 + brush.dice.random() * 0.28)
        wide = width * (0.8 + brush.dice.random() * 0.4)
        tone = brush.dice.choice(tones)
        brush.rectangle((x, y - tall, wide - 2, tall), tone, 4)
        mark = lighter(tone, 0.5) if tone != CREAM else palette.third
        brush.rectangle((x, y - tall * 0.86, wide - 2, tall * 0.06), mark)
        brush.rectangle((x, y - tall * 0.2, wide - 2, tall * 0.04), mark)
        x += wide


def _armchair(brush: Brush, x: float) -> None:
    colour = brush.palette.third
    brush.shadow((x - 240, 850, 500, 80))
    for side in (-150, 150):
        brush.stroke([(x + side, 840), (x + side * 1.1, 900)], darker(brush.wood, 0.4), 22)
    brush.rectangle((x - 170, 480, 340, 320), colour, 90)
    brush.rectangle((x - 150, 690, 300, 100), lighter(colour, 0.2), 40)
    brush.rectangle((x - 220, 780, 440, 76), darker(colour, 0.12), 30)
    for side in (-220, 140):
        brush.rectangle((x + side, 640, 80, 210), lighter(colour, 0.08), 36)


def _page(brush: Brush, box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    palette = brush.palette
    brush.rectangle(box, WHITE, 6)
    brush.rectangle((left, top, width, height * 0.14), palette.main, 6)
    style = brush.pick((0, 1, 2), 2)
    for step in range(3):
        tone = (palette.third, palette.accent, palette.wall)[step]
        x = left + width * (0.05 + step * 0.31)
        if style == 0:
            brush.rectangle((x, top + height * 0.24, width * 0.27, height * 0.36), tone, 8)
        elif style == 1:
            tall = height * (0.3 + step * 0.15)
            brush.rectangle((x, top + height * 0.84 - tall, width * 0.2, tall), tone, 8)
        else:
            brush.rectangle((left + width * 0.05, top + height * (0.24 + step * 0.2), width * 0.6,
                             height * 0.12), tone, 8)  # fmt: skip
        if style == 0:
            brush.rectangle((x, top + height * 0.68, width * 0.22, 16), (200, 206, 214), 8)
            brush.rectangle((x, top + height * 0.78, width * 0.14, 16), (222, 226, 232), 8)
