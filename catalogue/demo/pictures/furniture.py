"""Furniture: benches, tables, chairs and shelves, most of them in wood."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, Colour, darker, lighter
from .nature import flower, leaf, pot
from .play import mud_kitchen
from .timber import beam, planks
from .vessels import bowl


def bench(brush: Brush) -> None:
    """Paint a bench in a garden: ring, low, with a back, from the side, near, or in pairs."""
    scenes.garden(brush)
    forms = (_ring, _low, _low_near, _back, _from_side, _back_near, _pair, _scented)
    brush.pick(forms)(brush)


def table(brush: Brush) -> None:
    """Paint a table: mud kitchen, with benches, with a free end, or indoors."""
    style = brush.pick((0, 1, 2, 3, 4))
    if style == 0:
        scenes.garden(brush)
        mud_kitchen(brush.near(840, 640, 1.5))
    elif style < 3:
        scenes.garden(brush)
        _set(brush if style == 1 else brush.near(520, 640, 1.3))
    elif style == 3:
        scenes.room(brush)
        _desk(brush)
    else:
        scenes.room(brush)
        _round_table(brush)


def chair(brush: Brush) -> None:
    """Paint a chair: bars, an upholstered shell, or a stool."""
    scenes.room(brush)
    brush.pick((_bar_chair, _shell, _stool))(brush)


def shelf(brush: Brush) -> None:
    """Paint a shelf with pots, books and bowls."""
    scenes.room(brush)
    wood, palette = brush.wood, brush.palette
    wide, rows = brush.pick(((620, 4), (760, 3), (480, 4))), (3, 4)
    left, count = 640 - wide[0] / 2, wide[1] if wide[1] in rows else 3
    brush.shadow((left - 60, 800, wide[0] + 140, 80))
    brush.rectangle((left, 150, wide[0], 680), darker(wood, 0.4))
    each = 640 / count
    for row in range(count):
        y = 160 + (row + 1) * each
        _row(brush, left + 60, y, (row + brush.variant) % 3)
        if wide[0] > 560:
            _row(brush, left + wide[0] / 2 + 50, y, (row + brush.variant + 1) % 3)
        beam(brush, (left, y, wide[0], 26), lighter(wood, 0.2))
    for x in (left - 16, left + wide[0] - 24):
        beam(brush, (x, 140, 40, 700), wood)
    beam(brush, (left - 16, 134, wide[0] + 32, 34), lighter(wood, 0.2))
    if brush.variant % 2:
        pot(brush, 640, 136, 90, palette.third)
        for angle in (-140, -110, -80, -50, -20):
            leaf(brush, 640, 56, 80, angle)


def _row(brush: Brush, x: float, y: float, style: int) -> None:
    palette = brush.palette
    if style == 0:
        for step in range(5):
            height = 100 + step * 53 % 40
            colour = (palette.main, palette.accent, CREAM, palette.third, palette.glow)[step]
            brush.rectangle((x + step * 34, y - height, 30, height), colour, 4)
            brush.rectangle((x + step * 34, y - height + 18, 30, 10), darker(colour, 0.16))
    elif style == 1:
        bowl(brush, x + 90, y, 150, palette.third)
    else:
        pot(brush, x + 80, y, 90, palette.accent)
        for angle in (-150, -118, -90, -62, -30):
            leaf(brush, x + 80, y - 76, 62, angle)


def _ring(brush: Brush) -> None:
    wood = brush.wood
    brush.ellipse((180, 640, 920, 270), (214, 196, 160))
    for x, y, angle in ((300, 690, -24), (800, 660, 24)):
        here = brush.at(x, y, 1, angle)
        here.shadow((-10, 60, 240, 60))
        beam(here, (20, 30, 30, 70), darker(wood, 0.3))
        beam(here, (160, 30, 30, 70), darker(wood, 0.3))
        planks(here, (-20, 0, 250, 44), wood, 2)
    for step in range(7):
        brush.disc(500 + step * 46, 816 + (18 if 0 < step < 6 else 0), 34, (150, 146, 140))
    for lean in (-60, 0, 60):
        brush.stroke([(640 - lean * 1.4, 810), (640 + lean, 750)], (120, 80, 56), 26)
    brush.polygon([(560, 800), (600, 660), (640, 720), (660, 590), (700, 730), (726, 800)],
                  (238, 124, 58))  # fmt: skip
    brush.polygon([(596, 800), (650, 690), (694, 800)], (250, 200, 80))
    here = brush.at(0, 0)
    for x in (180, 860):
        here.shadow((x - 20, 880, 300, 50))
        beam(here, (x + 20, 860, 34, 70), darker(wood, 0.3))
        beam(here, (x + 200, 860, 34, 70), darker(wood, 0.3))
        planks(here, (x - 20, 826, 290, 44), wood, 2)


def _low(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((210, 770, 880, 100))
    for x in (290, 920):
        beam(brush, (x, 640, 70, 180), darker(wood, 0.14))
    beam(brush, (330, 690, 620, 36), darker(wood, 0.3))
    planks(brush, (220, 580, 840, 70), wood, 2)
    brush.polygon([(260, 548), (1020, 548), (1060, 582), (220, 582)], lighter(wood, 0.24))
    for x in (320, 950):
        for y in (606, 634):
            brush.disc(x, y, 8, darker(wood, 0.5))


def _low_near(brush: Brush) -> None:
    _low(brush.near(860, 660, 1.9))


def _back(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((180, 790, 920, 90))
    for x in (250, 990):
        beam(brush, (x, 370, 44, 330), darker(wood, 0.16))
    for row in range(3):
        planks(brush, (230, 390 + row * 78, 820, 58), wood, 1)
    brush.polygon([(220, 620), (1060, 620), (1090, 690), (190, 690)], lighter(wood, 0.22))
    for row in (642, 664):
        brush.rectangle((206, row, 868, 5), darker(wood, 0.16))
    beam(brush, (190, 688, 900, 36), wood)
    for x in (200, 1034):
        beam(brush, (x, 550, 46, 280), darker(wood, 0.1))
        brush.rectangle((x - 26, 530, 98, 34), lighter(wood, 0.2), 14)


def _back_near(brush: Brush) -> None:
    _back(brush.near(1000, 590, 2.1))


def _from_side(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((370, 780, 560, 90))
    brush.stroke([(800, 820), (850, 300)], darker(wood, 0.2), 50)
    for step in range(3):
        here = brush.at(800 + step * 7, 540 - step * 86, 1, 6)
        beam(here, (-30, -56, 34, 72), lighter(wood, 0.2))
    beam(brush, (450, 470, 50, 360), darker(wood, 0.1))
    brush.rectangle((410, 450, 440, 40), lighter(wood, 0.2), 18)
    beam(brush, (430, 660, 420, 40), darker(wood, 0.2))
    for step in range(4):
        beam(brush, (440 + step * 88, 622, 76, 36), lighter(wood, 0.12))


def _pair(brush: Brush) -> None:
    wood = brush.wood
    brush.polygon([(500, 600), (780, 600), (900, 960), (380, 960)], lighter(wood, 0.2))
    for step in (1, 2, 3):
        brush.polygon([(500 + step * 70, 600), (504 + step * 70, 600),
                       (384 + step * 130, 960),
                       (376 + step * 130, 960)], darker(wood, 0.2))  # fmt: skip
    for flip in (-1, 1):
        near, far = 640 + flip * 560, 640 + flip * 260
        brush.polygon([(far - flip * 40, 700), (far + flip * 40, 700), (near, 960),
                       (near - flip * 170, 960)], wood)  # fmt: skip
        brush.polygon([(far + flip * 40, 700), (far + flip * 40, 740), (near, 1010), (near, 960)],
                      darker(wood, 0.3))  # fmt: skip
    for step in range(3):
        bowl(brush, 600 + step * 40, 690 + step * 90, 90 + step * 30, brush.palette.third)


def _scented(brush: Brush) -> None:
    for step in range(11):
        x = 60 + step * 116
        brush.stroke([(x, 700), (x + 6, 520 + step * 37 % 60)], (90, 140, 90), 8)
        for row in range(4):
            flower(brush, x + 6, 520 + step * 37 % 60 + row * 26, 18, (150, 110, 190))
    _back(brush.at(60, 130, 0.9))


def _set(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((160, 790, 980, 90))
    for x in (360, 880):
        brush.stroke([(x, 560), (x - 110, 820)], darker(wood, 0.24), 40)
        brush.stroke([(x + 30, 560), (x + 140, 820)], darker(wood, 0.16), 40)
    planks(brush, (240, 500, 800, 66), wood, 2)
    brush.polygon([(290, 460), (990, 460), (1040, 502), (240, 502)], lighter(wood, 0.24))
    for x in (210, 1000):
        beam(brush, (x, 700, 40, 130), darker(wood, 0.3))
    planks(brush, (180, 660, 920, 56), lighter(wood, 0.1), 1)
    bowl(brush, 560, 470, 150, brush.palette.third)
    bowl(brush, 760, 476, 110, brush.palette.main)


def _desk(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((200, 800, 900, 80))
    for x in (270, 960):
        beam(brush, (x, 470, 44, 370), darker(wood, 0.3))
    planks(brush, (220, 430, 840, 56), wood, 1)
    planks(brush, (660, 486, 290, 160), lighter(wood, 0.12), 2)
    for y in (524, 604):
        brush.rectangle((770, y, 70, 14), brush.palette.dark, 7)
    pot(brush, 400, 432, 120, brush.palette.third)
    for angle in (-150, -120, -92, -60, -30):
        leaf(brush, 400, 330, 110, angle)


def _round_table(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((330, 790, 620, 90))
    for lean in (-210, 0, 210):
        brush.stroke([(640 + lean * 0.4, 520), (640 + lean, 830)], darker(wood, 0.2), 36)
    brush.ellipse((260, 430, 760, 160), darker(wood, 0.24))
    brush.ellipse((260, 410, 760, 156), lighter(wood, 0.12))
    bowl(brush, 640, 500, 220, brush.palette.main)


def _bar_chair(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((400, 800, 520, 80))
    for x in (460, 780):
        beam(brush, (x, 180, 38, 650), darker(wood, 0.12))
    for row in range(brush.pick((3, 4, 2), 3)):
        beam(brush, (480, 210 + row * 80, 320, 44), lighter(wood, 0.1))
    beam(brush, (480, 690, 320, 26), darker(wood, 0.2))
    brush.polygon([(450, 520), (830, 520), (890, 610), (390, 610)], brush.palette.main)
    brush.rectangle((390, 606, 500, 34), darker(brush.palette.main, 0.2), 12)
    for x in (404, 836):
        beam(brush, (x, 640, 40, 200), wood)


def _shell(brush: Brush) -> None:
    colour: Colour = brush.palette.third
    brush.shadow((370, 800, 560, 80))
    for x, foot in ((500, 420), (780, 860), (560, 540), (720, 740)):
        brush.stroke([(x, 600), (foot, 836)], brush.wood, 26)
    brush.blob([(430, 250), (640, 170), (850, 250), (860, 480), (900, 590), (640, 650), (380, 590),
                (420, 480)], colour)  # fmt: skip
    brush.blob([(470, 280), (640, 220), (810, 280), (800, 460), (640, 500), (480, 460)],
               lighter(colour, 0.18))  # fmt: skip
    brush.blob([(420, 560), (640, 510), (860, 560), (850, 604), (640, 632), (430, 604)],
               darker(colour, 0.12))  # fmt: skip


def _stool(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((390, 800, 520, 80))
    for x, foot in ((520, 430), (640, 640), (760, 850)):
        brush.stroke([(x, 470), (foot, 836)], darker(wood, 0.14), 40)
    brush.stroke([(480, 680), (800, 680)], darker(wood, 0.3), 20)
    brush.ellipse((410, 410, 460, 120), darker(wood, 0.24))
    brush.ellipse((410, 380, 460, 120), lighter(wood, 0.16))
    brush.ellipse((470, 396, 340, 84), lighter(wood, 0.28))
