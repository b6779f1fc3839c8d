"""Work outdoors: hedges, lawns, flower beds and snow."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import LEAF, MOSS, PINE, SOIL, WHITE, Colour, darker, lighter
from .curves import around
from .nature import bush, flower, leaf, pot, stem, tree
from .timber import door, planks, window

BLOOMS: tuple[Colour, ...] = (
    (232, 98, 110), (246, 190, 80), (170, 120, 200), (250, 244, 232), (240, 140, 90),
)  # fmt: skip


def hedge(brush: Brush) -> None:
    """Paint a trimmed hedge by a path, with clippings, or shaped bushes before a house."""
    style = brush.pick((0, 1, 2))
    if style == 2:
        scenes.street(brush, (226, 200, 170), (150, 176, 100))
        for x in (150, 560, 970):
            window(brush, (x, 180, 180, 200), WHITE)
        for x, size in ((200, 330), (520, 280), (800, 300), (1080, 340)):
            bush(brush, x, 830, size, brush.pick((LEAF, PINE), 3))
        return
    scenes.garden(brush)
    _box_hedge(brush, brush.pick((LEAF, PINE, (120, 152, 74)), 2))
    if style == 0:
        brush.polygon([(0, 860), (1280, 820), (1280, 960), (0, 960)], (216, 200, 172))
        brush.polygon([(0, 856), (1280, 816), (1280, 828), (0, 868)], darker(MOSS, 0.2))
    else:
        brush.polygon([(280, 820), (940, 800), (1060, 930), (200, 940)], brush.palette.main)
        for step in range(60):
            tone = lighter(LEAF, step % 4 * 0.1)
            leaf(brush, 400 + step * 89 % 440, 790 + step * 37 % 110, 56, step * 53, tone)
    _shears(brush.at(1080, 800, 1, -30))


def lawn(brush: Brush) -> None:
    """Paint a mown lawn: stripes and mower, an edge along slabs, or green between houses."""
    style = brush.pick((0, 1, 2))
    scenes.garden(brush)
    if style == 2:
        for x in (40, 830):
            brush.rectangle((x, 150, 410, 500), (206, 150, 118) if x < 100 else (226, 206, 176))
            for step in range(6):
                window(brush, (x + 50 + step % 3 * 120, 200 + step // 3 * 200, 70, 110), WHITE)
    for step in range(10):
        tone = (134, 178, 84) if step % 2 else (112, 158, 74)
        top, low = 300 + step * 70, -400 + step * 210
        brush.polygon([(top, 640), (top + 70, 640), (low + 210, 960), (low, 960)], tone)
    if style == 1:
        brush.polygon(
            [(760, 640), (900, 640), (1280, 860), (1280, 960), (960, 960)], (206, 202, 194)
        )
        for step in range(5):
            y = 660 + step * step * 14 + step * 20
            brush.polygon([(760 + (y - 640) * 0.6, y), (910 + (y - 640) * 1.7, y),
                           (910 + (y - 640) * 1.7, y + 5), (760 + (y - 640) * 0.6, y + 5)],
                          (170, 166, 160))  # fmt: skip
        _spade(brush.at(900, 800, 1, 14))
        return
    tree(brush, 180 if style == 0 else 640, 680, 330, brush.pick((LEAF, MOSS, PINE), 3))
    _mower(brush, 740 if style == 0 else 360, 860)


def flowerbed(brush: Brush) -> None:
    """Paint flowers: a bed at an entrance, pots, raised beds, a planter of herbs, or one pot."""
    brush.pick((_entrance_bed, _row_of_pots, _raised_beds, _herbs, _one_pot))(brush)


def snow(brush: Brush) -> None:
    """Paint a cleared path between banks of snow, or a gritted ramp at a door."""
    top = brush.pick(((186, 210, 236), (214, 206, 232), (236, 214, 206)))
    brush.wash((0, 0, 1280, 640), top, (240, 244, 250))
    if brush.variant % 2:
        for x, height in ((140, 380), (330, 280), (1010, 300), (1180, 400)):
            _fir(brush, x, 660, height)
    else:
        brush.rectangle((260, 90, 760, 560), brush.pick(((196, 122, 96), (220, 196, 160)), 2))
        brush.rectangle((230, 60, 820, 60), WHITE, 26)
        window(brush, (330, 240, 140, 190), WHITE)
        door(brush, (600, 270, 220, 380), brush.palette.main)
    brush.wash((0, 630, 1280, 330), (250, 252, 255), (222, 232, 244))
    brush.polygon([(600, 640), (800, 640), (1010, 960), (330, 960)], (176, 180, 190))
    brush.polygon([(600, 640), (640, 640), (420, 960), (330, 960)], (160, 166, 180))
    for flip in (-1, 1):
        edge = [(700 + flip * 90, 640), (700 + flip * 190, 760), (680 + flip * 330, 960),
                (680 + flip * 560, 960), (700 + flip * 400, 700)]  # fmt: skip
        brush.blob(edge, WHITE)
        brush.curve(edge[:3], (206, 220, 236), 12)
    for _ in range(50):
        y = brush.dice.randint(660, 950)
        half = 80 + (y - 640) * 0.7
        brush.disc(690 + brush.dice.uniform(-half, half), y, 4, (120, 104, 90))
    _shovel(brush.at(980, 800, 1, 16))
    for _ in range(60):
        brush.disc(
            brush.dice.randint(0, 1280), brush.dice.randint(0, 900), brush.dice.randint(3, 9), WHITE
        )


def _box_hedge(brush: Brush, green: Colour) -> None:
    brush.shadow((-100, 770, 1500, 120))
    brush.rectangle((-20, 430, 1320, 400), green)
    brush.rectangle((-20, 410, 1320, 60), lighter(green, 0.22), 12)
    for step in range(150):
        x, y = brush.dice.randint(-10, 1280), brush.dice.randint(480, 810)
        tone = lighter(green, 0.14) if step % 2 else darker(green, 0.14)
        leaf(brush, x, y, 34, brush.dice.randint(0, 359), tone)


def _shears(brush: Brush) -> None:
    for flip in (-1, 1):
        brush.polygon(
            [(0, 0), (flip * 34, -20), (flip * 60, -280), (flip * 40, -290)], (196, 206, 216)
        )
        brush.stroke([(0, 0), (-flip * 70, 190)], brush.palette.third, 34)
    brush.disc(0, -4, 20, (90, 96, 110))


def _spade(brush: Brush) -> None:
    brush.stroke([(0, 0), (0, -480)], brush.wood, 24)
    brush.stroke([(-56, -490), (56, -490)], darker(brush.wood, 0.3), 28)
    brush.pie((-110, -60, 220, 240), 0, 180, (160, 170, 182))
    brush.rectangle((-110, 40, 220, 24), (130, 140, 154))


def _mower(brush: Brush, x: float, y: float) -> None:
    colour = brush.palette.third
    brush.shadow((x - 220, y - 40, 500, 90))
    brush.stroke([(x + 130, y - 110), (x + 330, y - 390), (x + 390, y - 390)], (90, 96, 110), 20)
    brush.blob([(x - 200, y - 40), (x - 190, y - 130), (x - 60, y - 180), (x + 100, y - 170),
                (x + 180, y - 110), (x + 190, y - 40)], colour)  # fmt: skip
    brush.rectangle((x - 90, y - 240, 150, 80), darker(colour, 0.2), 20)
    brush.rectangle((x - 50, y - 266, 70, 36), (70, 74, 86), 12)
    for at, size in ((-130, 50), (130, 64)):
        brush.disc(x + at, y - size + 20, size, (50, 54, 64))
        brush.disc(x + at, y - size + 20, size * 0.5, lighter(colour, 0.5))


def _fir(brush: Brush, x: float, y: float, height: float) -> None:
    here = brush.at(x, y, height / 300)
    here.rectangle((-14, -40, 28, 44), (120, 90, 70))
    for step in range(3):
        wide, top = 110 - step * 24, -130 - step * 80
        here.polygon([(-wide, top + 100), (wide, top + 100), (0, top - 30)], (70, 120, 110))
        here.polygon([(-wide * 0.5, top + 30), (wide * 0.5, top + 30), (0, top - 30)], WHITE)


def _shovel(brush: Brush) -> None:
    brush.stroke([(0, -20), (0, -470)], brush.wood, 22)
    brush.stroke([(-50, -476), (50, -476)], brush.palette.dark, 28)
    brush.rectangle((-150, -60, 300, 190), brush.palette.accent, 24)
    brush.rectangle((-150, 90, 300, 40), darker(brush.palette.accent, 0.3), 12)
    for step in range(3):
        brush.rectangle((-90 + step * 84, -40, 14, 120), darker(brush.palette.accent, 0.16), 7)


def _entrance_bed(brush: Brush) -> None:
    scenes.street(brush, brush.pick(((226, 206, 176), (200, 140, 116)), 5), (200, 196, 188))
    door(brush, (820, 260, 220, 400), brush.palette.main)
    window(brush, (250, 220, 240, 240), WHITE)
    brush.ellipse((-40, 690, 820, 240), SOIL)
    for step in range(26):
        x, y = 30 + step * 131 % 690, 730 + step * 53 % 130
        tall = 90 + step * 37 % 110
        stem(brush, (x, y), (x + 10, y - tall), lighter(LEAF, step % 3 * 0.1))
        flower(brush, x + 10, y - tall, 34, BLOOMS[(step + brush.variant) % 5])


def _row_of_pots(brush: Brush) -> None:
    scenes.street(brush, lighter(brush.palette.third, 0.45), (200, 196, 188))
    for x in (180, 760):
        window(brush, (x, 130, 280, 260), WHITE)
    for step in range(4):
        x = 190 + step * 300
        _planted(brush, x, 860, 200 if step % 2 else 240, step)


def _planted(brush: Brush, x: float, y: float, width: float, shift: int) -> None:
    top = y - width * 0.95
    for angle in range(-170, 0, 18):
        leaf(brush, x, top + 20, width * 0.62, angle, lighter(LEAF, angle % 4 * 0.06))
    for step in range(7):
        at = around((x, top), width * (0.36 + step % 2 * 0.24), -160 + step * 24)
        flower(brush, *at, width * 0.16, BLOOMS[(step % 2 + shift + brush.variant) % 5])
    pot(brush, x, y, width, (brush.palette.main, (206, 116, 78), brush.palette.third)[shift % 3])


def _raised_beds(brush: Brush) -> None:
    scenes.garden(brush)
    brush.polygon([(540, 630), (740, 630), (960, 960), (320, 960)], (220, 200, 164))
    for left, top, wide in ((90, 640, 390), (800, 640, 390), (-40, 800, 400), (920, 800, 400)):
        for step in range(9):
            x = left + 30 + step * (wide - 60) / 8
            stem(brush, (x, top + 10), (x, top - 70 - step % 3 * 26), LEAF)
            flower(brush, x, top - 70 - step % 3 * 26, 26, BLOOMS[(step + brush.variant) % 5])
        planks(brush, (left, top, wide, 110), brush.wood, 2)


def _herbs(brush: Brush) -> None:
    scenes.garden(brush)
    brush.shadow((180, 790, 920, 100))
    for step in range(11):
        x = 280 + step * 72
        tone = (LEAF, PINE, (140, 170, 90))[step % 3]
        for angle in range(-160, -10, 30):
            leaf(brush, x, 590, 110 + step * 31 % 70, angle, lighter(tone, angle % 4 * 0.06))
        if step % 3 == 0:
            flower(brush, x, 480, 28, BLOOMS[(step + brush.variant) % 5])
    planks(brush, (220, 580, 840, 240), brush.wood, 4)
    for x in (210, 1026):
        planks(brush.at(x, 560), (0, 0, 44, 280), lighter(brush.wood, 0.12), 1)


def _one_pot(brush: Brush) -> None:
    scenes.studio(brush)
    _planted(brush, 640, 860, 430, brush.variant)
