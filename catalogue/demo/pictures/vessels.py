"""Crockery and packaging: plates, bowls, cups, bottles, jars and baskets for several motifs."""

from __future__ import annotations

from .brush import Brush
from .colours import WHITE, Colour, darker, lighter, mix
from .curves import Box


def plate(brush: Brush, x: float, y: float, width: float, colour: Colour = WHITE) -> None:
    """Paint a plate seen from a little above, its middle at a point."""
    here = brush.at(x, y, width / 400)
    here.shadow((-230, -40, 480, 140))
    here.ellipse((-200, -58, 400, 132), darker(colour, 0.16))
    here.ellipse((-200, -66, 400, 128), colour)
    here.ellipse((-142, -46, 284, 84), darker(colour, 0.07))


def plate_from_above(
    brush: Brush, x: float, y: float, radius: float, colour: Colour = WHITE
) -> None:
    """Paint a round plate seen straight from above."""
    brush.shadow((x - radius * 1.06, y - radius * 0.98, radius * 2.2, radius * 2.2), 7)
    brush.disc(x, y, radius, colour)
    brush.disc(x, y, radius * 0.95, darker(colour, 0.05))
    brush.disc(x, y, radius * 0.72, lighter(colour, 0.3))


def bowl(brush: Brush, x: float, y: float, width: float, colour: Colour) -> None:
    """Paint an open bowl that stands at a point; its opening is free for a filling."""
    here = brush.at(x, y, width / 300)
    here.shadow((-160, -30, 340, 70))
    here.rectangle((-56, -22, 112, 24), darker(colour, 0.3), 8)
    here.pie((-150, -270, 300, 262), 0, 180, colour)
    here.polygon([(20, -14), (90, -30), (140, -90), (150, -139), (70, -139)], darker(colour, 0.1))
    here.ellipse((-150, -176, 300, 74), lighter(colour, 0.25))
    here.ellipse((-136, -168, 272, 58), darker(colour, 0.28))


def filling(brush: Brush, x: float, y: float, width: float, colour: Colour) -> None:
    """Fill the bowl of the same place and width with a soup or mash."""
    here = brush.at(x, y, width / 300)
    here.ellipse((-134, -162, 268, 52), colour)
    here.ellipse((-96, -156, 120, 20), lighter(colour, 0.22))


def heap(brush: Brush, x: float, y: float, width: float, colours: tuple[Colour, ...]) -> None:
    """Heap small round things into the bowl of the same place and width."""
    here = brush.at(x, y, width / 300)
    for row, (count, top) in enumerate(((7, -142), (6, -166), (4, -188))):
        for step in range(count):
            left = (step - (count - 1) / 2) * 36
            colour = colours[(step * 2 + row) % len(colours)]
            here.disc(left, top + abs(left) * 0.06, 25, colour)
            here.disc(left - 7, top - 8 + abs(left) * 0.06, 7, lighter(colour, 0.4))


def cup(brush: Brush, x: float, y: float, width: float, colour: Colour) -> None:
    """Paint a cup of coffee on a saucer that stands at a point."""
    here = brush.at(x, y, width / 240)
    here.shadow((-190, -34, 400, 84))
    here.ellipse((-170, -34, 340, 62), darker(colour, 0.18))
    here.ellipse((-170, -42, 340, 60), lighter(colour, 0.3))
    here.arc((78, -160, 96, 96), -110, 110, colour, 20)
    here.polygon([(-112, -190), (112, -190), (76, -22), (40, -10), (-40, -10), (-76, -22)], colour)
    here.polygon([(46, -190), (112, -190), (76, -22), (40, -10), (20, -10)], darker(colour, 0.1))
    here.ellipse((-112, -216, 224, 54), lighter(colour, 0.4))
    here.ellipse((-96, -208, 192, 40), (98, 62, 44))
    here.ellipse((-60, -202, 90, 18), (164, 112, 76))


def bottle(brush: Brush, x: float, y: float, height: float, tint: Colour, label: Colour) -> None:
    """Paint a bottle with a label that stands at a point."""
    here = brush.at(x, y, height / 420)
    here.shadow((-90, -22, 220, 50))
    outline = [(-24, -400), (24, -400), (26, -300), (70, -226), (70, -10), (58, 0), (-58, 0),
               (-70, -10), (-70, -226), (-26, -300)]  # fmt: skip
    here.polygon(outline, tint)
    here.polygon([(8, -400), (24, -400), (26, -300), (70, -226), (70, -10), (58, 0), (34, 0),
                  (38, -226)], darker(tint, 0.12))  # fmt: skip
    here.rectangle((-54, -222, 14, 200), WHITE, 7, 110)
    here.rectangle((-70, -190, 140, 118), lighter(label, 0.86))
    here.rectangle((-70, -190, 140, 14), label)
    here.rectangle((-70, -86, 140, 14), label)
    here.disc(0, -130, 30, label)
    here.disc(-10, -138, 10, lighter(label, 0.4))
    here.rectangle((-30, -420, 60, 46), darker(label, 0.16), 8)


def jar(brush: Brush, x: float, y: float, width: float, tint: Colour, lid: Colour) -> None:
    """Paint a glass jar with contents and a label that stands at a point."""
    here = brush.at(x, y, width / 200)
    here.shadow((-120, -26, 280, 60))
    here.rectangle((-100, -236, 200, 236), mix(tint, WHITE, 0.55), 34)
    here.rectangle((-90, -206, 180, 196), tint, 28)
    here.rectangle((30, -206, 60, 196), darker(tint, 0.12), 28)
    here.rectangle((-80, -190, 18, 160), WHITE, 9, 120)
    here.rectangle((-64, -156, 128, 104), lighter(lid, 0.86), 10)
    here.rectangle((-64, -72, 128, 20), lid, 8)
    here.rectangle((-40, -134, 80, 10), darker(lid, 0.2), 5)
    here.rectangle((-26, -112, 52, 8), lighter(lid, 0.3), 4)
    here.rectangle((-92, -276, 184, 52), lid, 12)
    here.rectangle((40, -276, 52, 52), darker(lid, 0.14), 12)
    here.rectangle((-92, -240, 184, 6), darker(lid, 0.2))


def basket(brush: Brush, box: Box, colour: Colour) -> None:
    """Paint the woven front of a basket."""
    left, top, width, height = box
    brush.shadow((left - 40, top + height - 36, width + 90, 74))
    brush.polygon(
        [(left, top), (left + width, top), (left + width * 0.9, top + height),
         (left + width * 0.1, top + height)], colour,
    )  # fmt: skip
    rows, columns = 5, 12
    each = (height - 20) / rows
    for row in range(rows):
        inset = width * 0.1 * (row + 0.5) / rows
        wide = (width - 2 * inset) / columns
        for column in range(columns):
            if (row + column) % 2:
                place = (left + inset + column * wide + 2, top + 20 + row * each + 3)
                brush.rectangle((*place, wide - 4, each - 6), darker(colour, 0.16), 8)
            else:
                place = (left + inset + column * wide, top + 20 + row * each + 5)
                brush.rectangle((*place, wide, each - 10), lighter(colour, 0.18), 8)
    brush.rectangle((left - 16, top - 14, width + 32, 40), darker(colour, 0.1), 20)
    brush.rectangle((left - 10, top - 12, width + 20, 14), lighter(colour, 0.2), 7)
