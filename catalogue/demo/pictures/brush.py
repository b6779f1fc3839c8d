"""The brush all motifs paint with: shapes in units of a 1280 by 960 sheet, placed and turned."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from PIL import Image, ImageDraw

from .colours import DENIM, WOODS, Colour, Palette, mix
from .curves import Box, Point, round_arc, rounded, smooth

WIDTH, HEIGHT = 1280, 960

Option = TypeVar("Option")


@dataclass(frozen=True)
class Place:
    """Where the brush stands on the image: shift in pixels, scale, and turn in radians."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0

    def point(self, x: float, y: float) -> Point:
        """Return the pixel a point of the sheet falls on."""
        if not self.turn:
            return self.x + x * self.scale, self.y + y * self.scale
        sine, cosine = math.sin(self.turn), math.cos(self.turn)
        return (
            self.x + (x * cosine - y * sine) * self.scale,
            self.y + (x * sine + y * cosine) * self.scale,
        )


@dataclass(frozen=True)
class Brush:
    """Paint on one image; `variant` counts from 1 and decides what `pick` returns."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    glaze: ImageDraw.ImageDraw
    place: Place
    variant: int
    palette: Palette
    dice: random.Random

    def pick(self, options: Sequence[Option], every: int = 1) -> Option:
        """Return the option of this variant; it changes with every `every`-th variant."""
        return options[((self.variant - 1) // every) % len(options)]

    @property
    def wood(self) -> Colour:
        """Return the wood of this variant."""
        return self.pick(WOODS)

    @property
    def denim(self) -> Colour:
        """Return the denim of this variant."""
        return self.pick(DENIM)

    def at(self, x: float, y: float, scale: float = 1.0, angle: float = 0.0) -> Brush:
        """Return a brush whose origin lies here, scaled and turned by degrees."""
        left, top = self.place.point(x, y)
        place = Place(left, top, self.place.scale * scale, self.place.turn + math.radians(angle))
        return replace(self, place=place)

    def near(self, x: float, y: float, scale: float) -> Brush:
        """Return a brush that shows the sheet from nearer, with this point in the middle."""
        return self.at(WIDTH / 2 - x * scale, HEIGHT / 2 - y * scale, scale)

    def wash(self, box: Box, top: Colour, bottom: Colour) -> None:
        """Fill a box with a soft gradient from top to bottom."""
        left, upper, width, height = box
        x, y = self.place.point(left, upper)
        right, end = self.place.point(left + width, upper + height)
        first, last = max(0, round(y)), min(self.image.height, round(end))
        band = max(2, (last - first) // 160)
        for row in range(first, last, band):
            colour = mix(top, bottom, (row - y) / max(1.0, end - y))
            self.pen.rectangle((x, row, right, min(row + band, last) - 1), colour)

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        """Fill the shape the points go round."""
        pixels = [self.place.point(*point) for point in points]
        if alpha == 255:
            self.pen.polygon(pixels, colour)
        else:
            self.glaze.polygon(pixels, (*colour, alpha))

    def rectangle(self, box: Box, colour: Colour, radius: float = 0, alpha: int = 255) -> None:
        """Fill a box, its corners rounded by a radius."""
        left, top, width, height = box
        if radius:
            self.polygon(rounded(box, radius), colour, alpha)
            return
        right, bottom = left + width, top + height
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, alpha)

    def ellipse(self, box: Box, colour: Colour, alpha: int = 255) -> None:
        """Fill the ellipse in a box."""
        if self.place.turn:
            self.polygon(round_arc(box, 0, 354), colour, alpha)
            return
        left, top, width, height = box
        edges = (*self.place.point(left, top), *self.place.point(left + width, top + height))
        if alpha == 255:
            self.pen.ellipse(edges, colour)
        else:
            self.glaze.ellipse(edges, (*colour, alpha))

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: int = 255) -> None:
        """Fill a circle around a point."""
        self.ellipse((x - radius, y - radius, radius * 2, radius * 2), colour, alpha)

    def blob(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        """Fill the soft shape whose edge runs smoothly through the points."""
        self.polygon(smooth(points, closed=True), colour, alpha)

    def pie(self, box: Box, start: float, end: float, colour: Colour) -> None:
        """Fill the segment of an ellipse between two angles (degrees, clockwise from right)."""
        self.polygon(round_arc(box, start, end), colour)

    def arc(self, box: Box, start: float, end: float, colour: Colour, width: float) -> None:
        """Draw along an ellipse between two angles."""
        self.stroke(round_arc(box, start, end), colour, width)

    def curve(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a smooth line through the points."""
        self.stroke(smooth(points, closed=False), colour, width)

    def stroke(
        self, points: Sequence[Point], colour: Colour, width: float, alpha: int = 255
    ) -> None:
        """Draw straight from point to point, with round ends unless translucent."""
        pixels = [self.place.point(*point) for point in points]
        thick = max(1, round(width * self.place.scale))
        if alpha < 255:
            self.glaze.line(pixels, (*colour, alpha), thick)
            return
        self.pen.line(pixels, colour, thick)
        if thick < 5:
            return
        half = (thick - 1) / 2
        for x, y in pixels:
            self.pen.ellipse((x - half, y - half, x + half, y + half), colour)

    def shadow(self, box: Box, strength: int = 9) -> None:
        """Lay a soft ground shadow into a box."""
        left, top, width, height = box
        for layer in range(9):
            inset = layer / 22
            inner = (
                left + width * inset,
                top + height * inset,
                width * (1 - 2 * inset),
                height * (1 - 2 * inset),
            )
            self.ellipse(inner, self.palette.dark, strength)
