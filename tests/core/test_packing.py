"""Pages and files go packed to whoever reads that, and as they are to others."""

from __future__ import annotations

import gzip

from conftest import on_sqlite
from flask import Flask

PACKED = {"Accept-Encoding": "gzip, br"}


@on_sqlite
def test_page_is_packed_to_another_length_each_time(app: Flask) -> None:
    plain = app.test_client().get("/log-ind")
    packed = [app.test_client().get("/log-ind", headers=PACKED) for _ in range(12)]
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.vary
    assert b"<h1>Log ind</h1>" in gzip.decompress(packed[0].data)
    assert len(packed[0].data) < len(plain.data) / 2
    assert len({len(each.data) for each in packed}) > 3


@on_sqlite
def test_file_is_packed_the_same_each_time(app: Flask) -> None:
    told = []
    for asked in ({}, PACKED, PACKED, {"Accept-Encoding": "br"}):
        with app.test_client().get("/static/catalogue.css", headers=asked) as response:
            told.append((response.headers.get("Content-Encoding"), response.data))
            assert "immutable" in response.headers["Cache-Control"]
    plain, packed, again, other = told
    assert packed == again
    assert packed[0] == "gzip"
    assert gzip.decompress(packed[1]) == plain[1]
    assert plain == other


@on_sqlite
def test_style_sheets_are_told_before_the_page(app: Flask) -> None:
    page = app.test_client().get("/log-ind")
    told = page.headers["Link"].split(">")[0].lstrip("<")
    assert told.startswith("/static/catalogue.css?v=")
    assert f'<link rel="stylesheet" href="{told}">' in page.text
