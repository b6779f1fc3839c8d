"""What strangers send: refused with a remedy, or taken within the limits of memory and time."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from importlib import util
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from catalogue.core.text import reading_in
from catalogue.media import sandbox, service
from catalogue.media.decoding import UnusablePicture
from catalogue.media.rules import Cut, Limits
from media import files

LIMITS = Limits(max_bytes=15_000_000, max_pixels=60_000_000, min_side_px=200)
# Packages of the test environment that bring pictures, whole and broken, of many kinds.
WITH_PICTURES = ("PIL", "pillow_heif", "weasyprint", "docutils", "icalendar", "pypdf", "fontTools")
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".avif", ".tif", ".bmp", ".svg"}


def _refusal(content: bytes) -> str:
    with reading_in("en"), pytest.raises(UnusablePicture) as caught:
        sandbox.clean(content, LIMITS)
    with reading_in("en"):
        return str(caught.value.detail)


def test_picture_decoded_apart_is_the_same_as_decoded_here() -> None:
    from catalogue.media import decoding

    content, cut = files.turned(6), Cut(turn=90, size_percent=70, x_percent=10, y_percent=90)
    assert sandbox.clean(content, LIMITS, cut) == decoding.clean(content, LIMITS, cut)


def test_refusal_from_apart_is_said_in_the_readers_language() -> None:
    with pytest.raises(UnusablePicture) as caught:
        sandbox.clean(b"%PDF-1.7", LIMITS)
    with reading_in("da"):
        assert "PDF" in str(caught.value.detail)
        assert "Gem billedet" in str(caught.value.detail)


def test_zip_with_paths_and_a_bomb_in_it_is_never_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../etc/passwd.jpg", b"x")
        packed.writestr("bomb.jpg", bytes(50_000_000))
    assert "ZIP" in _refusal(content.getvalue())


def test_bomb_is_refused_before_it_is_decoded() -> None:
    start = time.monotonic()
    assert "million pixels" in _refusal(files.bomb())
    assert time.monotonic() - start < 5


def test_picture_that_wants_more_memory_than_allowed_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = io.BytesIO()
    Image.new("RGB", (5000, 4000), "red").save(content, "PNG", compress_level=1)
    monkeypatch.setattr(sandbox, "_COMMAND", _bound("MEMORY_BYTES = 60_000_000"))
    assert "Save it as JPEG" in _refusal(content.getvalue())


def test_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", "while True: pass"))
    assert "too long" in _refusal(files.picture())


def test_decoder_that_crashes_refuses_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    crash = "import os; os.kill(os.getpid(), 11)"
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", crash))
    assert "Save it as JPEG" in _refusal(files.picture())


def test_decoder_that_somebody_ends_is_started_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / "was ended"
    kill = (
        f"import os, pathlib; mark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists(): mark.touch(); os.kill(os.getpid(), 9)\n"
        "from catalogue.media import sandbox; raise SystemExit(sandbox._main())"
    )
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", kill))
    assert sandbox.clean(files.picture(), LIMITS).width
    assert mark.exists()


def test_decoder_that_is_ended_again_refuses_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    kill = "import os; os.kill(os.getpid(), 9)"
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", kill))
    assert "Save it as JPEG" in _refusal(files.picture())


def test_decoder_that_counts_for_too_long_is_ended_by_its_own_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    count = (
        f"open({str(starts)!r}, 'a').write('x')\n"
        "from catalogue.media import sandbox; sandbox.CPU_SECONDS = 1; sandbox._bind()\n"
        "while True: pass"
    )
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", count))
    assert "too long" in _refusal(files.picture())
    assert starts.read_text() == "x"


def test_secrets_of_the_server_are_not_in_the_decoders_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CATALOGUE_SECRET_KEY", "very secret")
    tell = "import os, json; print(json.dumps({'message': ' '.join(os.environ), 'values': {}}))"
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-c", tell))
    assert "CATALOGUE" not in _refusal(files.picture())


def test_we_stay_strict_about_truncated_pictures() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert "half there" in _refusal(files.picture()[:-3000])


def test_odd_pictures_of_other_packages_neither_crash_nor_hang(tmp_path: Path) -> None:
    store = service.Store(service.Folder(tmp_path), LIMITS)
    seen = 0
    for path in _odd_pictures():
        start = time.monotonic()
        try:
            received = service.receive(store, path.read_bytes())
            assert store.exists(received.sha256, "master.jpg")
        except UnusablePicture as error:
            assert str(error.detail)
        assert time.monotonic() - start < sandbox.SECONDS + 1, path
        seen += 1
        if seen == 20:
            break
    assert seen


def _odd_pictures() -> list[Path]:
    found: list[Path] = [Path(__file__).parents[2] / "catalogue" / "static" / "mark.svg"]
    for name in WITH_PICTURES:
        spec = util.find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            found += [each for each in Path(folder).rglob("*") if each.suffix in PICTURES]
    return found


def _bound(change: str) -> tuple[str, ...]:
    code = (
        f"from catalogue.media import sandbox; sandbox.{change}; raise SystemExit(sandbox._main())"
    )
    return (sys.executable, "-c", code)
