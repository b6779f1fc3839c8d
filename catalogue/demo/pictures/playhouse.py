"""Playhouses: fifteen forms, which later rounds of variants give new roofs, windows and colours."""

from __future__ import annotations

from collections.abc import Callable

from . import huts, scenes
from .brush import Brush
from .colours import MOSS, Colour, darker, lighter
from .nature import bush, flower
from .timber import beam, door, planks, porthole, uprights, window

GROUND = 810
ROUND = 15
SLATE: Colour = (50, 66, 62)


def draw(brush: Brush) -> None:
    """Paint a playhouse in a garden."""
    scenes.garden(brush, brush.pick((MOSS, (150, 170, 86), (112, 160, 90)), 4))
    forms: tuple[Callable[[Brush], None], ...] = (
        gable,
        _side,
        _shop,
        huts.octagon,
        ramp,
        _ramp_side,
        _shop,
        _shelves,
        huts.tower,
        huts.willow,
        _wheels,
        _wheels_near,
        huts.den,
        gable,
        _large,
    )
    brush.pick(forms)(brush)
    _foreground(brush)


def _wood(brush: Brush) -> Colour:
    round_number = (brush.variant - 1) // ROUND
    painted = (brush.wood, brush.palette.third, lighter(brush.palette.main, 0.25), brush.wood)
    return painted[round_number % len(painted)]


def _roof_colour(brush: Brush) -> Colour:
    palette = brush.palette
    return brush.pick((palette.main, palette.dark, darker(palette.accent, 0.1)), ROUND)


def gable(brush: Brush) -> None:
    """Paint a boarded house with a pitched roof, a door and windows."""
    wide = brush.pick((520, 470, 580), ROUND) if brush.variant % 2 else 440
    left, top = 640 - wide / 2, 440
    wood = _wood(brush)
    brush.shadow((left - 90, GROUND - 50, wide + 220, 110))
    beam(brush, (left - 24, GROUND - 18, wide + 48, 34), darker(wood, 0.25))
    planks(brush, (left, top, wide, GROUND - top - 16), wood, 9)
    brush.polygon([(left, top + 2), (left + wide, top + 2), (640, top - 210)], lighter(wood, 0.1))
    for row in range(1, 5):
        half = (wide / 2) * (1 - row * 42 / 210)
        brush.rectangle((640 - half, top - row * 42, half * 2, 4), darker(wood, 0.16))
    _gable_roof(brush, left, wide, top)
    side = brush.pick((0, 1), ROUND)
    door_left = 640 - 75 if wide < 450 else left + (44 if side else wide - 206)
    door(brush, (door_left, 550, 150, 244), brush.palette.accent)
    for x in _window_places(left, wide, door_left):
        window(brush, (x, 540, 104, 104), lighter(wood, 0.65))
        _flower_box(brush, (x - 14, 656, 132, 34))
    porthole(brush, 640, top - 66, 34, lighter(wood, 0.65))


def _window_places(left: float, wide: float, door_left: float) -> tuple[float, ...]:
    if wide < 450:
        return (left + 26, left + wide - 130)
    if door_left > 640 - 75:
        return (left + 40, left + 178) if wide > 480 else (left + 60,)
    return (left + wide - 146, left + wide - 284) if wide > 480 else (left + wide - 164,)


def _gable_roof(brush: Brush, left: float, wide: float, top: float) -> None:
    roof = _roof_colour(brush)
    right = left + wide
    peak = top - 246
    if brush.variant % 3 == 1:
        beam(brush, (right - 110, peak + 20, 50, 130), (188, 96, 74))
        brush.rectangle((right - 118, peak + 10, 66, 22), (160, 78, 62), 4)
    brush.polygon([(640, peak), (640, peak + 66), (left - 46, top + 46), (left - 70, top)], roof)
    brush.polygon(
        [(640, peak), (640, peak + 66), (right + 46, top + 46), (right + 70, top)],
        darker(roof, 0.16),
    )
    brush.polygon([(640, peak), (640, peak + 14), (left - 64, top + 14), (left - 70, top)],
                  lighter(roof, 0.24))  # fmt: skip


