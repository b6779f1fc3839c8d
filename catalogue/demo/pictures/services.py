"""Services by hands and wheels: caretaker, flags, packing, van, workshop and meeting."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, INK, STEEL, WHITE, Colour, darker, lighter
from .curves import round_arc
from .nature import bush, leaf, pot
from .timber import beam, door, planks, wheel, window
from .vessels import bowl, cup

CARD: Colour = (206, 164, 116)


def caretaker(brush: Brush) -> None:
    """Paint a toolbox at a door, or keys and a list of tasks on a table."""
    if brush.variant % 2:
        wall = brush.pick(((224, 206, 176), (206, 140, 112), (176, 190, 196)), 2)
        scenes.street(brush, wall, (198, 194, 188))
        door(brush, (760, 190, 260, 476), brush.palette.main)
        window(brush, (220, 180, 280, 250), WHITE)
        brush.rectangle((720, 660, 340, 34), (170, 166, 160), 6)
        _toolbox(brush, brush.pick((480, 420, 520), 2), 870)
        bush(brush, 1180, 880, 200, (96, 148, 84))
    else:
        scenes.flat(brush)
        _list(brush)
        _keys(brush)


def flags(brush: Brush) -> None:
    """Paint flags on poles along a street, or bunting over a square."""
    scenes.garden(brush)
    red = (200, 38, 52)
    if brush.variant % 2:
        count = brush.pick((3, 4, 2, 5), 2)
        for step in range(count):
            x = 640 + (step - (count - 1) / 2) * (1000 / count)
            _flag(brush.at(x, 860, 1.0 if count < 4 else 0.8), red)
        return
    for row in range(2):
        points = [
            (x, 130.0 + row * 170 + 90 * (1 - abs(x - 640) / 700)) for x in range(-20, 1320, 90)
        ]
        brush.curve(points, WHITE, 7)
        for step, (x, y) in enumerate(points[:-1]):
            tone = (red, WHITE, brush.palette.main, brush.palette.accent)[(step + row) % 4]
            brush.polygon([(x + 10, y), (x + 82, y + 6), (x + 46, y + 110)], tone)
    for x in (330, 950):
        _flag(brush.at(x, 900, 0.66), red)


def packing(brush: Brush) -> None:
    """Paint parcels being packed: open box with filling, tape and stacked cartons."""
    scenes.room(brush)
    brush.shadow((140, 810, 1020, 90))
    stack = brush.pick(((3, 2, 1), (2, 2, 0), (2, 3, 0), (1, 1, 1)))
    for column, high in enumerate(stack[:2]):
        for row in range(high):
            _carton(brush, (860 if column else 190) - row % 2 * 16, 830 - row * 190, 250)
    brush.polygon([(460, 560), (820, 560), (880, 470), (400, 470)], darker(CARD, 0.3))
    for step in range(9):
        tone = (brush.palette.main, brush.palette.third, brush.palette.accent)[step % 3]
        brush.disc(480 + step * 40, 540 - step * 37 % 50, 42, lighter(tone, 0.2))
    brush.polygon([(460, 560), (330, 500), (300, 590), (440, 610)], lighter(CARD, 0.2))
    brush.polygon([(820, 560), (950, 500), (980, 590), (840, 610)], lighter(CARD, 0.1))
    brush.rectangle((450, 560, 380, 280), CARD, 6)
    brush.rectangle((720, 560, 110, 280), darker(CARD, 0.1), 6)
    brush.rectangle((500, 640, 150, 110), WHITE, 6)
    for step in range(8):
        brush.rectangle((516 + step * 15, 656, 5 + step % 3 * 3, 50), INK)
    if stack[2]:
        brush.disc(1120, 800, 66, brush.palette.accent)
        brush.disc(1120, 800, 34, darker(CARD, 0.2))


def van(brush: Brush) -> None:
    """Paint a delivery van on a street."""
    scenes.garden(brush)
    brush.wash((0, 740, 1280, 220), (128, 132, 142), (104, 108, 120))
    brush.rectangle((0, 730, 1280, 18), (214, 208, 196))
    for step in range(7):
        brush.rectangle((step * 210 - 40, 880, 120, 14), (240, 236, 220), 7)
    colour = brush.pick((brush.palette.main, WHITE, brush.palette.third))
    trim = brush.palette.accent
    brush.shadow((150, 790, 1000, 90))
    brush.rectangle((190, 330, 620, 480), colour, 30)
    brush.blob([(780, 400), (930, 420), (1030, 560), (1110, 620), (1116, 790), (1080, 810),
                (780, 810)], darker(colour, 0.06))  # fmt: skip
    brush.polygon([(850, 450), (930, 455), (1010, 590), (850, 590)], (176, 212, 226))
    brush.polygon([(860, 590), (900, 590), (930, 458), (900, 452)], WHITE, 110)
    brush.rectangle((190, 640, 640, 56), trim)
    brush.rectangle((820, 470, 6, 330), darker(colour, 0.25))
    brush.rectangle((846, 640, 70, 16), darker(colour, 0.35), 8)
    emblem = WHITE if colour != WHITE else brush.palette.main
    style = brush.pick((0, 1, 2), 3)
    brush.disc(480, 490, 96, emblem)
    if style == 0:
        leaf(brush, 420, 540, 160, -40, trim)
    elif style == 1:
        brush.rectangle((430, 450, 100, 84), CARD, 6)
        brush.rectangle((470, 450, 20, 84), trim)
    else:
        bowl(brush, 480, 548, 130, brush.palette.third)
    brush.ellipse((1070, 650, 44, 60), (255, 240, 180))
    brush.rectangle((180, 780, 950, 34), INK, 14)
    for x in (370, 950):
        brush.disc(x, 800, 104, darker(colour, 0.4))
        wheel(brush, x, 810, 90, STEEL)


def workshop(brush: Brush) -> None:
    """Paint a long table set for working together: cooking, tools, or pots of paint."""
    scenes.room(brush)
    palette, wood = brush.palette, brush.wood
    for step in range(3):
        x = 320 + step * 320
        brush.stroke([(x, 0), (x, 110)], INK, 6)
        brush.pie(
            (x - 90, 100, 180, 160), 180, 360, (palette.main, palette.third, palette.accent)[step]
        )
    brush.shadow((60, 830, 1160, 80))
    for x in (140, 1090):
        beam(brush, (x, 640, 50, 220), darker(wood, 0.3))
    brush.polygon([(170, 540), (1110, 540), (1220, 640), (60, 640)], lighter(wood, 0.2))
    planks(brush, (60, 638, 1160, 44), wood, 1)
    style = brush.pick((0, 1, 2))
    for step in range(5):
        x = 210 + step * 215
        tone = (palette.main, palette.third, palette.accent)[step % 3]
        if style == 0:
            bowl(brush, x, 600, 130, tone)
            leaf(brush, x + 70, 610, 80, -20)
            brush.stroke([(x + 96, 624), (x + 140, 560)], (196, 204, 212), 12)
        elif style == 1:
            _toolbox(brush.at(x, 620, 0.42), 0, 0)
        else:
            _paint_pot(brush, x, 620, tone)
        brush.rectangle((x - 66, 800, 132, 26), darker(wood, 0.1), 12)
        for lean in (-50, 50):
            brush.stroke([(x + lean, 824), (x + lean * 1.2, 920)], darker(wood, 0.3), 18)


def meeting(brush: Brush) -> None:
    """Paint a meeting room: table, chairs, board and cups."""
    scenes.room(brush)
    palette, wood = brush.palette, brush.wood
    brush.rectangle((380, 90, 520, 320), WHITE, 14)
    brush.rectangle((396, 106, 488, 288), palette.glow, 8)
    if brush.variant % 2:
        for step in range(5):
            brush.rectangle((450 + step * 84, 350 - step * 40, 54, 30 + step * 40),
                            (palette.main, palette.third, palette.accent)[step % 3], 6)  # fmt: skip
    else:
        brush.disc(580, 250, 120, palette.third)
        brush.polygon([(580, 250), *round_arc((460, 130, 240, 240), -90, 130)], palette.main)
        brush.polygon([(580, 250), *round_arc((460, 130, 240, 240), 130, 200)], palette.accent)
        for step in range(3):
            brush.rectangle(
                (760, 170 + step * 56, 96, 24),
                (palette.main, palette.third, palette.accent)[step],
                8,
            )
    count = brush.pick((3, 4, 2))
    for step in range(count):
        x = 640 + (step - (count - 1) / 2) * (960 / count)
        brush.rectangle((x - 90, 430, 180, 200), palette.third, 40)
        brush.rectangle((x - 66, 450, 132, 120), lighter(palette.third, 0.2), 30)
    brush.shadow((100, 850, 1080, 70))
    brush.rectangle((560, 700, 160, 180), darker(wood, 0.4), 10)
    brush.ellipse((90, 560, 1100, 230), darker(wood, 0.24))
    brush.ellipse((90, 540, 1100, 226), lighter(wood, 0.16))
    for step in range(count):
        x = 640 + (step - (count - 1) / 2) * (860 / count)
        cup(brush, x, 690 + step % 2 * 24, 110, palette.main)
        sheet = brush.at(x + 80, 640, 1, 4)
        sheet.rectangle((0, 0, 90, 50), WHITE, 4)
    if brush.variant % 3 == 0:
        pot(brush, 1150, 880, 160, palette.accent)
        for angle in range(-165, 0, 26):
            leaf(brush, 1150, 740, 150, angle)


def _toolbox(brush: Brush, x: float, y: float) -> None:
    here = brush.at(x, y)
    colour = brush.palette.third
    here.shadow((-280, -50, 580, 100))
    for step, tone in enumerate(((90, 96, 110), brush.palette.accent, brush.wood)):
        here.stroke([(-120 + step * 110, -200), (-150 + step * 130, -370)], tone, 30)
    here.rectangle((-196, -410, 110, 60), STEEL, 14)
    here.arc((-150, -360, 300, 300), 180, 360, darker(colour, 0.4), 30)
    here.rectangle((-250, -220, 500, 220), colour, 24)
    here.rectangle((110, -220, 140, 220), darker(colour, 0.12), 24)
    here.rectangle((-264, -240, 528, 70), lighter(colour, 0.14), 20)
    for side in (-130, 130):
        here.rectangle((side - 30, -196, 60, 70), STEEL, 10)


def _list(brush: Brush) -> None:
    here = brush.at(420, 490, 1, -5)
    here.rectangle((-240, -350, 500, 720), brush.palette.dark, 24, 50)
    here.rectangle((-256, -370, 500, 720), brush.wood, 24)
    here.rectangle((-220, -310, 428, 630), WHITE, 8)
    here.rectangle((-90, -400, 170, 80), STEEL, 20)
    done = brush.pick((3, 5, 2, 4), 2)
    for step in range(6):
        y = -250 + step * 92
        here.rectangle((-180, y, 50, 50), lighter(brush.palette.main, 0.75), 8)
        if step < done:
            here.stroke([(-172, y + 24), (-156, y + 42), (-120, y - 4)], brush.palette.main, 12)
        here.rectangle((-96, y + 16, 190 + step * 53 % 90, 18), (200, 204, 210), 9)


def _keys(brush: Brush) -> None:
    centre = (910, 330)
    brush.arc((800, 220, 220, 220), 0, 354, STEEL, 22)
    for step, angle in enumerate((52, 84, 116, 148)):
        here = brush.at(*centre, 1, angle)
        tone = (brush.palette.accent, STEEL, (214, 176, 96), brush.palette.third)[step]
        here.disc(160, 0, 74, tone)
        here.disc(136, 0, 22, brush.palette.glow)
        here.rectangle((220, -20, 240, 40), tone, 8)
        for tooth in range(3):
            here.rectangle((350 + tooth * 38, 10, 22, 34 + tooth % 2 * 16), tone, 4)
        here.rectangle((230, -8, 200, 8), darker(tone, 0.16), 4)


def _flag(brush: Brush, red: Colour) -> None:
    brush.shadow((-90, -24, 200, 50))
    brush.rectangle((-14, -790, 28, 790), WHITE, 10)
    brush.rectangle((4, -780, 10, 770), (210, 214, 222), 5)
    brush.disc(0, -800, 24, (236, 190, 84))
    wave = [(14.0, -760.0), (110, -780), (200, -740), (290, -770)]
    low = [(x, y + 230) for x, y in wave]
    brush.polygon([*wave, *reversed(low)], red)
    brush.polygon([(94, -778), (140, -768), (140, -538), (94, -548)], WHITE)
    brush.polygon([(x, y + 92) for x, y in wave] + [(x, y + 138) for x, y in reversed(wave)], WHITE)


def _carton(brush: Brush, x: float, y: float, width: float) -> None:
    brush.rectangle((x, y - 180, width, 180), CARD, 6)
    brush.rectangle((x + width * 0.74, y - 180, width * 0.26, 180), darker(CARD, 0.1), 6)
    brush.rectangle((x + width * 0.4, y - 180, width * 0.16, 60), brush.palette.accent)
    brush.rectangle((x + 20, y - 80, 84, 54), CREAM, 4)


def _paint_pot(brush: Brush, x: float, y: float, tone: Colour) -> None:
    brush.rectangle((x - 50, y - 100, 100, 100), STEEL, 10)
    brush.ellipse((x - 50, y - 116, 100, 32), tone)
    brush.rectangle((x - 40, y - 100, 24, 60), tone, 12)
    brush.stroke([(x + 20, y - 110), (x + 56, y - 190)], brush.wood, 14)
