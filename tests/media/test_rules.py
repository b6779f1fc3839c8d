"""Sizes, cuts and hints: rules of numbers."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from catalogue.media import decoding, measuring, rules
from catalogue.media.rules import Cut, Limits, Looks

SIDES = st.integers(200, 6000)
PERCENT = st.integers(0, 100)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, (200,)), (320, (320,)), (321, (320, 321)), (1000, (320, 640, 1000)),
        (1920, (320, 640, 1280, 1920)), (5000, (320, 640, 1280, 1920)),
    ],
)  # fmt: skip
def test_widths_go_up_to_the_image_itself(width: int, expected: tuple[int, ...]) -> None:
    assert rules.widths(width) == expected


@given(SIDES, SIDES, st.integers(20, 100), PERCENT, PERCENT)
def test_frame_lies_within_the_picture_and_has_the_shape(
    width: int, height: int, size: int, x: int, y: int
) -> None:
    left, top, right, bottom = rules.frame(width, height, Cut(0, size, x, y))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    across, down = rules.SHAPE
    assert abs((right - left) * down - (bottom - top) * across) <= across + down


@given(st.integers(), st.integers(), st.integers(), st.integers())
def test_any_numbers_are_read_as_a_cut(turn: int, size: int, x: int, y: int) -> None:
    cut = rules.read_cut(turn, size, x, y)
    assert cut.turn in rules.TURNS
    assert cut.size_percent == 0 or rules.LEAST_CUT_PERCENT <= cut.size_percent <= 100
    assert 0 <= cut.x_percent <= 100
    assert 0 <= cut.y_percent <= 100


def test_cut_is_taken_from_the_upright_turned_picture() -> None:
    image = Image.new("RGB", (800, 600), "white")
    image.paste("red", (0, 0, 300, 225))
    content = io.BytesIO()
    image.save(content, "PNG")
    limits = Limits(10**7, 10**8, 200)
    for turn, x, y in ((0, 0, 0), (90, 100, 0), (180, 100, 100), (270, 0, 100)):
        made = decoding.clean(content.getvalue(), limits, Cut(turn, 20, x, y))
        assert made.colour[:2] > "f0"
        assert made.colour[2:4] < "10"


@pytest.mark.parametrize(
    ("width", "height", "looks", "elsewhere", "count"),
    [
        (1600, 1200, Looks(50, 40, True), False, 0),
        (1600, 1200, Looks(), False, 0),
        (500, 400, Looks(50, 40, True), False, 1),
        (1600, 1200, Looks(10, 40, True), False, 1),
        (1600, 1200, Looks(50, 90, True), False, 1),
        (1200, 1600, Looks(50, 40, False), False, 1),
        (1200, 1600, Looks(50, 40, True), False, 0),
        (1600, 1200, Looks(50, 40, True), True, 1),
        (400, 500, Looks(10, 90, False), True, 5),
    ],
)
def test_hints(width: int, height: int, looks: Looks, elsewhere: bool, count: int) -> None:
    assert len(rules.hints(width, height, looks, used_elsewhere=elsewhere)) == count


def test_blur_is_seen_and_contrast_is_not_taken_for_sharpness() -> None:
    noise = Image.effect_noise((960, 720), 80).resize((1920, 1440), Image.Resampling.BICUBIC)
    faint = noise.point(lambda value: 100 + value // 8)
    soft = noise.filter(ImageFilter.GaussianBlur(12))
    assert measuring.blur_percent(noise) < rules.BLURRED_PERCENT
    assert measuring.blur_percent(faint) < rules.BLURRED_PERCENT
    assert measuring.blur_percent(soft) > rules.BLURRED_PERCENT
    assert measuring.blur_percent(Image.new("L", (500, 500), 128)) == 0
    box = Image.new("L", (960, 720), 255)
    box.paste(40, (300, 200, 600, 500))
    assert measuring.blur_percent(box) < rules.BLURRED_PERCENT, "one thing on a white ground"
    assert measuring.blur_percent(box.filter(ImageFilter.GaussianBlur(6))) > rules.BLURRED_PERCENT


@pytest.mark.parametrize(
    ("colour", "expected"),
    [(None, ""), ("000000", "colour-000"), ("ffffff", "colour-444"), ("80ff10", "colour-240")],
)
def test_colour_is_a_class(colour: str | None, expected: str) -> None:
    assert rules.colour_class(colour) == expected
