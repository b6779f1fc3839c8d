"""Work that makes clean: rooms, windows, laundry and road signs."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import LEAF, STEEL, WHITE, Colour, darker, lighter
from .curves import around
from .nature import bush, pot
from .timber import wheel, window


def cleaning(brush: Brush) -> None:
    """Paint cleaning: a trolley in a corridor, a table being wiped, or a shining kitchen."""
    scenes.room(brush)
    brush.pick((_trolley, _wiping, _kitchen))(brush)


def windows(brush: Brush) -> None:
    """Paint newly cleaned windows in a front, with ladder and bucket."""
    colour = brush.pick(((206, 132, 104), (224, 206, 176), (150, 170, 186), (232, 190, 150)))
    scenes.street(brush, colour, (196, 192, 186))
    columns = brush.pick((3, 2, 4))
    for column in range(columns):
        x = 640 + (column - (columns - 1) / 2) * (1040 / columns)
        wide = 660 / columns
        for y in (70, 350):
            window(brush, (x - wide / 2, y, wide, 200), WHITE)
            sparkle(brush, x + wide * 0.3, y + 40, 34)
    for x in (840, 960):
        brush.stroke([(x, 880), (x + 50, 240)], brush.wood, 20)
    for step in range(9):
        y = 840 - step * 66
        brush.stroke([(843 + step * 5, y), (963 + step * 5, y)], darker(brush.wood, 0.14), 16)
    _squeegee(brush.at(430, 620, 1, -24))
    _bucket(brush, 520, 890, brush.palette.main)


def laundry(brush: Brush) -> None:
    """Paint laundry: mops in marked nets, baskets of folded linen, or a machine."""
    scenes.room(brush)
    brush.pick((_nets, _linen, _machine))(brush)


def signwash(brush: Brush) -> None:
    """Paint a road sign with one half washed, and the brush."""
    scenes.garden(brush)
    palette = brush.palette
    brush.rectangle((612, 500, 56, 460), STEEL)
    brush.rectangle((648, 500, 20, 460), darker(STEEL, 0.16))
    style = brush.pick((0, 1, 2, 3))
    if style == 0:
        brush.disc(640, 380, 250, (204, 50, 56))
        brush.rectangle((450, 335, 380, 90), WHITE, 10)
    elif style == 1:
        brush.polygon([(640, 100), (350, 600), (930, 600)], (204, 50, 56))
        brush.polygon([(640, 190), (425, 556), (855, 556)], (252, 238, 196))
        brush.rectangle((616, 320, 48, 140), (40, 42, 54), 20)
        brush.disc(640, 506, 28, (40, 42, 54))
    elif style == 2:
        brush.rectangle((380, 130, 520, 460), (30, 92, 170), 30)
        brush.rectangle((400, 150, 480, 420), WHITE, 22)
        brush.rectangle((412, 162, 456, 396), (30, 92, 170), 18)
        brush.polygon([(640, 210), (540, 340), (600, 340), (600, 500), (680, 500), (680, 340),
                       (740, 340)], WHITE)  # fmt: skip
    else:
        brush.polygon([(330, 220), (860, 220), (980, 340), (860, 460), (330, 460)], (30, 92, 170))
        for row in range(2):
            brush.rectangle((400, 276 + row * 76, 380 - row * 110, 40), WHITE, 20)
    for step in range(26):
        x, y = 410 + step * 53 % 200, 230 + step * 79 % 320
        brush.ellipse((x, y, 70, 46), (120, 96, 70), 70)
    for step in range(9):
        brush.disc(690 + step * 43 % 150, 470 + step * 31 % 110, 24 + step % 3 * 10, WHITE, 215)
    _long_brush(brush)
    sparkle(brush, 800, 250, 56)
    _bucket(brush, 300, 880, palette.main)


def sparkle(brush: Brush, x: float, y: float, size: float) -> None:
    """Paint a glint of four points around a point."""
    points = [around((x, y), size if step % 2 == 0 else size * 0.2, step * 45) for step in range(8)]
    brush.polygon(points, WHITE)


def _long_brush(brush: Brush) -> None:
    here = brush.at(760, 540, 1, 40)
    here.stroke([(0, 0), (420, 0)], brush.wood, 22)
    here.rectangle((-30, -90, 50, 180), brush.palette.accent, 12)
    for step in range(8):
        here.rectangle((-84, -86 + step * 22, 60, 14), lighter(brush.palette.accent, 0.5), 5)


def _bucket(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.shadow((x - 130, y - 30, 290, 64))
    brush.arc((x - 96, y - 270, 192, 180), 180, 360, darker(STEEL, 0.2), 10)
    for step in range(5):
        brush.disc(x - 70 + step * 36, y - 188 - step % 2 * 16, 30, WHITE)
    brush.polygon([(x - 110, y - 180), (x + 110, y - 180), (x + 84, y), (x - 84, y)], colour)
    brush.polygon([(x + 40, y - 180), (x + 110, y - 180), (x + 84, y), (x + 32, y)],
                  darker(colour, 0.14))  # fmt: skip
    brush.rectangle((x - 118, y - 190, 236, 30), lighter(colour, 0.2), 12)


def _squeegee(brush: Brush) -> None:
    brush.rectangle((-14, 0, 28, 190), brush.palette.accent, 14)
    brush.rectangle((-130, -30, 260, 36), STEEL, 10)
    brush.rectangle((-136, -46, 272, 22), (50, 54, 66), 8)


def _spray(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.rectangle((x - 46, y - 150, 92, 150), colour, 20)
    brush.rectangle((x - 46, y - 100, 92, 60), lighter(colour, 0.75))
    brush.polygon(
        [(x - 24, y - 190), (x + 24, y - 190), (x + 40, y - 144), (x - 40, y - 144)], colour
    )
    brush.rectangle((x - 60, y - 226, 100, 40), WHITE, 10)
    brush.rectangle((x - 84, y - 216, 30, 18), darker(STEEL, 0.2), 5)


def _trolley(brush: Brush) -> None:
    palette = brush.palette
    for x in (60, 980):
        brush.rectangle((x, 180, 240, 486), lighter(palette.floor, 0.2), 6)
        brush.rectangle((x + 40, 230, 160, 180), lighter(palette.wall, 0.4), 6)
        brush.disc(x + 210, 450, 12, STEEL)
    brush.shadow((260, 800, 800, 100))
    brush.stroke([(330, 810), (330, 330), (270, 300)], STEEL, 24)
    brush.stroke([(620, 810), (620, 380)], STEEL, 20)
    for y in (520, 680, 800):
        brush.rectangle((330, y, 520, 26), darker(STEEL, 0.1), 10)
    for step in range(3):
        tone = (palette.main, palette.third, palette.accent)[step]
        _spray(brush, 410 + step * 110, 520, tone)
        brush.rectangle((360 + step * 160, 610, 140, 70), lighter(tone, 0.3), 14)
        brush.rectangle((360 + step * 160, 730, 140, 70), tone, 14)
    brush.polygon([(680, 420), (960, 420), (920, 800), (720, 800)], palette.accent)
    brush.polygon([(850, 420), (960, 420), (920, 800), (846, 800)], darker(palette.accent, 0.14))
    brush.rectangle((670, 400, 300, 34), STEEL, 14)
    brush.stroke([(1020, 860), (900, 150)], brush.wood, 18)
    for step in range(9):
        brush.stroke([(1020 + step * 4, 850), (950 + step * 22, 900)], (250, 246, 236), 22)
    for x in (370, 620, 880):
        wheel(brush, x, 846, 34, STEEL)


def _wiping(brush: Brush) -> None:
    wood = brush.wood
    brush.polygon([(0, 560), (1280, 560), (1280, 960), (0, 960)], lighter(wood, 0.2))
    brush.rectangle((0, 556, 1280, 14), darker(wood, 0.1))
    brush.blob([(240, 740), (440, 640), (840, 650), (1060, 740), (820, 830), (440, 840)],
               lighter(wood, 0.5))  # fmt: skip
    cloth = brush.palette.main
    brush.shadow((520, 720, 460, 110))
    brush.blob([(540, 700), (640, 620), (800, 640), (930, 690), (960, 780), (800, 800), (640, 790),
                (540, 770)], cloth)  # fmt: skip
    brush.blob([(600, 700), (680, 650), (780, 670), (720, 720)], lighter(cloth, 0.2))
    brush.curve([(560, 750), (700, 740), (800, 770), (940, 750)], darker(cloth, 0.2), 8)
    here = brush.at(250, 730, 1.6)
    here.shadow((-80, -20, 180, 40))
    _spray(here, 0, 0, brush.palette.third)
    for x, y in ((470, 700), (1080, 660), (880, 590)):
        sparkle(brush, x, y, 44)
    pot(brush, 1080, 600, 120, brush.palette.accent)
    bush(brush, 1080, 496, 150, LEAF)


def _kitchen(brush: Brush) -> None:
    steel = lighter(STEEL, 0.24)
    brush.polygon([(380, 60), (900, 60), (1000, 260), (280, 260)], steel)
    brush.polygon([(760, 60), (900, 60), (1000, 260), (820, 260)], darker(steel, 0.1))
    brush.rectangle((270, 256, 740, 30), darker(steel, 0.2), 6)
    brush.shadow((80, 830, 1120, 80))
    brush.rectangle((110, 540, 1060, 330), steel, 8)
    for step in range(3):
        x = 130 + step * 350
        brush.rectangle((x, 590, 320, 250), lighter(steel, 0.3), 12)
        brush.rectangle((x + 40, 610, 240, 20), darker(steel, 0.3), 10)
        brush.polygon([(x + 60, 830), (x + 140, 830), (x + 240, 660), (x + 160, 660)], WHITE, 130)
    brush.rectangle((90, 510, 1100, 46), darker(steel, 0.12), 8)
    for x, colour in ((330, brush.palette.main), (900, brush.palette.third)):
        brush.rectangle((x - 110, 390, 220, 124), colour, 20)
        brush.rectangle((x - 120, 376, 240, 26), lighter(colour, 0.3), 12)
        brush.disc(x, 364, 17, darker(colour, 0.3))
    brush.curve([(600, 512), (600, 380), (690, 380), (690, 430)], darker(steel, 0.3), 22)
    for x, y in ((470, 170), (1060, 620), (240, 700), (620, 640)):
        sparkle(brush, x, y, 44)


def _nets(brush: Brush) -> None:
    palette = brush.palette
    for step, colour in enumerate((palette.main, palette.third, palette.accent)):
        x = 280 + step * 360
        brush.shadow((x - 170, 770, 360, 90))
        for mop in range(5):
            brush.disc(x - 90 + mop * 45, 420 - mop % 2 * 24, 60, lighter(colour, 0.8))
        brush.blob([(x - 140, 420), (x, 400), (x + 140, 420), (x + 170, 700), (x + 120, 820),
                    (x - 120, 820), (x - 170, 700)], lighter(colour, 0.62))  # fmt: skip
        for line in range(6):
            brush.stroke([(x - 140 + line * 40, 430), (x - 60 + line * 42, 800)], colour, 5)
            brush.stroke([(x + 140 - line * 40, 430), (x + 60 - line * 42, 800)], colour, 5)
        brush.rectangle((x - 150, 410, 300, 34), colour, 17)
        brush.rectangle((x - 70, 560, 140, 90), WHITE, 10)
        brush.rectangle((x - 50, 580, 100, 14), colour, 7)
        brush.rectangle((x - 50, 612, 60, 12), lighter(colour, 0.4), 6)


def _linen(brush: Brush) -> None:
    palette = brush.palette
    for step in range(2):
        x = 350 + step * 580
        brush.shadow((x - 260, 790, 540, 90))
        for row in range(4):
            tone = (WHITE, palette.third, lighter(palette.main, 0.4), palette.accent)[
                (row + step) % 4
            ]
            brush.rectangle((x - 190, 510 - row * 72, 380, 76), tone, 30)
            brush.rectangle((x - 160, 546 - row * 72, 250, 6), darker(tone, 0.14), 3)
        colour = (palette.main, palette.dark)[step]
        brush.polygon([(x - 240, 560), (x + 240, 560), (x + 210, 840), (x - 210, 840)], colour)
        for hole in range(15):
            column, line = hole % 5, hole // 5
            brush.rectangle(
                (x - 160 + column * 70, 640 + line * 62, 40, 40), darker(colour, 0.25), 12
            )
        brush.rectangle((x - 256, 546, 512, 46), lighter(colour, 0.2), 20)


def _machine(brush: Brush) -> None:
    palette = brush.palette
    brush.shadow((330, 830, 640, 90))
    brush.rectangle((360, 220, 560, 650), (246, 248, 250), 30)
    brush.rectangle((820, 220, 100, 650), (222, 228, 234), 30)
    brush.rectangle((360, 220, 560, 120), lighter(palette.main, 0.2), 30)
    brush.rectangle((400, 256, 180, 50), WHITE, 12)
    for step in range(3):
        brush.disc(700 + step * 76, 281, 24, WHITE)
    brush.disc(640, 590, 210, STEEL)
    brush.disc(640, 590, 174, (96, 140, 176))
    for step in range(6):
        tone = (palette.third, palette.accent, WHITE)[step % 3]
        brush.disc(*around((640, 620), 80, step * 60), 66, tone)
    for step in range(9):
        brush.disc(520 + step * 30, 560 + step * 41 % 60, 20, WHITE, 200)
    brush.arc((480, 430, 320, 320), 190, 250, WHITE, 14)
