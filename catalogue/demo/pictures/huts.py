"""Playhouses that are no plain box: octagon, tower, willow hut, den, wagon and long module."""

from __future__ import annotations

from .brush import Brush
from .colours import LEAF, SOIL, WHITE, Colour, darker, lighter
from .curves import round_arc
from .nature import leaf
from .timber import beam, door, planks, uprights, wheel, window


def octagon(brush: Brush) -> None:
    """Paint an eight-sided fire hut with a shingle roof and an open entrance."""
    wood = brush.wood
    brush.shadow((220, 760, 860, 120))
    faces = ((300, 150, 0.16), (450, 380, 0.0), (830, 150, 0.24))
    for start, wide, shade in faces:
        planks(brush, (start, 500, wide, 310), darker(wood, shade), 8)
    brush.rectangle((540, 540, 200, 270), darker(wood, 0.7), 4)
    brush.polygon([(570, 810), (710, 810), (670, 760), (610, 760)], (238, 130, 60))
    brush.polygon([(600, 806), (640, 690), (684, 806)], (250, 190, 70))
    for post in (440, 528, 738, 826):
        beam(brush, (post, 490, 24, 326), lighter(wood, 0.14))
    roof = brush.pick((darker(wood, 0.3), brush.palette.main, brush.palette.dark), 15)
    brush.polygon([(640, 230), (240, 520), (1040, 520)], roof)
    for row in range(6):
        y = 270 + row * 42
        half = (y + 42 - 230) * 400 / 290
        count = 4 + row * 3
        for step in range(count):
            width = half * 2 / count
            x = 640 - half + step * width
            tone = lighter(roof, 0.04 + (step * 3 + row * 2) % 5 * 0.045)
            brush.polygon([(x + width * 0.2, y), (x + width * 0.86, y), (x + width - 2, y + 42),
                           (x + 2, y + 42)], tone)  # fmt: skip
    brush.polygon([(640, 200), (586, 276), (694, 276)], darker(roof, 0.3))
    for step in range(3):
        brush.disc(640 + step * 22, 170 - step * 44, 20 + step * 8, WHITE, 120)


def tower(brush: Brush) -> None:
    """Paint a play tower with a slide and a little house under its platform."""
    wood, palette = brush.wood, brush.palette
    brush.shadow((300, 760, 880, 120))
    planks(brush, (400, 560, 340, 250), wood, 6)
    brush.rectangle((510, 620, 120, 190), darker(wood, 0.6), 50)
    brush.polygon(
        [(740, 520), (800, 524), (930, 720), (1010, 780), (1110, 786), (1110, 822), (980, 822),
         (880, 760), (740, 590)], palette.third,
    )  # fmt: skip
    brush.curve([(740, 512), (800, 520), (920, 706), (1010, 772), (1112, 778)],
                lighter(palette.third, 0.3), 20)  # fmt: skip
    for x in (390, 720):
        beam(brush, (x, 330, 34, 486), darker(wood, 0.16))
    planks(brush, (380, 540, 384, 40), lighter(wood, 0.16), 1)
    for step in range(6):
        beam(brush, (430 + step * 50, 440, 20, 104), lighter(wood, 0.2))
    beam(brush, (400, 424, 330, 24), lighter(wood, 0.3))
    brush.polygon([(570, 170), (340, 350), (800, 350)], palette.main)
    brush.polygon([(570, 170), (620, 350), (800, 350)], darker(palette.main, 0.16))
    brush.stroke([(570, 172), (570, 100)], darker(wood, 0.4), 8)
    brush.polygon([(574, 100), (650, 122), (574, 146)], palette.accent)
    for step in range(7):
        brush.stroke([(250 + step * 22, 810 - step * 40), (392, 790 - step * 34)], (120, 92, 70), 7)
    for step in range(4):
        brush.stroke([(256 + step * 44, 810), (394, 560 + step * 14)], (120, 92, 70), 7)


def willow(brush: Brush) -> None:
    """Paint a living willow hut with an arched entrance."""
    brush.shadow((260, 760, 780, 110))
    bark, green = (130, 110, 70), brush.pick((LEAF, (128, 164, 80), (90, 150, 110)), 15)
    dome = (320, 260, 640, 1100)
    brush.polygon(round_arc(dome, 180, 360), darker(green, 0.36))
    for step in range(9):
        inset = step * 36
        brush.arc((320 + inset, 260, 640 - inset * 2, 1100), 180, 360, bark, 12)
    for step in range(7):
        y = 330 + step * 74
        half = 320 * (1 - ((810 - y) / 550) ** 2) ** 0.5
        brush.curve([(640 - half, y + 40), (640, y - 8), (640 + half, y + 40)], bark, 9)
    for _ in range(110):
        turn = brush.dice.uniform(180, 360)
        share = brush.dice.uniform(0.6, 1.04)
        at = round_arc((640 - 320 * share, 810 - 550 * share, 640 * share, 1100 * share),
                         turn, turn)[0]  # fmt: skip
        tone = lighter(green, brush.dice.choice((0.0, 0.15, 0.3)))
        leaf(brush, *at, brush.dice.randint(40, 66), brush.dice.randint(0, 359), tone)
    brush.rectangle((535, 520, 210, 420), (246, 232, 180), 105)
    brush.wash((535, 700, 210, 112), (246, 232, 180), (190, 180, 110))
    brush.rectangle((500, 812, 280, 130), (140, 164, 84))
    brush.arc((535, 520, 210, 210), 180, 360, bark, 26)
    for x in (535, 745):
        brush.stroke([(x, 625), (x, 810)], bark, 26)


