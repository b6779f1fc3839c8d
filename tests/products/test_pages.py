"""The pages of enterprises in a browser without JavaScript: forms, pictures, others' products."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import cast
import pytest
from flask import Flask
from products.world import FORM, encoded, seller
from sqlalchemy import event

from catalogue.core.jobs import run_once
from catalogue.lanes import lanes
from catalogue.products.models import Product

# Sign-in 1; product with pictures, and delivery area 2; category 1, pictures as shown 1, those
# shown elsewhere 1, categories in use 1, municipalities 1, price bound 1, what was typed and not
# saved 1, how it stands 1, the bell 1.
EDIT_QUERIES = 12
LIST_QUERIES = 8


@pytest.fixture
def browser(app: Flask) -> Any:
    """A browser in which a person of Legehytten is signed in."""
    with app.extensions["catalogue"].database.transaction() as session:
        person = seller(session).person
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database."""
    seen: list[str] = []
    engine = app.extensions["catalogue"].database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def create(browser: Any, **changes: str) -> Any:
    """Send the form of a new product."""
    return browser.post("/varer-hos-os/ny", data=FORM | changes)


def made(browser: Any) -> str:
    """Make a draft and return the address of its page."""
    return str(create(browser).location).partition("#")[0]


def upload(browser: Any, address: str, colour: str, alt: str) -> Any:
    """Send a picture with its text."""
    files = {"images": (io.BytesIO(encoded(colour)), "foto.jpg"), "alt": alt}
    return browser.post(f"{address}/billeder", data=files, content_type="multipart/form-data")


def work_off(app: Flask, name: str) -> None:
    """Do what waits in a lane of the worker."""
    state = app.extensions["catalogue"]
    lane = next(each for each in lanes(state) if each.name == name)
    while run_once(state.database, lane.handlers, clock=state.clock):
        pass


def test_product_goes_from_form_to_shelf_and_off_it(browser: Any) -> None:
    address = made(browser)
    assert "Kladde" in browser.get(address).text
    upload(browser, address, "red", "Et rødt legehus")
    page = browser.get(address).text
    assert 'alt="Et rødt legehus"' in page
    assert 'width="' in page
    browser.post(f"{address}/offentliggoer")
    assert "Offentliggjort" in browser.get(address).text
    browser.post(f"{address}/traek-tilbage")
    assert "Trukket tilbage" in browser.get(address).text


def test_faulty_form_keeps_what_was_typed_and_names_fields(browser: Any) -> None:
    answer = browser.post(
        made(browser), data=FORM | {"price": "tolv kroner", "delivery_days": "snart"}
    )
    assert answer.status_code == 422
    assert "tolv kroner" in answer.text
    assert "snart" in answer.text
    assert 'href="#field-price"' in answer.text
    assert 'href="#field-delivery_days"' in answer.text


def test_category_is_found_by_a_word(browser: Any) -> None:
    answer = create(browser, category="kategori", find_category="1")
    assert f'value="{cast.PLAY_HOUSES}"' in answer.text


def test_cpr_number_in_a_public_text_is_refused(browser: Any) -> None:
    answer = create(browser, description="Ring til Ida, 211062-5629, og hør mere.")
    assert answer.status_code == 422
    assert "CPR" in answer.text


def test_file_that_is_no_picture_gets_its_remedy(browser: Any) -> None:
    address = made(browser)
    files = {"images": (io.BytesIO(b"%PDF-1.7"), "foto.jpg"), "alt": ""}
    answer = browser.post(
        f"{address}/billeder", data=files, content_type="multipart/form-data", follow_redirects=True
    )
    assert "Det er en PDF" in answer.text
    assert 'class="upload-preview"' not in answer.text


def test_picture_is_shown_at_once_and_in_its_sizes_for_ever(app: Flask, browser: Any) -> None:
    address = made(browser)
    upload(browser, address, "red", "Et rødt legehus")
    page = browser.get(address).text
    source = page.split('srcset="')[1].split(" ")[0]
    before = browser.get(source)
    assert (before.mimetype, before.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    work_off(app, "media")
    picture = browser.get(source)
    assert picture.mimetype == "image/webp"
    assert "immutable" in picture.headers["Cache-Control"]
    assert browser.get(source.replace(".webp", ".exe")).status_code == 404
    assert browser.get("/billeder/../../secret/400.webp").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("POST", ""), ("GET", "/forhaandsvisning"), ("POST", "/offentliggoer"),
        ("POST", "/traek-tilbage"), ("POST", "/billeder"), ("POST", "/billeder/beskriv"),
        ("POST", "/billeder/1/fjern"), ("GET", "/billeder/1/beskaer"),
        ("POST", "/billeder/1/beskaer"), ("GET", "/billeder/1/original.jpg"),
    ],
)  # fmt: skip
def test_other_enterprises_find_nothing_there(
    app: Flask, browser: Any, method: str, path: str
) -> None:
    address = made(browser)
    upload(browser, address, "red", "Et legehus")
    with app.extensions["catalogue"].database.transaction() as session:
        stranger = seller(session, "Nabo").person
    other = app.test_client()
    cast.sign_in_as(other, stranger)
    data = FORM | {"images": (io.BytesIO(encoded("blue")), "foto.jpg"), "alt": "Andet"}
    mine = browser.open(f"{address}{path}", method="OPTIONS")
    assert method in (mine.headers.get("Allow") or ""), "the address must exist for its owner"
    answer = other.open(
        f"{address}{path}", method=method,
        data=data if method == "POST" else None,
        content_type="multipart/form-data" if method == "POST" else None,
    )  # fmt: skip
    assert answer.status_code == 404
    with app.extensions["catalogue"].database.reading() as session:
        product = session.get(Product, int(address.rsplit("/", 1)[1]))
        assert product is not None
        assert (product.title, product.state) == (FORM["title"], "draft")


def test_pages_take_a_fixed_number_of_queries(browser: Any, queries: list[str]) -> None:
    addresses = [made(browser) for _ in range(5)]
    for colour in ("red", "blue", "green"):
        upload(browser, addresses[0], colour, "Et legehus")
    queries.clear()
    browser.get(addresses[0])
    assert len(queries) == EDIT_QUERIES
    queries.clear()
    browser.get("/varer-hos-os")
    assert len(queries) == LIST_QUERIES
