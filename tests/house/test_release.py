"""What scripts/release publishes: the same bytes from any folder, and a bill that fits the lock."""

from __future__ import annotations

import copy
import os
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
# What the archives are made of; the rest of the repository is not in them.
SOURCES = ("catalogue", "migrations", "docs", "packaging", "examples", "pyproject.toml",
           ".gitignore", "README.md", "LICENSE", "CHANGELOG.md")  # fmt: skip
LOCK = """\
flask==3.1.0 \\
    --hash=sha256:00
psycopg[binary]==3.2.0 \\
    --hash=sha256:01
pywin32==310 ; sys_platform == 'win32' \\
    --hash=sha256:02
"""


def test_archives_are_the_same_bytes_from_any_folder_umask_and_time(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "another folder"
    _copy(one, umask=0o022, time=1_500_000_000, turned=False)
    _copy(other, umask=0o077, time=1_700_000_001, turned=True)
    built = _build(one, umask=0o022, said={"PYTHONHASHSEED": "0", "TZ": "UTC"})
    again = _build(other, umask=0o077, said={"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"})
    assert sorted(each.suffix for each in built) == [".gz", ".whl"]
    assert [each for each in built if built[each] != again.get(each)] == []
    with zipfile.ZipFile(
        one / "dist" / next(each for each in built if each.suffix == ".whl")
    ) as it:
        assert {each.date_time for each in it.infolist()} == {(2026, 1, 2, 3, 4, 6)}


def _copy(to: Path, *, umask: int, time: int, turned: bool) -> None:
    """Lay down the sources, the last of them first when they are turned."""
    found = [path for each in SOURCES for path in ((ROOT / each).rglob("*"), [ROOT / each])]
    files = {path for some in found for path in some if path.is_file()}
    for each in sorted(files, reverse=turned):
        if "__pycache__" in each.parts:
            continue
        file = to / each.relative_to(ROOT)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each, file)
        file.chmod((0o777 if os.access(each, os.X_OK) else 0o666) & ~umask)
        os.utime(file, (time, time))


def _build(folder: Path, *, umask: int, said: dict[str, str]) -> dict[Path, bytes]:
    around = os.environ | said | {"SOURCE_DATE_EPOCH": "1767323046"}  # 2026-01-02 03:04:06 UTC
    command = [sys.executable, "-m", "hatchling", "build", "-d", "dist"]
    done = subprocess.run(
        command, cwd=folder, env=around, umask=umask, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {each.relative_to(folder / "dist"): each.read_bytes()
            for each in (folder / "dist").iterdir()}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """The functions of the script."""
    return runpy.run_path(str(ROOT / "scripts" / "bill.py"))


def _part(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower()}@{version}"
    return {"name": name, "version": version, "purl": purl, "licenses": [{"expression": "MIT"}]}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BILL: dict[str, Any] = {
    "metadata": {"component": {each: PROJECT[each] for each in ("name", "version")}},
    "components": [_part("Flask", "3.1.0"), _part("psycopg", "3.2.0")],
}


def test_bill_that_names_what_is_locked_for_this_system_has_no_fault(
    script: dict[str, Any],
) -> None:
    assert script["find_faults"](BILL, LOCK) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda bill: bill["components"].pop(), "psycopg is locked, and not in the bill"),
        (lambda bill: bill["components"].append(_part("pip", "25.0")),
         "pip is in the bill, and not locked"),
        (lambda bill: bill["components"][0].update(version="3.1.1"),
         "flask is locked as 3.1.0, and in the bill as 3.1.1"),
        (lambda bill: bill["components"][0].pop("purl"), "flask has the address None"),
        (lambda bill: bill["components"][0].pop("licenses"), "flask names no licence"),
        (lambda bill: bill["metadata"]["component"].update(version="0.0.9"),
         "the bill is of purchasing-catalogue 0.0.9"),
    ],
)  # fmt: skip
def test_bill_that_does_not_fit_the_lock_is_refused(
    script: dict[str, Any], change: Callable[[dict[str, Any]], object], fault: str
) -> None:
    bill = copy.deepcopy(BILL)
    change(bill)
    assert script["find_faults"](bill, LOCK) == [fault]


def test_licence_that_is_none_of_spdx_is_named_in_the_words_of_the_package(
    script: dict[str, Any],
) -> None:
    bill = {"components": [_part("Flask", "3.1.0"), {"name": "protobuf", "version": "7.36.2"}]}
    script["name_licences"](bill, sys.executable)
    assert [each["licenses"] for each in bill["components"]] == [
        [{"expression": "MIT"}],
        [{"license": {"name": "3-Clause BSD License", "acknowledgement": "declared"}}],
    ]


def test_every_line_of_the_lock_is_read(script: dict[str, Any]) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert len(script["_ENTRY"].findall(lock)) == lock.count("==") - lock.count(" == ")
    assert len(script["locked_here"](lock)) > 70
