"""Points on curves, as plain numbers; knows nothing about colours or images."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Box = tuple[float, float, float, float]

STEPS = 8


def smooth(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """Return a Catmull-Rom curve through the points, in their order."""
    count = len(points)
    last = count if closed else count - 1
    curve: list[Point] = []
    for index in range(last):
        four = [_neighbour(points, index + step, closed) for step in (-1, 0, 1, 2)]
        curve.extend(_between(four, step / STEPS) for step in range(STEPS))
    return curve if closed else [*curve, points[-1]]


def round_arc(box: Box, start: float, end: float) -> list[Point]:
    """Return points along an ellipse in the box (left, top, width, height), angles in degrees."""
    left, top, width, height = box
    steps = max(6, int(abs(end - start) / 6))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [
        (left + width / 2 * (1 + math.cos(angle)), top + height / 2 * (1 + math.sin(angle)))
        for angle in angles
    ]


def rounded(box: Box, radius: float) -> list[Point]:
    """Return the outline of a box with round corners."""
    left, top, width, height = box
    size = min(radius, width / 2, height / 2) * 2
    right, bottom = left + width - size, top + height - size
    return [
        *round_arc((left, top, size, size), 180, 270),
        *round_arc((right, top, size, size), 270, 360),
        *round_arc((right, bottom, size, size), 0, 90),
        *round_arc((left, bottom, size, size), 90, 180),
    ]


def around(centre: Point, radius: float, angle: float) -> Point:
    """Return the point at a distance and an angle (degrees, clockwise from the right)."""
    turn = math.radians(angle)
    return centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)


def _neighbour(points: Sequence[Point], index: int, closed: bool) -> Point:
    if closed:
        return points[index % len(points)]
    return points[min(max(index, 0), len(points) - 1)]


def _between(four: Sequence[Point], share: float) -> Point:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = four
    return _cubic((ax, bx, cx, dx), share), _cubic((ay, by, cy, dy), share)


def _cubic(values: tuple[float, float, float, float], share: float) -> float:
    before, start, end, after = values
    return 0.5 * (
        2 * start
        + (end - before) * share
        + (2 * before - 5 * start + 4 * end - after) * share**2
        + (3 * start - before - 3 * end + after) * share**3
    )
