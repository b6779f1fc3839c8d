"""From bytes of unknown origin to a clean picture: checked by content, upright, sRGB, no metadata.

Everything that comes in is decoded and encoded anew, so that nothing of the file itself (GPS,
names, scripts behind the picture) can reach a reader.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PIL import AvifImagePlugin, Image, ImageCms

from catalogue.core.text import Text

from . import measuring
from .refusing import (
    DAMAGED,
    TOO_LARGE,
    UnusablePicture,
    check_length,
    check_size,
    explain,
    too_many_pixels,
)
from .rules import MASTER_SIDE_PX, Cut, Limits, Looks, frame, master_size

try:
    import pillow_heif
except ImportError:  # optional: without it phones' HEIC pictures are refused with a remedy
    pillow_heif = None

__all__ = ["CleanPicture", "UnusablePicture", "clean", "open_master"]
Found = TypeVar("Found")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MASTER_QUALITY = 90
# Pixels that are brought to plain colours at a time: a picture of 60 million, transparent, would
# else stand three times in memory, 240 MB each.
STRIP_PIXELS = 2_000_000
LARGEST_SIDE_PX = 2 * MASTER_SIDE_PX  # in memory, of what is cut
# From here on a failing decoder may have wanted memory.
LARGE_PIXELS = 12_000_000
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0"
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUARTERS = {
    90: Image.Transpose.ROTATE_270,  # ours are clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
WHOLE = Cut()


@dataclass(frozen=True)
class CleanPicture:
    """A picture encoded anew, as JPEG; `source_format` is what came in."""

    content: bytes
    width: int
    height: int
    source_format: str
    colour: str
    looks: Looks


def clean(content: bytes, limits: Limits, cut: Cut = WHOLE) -> CleanPicture:
    """Decode, check, turn, cut and encode a picture anew; raises UnusablePicture with the remedy.

    Of a moving picture the first frame is taken.
    """
    check_length(len(content), limits)
    image, source_format = _open(content, limits)
    large = image.width * image.height > LARGE_PIXELS
    upright, turned = _decoded(lambda: _normalise(image, cut), TOO_LARGE if large else DAMAGED)
    encoded = io.BytesIO()
    # Its first step is small and served until the worker has derived the others.
    upright.save(encoded, "JPEG", quality=MASTER_QUALITY)
    looks = Looks(measuring.brightness_percent(upright), measuring.blur_percent(upright), turned)
    return CleanPicture(
        encoded.getvalue(), upright.width, upright.height, source_format,
        measuring.colour(upright), looks,
    )  # fmt: skip


def open_master(content: bytes) -> Image.Image:
    """Open a master of our own."""
    return Image.open(io.BytesIO(content), formats=("JPEG",))


def _open(content: bytes, limits: Limits) -> tuple[Image.Image, str]:
    """Read the head of the file and check the size it claims, before that much is decoded."""
    if _is_heic(content):
        return _decoded(lambda: _open_heif(content, limits), DAMAGED), "heic"
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread more takes memory of its own
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many_pixels(limits) from None
    except Exception:  # whatever a decoder says of a broken head, it is the file's fault
        raise UnusablePicture(explain(content)) from None
    check_size(image.size, limits)
    # Phones and cameras put a second, small picture behind a JPEG: the first is the one meant.
    return image, "jpeg" if image.format == "MPO" else str(image.format).lower()


def _is_heic(content: bytes) -> bool:
    if pillow_heif is None or content[8:12] in (b"avif", b"avis"):  # Pillow itself reads AVIF
        return False
    return bool(pillow_heif.is_supported(content))


def _open_heif(content: bytes, limits: Limits) -> Image.Image:
    """Decode a HEIC, and bring it near a master's size without a second copy of all its pixels."""
    opened = pillow_heif.open_heif(io.BytesIO(content))
    width = opened.size[0]
    check_size(opened.size, limits)
    data, mode, stride = memoryview(opened.data), opened.mode, opened.stride

    def strip(top: int, bottom: int) -> Image.Image:
        size, part = (width, bottom - top), data[top * stride : bottom * stride]
        return Image.frombytes(mode, size, bytes(part), "raw", mode, stride)

    picture = _joined(opened.size, LARGEST_SIDE_PX, strip)
    picture.info["icc_profile"] = opened.info.get("icc_profile")
    picture.info["exif"] = _UPRIGHT_EXIF  # the decoder has turned it already
    return picture


def _normalise(image: Image.Image, cut: Cut) -> tuple[Image.Image, bool]:
    """Decode, scale down, turn upright, bring to sRGB, cut, drop all else.

    Return the picture, and whether the file said which side is up.
    """
    # A part of a picture is taken from more of its pixels, so that it is no less sharp.
    longest = min(LARGEST_SIDE_PX, MASTER_SIDE_PX * 100 // (cut.size_percent or 100))
    if image.format in ("JPEG", "MPO"):
        # JPEG can be decoded at a half, a quarter …: a 12-megapixel photo takes a fourth of the
        # time and memory. The result is never below the size asked for.
        image.draft(image.mode, master_size(*image.size, longest))
    image.load()
    orientation = _orientation(image)
    profile = image.info.get("icc_profile")
    size = master_size(*image.size, longest)
    small = _plain(image, longest).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    coloured = _srgb(small, profile)
    for turn in (_UPRIGHT.get(orientation or 1), _QUARTERS.get(cut.turn)):
        coloured = coloured if turn is None else coloured.transpose(turn)
    part = coloured.crop(frame(coloured.width, coloured.height, cut))
    return part.resize(master_size(*part.size), Image.Resampling.LANCZOS), orientation is not None


def _plain(image: Image.Image, longest_px: int) -> Image.Image:
    """Return the picture in plain 8-bit colours, by whole steps nearer to the size asked for."""
    width = image.width
    return _joined(image.size, longest_px, lambda top, bottom: image.crop((0, top, width, bottom)))


def _joined(
    size: tuple[int, int], longest_px: int, strip_of: Callable[[int, int], Image.Image]
) -> Image.Image:
    width, height = size
    step = max(1, max(size) // longest_px)
    high = max(step, STRIP_PIXELS // width // step * step)
    strips = []
    for top in range(0, height, high):
        strip = _without_alpha(_eight_bit(strip_of(top, min(height, top + high))))
        if strip.mode not in ("RGB", "CMYK", "L"):
            strip = strip.convert("RGB")
        strips.append(strip.reduce(step) if step > 1 else strip)
    if len(strips) == 1:
        return strips[0]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(each.height for each in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _orientation(image: Image.Image) -> int | None:
    try:
        found = image.getexif().get(_ORIENTATION)
        return None if found is None else int(found)
    except Exception:  # malformed EXIF is common and harmless: the picture is taken as it lies
        return None


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image


def _without_alpha(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, as it would be seen on our pages."""
    if not image.has_transparency_data:
        return image
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("RGB")


def _srgb(image: Image.Image, profile: Any) -> Image.Image:
    """Return the picture in RGB and sRGB; an unreadable colour profile is left out of account."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            found = None
        image = found or image
    bare = image.convert("RGB")
    bare.info = {}
    return bare


def _decoded(step: Callable[[], Found], cause: Text) -> Found:
    """Do a step of decoding; whatever a decoder raises over a hostile file is the file's fault."""
    try:
        return step()
    except (UnusablePicture, MemoryError):
        raise
    except Exception:
        raise UnusablePicture(cause) from None
