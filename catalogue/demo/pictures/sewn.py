"""Sewn goods, most of them in denim: place mats, cushions, bags and aprons."""

from __future__ import annotations

from . import scenes
from .brush import Brush
from .colours import CREAM, DENIM, Colour, darker, lighter
from .curves import Box

THREAD: Colour = (238, 190, 104)
LEATHER: Colour = (176, 114, 70)


def textile(brush: Brush) -> None:
    """Paint cloth: place mats, mended trousers, or folded uniforms sorted by colour."""
    scenes.flat(brush)
    brush.pick((_mats, _trousers, _stacks, _rolls))(brush)


def cushion(brush: Brush) -> None:
    """Paint patchwork cushions, one large or three in a row."""
    scenes.room(brush)
    if brush.variant % 2:
        brush.shadow((300, 790, 700, 100))
        _patchwork(brush.at(640, 490, 1.35, brush.pick((-4, 5, 0), 2)), 0)
        return
    brush.rectangle((60, 690, 1160, 150), lighter(brush.palette.third, 0.3), 30)
    brush.rectangle((60, 780, 1160, 90), lighter(brush.palette.third, 0.1), 30)
    for step, (x, angle) in enumerate(((300, -8), (960, 9), (640, 2))):
        _patchwork(brush.at(x, 530, 0.9, angle), step + 1)


def bag(brush: Brush) -> None:
    """Paint a bag: tote, laptop bag, open bag, pouch, or one sewn from a banner."""
    scenes.studio(brush)
    near = brush.near(640, 520, 1.06)
    brush.pick((_tote, _laptop_bag, _open_bag, _pouch, _banner_bag))(near)


def apron(brush: Brush) -> None:
    """Paint an apron from the front or back, work clothes on a hanger, or a small apron."""
    scenes.studio(brush)
    brush.rectangle((160, 118, 960, 16), brush.wood, 8)
    brush.pick((_front, _back, _jacket, _small))(brush)


def seam(brush: Brush, box: Box, colour: Colour = THREAD) -> None:
    """Stitch along the edges of a box."""
    left, top, width, height = box
    for step in range(int(width / 26)):
        for y in (top, top + height):
            brush.rectangle((left + step * 26, y - 2, 15, 5), colour)
    for step in range(int(height / 26)):
        for x in (left, left + width):
            brush.rectangle((x - 2, top + step * 26, 5, 15), colour)


def _cloth(brush: Brush) -> Colour:
    return brush.pick((*DENIM, (128, 104, 86), (92, 116, 96)))


