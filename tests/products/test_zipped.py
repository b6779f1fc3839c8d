"""ZIP files that name nothing, or in no letters: told in words or left out, never a fault."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from catalogue.core.text import Text
from catalogue.products import zipped


def packed(path: Path, *names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as parts:
        for name in names:
            parts.writestr(name, b"a picture")
    path.write_bytes(whole.getvalue())
    return whole.getvalue()


def test_a_part_without_a_name_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    whole = bytearray(packed(path, "a", "bord.jpg"))
    part, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    whole[end + 12] -= 1  # the directory is shorter by the name,
    whole[part + 28] = 0  # which is no sign long
    del whole[part + 46]
    path.write_bytes(whole)
    assert zipped.list_pictures(path) == {"bord.jpg": "bord.jpg"}


@pytest.mark.parametrize("letter", [b"\x80", b"\xff"])
def test_a_name_in_no_letters_is_told_as_damage(tmp_path: Path, letter: bytes) -> None:
    path = tmp_path / "pictures.zip"
    whole = packed(path, "børd.jpg")  # written as UTF-8, and said to be
    own = whole.index("børd.jpg".encode())  # the first is the file's own, the other the directory's
    path.write_bytes(whole[:own] + letter + whole[own + 1 :])
    assert zipped.list_pictures(path) == {"børd.jpg": "børd.jpg"}
    assert isinstance(zipped.read(path, "børd.jpg", 1_000), Text)
