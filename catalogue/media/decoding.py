"""From bytes of unknown origin to a clean picture: checked by content, upright, sRGB, no metadata.

Everything that comes in is decoded and encoded anew, so that nothing of the file itself (GPS,
names, scripts behind the picture) can reach a reader.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import MASTER_SIDE_PX, MOST_OBLONG, Limits, master_size

try:
    import pillow_heif
except ImportError:  # optional: without it phones' HEIC pictures are refused with a remedy
    pillow_heif = None

FORMATS = ("JPEG", "PNG", "WEBP")
MASTER_QUALITY = 90
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# First bytes of what people send by mistake, and of what is sent on purpose.
_KNOWN_OTHERS: tuple[tuple[bytes, Text], ...] = (
    (b"GIF8", _("This is a GIF. Save the picture as JPEG or PNG and send it again.")),
    (b"%PDF", _("This is a PDF. Save the picture in it as JPEG or PNG and send that.")),
    (b"PK\x03\x04", _("This is a ZIP or Office file. Send the pictures themselves.")),
    (b"<", _("This is a web page or an SVG drawing. Save it as JPEG or PNG and send that.")),
    (b"BM", _("This is a BMP. Save the picture as JPEG or PNG and send it again.")),
    (b"II*\x00", _("This is a TIFF. Save the picture as JPEG or PNG and send it again.")),
    (b"MM\x00*", _("This is a TIFF. Save the picture as JPEG or PNG and send it again.")),
)
_DAMAGED = _("The file is damaged or only half there. Save or send the picture again.")


class UnusablePicture(Invalid):
    """A file that cannot be taken as a picture; the detail says why and what would help."""

    title = _("The picture cannot be used")

    def __init__(self, detail: Text) -> None:
        super().__init__({"image": [detail]}, detail)
        self.reason = detail


@dataclass(frozen=True)
class CleanPicture:
    """A picture encoded anew, as JPEG; `source_format` is what came in."""

    content: bytes
    width: int
    height: int
    source_format: str


def clean(content: bytes, limits: Limits) -> CleanPicture:
    """Decode, check and encode a picture anew; raises UnusablePicture with the remedy."""
    if not content:
        raise UnusablePicture(_("The file is empty. Choose the picture again."))
    if len(content) > limits.max_bytes:
        raise UnusablePicture(
            _(
                "The file is larger than %(limit)s MB. Save the picture smaller and send it again.",
                limit=max(1, limits.max_bytes // 1_000_000),
            )
        )
    image, source_format = _open(content, limits)
    if source_format in ("png", "webp") and getattr(image, "n_frames", 1) > 1:
        raise UnusablePicture(_("The picture moves. Save one still picture of it as JPEG or PNG."))
    upright = _decoded(lambda: _normalise(image))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=MASTER_QUALITY, optimize=True)
    return CleanPicture(encoded.getvalue(), upright.width, upright.height, source_format)


def open_master(content: bytes) -> Image.Image:
    """Open a master of our own."""
    return Image.open(io.BytesIO(content), formats=("JPEG",))


def _open(content: bytes, limits: Limits) -> tuple[Image.Image, str]:
    """Read the head of the file and check the size it claims, before that much is decoded."""
    if pillow_heif is not None and pillow_heif.is_supported(content):
        return _decoded(lambda: _open_heif(content, limits)), "heic"
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(limits) from None
    except Exception:  # whatever a decoder says of a broken head, it is the file's fault
        raise UnusablePicture(_explain(content)) from None
    _check_size(image.size, limits)
    # Phones and cameras put a second, small picture behind a JPEG: the first is the one meant.
    return image, "jpeg" if image.format == "MPO" else str(image.format).lower()


def _open_heif(content: bytes, limits: Limits) -> Image.Image:
    opened = pillow_heif.open_heif(io.BytesIO(content))
    _check_size(opened.size, limits)
    picture: Image.Image = opened.to_pillow()
    return picture


def _explain(content: bytes) -> Text:
    head = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, text in _KNOWN_OTHERS:
        if head.startswith(mark):
            return text
    if content[4:8] == b"ftyp":
        return _("Pictures of this kind cannot be read here. Save it as JPEG and send it again.")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _DAMAGED
    return _("This is not a picture we can read. Send a JPEG, PNG or WebP.")


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    short, long = sorted(size)
    if short * long > limits.max_pixels:
        raise _too_many_pixels(limits)
    if short < limits.min_side_px:
        raise UnusablePicture(
            _(
                "The picture is only %(width)s × %(height)s pixels; its shortest side must have"
                " %(least)s. Take a new one or find the original.",
                width=size[0],
                height=size[1],
                least=limits.min_side_px,
            )
        )
    if long > short * MOST_OBLONG:
        raise UnusablePicture(
            _("The picture is too long and narrow. Cut out the part that matters.")
        )


def _too_many_pixels(limits: Limits) -> UnusablePicture:
    return UnusablePicture(
        _(
            "The picture has more than %(limit)s million pixels. Save it smaller and send it"
            " again.",
            limit=limits.max_pixels // 1_000_000,
        )
    )


def _normalise(image: Image.Image) -> Image.Image:
    """Decode; scale down to a master, turn upright, bring colours to sRGB, drop all else."""
    if image.format in ("JPEG", "MPO"):
        # JPEG can be decoded at a half, a quarter …: a 12-megapixel photo takes a fourth of the
        # time and memory. The result is never below the master's size.
        image.draft(image.mode, (MASTER_SIDE_PX, MASTER_SIDE_PX))
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    plain = _without_alpha(_eight_bit(image))
    small = plain.resize(master_size(*plain.size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    coloured = _srgb(small, profile)
    return coloured if turn is None else coloured.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # malformed EXIF is common and harmless: the picture is taken as it lies
        return 1


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
    if image.mode not in ("RGB", "CMYK", "L"):
        image = image.convert("RGB")
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


def _decoded(step: Callable[[], Image.Image]) -> Image.Image:
    """Do a step of decoding; whatever a decoder raises over a hostile file is the file's fault."""
    try:
        return step()
    except UnusablePicture:
        raise
    except Exception:
        raise UnusablePicture(_DAMAGED) from None
