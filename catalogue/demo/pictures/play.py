"""Things to play on outdoors: the playground and the sandbox."""

from __future__ import annotations

from . import huts, playhouse, scenes
from .brush import Brush
from .colours import Colour, darker, lighter
from .nature import bush
from .timber import beam, planks

SAND: Colour = (240, 214, 160)


def playground(brush: Brush) -> None:
    """Paint a playground: house, slide, swings, mud kitchen, willow or climbing frame."""
    scenes.garden(brush)
    forms = (
        _house_and_swing, huts.octagon, playhouse.ramp, huts.tower, _lookout, mud_kitchen,
        mud_kitchen, huts.willow, _tunnel, _wagon, _benches, _climbing, _seesaw, _swings,
    )  # fmt: skip
    if brush.variant % 3:
        brush.ellipse((120, 740, 1040, 200), SAND, 210)
    brush.pick(forms)(brush)
    bush(brush, *brush.pick(((120, 880), (1180, 890)), 3), 180, (96, 148, 84))


def sandbox(brush: Brush) -> None:
    """Paint a framed sandbox with sand, a bucket and a spade, or closed by its lid."""
    scenes.garden(brush)
    _frame(brush)


def _frame(brush: Brush) -> None:
    wood = brush.wood
    brush.shadow((170, 690, 960, 220))
    brush.polygon([(300, 610), (980, 610), (1100, 800), (180, 800)], darker(wood, 0.2))
    if brush.variant % 2:
        _sand(brush)
    else:
        _lid(brush)
    for box in ((160, 780, 960, 90), (290, 590, 700, 30)):
        planks(brush, box, wood, 1 if box[3] < 40 else 2)
    for x in (150, 1080):
        beam(brush, (x, 760, 54, 124), lighter(wood, 0.12))


def _sand(brush: Brush) -> None:
    brush.polygon([(330, 626), (950, 626), (1050, 784), (230, 784)], SAND)
    brush.blob([(420, 700), (560, 640), (700, 660), (860, 640), (930, 740), (640, 770)],
               lighter(SAND, 0.4))  # fmt: skip
    _castle(brush)
    _bucket(brush, brush.pick((430, 880), 2), 770)


def _lid(brush: Brush) -> None:
    for step in range(7):
        top, low = 330 + step * 90, 230 + step * 118
        brush.polygon([(top, 612), (top + 84, 612), (low + 108, 790), (low, 790)],
                      lighter(brush.wood, 0.1 + step % 2 * 0.1))  # fmt: skip
    brush.rectangle((600, 690, 80, 18), darker(brush.wood, 0.4), 9)


def _house_and_swing(brush: Brush) -> None:
    playhouse.gable(brush.at(-130, 190, 0.78))
    _swings(brush.at(600, 340, 0.58))


def _wagon(brush: Brush) -> None:
    huts.wagon(brush, brush.wood, brush.palette.main)


def _benches(brush: Brush) -> None:
    _frame(brush.at(120, 20, 0.8))
    for x, y in ((170, 560), (730, 590)):
        here = brush.at(x, y, 0.9)
        here.shadow((-20, 190, 460, 80))
        for leg in (30, 340):
            beam(here, (leg, 60, 46, 180), darker(brush.wood, 0.2))
        planks(here, (0, 20, 416, 56), lighter(brush.wood, 0.12), 2)
        here.polygon([(20, -4), (396, -4), (416, 22), (0, 22)], lighter(brush.wood, 0.3))


