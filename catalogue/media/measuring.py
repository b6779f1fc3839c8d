"""What a picture looks like in numbers: its colour, how bright it is, how sharp its edges are."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageStat

_SIDE_PX = 960  # photographs of any size are looked at in this one, so that numbers compare
_FEW_EDGES = 0.5  # mean square of steps of 255 between neighbours: a plain wall has no sharpness


def colour(image: Image.Image) -> str:
    """Return the middle colour of an RGB picture as six hexadecimal digits."""
    return "".join(f"{round(each):02x}" for each in ImageStat.Stat(image).mean)


def brightness_percent(image: Image.Image) -> int:
    """Return the mean brightness, 0 black and 100 white."""
    return round(ImageStat.Stat(image.convert("L")).mean[0] / 2.55)


def blur_percent(image: Image.Image) -> int:
    """Return how much of the squared differences between neighbours blurring leaves, 0 to 100.

    What was sharp loses most of them, what was blurred hardly any; contrast has no part in it.
    Squared, for an edge on a plain ground keeps the plain sum of its differences however soft.
    """
    gray = image.convert("L")
    gray.thumbnail((_SIDE_PX, _SIDE_PX))
    before = _differences(gray)
    if before < _FEW_EDGES:
        return 0
    return round(100 * min(1.0, _differences(gray.filter(ImageFilter.BoxBlur(3))) / before))


def _differences(gray: Image.Image) -> float:
    """Return the mean squared difference between neighbours, across and down."""
    inner = (1, 1, gray.width, gray.height)
    total = 0.0
    for across, down in ((1, 0), (0, 1)):
        moved = ImageChops.difference(gray, ImageChops.offset(gray, across, down))
        total += ImageStat.Stat(moved.crop(inner)).rms[0] ** 2
    return total
