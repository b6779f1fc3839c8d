"""Things to play on outdoors: the playground and the sandbox."""

from __future__ import annotations

from . import huts, scenes
from .brush import Brush
from .colours import Colour, darker, lighter
from .nature import bush
from .timber import beam, planks

SAND: Colour = (240, 214, 160)


def playground(brush: Brush) -> None:
    """Paint a playground: house, slide, swings, mud kitchen, willow or climbing frame."""
    scenes.garden(brush)
    forms = (
        _house_and_swing, huts.octagon, _swings, _slide, _lookout, mud_kitchen, mud_kitchen,
        huts.willow, _tunnel, _swings, _seesaw, _climbing,
    )  # fmt: skip
    if brush.variant % 3:
        brush.ellipse((120, 740, 1040, 200), SAND, 210)
    brush.pick(forms)(brush)
    bush(brush, *brush.pick(((120, 880), (1180, 890)), 3), 180, (96, 148, 84))


def sandbox(brush: Brush) -> None:
    """Paint a framed sandbox with sand, a bucket and a spade, or closed by its lid."""
    scenes.garden(brush)
    wood = brush.wood
    brush.shadow((170, 690, 960, 220))
    brush.polygon([(300, 610), (980, 610), (1100, 800), (180, 800)], darker(wood, 0.2))
    if brush.variant % 2:
        brush.polygon([(330, 626), (950, 626), (1050, 784), (230, 784)], SAND)
        brush.blob([(420, 700), (560, 640), (700, 660), (860, 640), (930, 740), (640, 770)],
                   lighter(SAND, 0.4))  # fmt: skip
        _castle(brush)
        _bucket(brush, brush.pick((430, 880), 2), 770)
    else:
        for step in range(7):
            top, low = 330 + step * 90, 230 + step * 118
            brush.polygon([(top, 612), (top + 84, 612), (low + 108, 790), (low, 790)],
                          lighter(wood, 0.1 + step % 2 * 0.1))  # fmt: skip
        brush.rectangle((600, 690, 80, 18), darker(wood, 0.4), 9)
    for box in ((160, 780, 960, 90), (290, 590, 700, 30)):
        planks(brush, box, wood, 1 if box[3] < 40 else 2)
    for x in (150, 1080):
        beam(brush, (x, 760, 54, 124), lighter(wood, 0.12))


def _house_and_swing(brush: Brush) -> None:
    huts.wagon(brush.at(-60, 150, 0.82), brush.wood, brush.palette.main)
    _swings(brush.at(560, 230, 0.72))


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


def _slide(brush: Brush) -> None:
    huts.tower(brush.at(10, 0))


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
    dark = darker(SAND, 0.14)
    for x, height in ((560, 110), (640, 160), (720, 110)):
        brush.polygon([(x - 44, 740), (x + 44, 740), (x + 34, 740 - height),
                       (x - 34, 740 - height)],
                      SAND if x == 640 else lighter(SAND, 0.1))  # fmt: skip
        brush.polygon([(x + 10, 740), (x + 44, 740), (x + 34, 740 - height), (x + 8, 740 - height)],
                      dark)  # fmt: skip
    brush.stroke([(640, 580), (640, 510)], (130, 96, 70), 7)
    brush.polygon([(644, 510), (700, 528), (644, 548)], brush.palette.third)


def _bucket(brush: Brush, x: float, y: float) -> None:
    colour = brush.palette.main
    brush.arc((x - 54, y - 160, 108, 110), 180, 360, darker(colour, 0.3), 8)
    brush.polygon([(x - 60, y - 106), (x + 60, y - 106), (x + 44, y), (x - 44, y)], colour)
    brush.polygon([(x + 20, y - 106), (x + 60, y - 106), (x + 44, y), (x + 14, y)],
                  darker(colour, 0.14))  # fmt: skip
    brush.rectangle((x - 66, y - 116, 132, 22), lighter(colour, 0.3), 10)