def _swings(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((220, 760, 860, 110))
    for x in (300, 980):
        brush.stroke([(x, 290), (x - 90, 810)], wood, 30)
        brush.stroke([(x, 290), (x + 90, 810)], darker(wood, 0.2), 30)
    planks(brush, (250, 270, 780, 42), lighter(wood, 0.14), 1)
    for x, lean, colour in ((500, -30, palette.main), (760, 40, palette.third)):
        for side in (-56, 56):
            brush.stroke([(x + side, 310), (x + side + lean, 650)], (96, 98, 108), 7)
        brush.rectangle((x - 76 + lean, 642, 152, 30), colour, 12)


def _lookout(brush: Brush) -> None:
    huts.tower(brush.near(560, 420, 1.5))


def mud_kitchen(brush: Brush) -> None:
    """Paint a kitchen for playing with mud, in two heights."""
    wood, palette = brush.wood, brush.palette
    brush.shadow((220, 770, 860, 100))
    planks(brush, (300, 330, 400, 210), darker(wood, 0.12), 4)
    for left, top, width in ((280, 540, 440), (720, 630, 300)):
        for x in (left + 10, left + width - 44):
            beam(brush, (x, top, 34, 816 - top), darker(wood, 0.16))
        planks(brush, (left, top, width, 40), lighter(wood, 0.12), 1)
        planks(brush, (left + 20, 720, width - 40, 28), wood, 1)
    brush.rectangle((340, 520, 150, 26), (196, 204, 212), 12)
    brush.curve([(380, 520), (380, 420), (450, 420), (450, 460)], (160, 170, 182), 16)
    for x, colour in ((590, palette.main), (840, palette.third)):
        _pan(brush, x, 540 if x < 700 else 630, colour)
    for step in range(3):
        brush.stroke([(560 + step * 46, 370), (560 + step * 46, 450)], (120, 124, 136), 8)
        brush.disc(560 + step * 46, 456, 17, (120, 124, 136))
    _bucket(brush, 900, 812)


def _pan(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.rectangle((x - 70, y - 74, 140, 74), colour, 16)
    brush.rectangle((x - 78, y - 84, 156, 20), lighter(colour, 0.3), 10)
    brush.rectangle((x - 104, y - 60, 208, 14), darker(colour, 0.2), 7)
    brush.rectangle((x + 22, y - 66, 48, 66), darker(colour, 0.12), 14)


def _tunnel(brush: Brush) -> None:
    for step in range(4):
        huts.willow(brush.at(430 - step * 120, 190 + step * 55, 0.62 + step * 0.05))


def _seesaw(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((180, 760, 920, 110))
    brush.polygon([(640, 640), (540, 812), (740, 812)], palette.main)
    brush.polygon([(640, 640), (660, 812), (740, 812)], darker(palette.main, 0.16))
    here = brush.at(640, 644, 1, -11)
    planks(here, (-480, -24, 960, 44), wood, 1)
    for x, colour in ((-420, palette.accent), (420, palette.third)):
        here.rectangle((x - 70, -52, 140, 30), colour, 14)
        handle = x + (130 if x < 0 else -130)
        here.stroke([(handle, -24), (handle, -100)], (90, 94, 108), 14)
        here.stroke([(handle - 36, -100), (handle + 36, -100)], (90, 94, 108), 16)


def _climbing(brush: Brush) -> None:
    wood, palette = brush.wood, brush.palette
    brush.shadow((240, 760, 800, 110))
    for step in range(6):
        y = 380 + step * 74
        brush.stroke([(330, y), (950, y)], (214, 190, 140), 10)
    for step in range(8):
        brush.stroke([(350 + step * 84, 330), (350 + step * 84, 800)], (200, 174, 124), 10)
    for x in (300, 620, 930):
        beam(brush, (x, 280, 44, 536), wood)
        brush.disc(x + 22, 276, 32, (palette.main, palette.third, palette.accent)[x % 3])
    beam(brush, (300, 310, 674, 40), lighter(wood, 0.16))
    for step in range(9):
        x, y = 390 + step * 61, 400 + (step * 167) % 340
        brush.disc(x, y, 24, (palette.main, palette.accent, palette.third)[step % 3])


def _castle(brush: Brush) -> None:
    dark, sand = (196, 150, 88), (222, 180, 112)
    for x, height in ((540, 130), (640, 190), (740, 130)):
        brush.polygon([(x - 44, 740), (x + 44, 740), (x + 34, 740 - height),
                       (x - 34, 740 - height)],
                      sand)  # fmt: skip
        brush.polygon([(x + 10, 740), (x + 44, 740), (x + 34, 740 - height), (x + 8, 740 - height)],
                      dark)  # fmt: skip
    brush.stroke([(640, 550), (640, 470)], (130, 96, 70), 7)
    brush.polygon([(644, 470), (710, 490), (644, 512)], brush.palette.third)


def _bucket(brush: Brush, x: float, y: float) -> None:
    colour = brush.palette.main
    brush.arc((x - 54, y - 160, 108, 110), 180, 360, darker(colour, 0.3), 8)
    brush.polygon([(x - 60, y - 106), (x + 60, y - 106), (x + 44, y), (x - 44, y)], colour)
    brush.polygon([(x + 20, y - 106), (x + 60, y - 106), (x + 44, y), (x + 14, y)],
                  darker(colour, 0.14))  # fmt: skip
    brush.rectangle((x - 66, y - 116, 132, 22), lighter(colour, 0.3), 10)