def den(brush: Brush) -> None:
    """Paint a den built of loose boards, poles and rope."""
    wood, palette = brush.wood, brush.palette
    brush.shadow((240, 770, 820, 100))
    brush.polygon([(640, 280), (330, 810), (950, 810)], darker(wood, 0.62))
    for step in range(5):
        here = brush.at(360 + step * 62, 816 - step * 4, 1, 0)
        tone = (wood, palette.third, lighter(wood, 0.2), palette.accent, wood)[step]
        if step != 2:
            here.polygon(
                [(-34, 0), (34, 0), (306 - step * 62, -500), (250 - step * 62, -516)], tone
            )
    for step in range(4):
        here = brush.at(930 - step * 66, 816)
        tone = (darker(wood, 0.1), palette.main, wood, darker(wood, 0.2))[step]
        here.polygon([(-34, 0), (34, 0), (-230 + step * 66, -510), (-290 + step * 66, -490)], tone)
    brush.polygon([(640, 470), (550, 812), (730, 812)], darker(wood, 0.75))
    for lean in (-1, 1):
        brush.stroke([(640 + lean * 360, 820), (640 - lean * 80, 214)], lighter(wood, 0.16), 30)
    for step in range(5):
        brush.stroke([(604, 262 + step * 14), (680, 270 + step * 14)], (240, 226, 190), 10)
    brush.curve([(676, 320), (740, 400), (700, 480), (750, 540)], (240, 226, 190), 10)
    for step in range(3):
        planks(brush, (980, 800 - step * 30, 190, 28), (wood, palette.third, palette.main)[step], 1)


def wagon(brush: Brush, wood: Colour, roof: Colour) -> None:
    """Paint a small house on four wheels with a curved roof."""
    brush.shadow((300, 790, 720, 90))
    beam(brush, (350, 730, 580, 40), darker(wood, 0.4))
    brush.stroke([(350, 750), (220, 800)], darker(wood, 0.5), 20)
    brush.disc(214, 806, 22, (70, 72, 84))
    uprights(brush, (390, 400, 500, 334), wood, 11)
    brush.pie((350, 290, 580, 260), 180, 360, roof)
    brush.rectangle((340, 402, 600, 34), darker(roof, 0.2), 16)
    brush.arc((400, 322, 480, 190), 195, 290, lighter(roof, 0.3), 12)
    door(brush, (430, 500, 130, 230), brush.palette.third)
    window(brush, (650, 506, 150, 110), lighter(wood, 0.65))
    for step in range(3):
        beam(brush, (436 - step * 8, 746 + step * 28, 118 + step * 16, 20), lighter(wood, 0.2))
    for x in (640, 840):
        wheel(brush, x, 794, 62, brush.palette.accent)
    for x in (400, 900):
        beam(brush, (x - 10, 760, 20, 94), (110, 114, 128))
        brush.rectangle((x - 30, 846, 60, 14), (86, 90, 104), 6)


def module(brush: Brush, wood: Colour, roof: Colour) -> None:
    """Paint a long flat-roofed house with a wide entrance."""
    brush.shadow((120, 770, 1060, 110))
    uprights(brush, (190, 420, 900, 392), wood, 22)
    brush.rectangle((210, 800, 860, 22), SOIL)
    brush.polygon([(150, 430), (1130, 380), (1130, 424), (150, 474)], roof)
    brush.polygon([(150, 430), (1130, 380), (1130, 390), (150, 440)], lighter(roof, 0.3))
    brush.polygon([(190, 472), (1090, 426), (1090, 446), (190, 500)], darker(wood, 0.35))
    door(brush, (520, 540, 130, 262), brush.palette.accent)
    door(brush, (662, 540, 130, 262), brush.palette.accent)
    for x in (250, 380, 880) if brush.variant % 2 else (260, 870, 980):
        window(brush, (x, 560, 96, 140), lighter(wood, 0.65))
    brush.polygon([(500, 806), (812, 806), (860, 850), (450, 850)], lighter(wood, 0.25))
    brush.rectangle((450, 848, 410, 14), darker(wood, 0.3))
