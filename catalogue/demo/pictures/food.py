"""Single things to eat: cake, bread, sandwich, fruit and chocolate."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, LEAF, SKIN_OF_BREAD, WHITE, Colour, darker, lighter
from .nature import leaf
from .timber import planks
from .vessels import basket, plate

BERRIES: tuple[Colour, ...] = ((206, 48, 66), (92, 70, 140), (224, 80, 90))


def cake(brush: Brush) -> None:
    """Paint a cake on a stand: glazed loaf or ring, or a layer cake with berries."""
    brush = scenes.tabletop(brush)
    brush.shadow((330, 790, 640, 90))
    brush.rectangle((600, 700, 80, 120), darker(WHITE, 0.16))
    brush.ellipse((480, 790, 320, 56), darker(WHITE, 0.1))
    brush.ellipse((270, 650, 740, 120), darker(WHITE, 0.16))
    brush.ellipse((270, 636, 740, 116), WHITE)
    brush.pick((_glazed, _layers, _glazed, _layers, _cupcakes))(brush)


def bread(brush: Brush) -> None:
    """Paint bread: flat breads in a basket, a round loaf, or rolls on a board."""
    brush = scenes.tabletop(brush)
    brush.pick((_flatbreads, _loaf, _rolls))(brush)


def sandwich(brush: Brush) -> None:
    """Paint a filled sandwich, wrapped in paper or on a plate."""
    brush = scenes.tabletop(brush)
    style = brush.pick((0, 1, 2))
    if style == 1:
        plate(brush, 640, 780, 760)
    if style == 2:
        for x, angle in ((430, -8), (850, 6)):
            _triangle(brush.at(x, 760, 0.8, angle))
        return
    brush.shadow((250, 740, 800, 120))
    _filled(brush)
    if style == 0:
        paper = lighter(brush.palette.third, 0.6)
        brush.polygon([(230, 640), (640, 560), (680, 800), (300, 830)], paper)
        brush.polygon([(640, 560), (680, 800), (560, 810), (540, 580)], darker(paper, 0.1))
        for step in range(5):
            brush.stroke([(280 + step * 70, 640 - step * 12), (310 + step * 66, 820 - step * 3)],
                         brush.palette.main, 8)  # fmt: skip


def fruit(brush: Brush) -> None:
    """Paint a bowl or a basket heaped with fruit."""
    brush = scenes.tabletop(brush)
    brush.shadow((300, 780, 700, 100))
    shift = brush.variant
    tones: tuple[Colour, ...] = ((214, 62, 58), (244, 160, 54), (142, 178, 72), (250, 208, 84))
    for row, (count, y) in enumerate(((2, 360), (4, 450), (5, 540))):
        for step in range(count):
            x = 640 + (step - (count - 1) / 2) * 128
            _round_fruit(brush, x, y, tones[(step + row * 3 + shift) % 4])
    brush.curve([(420, 560), (500, 420), (660, 370)], (246, 206, 80), 58)
    brush.curve([(420, 546), (496, 410), (650, 362)], (254, 226, 130), 16)
    for row in range(4):
        for step in range(4 - row):
            grape = (112, 74, 140) if shift % 2 else (140, 176, 84)
            x, y = 800 + step * 50 + row * 25, 480 + row * 44
            brush.disc(x, y, 30, grape)
            brush.disc(x - 8, y - 10, 8, lighter(grape, 0.4))
    if shift % 2:
        brush.pie((300, 300, 680, 520), 0, 180, brush.palette.main)
        brush.rectangle((290, 545, 700, 34), lighter(brush.palette.main, 0.3), 17)
        brush.rectangle((520, 800, 240, 34), darker(brush.palette.main, 0.3), 14)
    else:
        basket(brush, (310, 570, 660, 260), (206, 158, 104))


def chocolate(brush: Brush) -> None:
    """Paint a box of chocolates or broken bars."""
    scenes.flat(brush)
    if brush.variant % 2:
        _chocolate_box(brush)
    else:
        _bars(brush)


def _glazed(brush: Brush) -> None:
    dough, glaze = brush.pick(
        (((236, 194, 116), (255, 248, 214)), ((150, 96, 64), (96, 58, 46))), 3
    )
    brush.rectangle((350, 450, 580, 250), dough, 60)
    brush.rectangle((350, 640, 580, 64), darker(dough, 0.14), 40)
    brush.rectangle((340, 430, 600, 130), glaze, 60)
    for step in range(8):
        length = 40 + step * 47 % 70
        brush.rectangle((356 + step * 72, 500, 60, length + 40), glaze, 30)
    for step in range(34):
        x, y = 370 + step * 83 % 540, 446 + step * 37 % 84
        brush.ellipse((x, y, 22, 12), ((150, 180, 92), (120, 154, 76), (220, 100, 110))[step % 3])
    for step in range(3):
        brush.disc(470 + step * 170, 432, 42, (250, 214, 90))
        brush.disc(470 + step * 170, 432, 32, (255, 236, 150))


def _layers(brush: Brush) -> None:
    count = brush.pick((3, 2, 4), 2)
    sponge, cream = brush.pick(((236, 196, 130), (150, 100, 70), (240, 176, 170)), 2), CREAM
    height = 250 / count
    for row in range(count):
        y = 700 - (row + 1) * height
        brush.rectangle((370, y, 540, height + 10), sponge, 24)
        brush.rectangle((730, y, 180, height + 10), darker(sponge, 0.08), 24)
        brush.rectangle((362, y - 8, 556, 30), cream, 15)
        for step in range(5):
            brush.disc(420 + step * 108, y + 6, 13, BERRIES[(step + row) % 3])
    brush.rectangle((360, 430, 560, 46), cream, 23)
    for step in range(7):
        brush.disc(400 + step * 80, 424, 46, WHITE)
        brush.disc(400 + step * 80, 378, 34, BERRIES[step % 3])
        brush.disc(390 + step * 80, 368, 9, lighter(BERRIES[step % 3], 0.5))
    leaf(brush, 660, 356, 70, -50)
    brush.stroke([(780, 400), (780, 250)], (190, 150, 110), 8)
    brush.rectangle((784, 240, 150, 90), brush.palette.third, 12)
    brush.polygon([(859, 308), (828, 276), (844, 262), (859, 274), (874, 262), (890, 276)], WHITE)


def _cupcakes(brush: Brush) -> None:
    for step in range(3):
        x, y = 440 + step * 200, 690
        colour = (brush.palette.third, brush.palette.accent, brush.palette.main)[step]
        for row in range(3):
            brush.rectangle((x - 92 + row * 24, y - 170 - row * 44, 184 - row * 48, 64),
                            lighter(colour, 0.4 + row * 0.12), 32)  # fmt: skip
        brush.disc(x, y - 270, 26, BERRIES[step])
        brush.polygon([(x - 84, y - 118), (x + 84, y - 118), (x + 60, y), (x - 60, y)], colour)
        for stripe in range(4):
            brush.stroke([(x - 54 + stripe * 36, y - 112), (x - 42 + stripe * 28, y - 4)],
                         darker(colour, 0.14), 8)  # fmt: skip


def _flatbreads(brush: Brush) -> None:
    for step in range(6):
        here = brush.at(640 + (step - 2.5) * 90, 540 - step % 2 * 40, 1, (step - 2.5) * 11)
        tone = lighter(SKIN_OF_BREAD, 0.2 + step % 3 * 0.12)
        here.ellipse((-120, -200, 240, 420), darker(tone, 0.14))
        here.ellipse((-112, -200, 216, 410), tone)
        for spot in range(6):
            here.ellipse((-70 + spot * 47 % 130, -160 + spot * 71 % 200, 34, 22), SKIN_OF_BREAD)
    basket(brush, (280, 580, 720, 250), brush.pick(((190, 140, 90), (214, 170, 110)), 3))
    brush.polygon([(330, 566), (560, 566), (450, 700)], lighter(brush.palette.third, 0.4))
    brush.polygon([(520, 566), (800, 566), (660, 740)], lighter(brush.palette.third, 0.6))


def _loaf(brush: Brush) -> None:
    crust = brush.pick((SKIN_OF_BREAD, (176, 116, 66), (222, 166, 96)), 3)
    brush.shadow((230, 760, 840, 120))
    planks(brush, (220, 770, 840, 46), brush.wood, 1)
    brush.blob([(290, 700), (330, 520), (520, 400), (760, 400), (950, 520), (990, 700), (900, 776),
                (380, 776)], crust)  # fmt: skip
    brush.blob([(360, 600), (450, 480), (620, 430), (700, 450), (560, 520), (420, 640)],
               lighter(crust, 0.16))  # fmt: skip
    for step in range(4):
        here = brush.at(440 + step * 130, 560 - (step in (1, 2)) * 40, 1, 24)
        here.blob([(-24, -90), (24, -80), (30, 70), (-10, 96)], lighter(crust, 0.6))
    for step in range(3):
        here = brush.at(1080, 790, 1, -64 - step * 20)
        here.stroke([(0, 0), (340, 0)], (206, 164, 84), 8)
        for ear in range(6):
            leaf(here, 200 + ear * 24, 0, 60, -30, (230, 188, 96))
            leaf(here, 200 + ear * 24, 0, 60, 30, (216, 170, 80))


def _rolls(brush: Brush) -> None:
    brush.shadow((180, 760, 920, 120))
    planks(brush, (170, 776, 940, 46), brush.wood, 1)
    for row, (count, y) in enumerate(((4, 700), (3, 560), (2, 430))):
        for step in range(count):
            x = 640 + (step - (count - 1) / 2) * 220
            crust = lighter(SKIN_OF_BREAD, (step + row) % 3 * 0.12)
            brush.ellipse((x - 118, y - 90, 236, 168), crust)
            brush.ellipse((x - 84, y - 76, 140, 70), lighter(crust, 0.2))
            for seed in range(9):
                brush.ellipse((x - 70 + seed * 41 % 130, y - 66 + seed * 23 % 60, 14, 8), CREAM)


def _filled(brush: Brush) -> None:
    crust, palette = SKIN_OF_BREAD, brush.palette
    brush.rectangle((290, 690, 700, 110), crust, 50)
    brush.rectangle((290, 690, 700, 40), lighter(crust, 0.5), 20)
    for step in range(9):
        brush.disc(330 + step * 78, 684, 48, (116, 170, 84) if step % 2 else (140, 190, 96))
    filling = brush.pick(((246, 190, 160), (250, 214, 110), (232, 220, 200)), 3)
    brush.rectangle((300, 620, 680, 46), filling, 20)
    for step in range(5):
        brush.ellipse((330 + step * 126, 590, 130, 44), (216, 70, 58))
        brush.ellipse((346 + step * 126, 592, 98, 24), (236, 110, 90))
    brush.blob([(280, 600), (330, 480), (520, 410), (760, 410), (950, 480), (1000, 600)], crust)
    brush.blob([(380, 510), (520, 440), (720, 440), (600, 490), (460, 540)], lighter(crust, 0.24))
    for step in range(14):
        brush.ellipse((420 + step * 97 % 470, 440 + step * 41 % 110, 24, 13), CREAM)
    brush.stroke([(800, 420), (800, 330)], (220, 190, 140), 9)
    brush.disc(800, 326, 24, palette.main if palette.main[1] > 90 else LEAF)


def _triangle(brush: Brush) -> None:
    brush.shadow((-270, 10, 580, 90))
    for step, tone in enumerate(
        ((226, 178, 116), (246, 196, 160), (250, 214, 110), (216, 72, 60), (130, 180, 90))
    ):
        here = brush.at(60 - step * 24, -60 + step * 14)
        here.polygon([(-230, 100), (230, 100), (0, -300)], tone)
    front = brush.at(-60, 20)
    front.polygon([(-236, 60), (236, 60), (0, -350)], (206, 150, 88))
    front.polygon([(-196, 42), (196, 42), (0, -300)], (250, 232, 196))
    for step in range(7):
        front.ellipse((-110 + step * 34, -20 - step * 41 % 90, 20, 12), (236, 208, 160))


def _round_fruit(brush: Brush, x: float, y: float, colour: Colour) -> None:
    brush.disc(x, y, 82, colour)
    brush.ellipse((x + 6, y - 60, 70, 126), darker(colour, 0.08))
    brush.ellipse((x - 54, y - 58, 46, 36), lighter(colour, 0.45))
    brush.stroke([(x, y - 72), (x + 10, y - 108)], (110, 80, 56), 11)
    leaf(brush, x + 8, y - 92, 66, -24)


def _chocolate_box(brush: Brush) -> None:
    palette = brush.palette
    columns, rows = brush.pick(((4, 3), (5, 3), (3, 3), (4, 2)), 2)
    wide, high = columns * 180 + 60, rows * 180 + 60
    left, top = 640 - wide / 2, 480 - high / 2
    brush.rectangle((left - 10, top + 10, wide + 60, high + 50), palette.dark, 30, 50)
    brush.rectangle((left - 24, top - 24, wide + 48, high + 48), palette.main, 26)
    brush.rectangle((left, top, wide, high), lighter(palette.main, 0.75), 14)
    for row in range(rows):
        for column in range(columns):
            _praline(brush, left + 120 + column * 180, top + 120 + row * 180, row * 2 + column)


def _praline(brush: Brush, x: float, y: float, number: int) -> None:
    tone = ((98, 58, 42), (150, 96, 62), (244, 224, 196), (74, 44, 38))[number % 4]
    brush.disc(x, y, 76, darker(brush.palette.third, 0.05))
    if number % 3:
        brush.disc(x, y, 60, tone)
        brush.disc(x - 10, y - 12, 42, lighter(tone, 0.12))
    else:
        brush.rectangle((x - 54, y - 54, 108, 108), tone, 20)
        brush.rectangle((x - 44, y - 44, 80, 80), lighter(tone, 0.12), 16)
    decor = darker(tone, 0.4) if tone[0] > 200 else (250, 226, 190)
    if number % 2:
        brush.curve(
            [(x - 36, y + 8), (x - 12, y - 16), (x + 12, y + 12), (x + 36, y - 10)], decor, 8
        )
    else:
        brush.disc(x, y - 4, 15, decor)


def _bars(brush: Brush) -> None:
    dark = brush.pick(((98, 58, 42), (74, 44, 38), (124, 78, 52)), 2)
    for x, y, angle, tone in ((420, 500, -14, dark), (860, 470, 9, lighter(dark, 0.3))):
        here = brush.at(x, y, 1, angle)
        here.rectangle((-170, -250, 360, 560), brush.palette.dark, 20, 50)
        here.rectangle((-180, -280, 360, 560), tone, 14)
        for row in range(6):
            for column in range(3):
                box = (-170 + column * 116, -270 + row * 92, 106, 82)
                here.rectangle(box, lighter(tone, 0.1), 10)
                here.rectangle((box[0] + 14, box[1] + 12, 78, 54), tone, 8)
        wrap = brush.palette.main if x < 600 else brush.palette.third
        here.rectangle((-192, 0, 384, 300), wrap, 8)
        here.rectangle((-192, 70, 384, 120), lighter(wrap, 0.75))
        here.disc(0, 130, 40, wrap)
