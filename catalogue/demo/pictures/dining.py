"""Served food and drink: buffet, plated meal, and coffee for a meeting."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import LEAF, SKIN_OF_BREAD, STEEL, WHITE, Colour, darker, lighter
from .curves import around
from .nature import flower, leaf
from .vessels import bottle, bowl, cup, filling, heap, plate, plate_from_above

DISHES: tuple[tuple[Colour, ...], ...] = (
    ((214, 76, 60), (120, 170, 84), (250, 214, 110)),
    ((186, 128, 72), (150, 100, 58), (206, 150, 92)),
    ((120, 170, 84), (160, 196, 100), (96, 146, 80)),
    ((90, 70, 100), (130, 150, 80), (60, 60, 70)),
    ((246, 196, 120), (250, 226, 170), (236, 170, 90)),
)


def buffet(brush: Brush) -> None:
    """Paint a laid table: dishes, skewers, a salad bar or glasses for a reception."""
    scenes.room(brush)
    _cloth(brush)
    brush.pick((_dishes, _skewers, _pots, _salad_bar, _reception))(brush)


def meal(brush: Brush) -> None:
    """Paint one meal: a plate from above, a bowl of soup, a stew to go, or a hot dish."""
    style = brush.pick((0, 1, 2, 3))
    if style == 0:
        scenes.flat(brush)
        _plate_with_cutlery(brush)
        _falafel(brush)
    elif style == 1:
        brush = scenes.tabletop(brush)
        _soup(brush)
    elif style == 2:
        brush = scenes.tabletop(brush)
        _warm_box(brush)
    else:
        scenes.flat(brush)
        _plate_with_cutlery(brush)
        _hot_dish(brush)


def coffee(brush: Brush) -> None:
    """Paint coffee: cups and a flask for a meeting, or a bag of beans."""
    brush = scenes.tabletop(brush)
    if brush.variant % 2:
        _meeting_coffee(brush)
    else:
        _bean_bag(brush)


def _cloth(brush: Brush) -> None:
    cloth = brush.pick(
        (WHITE, lighter(brush.palette.third, 0.75), lighter(brush.palette.main, 0.8))
    )
    brush.shadow((40, 880, 1200, 70))
    brush.rectangle((60, 600, 1160, 320), darker(cloth, 0.06))
    for step in range(12):
        brush.polygon([(80 + step * 98, 640), (110 + step * 98, 640), (124 + step * 98, 920),
                       (70 + step * 98, 920)], darker(cloth, 0.12))  # fmt: skip
    brush.polygon([(120, 540), (1160, 540), (1230, 650), (50, 650)], cloth)
    brush.rectangle((50, 646, 1180, 14), darker(cloth, 0.12))


def _dishes(brush: Brush) -> None:
    for step in range(5):
        x, y = 190 + step * 226, 610 - step % 2 * 40
        colour = (WHITE, brush.palette.main, brush.palette.third)[step % 3]
        bowl(brush, x, y, 210, colour)
        heap(brush, x, y, 210, DISHES[(step + brush.variant) % 5])
    for step in range(4):
        brush.ellipse((420 + step * 70, 560 + step % 2 * 12, 190, 70), darker(SKIN_OF_BREAD, 0.1))
        brush.ellipse((420 + step * 70, 554 + step % 2 * 12, 190, 64), lighter(SKIN_OF_BREAD, 0.3))
    for x in (110, 1170):
        bottle(brush, x, 570, 250, (150, 180, 120), brush.palette.main)


def _skewers(brush: Brush) -> None:
    for row, y in enumerate((560, 624)):
        brush.rectangle((450 + row * 30, y, 640, 26), darker(WHITE, 0.14), 13)
        brush.rectangle((450 + row * 30, y - 6, 640, 22), WHITE, 11)
        for step in range(8):
            x = 500 + row * 30 + step * 84
            brush.stroke([(x, y - 6), (x, y - 150)], (206, 170, 120), 8)
            for bead in range(3):
                tone = DISHES[(step + row + brush.variant) % 5][bead]
                brush.disc(x, y - 34 - bead * 42, 27, tone)
                brush.disc(x - 8, y - 42 - bead * 42, 7, lighter(tone, 0.45))
    for step in range(4):
        _tall_glass(brush, 180 + step * 62, 650 - step % 2 * 30, 0.62)


def _pots(brush: Brush) -> None:
    for step in range(3):
        x, y = 280 + step * 360, 620
        colour = (brush.palette.main, brush.palette.third, brush.palette.dark)[step]
        brush.shadow((x - 170, y - 40, 360, 80))
        brush.rectangle((x - 140, y - 180, 280, 180), colour, 40)
        brush.rectangle((x + 50, y - 180, 90, 180), darker(colour, 0.12), 40)
        for side in (-1, 1):
            brush.rectangle((x + side * 150 - 34, y - 130, 68, 30), darker(colour, 0.2), 15)
        brush.ellipse((x - 140, y - 214, 280, 76), lighter(colour, 0.3))
        brush.ellipse((x - 122, y - 206, 244, 58), DISHES[(step + brush.variant) % 5][0])
        for bit in range(7):
            tone = DISHES[(step + brush.variant) % 5][1 + bit % 2]
            brush.ellipse((x - 90 + bit * 26, y - 194 + bit * 31 % 24, 34, 16), tone)
        _steam(brush, x, y - 230)


def _steam(brush: Brush, x: float, y: float) -> None:
    for lean in (-46, 0, 46):
        points = [
            (x + lean, y),
            (x + lean + 16, y - 40),
            (x + lean - 10, y - 84),
            (x + lean, y - 124),
        ]
        brush.curve(points, lighter(brush.palette.wall, 0.75), 11)


def _salad_bar(brush: Brush) -> None:
    for row, y in enumerate((548, 636)):
        for step in range(4):
            x = 240 + step * 266 + row * 20 - 10
            bowl(brush, x, y, 200 + row * 30, WHITE if row else lighter(brush.palette.third, 0.3))
            heap(brush, x, y, 200 + row * 30, DISHES[(step + row * 2 + brush.variant) % 5])


def _reception(brush: Brush) -> None:
    for step in range(6):
        _tall_glass(brush, 180 + step * 96, 590 + step % 2 * 34, 1)
    for step in range(5):
        plate(brush, 1090, 626 - step * 12, 190)
    brush.rectangle((800, 420, 96, 190), brush.palette.main, 20)
    for angle in range(-160, 0, 26):
        head = around((848, 420), 150, angle)
        brush.stroke([(848, 430), head], LEAF, 8)
        flower(brush, *head, 38, brush.palette.third if angle % 4 else (250, 240, 220))


def _tall_glass(brush: Brush, x: float, y: float, scale: float) -> None:
    here = brush.at(x, y, scale)
    here.ellipse((-44, -10, 88, 22), lighter(STEEL, 0.5))
    here.rectangle((-5, -90, 10, 92), lighter(STEEL, 0.5))
    here.polygon([(-40, -240), (40, -240), (24, -90), (-24, -90)], (236, 244, 246))
    here.polygon([(-36, -200), (36, -200), (22, -94), (-22, -94)], (246, 206, 112))
    here.polygon([(-30, -236), (-18, -236), (-12, -100), (-18, -100)], WHITE, 140)


def _plate_with_cutlery(brush: Brush) -> None:
    brush.rectangle((100, 120, 250, 720), lighter(brush.palette.main, 0.35), 8)
    brush.rectangle((120, 120, 8, 720), WHITE)
    plate_from_above(brush, 650, 480, 360, brush.pick((WHITE, (250, 240, 222)), 4))
    for step in range(4):
        brush.stroke([(186 + step * 26, 240), (186 + step * 26, 350)], STEEL, 12)
    brush.stroke([(186, 360), (264, 360)], STEEL, 26)
    brush.stroke([(225, 370), (225, 720)], STEEL, 22)
    brush.polygon([(1090, 230), (1136, 260), (1136, 480), (1090, 480)], lighter(STEEL, 0.3))
    brush.stroke([(1113, 490), (1113, 720)], STEEL, 26)


def _falafel(brush: Brush) -> None:
    hummus = (238, 214, 160)
    brush.disc(560, 400, 120, hummus)
    brush.arc((490, 330, 140, 140), 20, 320, darker(hummus, 0.1), 18)
    brush.disc(560, 400, 26, (206, 150, 60))
    for step in range(6):
        x, y = 720 + step % 2 * 100, 330 + step // 2 * 96
        brush.disc(x, y, 54, (150, 100, 58))
        brush.disc(x - 10, y - 12, 34, (176, 122, 72))
    for step in range(9):
        leaf(brush, 500 + step * 25, 620, 90, -160 + step * 34, lighter(LEAF, step % 3 * 0.14))
    for step in range(4):
        brush.disc(480 + step * 62, 566 + step % 2 * 60, 32, (220, 74, 62))
        brush.disc(472 + step * 62, 556 + step % 2 * 60, 10, (246, 150, 130))


def _hot_dish(brush: Brush) -> None:
    sauce = brush.pick(((186, 96, 52), (226, 160, 70), (150, 90, 60)), 4)
    brush.blob(
        [(430, 360), (600, 280), (690, 400), (650, 600), (500, 660), (410, 520)], (250, 244, 226)
    )
    for step in range(40):
        brush.ellipse((440 + step * 61 % 200, 340 + step * 43 % 270, 26, 10), (232, 222, 196))
    brush.blob([(660, 330), (800, 300), (880, 440), (840, 600), (700, 640), (650, 500)], sauce)
    for step in range(9):
        tone = ((240, 150, 60), (120, 164, 80), lighter(sauce, 0.3))[step % 3]
        brush.disc(710 + step * 53 % 130, 370 + step * 71 % 210, 30, tone)
    for step in range(3):
        leaf(brush, 640, 470, 80, -130 + step * 50)


def _soup(brush: Brush) -> None:
    bowl(brush, 560, 800, 560, brush.palette.main)
    tone = brush.pick(((226, 150, 60), (206, 84, 56), (170, 180, 90)), 4)
    filling(brush, 560, 800, 560, tone)
    for step in range(6):
        leaf(brush, 540 + step * 22, 548 + step % 2 * 12, 40, step * 60)
    _steam(brush, 560, 450)
    for step in range(3):
        brush.rectangle((890, 700 - step * 56, 280, 110), darker(SKIN_OF_BREAD, 0.04), 50)
        brush.rectangle((900, 700 - step * 56, 250, 84), lighter(SKIN_OF_BREAD, 0.34), 42)


def _warm_box(brush: Brush) -> None:
    colour = brush.palette.main
    brush.shadow((250, 770, 800, 110))
    brush.rectangle((300, 470, 680, 350), colour, 30)
    brush.rectangle((760, 470, 220, 350), darker(colour, 0.12), 30)
    brush.rectangle((280, 430, 720, 60), lighter(colour, 0.16), 20)
    brush.arc((470, 560, 340, 200), 180, 360, brush.palette.dark, 26)
    brush.rectangle((540, 520, 200, 20), brush.palette.accent, 10)
    brush.ellipse((420, 352, 440, 110), STEEL)
    brush.ellipse((440, 360, 400, 84), (176, 96, 54))
    for step in range(10):
        tone = ((240, 150, 60), (120, 164, 80), (226, 196, 120))[step % 3]
        brush.ellipse((480 + step * 30, 376 + step * 37 % 44, 44, 22), tone)
    _steam(brush, 640, 330)


def _meeting_coffee(brush: Brush) -> None:
    flask = brush.palette.main
    brush.shadow((180, 690, 300, 70))
    brush.rectangle((220, 330, 190, 400), STEEL, 30)
    brush.rectangle((340, 330, 70, 400), darker(STEEL, 0.14), 30)
    brush.rectangle((210, 290, 210, 80), flask, 24)
    brush.polygon([(210, 300), (150, 330), (210, 350)], flask)
    brush.arc((360, 380, 130, 240), -90, 90, flask, 26)
    plate(brush, 800, 580, 400)
    for step in range(4):
        brush.ellipse((670 + step * 66, 520 + step % 2 * 18, 110, 70), SKIN_OF_BREAD)
        brush.ellipse((684 + step * 66, 524 + step % 2 * 18, 66, 30), lighter(SKIN_OF_BREAD, 0.3))
    places = brush.pick(
        (((640, 830), (960, 810)), ((660, 830),), ((540, 800), (800, 840), (1060, 800))), 2
    )
    for x, y in places:
        cup(brush, x, y, 210, brush.palette.third)


def _bean_bag(brush: Brush) -> None:
    colour = brush.pick((brush.palette.main, (160, 116, 82), brush.palette.dark), 2)
    brush.shadow((380, 770, 560, 100))
    brush.polygon([(450, 260), (830, 260), (880, 820), (400, 820)], colour)
    brush.polygon([(740, 260), (830, 260), (880, 820), (760, 820)], darker(colour, 0.14))
    brush.rectangle((440, 210, 400, 70), darker(colour, 0.1), 10)
    brush.rectangle((440, 236, 400, 12), lighter(colour, 0.3))
    brush.disc(640, 540, 140, lighter(colour, 0.86))
    _bean(brush.at(640, 540, 2.6, -30))
    for step in range(16):
        x, y = 160 + step * 67, 850 - step * 53 % 66
        if not 380 < x < 900 or y > 830:
            _bean(brush.at(x, y, 0.8, step * 47))


def _bean(brush: Brush) -> None:
    brush.ellipse((-30, -22, 60, 44), (104, 66, 46))
    brush.curve([(-26, 4), (-6, -6), (6, 6), (26, -4)], (62, 38, 30), 6)
