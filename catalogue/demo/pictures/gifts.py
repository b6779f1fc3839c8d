"""Things people give: baskets, boxes, candles, ceramics, jewellery and boards."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import LEAF, WHITE, Colour, darker, lighter, mix
from .curves import around
from .nature import flower, leaf
from .timber import crate
from .vessels import basket, bottle, bowl, jar, plate


def giftbasket(brush: Brush) -> None:
    """Paint a gift basket with bottle and jars, open or wrapped with a bow."""
    brush = scenes.tabletop(brush)
    palette = brush.palette
    wicker = brush.pick(((196, 146, 92), (220, 180, 122), (170, 118, 74)), 2)
    brush.arc((350, 170, 580, 860), 180, 360, darker(wicker, 0.1), 34)
    bottle(brush, 480, 640, 420, (96, 120, 70), palette.main)
    jar(brush, 640, 640, 180, (206, 60, 66), palette.accent)
    jar(brush, 810, 640, 170, (140, 152, 70), palette.third)
    brush.rectangle((700, 330, 120, 170), (150, 106, 74), 10)
    brush.rectangle((712, 380, 96, 70), lighter(palette.third, 0.6), 6)
    for step in range(7):
        leaf(brush, 380 + step * 90, 620, 130, -150 + step * 20, lighter(LEAF, step % 3 * 0.12))
    basket(brush, (310, 590, 660, 250), wicker)
    if brush.variant % 2 == 0:
        brush.polygon([(640, 190), (250, 660), (330, 850), (950, 850), (1030, 660)], WHITE, 70)
        brush.polygon([(640, 190), (330, 640), (400, 640)], WHITE, 110)
        brush.polygon(
            [(640, 200), (530, 100), (600, 84), (640, 150), (690, 80), (760, 110)], WHITE, 150
        )
        bow(brush, 640, 210, 1.0, palette.third)
    else:
        bow(brush, 640, 640, 0.9, palette.main)


def bow(brush: Brush, x: float, y: float, scale: float, colour: Colour) -> None:
    """Paint a bow of ribbon around a point."""
    here = brush.at(x, y, scale)
    for flip in (-1, 1):
        here.polygon([(0, 0), (flip * 60, 150), (flip * 96, 120), (flip * 110, 150),
                      (flip * 20, 0)],
                     darker(colour, 0.16))  # fmt: skip
        here.blob([(0, 0), (flip * 90, -76), (flip * 150, -40), (flip * 140, 40), (flip * 80, 50)],
                  colour)  # fmt: skip
        here.blob([(flip * 30, 0), (flip * 90, -36), (flip * 120, -10), (flip * 90, 22)],
                  darker(colour, 0.22))  # fmt: skip
    here.rectangle((-34, -32, 68, 64), lighter(colour, 0.16), 20)


def giftbox(brush: Brush) -> None:
    """Paint a gift box: open with a pouch, a wooden box with honey, or stacked parcels."""
    brush = scenes.tabletop(brush)
    brush.pick((_open_box, _wooden_box, _parcels))(brush)


def candle(brush: Brush) -> None:
    """Paint lit candles of several heights."""
    brush = scenes.tabletop(brush)
    palette = brush.palette
    count = brush.pick((3, 2, 4, 1))
    for step in range(count):
        x = 640 + (step - (count - 1) / 2) * 230
        height = 240 + (step * 130 + brush.variant * 70) % 260
        colour = (palette.main, (250, 240, 220), palette.third, palette.accent)[
            (step + brush.variant) % 4
        ]
        brush.disc(x, 740 - height, 170, (255, 240, 180), 70)
        brush.disc(x, 740 - height, 110, (255, 236, 160), 80)
        brush.shadow((x - 130, 780, 280, 70))
        brush.ellipse((x - 110, 780, 220, 54), darker(brush.wood, 0.1))
        brush.ellipse((x - 110, 768, 220, 54), lighter(brush.wood, 0.2))
        brush.rectangle((x - 74, 800 - height, 148, height), colour, 20)
        brush.rectangle((x + 26, 800 - height, 48, height), darker(colour, 0.1), 20)
        brush.ellipse((x - 74, 782 - height, 148, 40), lighter(colour, 0.4))
        brush.stroke([(x, 800 - height), (x, 768 - height)], (70, 60, 56), 8)
        brush.blob([(x, 660 - height), (x + 34, 732 - height), (x, 776 - height),
                    (x - 34, 732 - height)],
                   (248, 170, 60))  # fmt: skip
        brush.blob([(x, 700 - height), (x + 18, 742 - height), (x, 770 - height),
                    (x - 18, 742 - height)],
                   (255, 236, 150))  # fmt: skip


def ceramics(brush: Brush) -> None:
    """Paint thrown pottery: vase, bowl, mug and plate in glazes of the palette."""
    brush = scenes.tabletop(brush)
    palette = brush.palette
    style = brush.pick((0, 1, 2))
    if style != 1:
        _vase(brush, 420, 800, palette.main)
    if style != 2:
        bowl(brush, 900, 820, 320, palette.third)
        bowl(brush, 900, 740, 300, lighter(palette.third, 0.2))
    if style == 1:
        for step in range(4):
            plate(brush, 430, 800 - step * 34, 420, (lighter(palette.main, 0.3), WHITE)[step % 2])
    for step in range(2 if style else 1):
        _mug(brush, 660 + step * 240, 840, (palette.accent, palette.main)[step])


def jewellery(brush: Brush) -> None:
    """Paint jewellery laid out: necklace with pendant, earrings and a ring or bracelet."""
    scenes.flat(brush)
    palette = brush.palette
    gold = brush.pick(((222, 176, 84), (188, 194, 204), (206, 140, 110)))
    brush.rectangle((330, 110, 620, 760), palette.dark, 40, 45)
    brush.rectangle((320, 90, 620, 760), lighter(palette.main, brush.pick((0.88, 0.1), 2)), 40)
    points = [around((630, 300), 210, 170 - step * 10) for step in range(17)]
    points = [(x, y + 60) for x, y in points]
    brush.curve([(440, 160), *points, (820, 160)], gold, 9)
    for index, point in enumerate(points):
        size = 26 if index % 2 else 17
        tone = (palette.third, palette.accent, palette.main)[index % 3]
        if brush.variant % 2:
            brush.disc(*point, size, tone)
            brush.disc(point[0] - 6, point[1] - 7, size * 0.3, lighter(tone, 0.6))
    drop = brush.pick((palette.third, palette.accent, palette.main), 2)
    brush.blob([(630, 560), (682, 640), (630, 700), (578, 640)], gold)
    brush.blob([(630, 590), (662, 644), (630, 680), (598, 644)], drop)
    for x in (440, 820):
        brush.arc((x - 24, 640, 48, 56), 150, 390, gold, 8)
        brush.disc(x, 716, 34, drop)
        brush.disc(x - 10, 704, 10, lighter(drop, 0.6))
        brush.disc(x, 768, 20, gold)
    brush.arc((570, 730, 120, 90), 0, 354, gold, 16)
    brush.disc(630, 730, 22, drop)


def cuttingboard(brush: Brush) -> None:
    """Paint a cutting board with bread knife and vegetables, or boards in a row."""
    if brush.variant % 2:
        scenes.flat(brush)
        _board_from_above(brush)
    else:
        brush = scenes.tabletop(brush)
        for step in range(3):
            here = brush.at(350 + step * 290, 800, (1.0, 0.8, 0.9)[step])
            here.shadow((-150, -30, 330, 70))
            _board(here, lighter(brush.wood, step * 0.16) if step else darker(brush.wood, 0.16))


def _open_box(brush: Brush) -> None:
    palette = brush.palette
    denim, box = (66, 98, 146), palette.third
    brush.shadow((230, 770, 840, 110))
    brush.polygon([(320, 560), (960, 560), (1010, 330), (270, 330)], darker(box, 0.2))
    brush.rectangle((420, 410, 330, 210), denim, 30)
    brush.stroke([(440, 450), (730, 450)], (226, 200, 130), 10)
    for step in range(12):
        brush.stroke([(440 + step * 25, 490), (452 + step * 25, 490)], (236, 196, 110), 6)
    brush.arc((800, 390, 110, 110), 0, 354, (206, 210, 220), 14)
    brush.rectangle((826, 480, 56, 140), lighter(denim, 0.1), 14)
    for step in range(10):
        brush.polygon(
            [(330 + step * 64, 610), (390 + step * 64, 610), (350 + step * 64, 540)], WHITE
        )
    brush.rectangle((300, 600, 680, 220), box, 14)
    brush.rectangle((600, 600, 80, 220), palette.main)
    bow(brush, 640, 610, 0.8, palette.main)


def _wooden_box(brush: Brush) -> None:
    brush.shadow((230, 780, 840, 100))
    jar(brush, 420, 650, 190, (240, 176, 60), brush.palette.main)
    for step in range(2):
        x = 560 + step * 90
        brush.rectangle((x, 400 + step * 30, 130, 220), lighter(brush.palette.third, 0.5), 6)
        brush.rectangle((x, 400 + step * 30, 130, 40), brush.palette.third, 6)
        flower(brush, x + 65, 510 + step * 30, 36, brush.palette.accent)
    for angle in range(-165, 0, 24):
        leaf(brush, 850, 560, 170, angle, lighter(LEAF, angle % 5 * 0.06))
    brush.rectangle((780, 540, 140, 80), (206, 116, 78))
    crate(brush, (290, 580, 700, 240), brush.wood)


def _parcels(brush: Brush) -> None:
    palette = brush.palette
    brush.shadow((260, 780, 780, 100))
    for left, top, width, height, colour, ribbon in (
        (300, 560, 680, 260, palette.main, palette.accent),
        (380, 380, 460, 190, palette.third, palette.main),
        (500, 260, 240, 130, palette.accent, palette.dark),
    ):
        brush.rectangle((left, top, width, height), colour, 12)
        brush.rectangle((left + width * 0.72, top, width * 0.28, height), darker(colour, 0.12), 12)
        brush.rectangle((left - 10, top - 6, width + 20, 46), lighter(colour, 0.16), 10)
        brush.rectangle((left + width / 2 - 28, top - 6, 56, height + 6), ribbon)
    bow(brush, 620, 240, 0.8, palette.dark)


def _vase(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.shadow((x - 170, y - 30, 380, 76))
    for angle in (-120, -95, -70):
        head = around((x, y - 440), 220, angle)
        brush.curve([(x, y - 420), head], mix(LEAF, colour, 0.2), 10)
        for step in range(4):
            along = around((x, y - 440), 60 + step * 46, angle)
            leaf(brush, *along, 60, angle - 40)
            leaf(brush, *along, 60, angle + 40)
    brush.blob([(x - 60, y - 450), (x - 70, y - 380), (x - 160, y - 220), (x - 110, y - 10), (x, y),
                (x + 110, y - 10), (x + 160, y - 220), (x + 70, y - 380), (x + 60, y - 450)],
               colour)  # fmt: skip
    brush.blob([(x - 150, y - 250), (x, y - 220), (x + 150, y - 250), (x + 150, y - 180),
                (x, y - 150), (x - 150, y - 180)], lighter(colour, 0.4))  # fmt: skip
    brush.ellipse((x - 62, y - 466, 124, 34), darker(colour, 0.35))


def _mug(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.shadow((x - 110, y - 26, 260, 60))
    brush.arc((x + 50, y - 150, 100, 104), -100, 100, colour, 24)
    brush.rectangle((x - 90, y - 200, 180, 200), colour, 26)
    brush.rectangle((x - 90, y - 200, 180, 90), lighter(colour, 0.35), 26)
    brush.ellipse((x - 90, y - 218, 180, 44), lighter(colour, 0.6))
    brush.ellipse((x - 78, y - 212, 156, 32), darker(colour, 0.3))


def _board(brush: Brush, wood: Colour) -> None:
    brush.rectangle((-50, -560, 100, 220), wood, 40)
    brush.rectangle((-140, -430, 280, 430), wood, 50)
    for step in range(3):
        brush.rectangle((-96 + step * 80, -400, 10, 370), darker(wood, 0.1), 5)
    brush.disc(0, -510, 22, darker(wood, 0.6))


def _board_from_above(brush: Brush) -> None:
    wood = brush.wood
    brush.rectangle((250, 210, 840, 560), brush.palette.dark, 60, 45)
    brush.rectangle((230, 190, 840, 560), wood, 60)
    for step in range(6):
        brush.rectangle((270, 240 + step * 84, 760, 8), darker(wood, 0.08), 4)
    brush.disc(1010, 260, 26, darker(wood, 0.6))
    for step in range(6):
        x, y = 390 + step * 86, 420 + step % 2 * 20
        tone: Colour = ((216, 70, 60), (240, 150, 60), (140, 176, 80))[brush.variant // 2 % 3]
        brush.disc(x, y, 62, tone)
        brush.disc(x, y, 50, lighter(tone, 0.4))
        for turn in range(5):
            brush.ellipse((around((x, y), 28, turn * 72)[0] - 10, around((x, y),
                                                                         28, turn * 72)[1] - 10,
                           20, 20), lighter(tone, 0.75))  # fmt: skip
    for step in range(5):
        leaf(brush, 360 + step * 40, 600, 110, -60 + step * 30)
    here = brush.at(600, 610, 1, -6)
    here.polygon([(0, -34), (340, -34), (400, 20), (0, 20)], (206, 214, 222))
    here.rectangle((-200, -36, 210, 58), darker(wood, 0.6), 20)
