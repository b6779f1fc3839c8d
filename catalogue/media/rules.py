"""What images are kept, in which sizes and shapes, and what is worth a hint: rules of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

WIDTHS = (320, 640, 1280, 1920)
MASTER_SIDE_PX = WIDTHS[-1]
# Longer and narrower than this is a banner or a broken file, and unreadable in a list.
MOST_OBLONG = 10
SHAPE = (4, 3)  # width to height of what cards show, and of what a picture is cut to
LEAST_CUT_PERCENT = 20
TURNS = (0, 90, 180, 270)
# Where a hint begins. Half a screen of a phone is 600 pixels; brightness and blur were read off
# photographs made darker and softer step by step (docs/pictures.md).
SMALL_SIDE_PX = 600
DARK_PERCENT = 18
BLURRED_PERCENT = 80


@dataclass(frozen=True)
class Limits:
    """What is accepted: bytes of a file, pixels of a picture, pixels of its shortest side."""

    max_bytes: int
    max_pixels: int
    min_side_px: int


@dataclass(frozen=True)
class Cut:
    """What of an original is shown: turned clockwise, then a frame of the common shape.

    `size_percent` is the frame's share of the largest that fits; 0 is the whole picture.
    `x_percent` and `y_percent` tell where in the free room it stands: 0 left or top, 100 right or
    bottom.
    """

    turn: int = 0
    size_percent: int = 0
    x_percent: int = 50
    y_percent: int = 50

    @property
    def is_whole(self) -> bool:
        """Tell whether this leaves the picture as it is."""
        return self.turn == 0 and self.size_percent == 0


@dataclass(frozen=True)
class Looks:
    """What was measured of a picture; None in rows older than the measuring.

    `blur_percent`: how much of its edges is left when it is blurred; `turned_by_camera`: whether
    the file said which side is up.
    """

    brightness_percent: int | None = None
    blur_percent: int | None = None
    turned_by_camera: bool | None = None


def read_cut(turn: int, size_percent: int, x_percent: int, y_percent: int) -> Cut:
    """Return the cut nearest to the numbers, whatever they are."""
    size = size_percent and min(100, max(LEAST_CUT_PERCENT, size_percent))
    x, y = (min(100, max(0, each)) for each in (x_percent, y_percent))
    return Cut(turn if turn in TURNS else 0, size, x, y)


def widths(width: int) -> tuple[int, ...]:
    """Return the widths in which an image of `width` pixels is served, ascending.

    Never wider than the image itself; one between two steps is served in its own width too.
    """
    smaller = tuple(each for each in WIDTHS if each < width)
    return (*smaller, min(width, WIDTHS[-1])) if width < WIDTHS[-1] else WIDTHS


def height_at(target_width: int, *, width: int, height: int) -> int:
    """Return the height of an image of `width` times `height` drawn at `target_width`."""
    return max(1, round(height * target_width / width))


def master_size(width: int, height: int, longest_px: int = MASTER_SIDE_PX) -> tuple[int, int]:
    """Return the size in which an image is kept: the longest side at most `longest_px`."""
    longest = max(width, height)
    if longest <= longest_px:
        return width, height
    return max(1, round(width * longest_px / longest)), max(1, round(height * longest_px / longest))


def frame(width: int, height: int, cut: Cut) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a cut in a picture that is turned already."""
    if cut.size_percent == 0:
        return 0, 0, width, height
    across, down = SHAPE
    full = min(width / across, height / down)
    wide = min(width, max(1, round(across * full * cut.size_percent / 100)))
    high = min(height, max(1, round(down * full * cut.size_percent / 100)))
    left = round((width - wide) * cut.x_percent / 100)
    top = round((height - high) * cut.y_percent / 100)
    return left, top, left + wide, top + high


def hints(width: int, height: int, looks: Looks, *, used_elsewhere: bool = False) -> list[Text]:
    """List what the enterprise may want to mend in a picture. Nothing here is ever a refusal."""
    found = []
    if min(width, height) < SMALL_SIDE_PX:
        found.append(_("The picture is small and gets blurred on large screens."))
    if looks.brightness_percent is not None and looks.brightness_percent < DARK_PERCENT:
        found.append(_("The picture is dark. Daylight shows more."))
    if looks.blur_percent is not None and looks.blur_percent > BLURRED_PERCENT:
        found.append(_("The picture seems blurred. Hold the camera still, or take a step back."))
    if height > width and looks.turned_by_camera is False:
        found.append(_("Does the picture lie on its side? Turn it under “Crop and turn”."))
    if used_elsewhere:
        found.append(_("Another of your products shows this picture too."))
    return found


def colour_class(colour: str | None) -> str:
    """Return the class that draws a picture's colour while it loads, of five steps a channel.

    The content policy allows no style of its own to an element, so that catalogue.css has them all.
    """
    if colour is None:
        return ""
    channels = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "colour-" + "".join(str(round(each / 63.75)) for each in channels)
