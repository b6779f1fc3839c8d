"""Why a file cannot be taken as a picture, in words that name the remedy."""

from __future__ import annotations

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import MOST_OBLONG, Limits

LARGE_BYTES = 1_000_000  # a WebP of this length that does not open may have wanted memory
# First bytes of what people send by mistake, and of what is sent on purpose.
_KNOWN_OTHERS: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", _("This is a PDF. Save the picture in it as JPEG or PNG and send that.")),
    (b"PK\x03\x04", _("This is a ZIP or Office file. Send the pictures themselves.")),
    (b"<", _("This is a web page or an SVG drawing. Save it as JPEG or PNG and send that.")),
    (b"BM", _("This is a BMP. Save the picture as JPEG or PNG and send it again.")),
    (b"II*\x00", _("This is a TIFF. Save the picture as JPEG or PNG and send it again.")),
    (b"MM\x00*", _("This is a TIFF. Save the picture as JPEG or PNG and send it again.")),
)
TOO_LARGE = _("The picture is damaged or too large to open. Save it as JPEG, or smaller.")
DAMAGED = _("The file is damaged or only half there. Save or send the picture again.")


class UnusablePicture(Invalid):
    """A file that cannot be taken as a picture; the detail says why and what would help."""

    title = _("The picture cannot be used")

    def __init__(self, detail: Text) -> None:
        super().__init__({"image": [detail]}, detail)
        self.reason = detail


def check_length(size_bytes: int, limits: Limits) -> None:
    """Refuse a file by its length alone, before it is read; raises UnusablePicture."""
    if not size_bytes:
        raise UnusablePicture(_("The file is empty. Choose the picture again."))
    if size_bytes > limits.max_bytes:
        raise UnusablePicture(
            _(
                "The file is larger than %(limit)s MB. Save the picture smaller and send it again.",
                limit=max(1, limits.max_bytes // 1_000_000),
            )
        )


def explain(content: bytes) -> Text:
    """Return what the file seems to be instead, and what would help."""
    head = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, text in _KNOWN_OTHERS:
        if head.startswith(mark):
            return text
    if content[4:8] == b"ftyp":
        return _("Pictures of this kind cannot be read here. Save it as JPEG and send it again.")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return TOO_LARGE if len(content) > LARGE_BYTES else DAMAGED
    return _("This is not a picture we can read. Send a JPEG, PNG or WebP.")


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """Refuse a picture by its pixels, before they are decoded; raises UnusablePicture."""
    short, long = sorted(size)
    if short * long > limits.max_pixels:
        raise too_many_pixels(limits)
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


def too_many_pixels(limits: Limits) -> UnusablePicture:
    """Return the refusal of a picture that is too large."""
    return UnusablePicture(
        _(
            "The picture has more than %(limit)s million pixels. Save it smaller and send it"
            " again.",
            limit=limits.max_pixels // 1_000_000,
        )
    )
