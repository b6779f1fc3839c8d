"""Small things of wood: nesting boxes and toys."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, Colour, darker, lighter
from .nature import leaf
from .timber import beam, crate, planks, uprights, wheel


def birdhouse(brush: Brush) -> None:
    """Paint a nesting box on a pole, or its parts laid out."""
    if brush.variant % 2 == 0:
        _birdhouse_parts(brush)
        return
    scenes.garden(brush)
    wood, palette = brush.wood, brush.palette
    wide = brush.pick((320, 280, 360), 2)
    left = 640 - wide / 2
    beam(brush, (614, 640, 52, 320), darker(wood, 0.3))
    uprights(brush, (left, 380, wide, 330), wood, 5)
    brush.polygon([(left, 384), (left + wide, 384), (640, 230)], lighter(wood, 0.12))
    roof = brush.pick((palette.main, palette.third, palette.dark), 2)
    brush.polygon([(640, 190), (640, 260), (left - 40, 430), (left - 66, 384)], roof)
    brush.polygon([(640, 190), (640, 260), (left + wide + 40, 430), (left + wide + 66, 384)],
                  darker(roof, 0.18))  # fmt: skip
    brush.disc(640, 470, 62, lighter(wood, 0.3))
    brush.disc(640, 470, 48, darker(wood, 0.75))
    beam(brush, (624, 570, 32, 60), darker(wood, 0.3))
    brush.rectangle((left - 16, 704, wide + 32, 26), darker(wood, 0.3), 8)
    _bird(brush, left + wide + 30, 372, palette.accent)
    for step in range(3):
        leaf(brush, 100 + step * 60, 130 + step * 50, 110, 30 + step * 20)
    brush.curve([(-10, 90), (140, 150), (280, 270)], (120, 90, 70), 16)


def woodtoy(brush: Brush) -> None:
    """Paint wooden toys: fruit and scales, boards, a cart, a crate, a train or blocks."""
    brush = scenes.tabletop(brush)
    brush.pick((_scales, _boards, _cart, _crate, _train, _blocks))(brush)


def _bird(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.polygon([(x + 50, y - 40), (x + 120, y - 70), (x + 110, y - 36)], darker(colour, 0.3))
    brush.ellipse((x - 44, y - 84, 124, 84), colour)
    brush.disc(x - 26, y - 84, 38, colour)
    brush.ellipse((x - 30, y - 60, 70, 58), lighter(colour, 0.5))
    brush.polygon([(x - 62, y - 92), (x - 94, y - 80), (x - 60, y - 74)], (236, 140, 60))
    brush.disc(x - 36, y - 92, 6, (30, 30, 40))


def _birdhouse_parts(brush: Brush) -> None:
    scenes.flat(brush)
    wood = brush.wood
    for x, y, width, height, angle in (
        (250, 150, 240, 330, -3), (560, 130, 200, 300, 2), (830, 150, 240, 260, 0),
        (230, 560, 260, 220, 3), (560, 520, 200, 300, -2), (830, 490, 260, 180, 2),
    ):  # fmt: skip
        here = brush.at(x, y, 1, angle)
        here.rectangle((10, 12, width, height), brush.palette.dark, 6, 40)
        uprights(here, (0, 0, width, height), wood, 3)
        if x == 250:
            here.disc(width / 2, 120, 44, darker(wood, 0.7))
    for step in range(9):
        brush.stroke([(880 + step * 26, 760), (880 + step * 26, 810)], (150, 158, 168), 7)
        brush.disc(880 + step * 26, 756, 10, (176, 184, 194))


def _scales(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((250, 770, 800, 90))
    brush.polygon([(560, 800), (720, 800), (680, 730), (600, 730)], darker(wood, 0.2))
    beam(brush, (622, 420, 36, 330), wood)
    here = brush.at(640, 430, 1, brush.pick((-6, 7), 6))
    here.rectangle((-280, -18, 560, 34), lighter(wood, 0.16), 17)
    brush.disc(640, 430, 30, palette.accent)
    for lean, colour in ((-1, palette.main), (1, palette.third)):
        x, y = here.place.point(lean * 262, 0)
        x, y = (x - brush.place.x) / brush.place.scale, (y - brush.place.y) / brush.place.scale
        brush.stroke([(x - 100, y + 190), (x, y), (x + 100, y + 190)], darker(wood, 0.4), 6)
        if lean < 0:
            _fruit(brush, x - 44, y + 150, (222, 76, 66))
            _fruit(brush, x + 44, y + 150, (246, 190, 70))
        else:
            brush.rectangle((x - 40, y + 110, 80, 84), wood, 14)
        brush.pie((x - 130, y + 110, 260, 160), 0, 180, colour)
    for step, colour in enumerate(((112, 164, 82), (240, 140, 66), (222, 76, 66), (150, 90, 150))):
        _fruit(brush, 200 + step * 84 if step < 2 else 860 + step * 84, 840, colour)


def _fruit(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.disc(x, y, 48, colour)
    brush.ellipse((x - 30, y - 34, 30, 24), lighter(colour, 0.4))
    brush.stroke([(x, y - 40), (x + 6, y - 64)], (110, 80, 56), 9)
    leaf(brush, x + 6, y - 52, 44, -20)


def _boards(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((170, 770, 940, 100))
    tones = (wood, palette.main, lighter(wood, 0.2), palette.third, wood, palette.accent)
    for step in range(6):
        wide = 760 - step * 50
        planks(brush, (640 - wide / 2 + step % 2 * 30, 764 - step * 56, wide, 52), tones[step], 1)
        for side in (-1, 1):
            brush.disc(640 + side * (wide / 2 - 70), 790 - step * 56, 11, darker(tones[step], 0.6))
    for step in range(4):
        beam(brush, (1000 + step * 44, 400 + step * 30, 32, 400 - step * 30), wood)
    brush.arc((160, 690, 150, 110), 0, 354, (240, 226, 190), 26)
    brush.arc((180, 706, 110, 76), 0, 354, (222, 204, 160), 16)


def _cart(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((230, 780, 860, 100))
    for step in range(9):
        tone = (wood, palette.third, lighter(wood, 0.2), palette.accent)[step % 4]
        beam(brush, (370 + step * 58, 300 + (step * 73) % 130, 46, 320), tone)
    crate(brush, (320, 520, 640, 230), lighter(wood, 0.06))
    brush.stroke([(320, 700), (170, 520)], (100, 104, 118), 20)
    brush.stroke([(130, 540), (212, 500)], palette.main, 26)
    for x in (430, 850):
        wheel(brush, x, 764, 72, palette.main)


def _crate(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((230, 780, 860, 100))
    for step in range(5):
        x = 340 + step * 124
        uprights(brush, (x, 360, 108, 240), lighter(wood, 0.1 + step % 2 * 0.12), 2)
        brush.disc(x + 54, 450, 24, darker(wood, 0.7))
        brush.rectangle((x, 530, 108, 26), (palette.main, palette.third)[step % 2])
    crate(brush, (290, 560, 700, 250), wood)


def _train(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((130, 780, 1040, 90))
    brush.rectangle((200, 690, 900, 24), darker(wood, 0.4), 12)
    brush.rectangle((180, 530, 300, 170), palette.main, 26)
    brush.rectangle((180, 400, 150, 200), palette.third, 18)
    brush.rectangle((210, 440, 90, 80), CREAM, 12)
    brush.rectangle((160, 376, 190, 36), palette.accent, 18)
    brush.rectangle((398, 440, 54, 100), palette.accent, 10)
    for step in range(3):
        brush.disc(440 + step * 46, 396 - step * 50, 24 + step * 9, (255, 255, 255), 190)
    for left, colour in ((520, palette.third), (830, palette.accent)):
        for step in range(3):
            brush.disc(left + 60 + step * 80, 560 - step % 2 * 24, 46, lighter(wood, step * 0.16))
        brush.rectangle((left, 560, 270, 140), colour, 20)
    for x in (240, 410, 570, 740, 880, 1050):
        brush.disc(x, 736, 52, lighter(wood, 0.1))
        brush.disc(x, 736, 36, wood)
        brush.disc(x, 736, 12, darker(wood, 0.5))


def _blocks(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((230, 780, 860, 90))
    for x, y, colour in ((290, 640, palette.main), (480, 640, wood), (800, 640, palette.third)):
        brush.rectangle((x, y, 176, 176), colour, 14)
        brush.rectangle((x + 128, y + 8, 48, 160), darker(colour, 0.14), 12)
    brush.rectangle((380, 456, 176, 176), palette.accent, 14)
    brush.disc(468, 544, 50, lighter(palette.accent, 0.5))
    brush.polygon([(468, 300), (360, 450), (576, 450)], palette.third)
    brush.pie((700, 530, 380, 220), 180, 360, lighter(wood, 0.2))
    brush.pie((800, 590, 180, 110), 180, 360, brush.palette.glow)
    brush.disc(1040, 760, 60, palette.main)
    brush.disc(1020, 740, 20, lighter(palette.main, 0.4))
