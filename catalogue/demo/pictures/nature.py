"""Things that grow, and the sky's clouds: parts several motifs plant into their picture."""

from __future__ import annotations

from .brush import Brush
from .colours import LEAF, SOIL, WHITE, Colour, darker, lighter
from .curves import around


def cloud(brush: Brush, x: float, y: float, scale: float) -> None:
    """Paint a cloud around a point."""
    here = brush.at(x, y, scale)
    for left, top, size in ((-90, -20, 90), (-50, -62, 120), (20, -40, 100)):
        here.ellipse((left, top, size, size * 0.8), (244, 249, 253))
    here.rectangle((-92, -2, 212, 52), WHITE, 26)


def tree(brush: Brush, x: float, y: float, height: float, leaf: Colour) -> None:
    """Paint a tree that stands at a point."""
    here = brush.at(x, y, height / 300)
    here.rectangle((-12, -120, 24, 126), (138, 100, 76))
    here.ellipse((-92, -300, 184, 220), leaf)
    here.ellipse((-70, -290, 100, 130), lighter(leaf, 0.18))
    here.ellipse((10, -220, 82, 120), darker(leaf, 0.1))


def bush(brush: Brush, x: float, y: float, width: float, leaf: Colour) -> None:
    """Paint a round bush that stands at a point."""
    here = brush.at(x, y, width / 200)
    for left, top, size in ((-100, -90, 100), (0, -100, 104), (-56, -134, 120)):
        here.ellipse((left, top, size, size), leaf)
    here.rectangle((-96, -46, 196, 48), leaf, 24)
    here.ellipse((-40, -122, 60, 50), lighter(leaf, 0.16))
    here.ellipse((-84, -76, 44, 38), lighter(leaf, 0.12))
    here.ellipse((30, -60, 56, 44), darker(leaf, 0.1))


def tuft(brush: Brush, x: float, y: float, colour: Colour) -> None:
    """Paint three blades of grass."""
    for lean in (-10, 0, 10):
        brush.polygon([(x - 4, y), (x + 4, y), (x + lean, y - 24 + abs(lean))], colour)


def leaf(
    brush: Brush, x: float, y: float, length: float, angle: float, colour: Colour = LEAF
) -> None:
    """Paint one leaf that starts at a point and grows along an angle (0 is to the right)."""
    here = brush.at(x, y, length / 100, angle)
    here.blob([(0, 0), (30, -22), (70, -20), (100, 0), (70, 20), (30, 22)], colour)
    here.polygon([(4, 0), (92, -1), (70, 17), (30, 19)], darker(colour, 0.1))


def flower(brush: Brush, x: float, y: float, radius: float, petal: Colour) -> None:
    """Paint an open flower; its form follows from the size of its petals' colour."""
    form = (petal[0] + petal[2]) % 3
    heart = (250, 206, 90) if petal[0] < 240 or petal[1] < 180 else (196, 110, 60)
    if form == 0:
        for step in range(6):
            at = around((x, y), radius * 0.58, step * 60 + 12)
            brush.disc(*at, radius * 0.46, petal if step % 2 else lighter(petal, 0.16))
        brush.disc(x, y, radius * 0.34, heart)
    elif form == 1:
        for step in range(11):
            here = brush.at(x, y, radius / 100, step * 360 / 11)
            here.ellipse((20, -20, 80, 40), petal if step % 2 else lighter(petal, 0.2))
        brush.disc(x, y, radius * 0.34, heart)
    else:
        brush.disc(x, y, radius * 0.92, petal)
        for share, tone in ((0.7, 0.14), (0.48, 0.0), (0.26, 0.22)):
            brush.disc(x + radius * 0.05, y + radius * 0.05, radius * share, lighter(petal, tone))
            brush.arc(
                (x - radius * share, y - radius * share, radius * share * 2, radius * share * 2),
                20, 160, darker(petal, 0.14), radius * 0.06,
            )  # fmt: skip


def stem(
    brush: Brush, foot: tuple[float, float], head: tuple[float, float], colour: Colour
) -> None:
    """Paint a curved stem with two leaves from foot to head."""
    middle = ((foot[0] * 0.6 + head[0] * 0.4), (foot[1] + head[1]) / 2)
    brush.curve([foot, middle, head], colour, 9)
    size = max(44.0, abs(foot[1] - head[1]) * 0.3)
    leaf(brush, *middle, size, -36, lighter(colour, 0.08))
    leaf(brush, middle[0], middle[1] + 26, size, -146, darker(colour, 0.06))


def pot(brush: Brush, x: float, y: float, width: float, colour: Colour) -> None:
    """Paint a plant pot with soil that stands at a point."""
    here = brush.at(x, y, width / 200)
    here.shadow((-130, -26, 290, 56))
    here.polygon([(-84, -150), (84, -150), (62, 0), (-62, 0)], colour)
    here.polygon([(30, -150), (84, -150), (62, 0), (22, 0)], darker(colour, 0.12))
    here.rectangle((-100, -186, 200, 46), lighter(colour, 0.1), 8)
    here.rectangle((40, -186, 60, 46), darker(colour, 0.06), 8)
    here.rectangle((-88, -186, 176, 9), SOIL, 4)