def _flower_box(brush: Brush, box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    for step in range(5):
        x = left + 14 + step * (width - 28) / 4
        colours = (brush.palette.third, (240, 120, 130), (250, 226, 150))
        flower(brush, x, top - 4 - step % 2 * 8, 17, colours[step % 3])
    beam(brush, (left, top, width, height), darker(_wood(brush), 0.3))


def _side(brush: Brush) -> None:
    wood = _wood(brush)
    brush.shadow((270, GROUND - 50, 780, 110))
    planks(brush, (340, 470, 600, GROUND - 470), wood, 8)
    uprights(brush, (340, 470, 26, GROUND - 470), lighter(wood, 0.2), 1)
    uprights(brush, (914, 470, 26, GROUND - 470), darker(wood, 0.12), 1)
    roof = _roof_colour(brush)
    brush.polygon([(360, 250), (920, 250), (1000, 490), (280, 490)], roof)
    for row in range(5):
        y = 250 + row * 48
        inset = row * 16
        for step in range(13 + row % 2):
            width = (560 + inset * 2) / 13
            x = 360 - inset + step * width - (width / 2 if row % 2 else 0)
            x = max(x, 360 - inset)
            tone = lighter(roof, 0.06 + (step * 5 + row * 3) % 4 * 0.05)
            brush.rectangle((x, y + 2, min(width - 5, 920 + inset - x), 48), tone, 14)
    brush.rectangle((264, 484, 752, 22), darker(roof, 0.3), 10)
    count = brush.pick((2, 3, 1), ROUND)
    for step in range(count):
        x = 640 + (step - (count - 1) / 2) * 180
        window(brush, (x - 54, 570, 108, 100), lighter(wood, 0.65))
        _flower_box(brush, (x - 68, 684, 136, 34))


def _shop(brush: Brush) -> None:
    wood, palette = _wood(brush), brush.palette
    brush.shadow((280, GROUND - 50, 760, 110))
    uprights(brush, (360, 380, 560, GROUND - 380), wood, 11)
    brush.rectangle((410, 430, 460, 200), darker(wood, 0.62), 6)
    for row, y in enumerate((500, 590)):
        brush.rectangle((410, y, 460, 12), lighter(wood, 0.2))
        for step in range(8):
            _ware(brush, 440 + step * 57, y, step + row * 3)
    beam(brush, (340, 624, 600, 38), lighter(wood, 0.3))
    for step in range(8):
        colour = palette.main if step % 2 else (255, 248, 236)
        left = 330 + step * 77.5
        brush.polygon([(left + 12 - step * 3, 300), (left + 84 - step * 3, 300), (left + 78, 400),
                       (left, 400)], colour)  # fmt: skip
        brush.pie((left, 372, 77.5, 58), 0, 180, colour)
    brush.rectangle((388, 682, 226, 112), lighter(wood, 0.4), 10)
    brush.rectangle((400, 694, 202, 88), SLATE, 4)
    for step, width in enumerate((120, 90, 140)):
        brush.rectangle((420, 712 + step * 22, width, 7), (226, 232, 226), 3)
    brush.disc(790, 738, 46, palette.third)
    brush.disc(790, 738, 28, lighter(palette.third, 0.5))
    if brush.variant % 2:
        beam(brush, (330, 262, 24, 550), darker(wood, 0.2))
        beam(brush, (926, 262, 24, 550), darker(wood, 0.2))


def _ware(brush: Brush, x: float, y: float, number: int) -> None:
    colour = ((222, 76, 66), (246, 190, 70), (112, 164, 82), (240, 140, 66))[number % 4]
    if number % 3 == 0:
        brush.rectangle((x - 17, y - 46, 34, 46), colour, 5)
        brush.rectangle((x - 17, y - 32, 34, 14), lighter(colour, 0.6))
    else:
        brush.disc(x, y - 18, 18, colour)
        brush.disc(x - 5, y - 24, 5, lighter(colour, 0.5))


def _shelves(brush: Brush) -> None:
    wood = _wood(brush)
    brush.shadow((280, GROUND - 50, 760, 110))
    brush.rectangle((370, 380, 540, GROUND - 380), darker(wood, 0.4))
    uprights(brush, (398, 420, 484, 380), darker(wood, 0.22), 9)
    for row, y in enumerate((560, 700)):
        for step in range(7):
            _ware(brush, 440 + step * 66, y, step * 2 + row)
        beam(brush, (390, y, 500, 26), lighter(wood, 0.3))
    for x in (356, 876):
        beam(brush, (x, 360, 48, GROUND - 360), wood)
    roof = _roof_colour(brush)
    brush.polygon([(400, 270), (880, 270), (970, 390), (310, 390)], roof)
    brush.polygon([(700, 270), (880, 270), (970, 390), (740, 390)], darker(roof, 0.1))
    brush.rectangle((304, 384, 672, 24), darker(roof, 0.3), 8)


def ramp(brush: Brush) -> None:
    """Paint the house with a ramp and rails up to its door."""
    gable(brush.at(-110, 0))
    wood = lighter(brush.wood, 0.3)
    brush.shadow((380, 860, 760, 70))
    _rail(brush, [(640, 660), (850, 700), (1060, 740)], 130)
    brush.polygon([(470, 790), (640, 790), (1160, 880), (960, 906)], wood)
    for step in range(1, 8):
        x, y = 470 + step * 61, 790 + step * 14.4
        far = 640 + step * 65, 790 + step * 11.2
        brush.stroke([(x, y), far], darker(wood, 0.16), 5)
    brush.polygon([(470, 790), (960, 906), (960, 922), (470, 812)], darker(wood, 0.4))
    brush.polygon([(960, 906), (1160, 880), (1160, 890), (960, 922)], darker(wood, 0.3))
    _rail(brush, [(500, 676), (720, 730), (940, 784)], 124)


def _ramp_side(brush: Brush) -> None:
    near = brush.near(760, 620, 1.12)
    gable(near.at(120, 0, 0.98))
    wood = brush.wood
    near.shadow((130, 790, 520, 70))
    near.polygon([(150, 842), (590, 742), (590, 830), (150, 856)], darker(wood, 0.28))
    near.polygon([(140, 836), (590, 732), (590, 758), (140, 856)], lighter(wood, 0.2))
    _rail(near, [(190, 716), (390, 672), (580, 626)], 116)


def _rail(brush: Brush, points: list[tuple[float, float]], height: float) -> None:
    colour = darker(brush.wood, 0.35)
    for x, y in points:
        beam(brush, (x - 10, y, 20, height), colour)
    brush.stroke(points, lighter(colour, 0.25), 22)
    brush.stroke([(x, y + height * 0.45) for x, y in points], lighter(colour, 0.15), 12)


def _wheels(brush: Brush) -> None:
    huts.wagon(brush, _wood(brush), _roof_colour(brush))


def _wheels_near(brush: Brush) -> None:
    scenes.garden(brush)
    huts.wagon(brush.near(520, 700, 1.75), _wood(brush), _roof_colour(brush))


def _large(brush: Brush) -> None:
    huts.module(brush, _wood(brush), _roof_colour(brush))


def _foreground(brush: Brush) -> None:
    leaf = brush.pick(((92, 150, 84), (70, 132, 96), (136, 156, 70)), 2)
    bush(brush, *brush.pick(((150, 866), (1150, 850), (110, 900), (1190, 880)), 3), 210, leaf)
    for step in range(brush.pick((5, 0, 7), 2)):
        x = 60 + step * 190 + brush.variant * 23 % 100
        y = 892 + (step * 31 + brush.variant * 7) % 36
        brush.stroke([(x, y + 48), (x + 4, y + 8)], (84, 130, 70), 6)
        flower(brush, x + 4, y, 20, brush.pick((brush.palette.third, (250, 244, 226)), 3))
