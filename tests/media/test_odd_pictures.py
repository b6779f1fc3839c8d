"""Odd files by the hundred: each is a picture or a refusal in words; none leaves half a product.

`scripts/fuzz/images.py` is the long run, over more files and in processes of their own.
"""

from __future__ import annotations

import importlib
import io
import time
import warnings
from pathlib import Path
from typing import Any

import cast
import pytest
from flask import Flask
from PIL import Image
from products.world import FORM, seller
from sqlalchemy import func, select

from catalogue.media import comparing, decoding, deriving, service
from catalogue.media.models import Image as ImageRow
from catalogue.media.refusing import UnusablePicture
from catalogue.media.rules import Limits
from catalogue.products import picture_use
from catalogue.products.models import ProductImage

ROOT = Path(__file__).parent.parent.parent
LIMITS = Limits(15_000_000, 60_000_000, 200)
SECONDS = 10


@pytest.fixture(scope="module")
def every() -> list[Any]:
    """All odd files that scripts/fuzz makes and finds; the same each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts" / "fuzz"))
        odd = importlib.import_module("odd")
    return [*odd.made(seed=1, times=1), *odd.installed()]


def became(content: bytes) -> str:
    """Decode a file and return what became of it; anything but a picture or words raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow says of damage that it can read past
            picture = decoding.clean(content, LIMITS)
    except UnusablePicture as error:
        assert str(error.reason)
        return "refused"
    image = Image.open(io.BytesIO(picture.content))
    image.load()
    assert (image.format, image.mode, image.size) == (
        "JPEG",
        "RGB",
        (picture.width, picture.height),
    )
    return "kept"


def test_every_odd_file_is_a_picture_or_a_refusal_in_words_and_in_time(every: list[Any]) -> None:
    outcomes = []
    for file in every:
        began = time.monotonic()
        outcomes.append(became(file.content))
        assert time.monotonic() - began < SECONDS, file.name
    assert len(outcomes) >= 1000
    assert outcomes.count("kept") > 50, "some are good pictures"
    assert outcomes.count("refused") > 50, "and some are none"


def test_odd_files_leave_no_half_product(app: Flask, every: list[Any]) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        person = seller(session).person
    browser: Any = app.test_client()
    cast.sign_in_as(browser, person)
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    by_name = {each.name: each.content for each in every}
    names = ["GIF P 240x210", "PNG RGBA 240x210", "PNG RGBA 240x210 cut at 150", "TIFF RGB 240x210"]
    names += ["JPEG L 240x210 changed 0", "WEBP RGB 1x1"]
    sent = [(io.BytesIO(by_name[name]), f"{at}.jpg") for at, name in enumerate(names)]
    answer = browser.post(
        f"{address}/billeder", data={"images": sent}, content_type="multipart/form-data"
    )
    assert answer.status_code in (303, 422)
    assert browser.get(address).status_code == 200
    store = state.parts[service.PART]
    with state.database.reading() as session:
        rows = session.scalars(select(ImageRow)).all()
        shown = session.scalar(select(func.count()).select_from(ProductImage))
        found = comparing.compare(session, store, picture_use.NAMED)
    assert shown == len(rows) >= 2, "a picture is on the product, or nowhere"
    assert not found.missing
    assert not found.unnamed
    for row in rows:
        deriving.derive(store, row.sha256)
