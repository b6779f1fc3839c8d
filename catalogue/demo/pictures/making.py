"""Trades: bicycles, painting, metalwork and boats."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import INK, SOIL, STEEL, WHITE, Colour, darker, lighter
from .curves import around
from .nature import cloud
from .timber import beam, planks


def bicycle(brush: Brush) -> None:
    """Paint a bicycle: city, with a basket, or a cargo bike."""
    if brush.variant % 2:
        scenes.street(brush, lighter(brush.palette.third, 0.5), (196, 192, 186))
    else:
        scenes.garden(brush)
    style = brush.pick((0, 1, 2))
    colour = brush.pick((brush.palette.main, brush.palette.third, brush.palette.accent))
    brush.shadow((180, 820, 940, 80))
    if style == 2:
        _cargo(brush, colour)
        return
    for x in (360, 920):
        _tyre(brush, x, 670, 186)
    _frame(brush, colour)
    if style == 1:
        brush.polygon([(860, 330), (1080, 330), (1050, 480), (890, 480)], (206, 158, 104))
        for step in range(4):
            brush.rectangle((872, 346 + step * 34, 196 - step * 8, 12), (176, 126, 80), 6)
        brush.rectangle((850, 320, 240, 24), (226, 180, 124), 12)


def painting(brush: Brush) -> None:
    """Paint a wall being painted, with roller, tin and ladder."""
    scenes.room(brush)
    colour = brush.pick((brush.palette.main, brush.palette.third, brush.palette.accent))
    tint = lighter(colour, 0.25)
    stripes = brush.pick((5, 4, 6))
    for step in range(stripes):
        brush.rectangle((90 + step * 120, 90 - step * 13 % 30, 126, 500 + step * 61 % 90), tint, 30)
    here = brush.at(120 + stripes * 120, 400, 1, 0)
    here.rectangle((-90, -60, 190, 100), lighter(colour, 0.1), 30)
    here.rectangle((84, -60, 24, 100), darker(colour, 0.2), 10)
    here.stroke([(108, -10), (150, -10), (150, 90), (20, 90), (20, 150)], STEEL, 14)
    here.rectangle((-6, 140, 52, 220), brush.palette.dark, 22)
    brush.shadow((180, 830, 500, 80))
    brush.arc((270, 560, 260, 220), 180, 360, darker(STEEL, 0.2), 10)
    brush.rectangle((260, 650, 280, 220), STEEL, 20)
    brush.rectangle((440, 650, 100, 220), darker(STEEL, 0.12), 20)
    brush.rectangle((260, 710, 280, 110), WHITE)
    brush.disc(400, 764, 40, colour)
    brush.ellipse((260, 624, 280, 64), lighter(STEEL, 0.4))
    brush.ellipse((280, 634, 240, 46), colour)
    for step in range(3):
        brush.rectangle((280 + step * 50, 656, 34, 60 + step * 31 % 50), colour, 17)
    _stepladder(brush, brush.pick((1010, 1040), 2))


def metalwork(brush: Brush) -> None:
    """Paint metalwork: bolts and fittings laid out, or a forged piece on an anvil."""
    if brush.variant % 2:
        scenes.flat(brush)
        _fittings(brush)
    else:
        scenes.studio(brush)
        _anvil(brush)


def boat(brush: Brush) -> None:
    """Paint a wooden boat on the water: dinghy with a sail, rowing boat, or on trestles."""
    low = (238, 246, 246)
    brush.wash((0, 0, 1280, 560), brush.pick(scenes.SKIES)[0], low)
    for step in range(3):
        cloud(brush, 180 + (step * 430 + brush.variant * 97) % 960, 130 + step % 2 * 80, 1)
    brush.ellipse((-200, 480, 800, 200), (140, 176, 150))
    brush.ellipse((800, 500, 900, 180), (156, 188, 160))
    brush.wash((0, 560, 1280, 400), (120, 182, 200), (58, 124, 156))
    for step in range(16):
        x, y = step * 211 % 1240, 590 + step * 89 % 340
        brush.rectangle((x, y, 90 + step * 31 % 80, 8), WHITE, 4, 110)
    style = brush.pick((0, 1, 2))
    hull = brush.pick((brush.wood, brush.palette.main, WHITE, brush.palette.third))
    if style == 2:
        brush.wash((0, 780, 1280, 180), (216, 192, 150), (196, 168, 124))
        for x in (440, 840):
            for lean in (-70, 70):
                brush.stroke([(x, 720), (x + lean, 880)], darker(brush.wood, 0.2), 26)
    _hull(brush, hull)
    if style == 0:
        _sail(brush)
    else:
        for flip in (-1, 1):
            brush.stroke(
                [(640 + flip * 60, 590), (640 + flip * 430, 470 + 60 * flip)], brush.wood, 16
            )
        for x in (470, 760):
            planks(brush, (x, 596, 110, 24), lighter(brush.wood, 0.2), 1)


def _tyre(brush: Brush, x: float, y: float, radius: float) -> None:
    for step in range(9):
        brush.stroke([around((x, y), radius, step * 20), around((x, y), radius, step * 20 + 180)],
                     (186, 192, 200), 4)  # fmt: skip
    brush.arc((x - radius, y - radius, radius * 2, radius * 2), 0, 354, INK, 20)
    brush.arc(
        (x - radius + 17, y - radius + 17, radius * 2 - 34, radius * 2 - 34), 0, 354, STEEL, 7
    )
    brush.disc(x, y, 22, (90, 96, 110))


def _frame(brush: Brush, colour: Colour) -> None:
    dark = darker(colour, 0.1)
    low = 560 if brush.variant % 4 else 450
    for points in ([(360, 670), (600, 680), (530, 430)], [(360, 670), (540, 470)],
                   [(600, 680), (850, 460)], [(545, 480), (835, low - 30)]):  # fmt: skip
        brush.stroke([(float(x), float(y)) for x, y in points], colour, 24)
    brush.stroke([(820, 370), (850, 460), (920, 670)], dark, 24)
    brush.stroke([(530, 440), (514, 380)], STEEL, 18)
    brush.blob([(430, 350), (520, 340), (610, 360), (540, 392), (450, 390)], INK)
    brush.curve([(820, 372), (800, 320), (730, 310), (700, 340)], STEEL, 16)
    brush.stroke([(720, 318), (694, 346)], INK, 24)
    brush.disc(600, 680, 54, (90, 96, 110))
    brush.disc(600, 680, 34, STEEL)
    brush.stroke([(600, 680), (640, 760)], (90, 96, 110), 14)
    brush.rectangle((610, 756, 76, 20), INK, 8)
    brush.stroke([(600, 730), (360, 690)], (70, 76, 88), 7)
    brush.arc((164, 474, 392, 392), 190, 320, dark, 14)
    brush.arc((724, 474, 392, 392), 210, 330, dark, 14)
    brush.disc(870, 410, 24, (255, 236, 160))


def _cargo(brush: Brush, colour: Colour) -> None:
    _tyre(brush, 300, 690, 160)
    _tyre(brush, 1000, 740, 112)
    brush.stroke([(300, 690), (500, 700), (450, 450)], colour, 24)
    brush.stroke([(300, 690), (460, 500), (640, 560)], colour, 24)
    brush.stroke([(500, 700), (640, 730)], colour, 24)
    brush.stroke([(640, 640), (590, 380), (530, 370)], darker(colour, 0.2), 20)
    brush.blob([(370, 420), (450, 410), (530, 428), (470, 456), (380, 452)], INK)
    brush.disc(500, 700, 46, (90, 96, 110))
    planks(brush, (640, 470, 500, 240), brush.wood, 4)
    brush.polygon([(640, 470), (1140, 470), (1180, 440), (610, 440)], lighter(brush.wood, 0.3))
    brush.rectangle((770, 540, 220, 100), colour, 14)
    brush.disc(880, 590, 34, WHITE)


def _stepladder(brush: Brush, x: float) -> None:
    wood = brush.wood
    for lean, tone in ((150, darker(wood, 0.3)), (-130, wood)):
        for shift in (-60, 60):
            brush.stroke([(x + shift * 0.6, 330), (x + shift + lean, 890)], tone, 26)
    for step in range(5):
        y = 440 + step * 92
        middle = x - 130 * (y - 330) / 560
        beam(brush, (middle - 64 - step * 2, y, 128 + step * 4, 24), lighter(wood, 0.2))
    beam(brush, (x - 80, 310, 160, 34), lighter(wood, 0.3))


def _fittings(brush: Brush) -> None:
    for step in range(5):
        here = brush.at(250 + step * 110, 190 + step % 2 * 16, 1, 0)
        here.rectangle((-16, 30, 32, 190), STEEL, 8)
        for ring in range(7):
            here.rectangle((-18, 100 + ring * 17, 36, 6), darker(STEEL, 0.24), 3)
        points = [around((0, 10), 44, turn * 60) for turn in range(6)]
        here.polygon(points, darker(STEEL, 0.14))
        here.disc(0, 10, 26, lighter(STEEL, 0.3))
    for step in range(2):
        here = brush.at(900 + step * 190, 200, 1, step * 8 - 4)
        here.rectangle((-80, -60, 70, 300), brush.palette.main, 10)
        here.rectangle((-80, 170, 210, 70), brush.palette.main, 10)
        for x, y in ((-45, -20), (-45, 80), (40, 205), (96, 205)):
            here.disc(x, y, 15, brush.palette.glow)
    for step in range(6):
        x, y = 260 + step % 3 * 150, 560 + step // 3 * 160
        brush.polygon([around((x, y), 62, turn * 60) for turn in range(6)], darker(STEEL, 0.1))
        brush.disc(x, y, 44, lighter(STEEL, 0.3))
        brush.disc(x, y, 27, brush.palette.wall)
    here = brush.at(920, 680, 1, -28)
    here.rectangle((-280, -34, 470, 68), brush.palette.third, 30)
    here.rectangle((-260, -10, 400, 18), darker(brush.palette.third, 0.2), 9)
    here.disc(220, 0, 92, brush.palette.third)
    here.polygon([(214, -40), (330, -60), (330, 60), (214, 40)], brush.palette.glow)


def _anvil(brush: Brush) -> None:
    steel: Colour = (86, 92, 108)
    brush.shadow((280, 800, 720, 90))
    brush.rectangle((470, 690, 340, 150), (150, 106, 74), 20)
    brush.rectangle((700, 690, 110, 150), SOIL, 20)
    brush.polygon([(500, 700), (780, 700), (720, 600), (740, 540), (540, 540), (560, 600)],
                  darker(steel, 0.2))  # fmt: skip
    brush.blob([(250, 470), (420, 450), (480, 560), (420, 560), (330, 520)], steel)
    brush.rectangle((420, 450, 520, 110), steel, 12)
    brush.rectangle((420, 450, 520, 26), lighter(steel, 0.3), 10)
    style = brush.pick((0, 1, 2), 2)
    hot = (248, 140, 60)
    if style == 0:
        brush.arc((560, 290, 220, 220), 150, 390, hot, 34)
    elif style == 1:
        brush.curve([(500, 430), (600, 330), (700, 430), (800, 330), (880, 420)], hot, 30)
    else:
        brush.rectangle((480, 420, 420, 30), hot, 12)
    here = brush.at(900, 330, 1, -36)
    here.rectangle((-20, -20, 400, 34), brush.wood, 16)
    here.rectangle((-90, -70, 110, 140), STEEL, 14)
    for step in range(7):
        at = around((700, 400), 170 + step * 37 % 70, -160 + step * 24)
        brush.stroke([at, around(at, 26, -160 + step * 24)], (252, 196, 90), 8)


def _hull(brush: Brush, hull: Colour) -> None:
    brush.ellipse((210, 720, 860, 90), (36, 84, 116), 70)
    outline = [(200.0, 560.0), (1090, 560), (1040, 660), (940, 750), (360, 750), (260, 660)]
    brush.polygon(outline, hull)
    for step in range(3):
        y = 610 + step * 46
        brush.stroke([(222 + step * 42, y), (1066 - step * 40, y)], darker(hull, 0.18), 7)
    brush.polygon([(840, 560), (1090, 560), (1040, 660), (940, 750), (860, 750)], INK, 24)
    brush.polygon([(184, 540), (1110, 540), (1094, 580), (200, 580)], darker(brush.wood, 0.2))
    brush.polygon([(184, 540), (1110, 540), (1108, 552), (188, 552)], lighter(brush.wood, 0.3))


def _sail(brush: Brush) -> None:
    brush.rectangle((624, 90, 22, 460), darker(brush.wood, 0.3), 10)
    brush.blob([(660, 110), (740, 260), (960, 500), (660, 510)], (255, 250, 238))
    brush.polygon([(610, 130), (610, 500), (330, 500)], brush.palette.accent)
    brush.polygon([(610, 320), (610, 400), (405, 400), (466, 320)], (255, 250, 238))
    brush.polygon([(646, 90), (730, 112), (646, 134)], brush.palette.third)
