"""Printed things: posters and cards, and screen print on cloth."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, STEEL, WHITE, Colour, darker, lighter
from .curves import around
from .nature import flower, leaf


def printed(brush: Brush) -> None:
    """Paint printed matter: poster, folder and cards laid out."""
    scenes.flat(brush)
    style = brush.pick((0, 1))
    poster = brush.at(450, 480, 1, brush.pick((-6, 4, -3)))
    _paper(poster, (-260, -370, 520, 740))
    poster.rectangle((-230, -340, 460, 440), brush.palette.main)
    _art(poster, brush.variant % 4)
    for step, width in enumerate((380, 300, 340)):
        poster.rectangle((-230, 150 + step * 52, width, 24), brush.palette.dark, 12)
    if style == 0:
        _cards(brush)
    else:
        folder = brush.at(930, 460, 1, 7)
        _paper(folder, (-180, -300, 360, 560))
        folder.polygon([(-60, -300), (60, -320), (60, 240), (-60, 260)], (228, 232, 238))
        for step in range(3):
            tone = (brush.palette.main, brush.palette.third, brush.palette.accent)[step]
            folder.rectangle((-164 + step * 120, -260, 92, 140), tone, 6)
            for row in range(4):
                folder.rectangle(
                    (-164 + step * 120, -90 + row * 40, 90 - row % 2 * 24, 14), (190, 196, 206), 7
                )


def screenprint(brush: Brush) -> None:
    """Paint screen printing: the frame with squeegee over a shirt or a bag."""
    scenes.flat(brush)
    palette = brush.palette
    cloth = brush.pick(
        (WHITE, lighter(palette.main, 0.3), palette.dark, lighter(palette.third, 0.3))
    )
    if brush.variant % 2:
        shirt = [(400, 150), (540, 110), (640, 160), (740, 110), (880, 150), (1060, 300),
                 (960, 420),
                 (890, 370), (890, 880), (390, 880), (390, 370), (320, 420),
                 (220, 300)]  # fmt: skip
        brush.polygon([(x + 12, y + 16) for x, y in shirt], palette.dark, 50)
        brush.polygon([(float(x), float(y)) for x, y in shirt], cloth)
        brush.pie((540, 60, 200, 140), 0, 180, darker(cloth, 0.14))
    else:
        brush.arc((500, 40, 280, 420), 180, 360, darker(cloth, 0.14), 26)
        brush.rectangle((352, 236, 600, 660), palette.dark, 10, 50)
        brush.rectangle((340, 220, 600, 660), cloth, 10)
        brush.rectangle((340, 220, 600, 40), darker(cloth, 0.08), 10)
    ink = palette.third if cloth != palette.third else palette.accent
    _sign(brush.at(640, 520), ink, brush.variant % 4)
    frame = brush.at(910, 640, 1, 12)
    frame.rectangle((-180, -230, 400, 520), palette.dark, 10, 50)
    for box in (
        (-200, -250, 400, 44),
        (-200, 226, 400, 44),
        (-200, -250, 44, 520),
        (156, -250, 44, 520),
    ):
        frame.rectangle(box, brush.wood, 6)
    frame.rectangle((-156, -206, 312, 432), (250, 246, 214), 0, 170)
    _sign(frame.at(0, 20, 0.8), darker(ink, 0.1), brush.variant % 4)
    frame.rectangle((-140, -150, 280, 40), ink, 8)
    frame.rectangle((-150, -200, 300, 60), darker(brush.wood, 0.3), 14)


def _paper(brush: Brush, box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    brush.rectangle((left + 12, top + 16, width, height), brush.palette.dark, 6, 50)
    brush.rectangle(box, WHITE, 6)


def _art(brush: Brush, style: int) -> None:
    palette = brush.palette
    if style == 0:
        brush.disc(60, -200, 90, palette.accent)
        brush.polygon([(-230, 100), (-60, -160), (110, 100)], palette.third)
        brush.polygon([(-20, 100), (110, -60), (230, 100)], lighter(palette.third, 0.3))
    elif style == 1:
        for step in range(6):
            leaf(brush, *around((0, -120), 20, step * 60), 190, step * 60, palette.accent)
        brush.disc(0, -120, 46, palette.third)
    elif style == 2:
        for ring in range(4):
            tone = (palette.accent, palette.main, palette.third, CREAM)[ring]
            brush.disc(0, -120, 200 - ring * 50, tone)
    else:
        for step in range(5):
            brush.curve([(-220, -280 + step * 80), (-80, -330 + step * 80), (80, -230 + step * 80),
                         (220, -280 + step * 80)], (palette.accent, palette.third)[step % 2],
                         30)  # fmt: skip


def _cards(brush: Brush) -> None:
    for step in range(3):
        here = brush.at(930 + step * 30, 260 + step * 220, 1, 8 - step * 9)
        _paper(here, (-170, -95, 340, 190))
        tone = (brush.palette.third, brush.palette.accent, brush.palette.main)[step]
        here.rectangle((-170, -95, 100, 190), tone, 6)
        here.disc(-120, 0, 32, WHITE)
        here.rectangle((-40, -46, 170, 22), brush.palette.dark, 11)
        here.rectangle((-40, 0, 120, 14), STEEL, 7)
        here.rectangle((-40, 30, 140, 14), STEEL, 7)


def _sign(brush: Brush, colour: Colour, style: int) -> None:
    if style == 0:
        flower(brush, 0, 0, 130, colour)
    elif style == 1:
        for ring in (120, 84, 48):
            brush.arc((-ring, -ring, ring * 2, ring * 2), 0, 354, colour, 16)
        brush.disc(0, 0, 20, colour)
    elif style == 2:
        for angle in (-150, -90, -30):
            leaf(brush, 0, 60, 170, angle, colour)
    else:
        brush.polygon([around((0, 0),
                              130 if step % 2 else 56, step * 36 + 18) for step in range(10)],
                      colour)  # fmt: skip
