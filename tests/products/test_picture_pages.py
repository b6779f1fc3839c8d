"""The pages of a product's pictures without JavaScript: order by buttons, the part that is seen."""

from __future__ import annotations

import gc
import io
import re
from typing import Any

import cast
import pytest
from flask import Flask
from products.world import FORM, encoded, seller


@pytest.fixture
def browser(app: Flask) -> Any:
    """A browser in which a person of Legehytten is signed in."""
    with app.extensions["catalogue"].database.transaction() as session:
        person = seller(session).person
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def pictured(browser: Any, *colours: str) -> str:
    """Make a draft with a picture of each colour, and return its address."""
    address = str(browser.post("/varer-hos-os/ny", data=FORM).location).partition("#")[0]
    sent = [(io.BytesIO(encoded(each)), f"{each}.jpg") for each in colours]
    send(browser, address, {"images": sent, "alt": list(colours)})
    return address


def send(browser: Any, address: str, data: dict[str, Any]) -> Any:
    """Send pictures."""
    return browser.post(f"{address}/billeder", data=data, content_type="multipart/form-data")


def shown(browser: Any, address: str) -> list[str]:
    """Return what the pictures show, in their order."""
    row = browser.get(address).text.split("data-picture-row")[1].split("</ol>")[0]
    return re.findall(r'alt="(red|green|blue)"', row)


def ids(browser: Any, address: str) -> list[str]:
    """Return the ids of the pictures, in their order."""
    return re.findall(r'name="earlier" value="(\d+)"', browser.get(address).text)


def test_buttons_move_a_picture_by_one_place(browser: Any) -> None:
    address = pictured(browser, "red", "green", "blue")
    first, _second, third = ids(browser, address)
    browser.post(f"{address}/billeder/beskriv", data={"later": first})
    assert shown(browser, address) == ["green", "red", "blue"]
    browser.post(f"{address}/billeder/beskriv", data={"earlier": third})
    assert shown(browser, address) == ["green", "blue", "red"]
    browser.post(f"{address}/billeder/beskriv", data={"later": first})
    assert shown(browser, address) == ["green", "blue", "red"], "it is the last already"


def test_photo_of_the_phone_is_taken_beside_chosen_pictures(browser: Any) -> None:
    address = pictured(browser, "red")
    send(browser, address, {"camera": (io.BytesIO(encoded("blue")), "image.jpg"), "alt": "blue"})
    assert shown(browser, address) == ["red", "blue"]


def test_part_of_a_picture_is_shown_and_the_whole_again(browser: Any) -> None:
    address = pictured(browser, "red")
    (picture,) = ids(browser, address)
    page = f"{address}/billeder/{picture}/beskaer"
    assert "<title>Beskær og drej: Billede 1, " in browser.get(page).text
    assert 'width="400" height="300"' in browser.get(address).text
    browser.post(page, data={"turn": "90", "size": "50", "x": "0", "y": "100"})
    assert 'width="150" height="112"' in browser.get(address).text
    assert 'value="90" checked' in browser.get(page).text
    assert browser.get(f"{address}/billeder/{picture}/original.jpg").mimetype == "image/jpeg"
    browser.post(page, data={"whole": "1", "turn": "0", "size": "50"})
    assert 'width="400" height="300"' in browser.get(address).text


def test_too_many_files_are_refused_before_any_is_decoded(browser: Any) -> None:
    address = pictured(browser, "red")
    files = [(io.BytesIO(b"no picture"), f"{each}.jpg") for each in range(13)]
    answer = send(browser, address, {"images": files})
    assert answer.status_code == 422
    assert "højst have 12 billeder" in answer.text


# Werkzeug leaves the files it has read so far to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_thousands_of_files_are_refused_with_the_limits(browser: Any) -> None:
    address = pictured(browser, "red")
    many = [(io.BytesIO(b"x"), "a.jpg") for _ in range(1001)]
    answer = send(browser, address, {"images": many})
    gc.collect()
    assert answer.status_code == 413
    assert "1.000 filer" in answer.text


def test_hundreds_of_megabytes_are_refused_unread(browser: Any) -> None:
    address = pictured(browser, "red")
    answer = browser.post(
        f"{address}/billeder",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "300000000"},
    )
    assert answer.status_code == 413
    assert "60 MB" in answer.text
