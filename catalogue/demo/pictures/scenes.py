"""What lies behind a motif: a studio, a tabletop, a garden, a street; never the motif itself."""

from __future__ import annotations

from .brush import HEIGHT, WIDTH, Brush
from .colours import CREAM, LEAF, MOSS, WHITE, Colour, darker, lighter, mix
from .nature import cloud, tree, tuft

HORIZON = 640

SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((146, 200, 232), (228, 244, 248)),
    ((250, 206, 160), (255, 242, 214)),
    ((170, 214, 214), (240, 248, 232)),
    ((164, 182, 230), (250, 226, 226)),
)


def studio(brush: Brush) -> None:
    """Paint a wall with a soft shape on it and a floor in front."""
    palette = brush.palette
    brush.wash((0, 0, WIDTH, HORIZON), palette.wall, palette.glow)
    _wall_shape(brush)
    brush.wash((0, HORIZON, WIDTH, HEIGHT - HORIZON), lighter(palette.floor, 0.18), palette.floor)


def tabletop(brush: Brush) -> Brush:
    """Paint a wall and a wooden table; return the brush that shows things on it from near."""
    palette = brush.palette
    brush.wash((0, 0, WIDTH, 600), palette.wall, palette.glow)
    _wall_shape(brush)
    wood = mix(brush.pick(((226, 180, 126), (238, 206, 160), (204, 152, 104)), 2), CREAM, 0.25)
    brush.wash((0, 590, WIDTH, 370), lighter(wood, 0.2), wood)
    brush.rectangle((0, 586, WIDTH, 8), darker(wood, 0.12))
    for y in (668, 770, 892):
        brush.rectangle((0, y, WIDTH, 3), darker(wood, 0.1), alpha=110)
    return brush.near(640, 520, 1.08)


def flat(brush: Brush) -> None:
    """Paint a plain surface seen straight from above."""
    palette = brush.palette
    brush.wash((0, 0, WIDTH, HEIGHT), palette.glow, palette.wall)
    style = brush.variant % 3
    if style == 0:
        brush.polygon([(0, 620), (WIDTH, 340), (WIDTH, HEIGHT), (0, HEIGHT)], palette.floor, 150)
    elif style == 1:
        brush.disc(640, 480, 430, WHITE, 120)
    else:
        for x in range(-900, WIDTH, 160):
            brush.polygon([(x, HEIGHT), (x + 60, HEIGHT), (x + 960, 0), (x + 900, 0)], WHITE, 70)


def garden(brush: Brush, ground: Colour = MOSS) -> None:
    """Paint sky, hills, trees and a lawn."""
    top, low = brush.pick(SKIES)
    brush.wash((0, 0, WIDTH, 620), top, low)
    _weather(brush)
    far = mix(LEAF, low, 0.62)
    shift = (brush.variant * 170) % 500
    brush.ellipse((-500 + shift, 470, 1100, 500), far)
    brush.ellipse((300 + shift, 430, 1300, 600), mix(LEAF, low, 0.5))
    for x in brush.pick(((110, 1180), (70, 200, 1130), (1060, 1200), (150, 1010, 1220))):
        leaf = mix(brush.pick((LEAF, (60, 130, 96), (146, 160, 74), (206, 140, 70)), 4), low, 0.2)
        tree(brush, x, 640, 210 + (x * 7 + brush.variant * 31) % 90, leaf)
    brush.wash((0, 620, WIDTH, 340), mix(ground, low, 0.3), darker(ground, 0.06))
    for _ in range(14):
        x, y = brush.dice.randint(10, 1270), brush.dice.randint(660, 930)
        tuft(brush, x, y, darker(ground, 0.16))


def street(brush: Brush, wall: Colour, pavement: Colour) -> None:
    """Paint a house wall with plinth and a pavement of slabs."""
    brush.wash((0, 0, WIDTH, 660), lighter(wall, 0.12), wall)
    for row in range(0, 600, 40):
        for x in range(-60 + (row // 40 % 2) * 60, WIDTH, 240):
            brush.rectangle((x, row, 92, 22), darker(wall, 0.1), 3, 60)
    brush.rectangle((0, 610, WIDTH, 56), darker(wall, 0.3))
    brush.wash((0, 666, WIDTH, 294), lighter(pavement, 0.2), pavement)
    brush.rectangle((0, 780, WIDTH, 4), darker(pavement, 0.14))
    for step in range(-2, 9):
        x = 60 + step * 190
        brush.polygon(
            [(x + 40, 666), (x + 43, 666), (x + 4, 780), (x, 780)], darker(pavement, 0.14)
        )
        brush.polygon(
            [(x - 60, 784), (x - 57, 784), (x - 126, 960), (x - 130, 960)], darker(pavement, 0.14)
        )


def room(brush: Brush) -> None:
    """Paint a room with wall, skirting and floor boards."""
    palette = brush.palette
    brush.wash((0, 0, WIDTH, 690), palette.wall, palette.glow)
    floor = mix(brush.pick(((214, 168, 118), (190, 170, 150), (226, 196, 150))), CREAM, 0.15)
    brush.wash((0, 690, WIDTH, 270), lighter(floor, 0.12), floor)
    brush.rectangle((0, 664, WIDTH, 28), WHITE)
    brush.rectangle((0, 690, WIDTH, 4), darker(floor, 0.3), alpha=120)
    for step in range(-8, 9):
        brush.polygon(
            [(640 + step * 130, 694), (643 + step * 130, 694), (642 + step * 230, 960),
             (636 + step * 230, 960)],
            darker(floor, 0.12),
        )  # fmt: skip


def _wall_shape(brush: Brush) -> None:
    tint = lighter(brush.palette.wall, 0.55)
    style = brush.variant % 4
    if style == 1:
        brush.disc(640, 420, 350, tint, 190)
    elif style == 2:
        brush.rectangle((320, 90, 640, 900), tint, 320, 190)
    elif style == 3:
        brush.blob(
            [(240, 420), (360, 150), (700, 100), (1010, 210), (1060, 480), (820, 660), (420, 640)],
            tint,
            190,
        )
    else:
        for x in (190, 510, 830):
            brush.rectangle((x, 100, 260, 900), tint, 130, 150)


def _weather(brush: Brush) -> None:
    x = brush.pick((1060, 200, 980, 320), 2)
    brush.disc(x, 150, 74, (255, 236, 170))
    brush.disc(x, 150, 110, (255, 240, 190), 70)
    for step in range(brush.pick((2, 3, 1))):
        cloud(brush, 180 + (step * 430 + brush.variant * 97) % 980, 130 + step % 2 * 90, 1.0)