def _mats(brush: Brush) -> None:
    for step in range(6):
        tone = DENIM[(step + brush.variant // 4) % 4]
        here = brush.at(320 + step % 3 * 320, 310 + step // 3 * 350, 1, (step * 37 % 9) - 4)
        here.rectangle((-128, -138, 270, 290), brush.palette.dark, 14, 45)
        here.rectangle((-136, -148, 272, 296), tone, 10)
        here.rectangle((-136, -148, 272, 40), LEATHER, 10)
        seam(here, (-122, -98, 244, 234))
        here.rectangle((-110, -60, 30, 180), lighter(tone, 0.4), 8, 40)


def _trousers(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.polygon([(450, 120), (850, 120), (900, 900), (700, 900), (655, 420), (600, 900),
                   (400, 900)], brush.palette.dark, 45)  # fmt: skip
    brush.polygon([(440, 100), (840, 100), (890, 880), (690, 880), (645, 400), (590, 880),
                   (390, 880)], cloth)  # fmt: skip
    brush.polygon([(760, 100), (840, 100), (890, 880), (800, 880)], darker(cloth, 0.14))
    brush.rectangle((430, 84, 420, 60), darker(cloth, 0.2), 10)
    for x in (470, 600, 690, 800):
        brush.rectangle((x, 76, 20, 76), lighter(cloth, 0.2), 5)
    brush.disc(645, 114, 14, THREAD)
    brush.stroke([(645, 144), (645, 380)], darker(cloth, 0.3), 7)
    for x in (412, 712):
        patch = brush.palette.accent if brush.variant > 4 else darker(cloth, 0.45)
        here = brush.at(x, 540, 1, 3 if x < 600 else -3)
        here.rectangle((0, 0, 160, 180), patch, 14)
        seam(here, (12, 12, 134, 154))
    for flip in (-1, 1):
        brush.curve(
            [(640 + flip * 90, 150), (640 + flip * 130, 220), (640 + flip * 205, 236)], THREAD, 6
        )


def _stacks(brush: Brush) -> None:
    palette = brush.palette
    for column, colour in enumerate((palette.main, palette.third, palette.accent)):
        x = 140 + column * 350
        brush.shadow((x - 30, 760, 380, 90))
        count = 5 + (column * 2 + brush.variant) % 3
        for row in range(count):
            y = 720 - row * 84
            tone = lighter(colour, (row * 3 % 4) * 0.12)
            brush.rectangle((x + row % 2 * 12, y, 300, 80), tone, 26)
            brush.rectangle((x + 150, y + 6, 140 + row % 2 * 12, 68), darker(tone, 0.08), 24)
            brush.rectangle((x + 30, y + 36, 200, 6), darker(tone, 0.16), 3)


def _rolls(brush: Brush) -> None:
    palette = brush.palette
    for row, (count, y) in enumerate(((4, 720), (3, 530), (2, 340))):
        for step in range(count):
            x = 640 + (step - (count - 1) / 2) * 230
            tone = (palette.main, palette.third, palette.accent, DENIM[1])[(step + row) % 4]
            brush.disc(x, y, 108, tone)
            for ring in range(3):
                brush.arc((x - 84 + ring * 24, y - 84 + ring * 24, 168 - ring * 48,
                           168 - ring * 48),
                          ring * 70, ring * 70 + 300, lighter(tone, 0.3), 7)  # fmt: skip
            brush.disc(x, y, 26, darker(tone, 0.4))


def _patchwork(brush: Brush, shift: int) -> None:
    brush.shadow((-240, 200, 500, 80))
    edge = [(-230.0, -230.0), (0, -206), (230, -230), (208, 0), (230, 230), (0, 208), (-230, 230),
            (-208, 0)]  # fmt: skip
    tones = (*DENIM, lighter(DENIM[3], 0.4), brush.palette.accent)
    brush.polygon(edge, DENIM[shift % 4])
    count = brush.pick((4, 3, 5), 2)
    each = 404 / count
    for row in range(count):
        for column in range(count):
            tone = tones[(row * 5 + column * 3 + shift + brush.variant) % (6 if shift == 0 else 4)]
            box = (-202 + column * each, -202 + row * each, each - 3, each - 3)
            brush.rectangle(box, tone)
            if (row + column) % 2:
                seam(brush, (box[0] + 10, box[1] + 10, each - 24, each - 24), lighter(tone, 0.4))
    brush.polygon([(120, -202), (202, -202), (202, 202), (60, 202)], (20, 24, 46), 22)


def _tote(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.shadow((370, 810, 580, 90))
    brush.arc((490, 130, 300, 620), 180, 360, darker(cloth, 0.2), 34)
    brush.polygon([(390, 400), (890, 400), (930, 860), (350, 860)], cloth)
    brush.polygon([(760, 400), (890, 400), (930, 860), (790, 860)], darker(cloth, 0.1))
    brush.rectangle((388, 396, 504, 46), lighter(cloth, 0.16), 8)
    brush.rectangle((486, 400, 34, 130), lighter(cloth, 0.1))
    brush.rectangle((760, 400, 34, 130), lighter(cloth, 0.1))
    seam(brush, (500, 570, 270, 200))
    brush.rectangle((612, 760, 50, 34), LEATHER, 4)


def _laptop_bag(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.shadow((250, 790, 820, 100))
    brush.arc((490, 260, 300, 240), 180, 360, LEATHER, 32)
    brush.rectangle((280, 370, 720, 460), cloth, 44)
    brush.rectangle((820, 370, 180, 460), darker(cloth, 0.1), 44)
    brush.rectangle((330, 560, 620, 230), lighter(cloth, 0.14), 26)
    seam(brush, (350, 580, 580, 190))
    brush.stroke([(320, 450), (960, 450)], THREAD, 10)
    brush.rectangle((930, 436, 46, 28), LEATHER, 8)
    for x in (470, 780):
        brush.rectangle((x, 360, 40, 120), LEATHER, 8)


def _open_bag(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.shadow((250, 790, 820, 100))
    brush.polygon([(250, 300), (1030, 300), (990, 520), (290, 520)], darker(cloth, 0.26))
    felt = lighter(brush.palette.third, 0.2)
    brush.polygon([(280, 326), (1000, 326), (970, 520), (310, 520)], felt)
    brush.rectangle((400, 270, 480, 260), (206, 212, 222), 20)
    brush.rectangle((416, 284, 448, 240), (232, 236, 242), 12)
    brush.rectangle((270, 500, 740, 330), cloth, 40)
    brush.rectangle((830, 500, 180, 330), darker(cloth, 0.1), 40)
    seam(brush, (300, 530, 680, 260))
    brush.rectangle((600, 620, 80, 60), LEATHER, 8)


def _pouch(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.shadow((260, 750, 800, 110))
    brush.blob([(300, 420), (640, 392), (980, 420), (1030, 620), (990, 790), (640, 806), (290, 790),
                (250, 620)], cloth)  # fmt: skip
    brush.blob([(860, 420), (980, 430), (1024, 620), (985, 780), (860, 790)], darker(cloth, 0.12))
    brush.curve([(296, 470), (640, 446), (984, 470)], (230, 200, 120), 22)
    for step in range(30):
        brush.rectangle((310 + step * 22, 454, 9, 22), (180, 146, 80))
    brush.rectangle((930, 470, 34, 90), LEATHER, 10)
    brush.rectangle((360, 620, 190, 90), LEATHER, 8)
    seam(brush, (374, 634, 160, 62))


def _banner_bag(brush: Brush) -> None:
    palette = brush.palette
    brush.shadow((330, 810, 660, 90))
    brush.arc((470, 120, 340, 640), 180, 360, palette.dark, 34)
    brush.rectangle((340, 400, 600, 460), palette.main, 20)
    brush.polygon([(340, 560), (940, 400), (940, 560), (340, 740)], palette.accent)
    brush.polygon([(340, 740), (940, 560), (940, 640), (340, 830)], (250, 244, 230))
    brush.disc(500, 520, 70, palette.third)
    brush.polygon([(820, 400), (940, 400), (940, 860), (850, 860)], palette.dark, 40)
    seam(brush, (362, 424, 554, 410), (250, 244, 230))


def _front(brush: Brush) -> None:
    cloth = _cloth(brush)
    brush.arc((530, 126, 220, 260), 190, 350, darker(cloth, 0.3), 22)
    for flip in (-1, 1):
        brush.curve([(640 + flip * 240, 470), (640 + flip * 330, 560), (640 + flip * 300, 700)],
                    darker(cloth, 0.3), 20)  # fmt: skip
    outline = [(520, 230), (760, 230), (790, 400), (890, 470), (910, 890), (370, 890), (390, 470),
               (490, 400)]  # fmt: skip
    brush.polygon(outline, cloth)
    brush.polygon([(790, 400), (890, 470), (910, 890), (800, 890)], darker(cloth, 0.12))
    brush.rectangle((520, 226, 240, 24), lighter(cloth, 0.2))
    for x in (430, 670):
        brush.rectangle((x, 590, 180, 190), lighter(cloth, 0.14), 20)
        seam(brush, (x + 14, 606, 152, 158))
    brush.rectangle((576, 300, 128, 110), lighter(cloth, 0.14), 14)
    seam(brush, (588, 312, 104, 86))
    brush.rectangle((690, 330, 34, 24), LEATHER, 4)


def _back(brush: Brush) -> None:
    cloth = _cloth(brush)
    inner = darker(cloth, 0.3)
    brush.polygon([(520, 250), (760, 250), (800, 420), (480, 420)], inner)
    brush.polygon([(480, 400), (800, 400), (880, 470), (900, 880), (380, 880), (400, 470)], inner)
    for flip in (-1, 1):
        brush.polygon([(640 + flip * 120, 240), (640 + flip * 160, 410), (640 + flip * 260, 470),
                       (640 + flip * 280, 890), (640 + flip * 90, 890), (640 + flip * 110, 480)],
                      cloth)  # fmt: skip
        seam_at = [(640 + flip * 126, 490), (640 + flip * 106, 880)]
        brush.stroke([(float(x), float(y)) for x, y in seam_at], THREAD, 5)
    for flip in (-1, 1):
        brush.stroke([(640 + flip * 110, 250), (640 - flip * 190, 560)], LEATHER, 38)
        brush.stroke([(640 + flip * 110, 250), (640 + flip * 60, 134)], LEATHER, 30)
        brush.disc(640 + flip * 190, 560, 22, THREAD)
        brush.curve([(640 + flip * 230, 620), (640 + flip * 90, 650), (640, 640)], LEATHER, 22)
        brush.blob([(640, 640), (640 + flip * 90, 590), (640 + flip * 120, 650),
                    (640 + flip * 70, 690)],
                   LEATHER)  # fmt: skip
        brush.stroke([(640, 644), (640 + flip * 60, 800)], LEATHER, 20)
    brush.disc(640, 644, 24, darker(LEATHER, 0.2))


def _jacket(brush: Brush) -> None:
    palette = brush.palette
    cloth, trim = brush.pick((palette.main, DENIM[0], palette.accent), 4), palette.third
    brush.arc((596, 90, 88, 90), 140, 400, (120, 124, 136), 14)
    brush.stroke([(450, 262), (640, 176), (830, 262)], brush.wood, 26)
    for flip in (-1, 1):
        brush.polygon([(640 + flip * 150, 230), (640 + flip * 260, 290), (640 + flip * 350, 760),
                       (640 + flip * 250, 776),
                       (640 + flip * 180, 480)], darker(cloth, 0.14))  # fmt: skip
        brush.polygon([(640 + flip * 340, 700), (640 + flip * 352, 760), (640 + flip * 250, 776),
                       (640 + flip * 240, 716)], trim)  # fmt: skip
    brush.polygon([(550, 214), (730, 214), (850, 270), (840, 880), (440, 880), (430, 270)], cloth)
    for flip in (-1, 1):
        brush.polygon([(640, 330), (640 + flip * 40, 206), (640 + flip * 100, 226),
                       (640 + flip * 44, 350)], trim)  # fmt: skip
        brush.rectangle((640 + flip * 116 - 66, 640, 132, 150), lighter(cloth, 0.14), 14)
        brush.rectangle((640 + flip * 110 - 52, 400, 104, 90), lighter(cloth, 0.14), 12)
    brush.rectangle((632, 330, 16, 550), darker(cloth, 0.3))
    for step in range(5):
        brush.disc(640, 390 + step * 100, 13, CREAM)
    brush.rectangle((436, 546, 408, 40), (232, 232, 210))


def _small(brush: Brush) -> None:
    _front(brush.at(640 - 640 * 0.74, 126 - 126 * 0.74, 0.74))
    here = brush.at(640, 470, 0.8)
    here.disc(0, -170, 46, brush.palette.third)
    for step in range(3):
        here.disc(-60 + step * 60, -216, 24, brush.palette.third)
