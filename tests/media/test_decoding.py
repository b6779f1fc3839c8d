"""What is taken as a picture, what is refused and with which words, and what is left of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from catalogue.core.text import reading_in
from catalogue.media import decoding
from catalogue.media.decoding import CleanPicture, UnusablePicture
from catalogue.media.rules import Limits
from media import files

LIMITS = Limits(max_bytes=15_000_000, max_pixels=60_000_000, min_side_px=200)


def _clean(content: bytes) -> tuple[CleanPicture, Image.Image]:
    picture = decoding.clean(content, LIMITS)
    return picture, Image.open(io.BytesIO(picture.content))


def _refusal(content: bytes, limits: Limits = LIMITS) -> str:
    with reading_in("en"), pytest.raises(UnusablePicture) as caught:
        decoding.clean(content, limits)
    with reading_in("en"):
        return str(caught.value.detail)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_kept_as_plain_jpeg(kind: str) -> None:
    picture, image = _clean(files.picture(kind))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 480))
    assert (picture.width, picture.height) == (640, 480)
    assert picture.source_format == kind.lower()


def test_heic_of_a_phone_is_taken() -> None:
    heif = pytest.importorskip("pillow_heif")
    content = io.BytesIO()
    heif.from_pillow(Image.new("RGB", (640, 480), "green")).save(content, quality=80)
    picture, image = _clean(content.getvalue())
    assert picture.source_format == "heic"
    assert image.size == (640, 480)


@pytest.mark.parametrize(
    ("orientation", "size", "blue_at"),
    [
        (1, (640, 480), (10, 240)),
        (2, (640, 480), (630, 240)),
        (3, (640, 480), (630, 240)),
        (4, (640, 480), (10, 240)),
        (5, (480, 640), (240, 10)),
        (6, (480, 640), (240, 10)),
        (7, (480, 640), (240, 630)),
        (8, (480, 640), (240, 630)),
    ],
)
def test_picture_is_turned_upright(
    orientation: int, size: tuple[int, int], blue_at: tuple[int, int]
) -> None:
    _picture, image = _clean(files.turned(orientation))
    assert image.size == size
    pixel: Any = image.getpixel(blue_at)
    assert pixel[2] > 200
    assert pixel[0] < 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_moving_picture_is_taken_by_its_first_frame(kind: str) -> None:
    _picture, image = _clean(files.moving(kind))
    pixel: Any = image.getpixel((150, 150))
    assert pixel[0] > 240
    assert pixel[1] < 20


def test_avif_is_taken() -> None:
    picture, image = _clean(files.picture("AVIF"))
    assert (picture.source_format, image.size) == ("avif", (640, 480))


def test_no_metadata_is_left() -> None:
    picture, image = _clean(files.turned(6))
    assert b"SecretPhone" not in picture.content
    assert b"Exif" not in picture.content
    assert not image.getexif()
    assert "icc_profile" not in image.info


def test_comment_and_text_chunks_are_gone() -> None:
    content = files.picture(comment=b"taken by Mette Holm")
    assert b"Mette Holm" not in decoding.clean(content, LIMITS).content


def test_what_hides_behind_a_picture_is_gone() -> None:
    polyglot = files.picture() + b"<script>alert(1)</script>PK\x03\x04evil.zip"
    picture, _image = _clean(polyglot)
    assert b"script" not in picture.content
    assert b"evil" not in picture.content


def test_large_picture_is_scaled_to_the_master() -> None:
    _picture, image = _clean(files.picture(size=(4000, 3000)))
    assert image.size == (1920, 1440)


def test_transparent_picture_is_laid_on_white() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(content, "PNG")
    _picture, image = _clean(content.getvalue())
    assert image.getpixel((150, 150)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "I;16"])
def test_other_colour_modes_become_rgb(mode: str) -> None:
    content = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (300, 300)).save(content, kind)
    _picture, image = _clean(content.getvalue())
    assert image.mode == "RGB"


def test_sixteen_bits_keep_their_brightness() -> None:
    content = io.BytesIO()
    Image.new("I;16", (300, 300), 0x8000).save(content, "PNG")
    _picture, image = _clean(content.getvalue())
    pixel: Any = image.getpixel((10, 10))
    assert abs(pixel[0] - 128) < 3


def test_colour_profile_is_applied_and_a_broken_one_passed_over() -> None:
    for profile in (files.srgb_profile(), b"not a profile"):
        _picture, image = _clean(files.picture(icc_profile=profile))
        pixel: Any = image.getpixel((600, 240))
        assert pixel[0] > 240


def test_second_picture_of_a_camera_is_passed_over() -> None:
    picture, image = _clean(files.camera_pair())
    assert picture.source_format == "jpeg"
    pixel: Any = image.getpixel((300, 200))
    assert pixel[0] > 240


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow says so, and reads on
def test_broken_exif_does_not_refuse_the_picture() -> None:
    content = files.picture(exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert decoding.clean(content, LIMITS).width == 640


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\x00" * 40, "JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"\xef\xbb\xbf  <!doctype html><p>hej", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04word/document.xml", "ZIP"),
        (b"BM" + b"\x00" * 60, "BMP"),
        (b"just some words", "JPEG, PNG or WebP"),
        (b"\xff\xd8\xff", "JPEG, PNG or WebP"),
        (files.picture()[:2000], "half there"),
        (files.picture("PNG", (600, 600), mode="RGB")[:400], "half there"),
        (files.picture("WEBP")[:200], "half there"),
        (files.bomb(), "million pixels"),
        (files.bomb(9_000), "million pixels"),
        (files.picture(size=(199, 800)), "199 × 800"),
        (files.picture(size=(3000, 210)), "too long"),
    ],
)
def test_unusable_file_is_refused_with_its_remedy(content: bytes, said: str) -> None:
    assert said in _refusal(content)


def test_file_above_the_limit_is_refused() -> None:
    assert "larger than 1 MB" in _refusal(b"x" * 1_500_000, Limits(1_000_000, 10**8, 200))


def test_heic_is_checked_by_size_before_it_is_decoded() -> None:
    heif = pytest.importorskip("pillow_heif")
    content = io.BytesIO()
    heif.from_pillow(Image.new("RGB", (640, 480))).save(content, quality=10)
    assert "million pixels" in _refusal(content.getvalue(), Limits(10**7, 100_000, 200))
    assert "half there" in _refusal(content.getvalue()[:300])
