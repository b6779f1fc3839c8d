"""A shelf is the same in a folder and in a bucket: whole files, in order, and only the old go."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.core import kept_files, shelves
from catalogue.core.bucket import open_bucket
from catalogue.core.errors import Missing
from catalogue.core.kept_files import Difference, Kind, name_of
from catalogue.core.receiving import Door, receive
from catalogue.core.shelves import open_shelf
from catalogue.core.storage import BIN, Shelf
from catalogue.core.text import lazy as _
from catalogue.core.uploads import Uploads
from catalogue.settings import Settings, read

SHEET = b"%PDF-1.7 %%EOF"
SHA256 = hashlib.sha256(SHEET).hexdigest()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GONE = _("There is no such file.")


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of either form."""
    told = {"CATALOGUE_DATA_FOLDER": str(tmp_path)}
    if request.param == "bucket":
        told |= request.getfixturevalue("bucket")
    return read(told)


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    """The shelf of evidence."""
    return open_shelf(settings, shelves.EVIDENCE)


def test_what_is_received_is_read_and_no_other_shelf_has_it(
    settings: Settings, shelf: Shelf
) -> None:
    sent = receive(shelf, Door("evidence", 1_000), "Regnskab.pdf", SHEET)
    assert kept_files.read(shelf, sent.sha256) == SHEET
    with pytest.raises(Missing):
        kept_files.read(open_shelf(settings, shelves.QUOTES), sent.sha256)
    for strange in ("../secret_key", "0" * 63, ""):
        with pytest.raises(Missing):
            kept_files.read(shelf, strange)


def test_names_come_in_order_and_a_part_is_a_shelf_of_its_own(shelf: Shelf) -> None:
    for name in ("b/2", "a/1", "a.b", "b/1", "a0"):
        shelf.write(name, name.encode())
    names = [name for name, _at in shelf.list_in_order()]
    assert names == sorted(names) == ["a.b", "a/1", "a0", "b/1", "b/2"]
    assert [name for name, _at in shelf.within("b").list_in_order()] == ["1", "2"]
    assert shelf.within("b").read("2") == b"b/2"
    assert shelf.within("none").read("2") is None


def test_large_file_goes_through_piece_by_piece(shelf: Shelf) -> None:
    content = bytes(range(256)) * 12_000
    shelf.write_from("large", io.BytesIO(content))
    opened = shelf.open("large")
    assert opened is not None
    with opened:
        assert (Path(opened.name).stat().st_size, opened.read()) == (len(content), content)
    assert shelf.open("none") is None


def test_rows_and_files_are_held_against_each_other(shelf: Shelf) -> None:
    for content in (SHEET, b"nobody names it"):
        shelf.write(name_of(hashlib.sha256(content).hexdigest()), content)
    changed, lost = "ab" + "0" * 62, "ac" + "0" * 62
    shelf.write(name_of(changed), b"something else")
    shelf.write("ab/not ours", b"")
    unnamed = hashlib.sha256(b"nobody names it").hexdigest()
    assert set(kept_files.compare(shelf, sorted([SHA256, changed, lost]))) == {
        Difference(Kind.CHANGED, changed),
        Difference(Kind.MISSING, lost),
        Difference(Kind.UNNAMED, unnamed),
    }


def test_only_what_is_old_and_unnamed_goes(shelf: Shelf) -> None:
    shelf.write(name_of(SHA256), SHEET)
    now = datetime.now(UTC)
    assert kept_files.remove_unnamed(shelf, [], now - DAY) == 0
    assert kept_files.remove_unnamed(shelf, [SHA256], now + HOUR) == 0
    assert kept_files.read(shelf, SHA256) == SHEET
    assert kept_files.remove_unnamed(shelf, [], now + HOUR) == 1
    assert not shelf.exists(name_of(SHA256))
    kept_files.tend_bin(shelf, [], now + DAY)
    with pytest.raises(Missing):
        kept_files.read(shelf, SHA256)


def test_what_is_named_again_comes_back_from_the_bin_and_is_read_meanwhile(
    bucket: dict[str, str],
) -> None:
    shelf = open_shelf(read(bucket), shelves.MESSAGES)
    shelf.write(name_of(SHA256), SHEET)
    now = datetime.now(UTC)
    kept_files.remove_unnamed(shelf, [], now + HOUR)
    assert shelf.exists(f"{BIN}/{name_of(SHA256)}")
    assert kept_files.read(shelf, SHA256) == SHEET
    assert list(kept_files.compare(shelf, [SHA256])) == []
    kept_files.tend_bin(shelf, [SHA256], now + DAY)
    assert [name for name, _at in shelf.list_all()] == [name_of(SHA256)]
    assert shelf.read(name_of(SHA256)) == SHEET


def test_everything_but_pictures_and_documents_of_products_begins_with_private(
    bucket: dict[str, str],
) -> None:
    settings = read(bucket)
    for name in shelves.NAMES:
        open_shelf(settings, name).write("x", b"x")
    whole = open_bucket(settings.media_bucket, settings.media_endpoint)
    assert sorted(name for name, _at in whole.list_all()) == sorted(
        f"private/{name}/x" for name in shelves.NAMES
    )


def test_uploads_wait_for_their_time_and_are_thrown_away_whole(settings: Settings) -> None:
    uploads = Uploads(open_shelf(settings, shelves.PRICE_LISTS), DAY, GONE)
    token, single = "ab" * 16, "cd" * 16
    for part in ("list", "pictures-0.zip"):
        uploads.place(token, 7).write(part, SHEET)
    uploads.shelf.write(uploads.name(single), SHEET)
    now = datetime.now(UTC)
    assert uploads.list_old(now + DAY - HOUR) == []
    assert sorted(uploads.list_old(now + DAY + HOUR)) == [f"7-{token}", single]
    uploads.forget(token, 7)
    assert [name for name, _at in uploads.shelf.list_all()] == [single]
    assert uploads.forget_old(now + DAY + HOUR) == 1
    assert list(uploads.shelf.list_all()) == []
    with pytest.raises(Missing):
        uploads.place("../../secret")
