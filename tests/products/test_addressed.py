"""Pictures that a list names by an address: which are fetched, and what people read of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ports import free_port
from products.world import open_store

from catalogue.core.text import reading_in
from catalogue.media.service import Received
from catalogue.products import addressed, picture_names, row_pictures
from catalogue.products.price_list import Row
from catalogue.products.row_pictures import Sources
from catalogue.settings import Settings

NEAR, FAR = "http://a.example/1/hus.jpg?w=800", "http://b.example/2/hus.jpg"


def test_addresses_are_fetched_once_unless_their_file_was_sent() -> None:
    rows = [Row(1, {}, images=("egen.jpg", NEAR, FAR, "ftp://x/3.jpg"), lenient=True),
            Row(2, {}, images=(NEAR,), lenient=True), Row(3, {}, images=(FAR,))]  # fmt: skip
    assert addressed.is_named(rows) and not addressed.is_named(rows[2:])
    assert addressed.list_missing(rows, {"egen.jpg"}, 9) == [NEAR, FAR, "ftp://x/3.jpg"]
    assert addressed.list_missing(rows, {FAR}, 2) == [NEAR], "a product has so many"
    assert addressed.list_missing(rows, {"hus.jpg"}, 3) == []


def test_server_that_does_not_answer_is_asked_three_times(tmp_path: Path) -> None:
    port = free_port()
    asked = [f"http://127.0.0.1:{port}/{number}.jpg" for number in range(4)]
    settings = Settings(fetch_allowed_hosts="127.0.0.1")
    found = dict(addressed.receive(open_store(tmp_path), asked, settings))
    with reading_in("en"):
        said = [str(found[each]) for each in asked]
    assert said[:3] == ["The server cannot be reached, or breaks off"] * 3
    assert said[3] == "Its server did not answer for other pictures"


@pytest.mark.parametrize(
    ("name", "alt", "shown"),
    [
        ("hus.jpg", "Huset", "hus.jpg"), (NEAR, "", "hus.jpg"),
        ("https://a.example/b/%C3%B8re%20bag.png", "", "øre bag.png"),
        (picture_names.keyed(b"x", "billeder/hus.jpg"), "Huset", "hus.jpg"),
        (f"{'a' * 64}.jpg", "Huset forfra", "”Huset forfra”"),
        (picture_names.keyed(b"x", f"{'a' * 64}.jpg"), "", "Billede 2"),
        (picture_names.keyed(b"x", ""), "", "Billede 2"), ("http://a.example/", "", "Billede 2"),
        ("katalog-12", "", "katalog-12"),
    ],
)  # fmt: skip
def test_people_read_names_that_they_know(name: str, alt: str, shown: str) -> None:
    assert str(picture_names.shown(name, alt, 2)) == shown


def test_more_pictures_than_a_product_has_are_left_out_and_told() -> None:
    sent = {f"{number}.jpg": Received(str(number), 9, 9, 9, "JPEG") for number in range(5)}
    sources = Sources(sent, {}, {"0": "Den første"}, at_most=3)
    row = Row(1, {}, images=tuple(sent), lenient=True)
    read = row_pictures.read(row, sources)
    assert [each.received.sha256 for each in read.pictures] == ["0", "1", "2"]
    assert [str(each) for each in read.notes] == [
        f"Billedet {number}.jpg blev udeladt: En vare kan højst have 3 billeder"
        for number in (3, 4)
    ]
