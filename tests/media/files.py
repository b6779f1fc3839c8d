"""Picture files for tests: good ones, odd ones and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: Any = "red", **how: Any
) -> bytes:
    """Return an encoded picture of one colour with a blue left half."""
    mode = how.pop("mode", "RGB")
    image = Image.new(mode, size, colour)
    if mode in ("RGB", "RGBA"):
        image.paste("blue", (0, 0, size[0] // 2, size[1]))
    content = io.BytesIO()
    image.save(content, kind, **how)
    return content.getvalue()


def turned(orientation: int) -> bytes:
    """Return a 640 x 480 JPEG whose EXIF says how the camera was held, with a GPS position."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes(), quality=95)


def bomb(side: int = 30_000) -> bytes:
    """Return the head of a PNG that claims to be enormous."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


def moving(kind: str) -> bytes:
    """Return a picture of two frames."""
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "green")]
    content = io.BytesIO()
    frames[0].save(content, kind, save_all=True, append_images=frames[1:])
    return content.getvalue()


def camera_pair() -> bytes:
    """Return a JPEG with a second picture behind it (MPO), as many phones write."""
    frames = [Image.new("RGB", (600, 400), colour) for colour in ("red", "green")]
    content = io.BytesIO()
    frames[0].save(content, "MPO", save_all=True, append_images=frames[1:])
    return content.getvalue()


def srgb_profile() -> bytes:
    """Return a colour profile that Pillow can read."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
