"""What the locks install is what pyproject.toml allows, each with its hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent


TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_lock_fits_what_the_package_asks_for() -> None:
    extras = TOLD["project"]["optional-dependencies"]
    wanted = [*TOLD["project"]["dependencies"], *extras["s3"], *extras["tracing"]]
    assert _misfits(wanted, "requirements.lock") == []


def test_what_builds_the_package_is_locked_too() -> None:
    assert _misfits(TOLD["build-system"]["requires"], "requirements-build.lock") == []


def _misfits(wanted: list[str], lock: str) -> list[str]:
    """Name what is not locked as it is wanted; every entry must have its hashes."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    locked: dict[str, set[str]] = {}
    for entry in entries:
        found = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)", entry)
        assert found, entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
        locked.setdefault(canonicalize_name(found[1]), set()).add(found[2])
    misfits = []
    for each in map(Requirement, wanted):
        versions = locked.get(canonicalize_name(each.name), set())
        if not versions or any(version not in each.specifier for version in versions):
            misfits.append(f"{each} is locked as {versions or 'nothing'}; run scripts/lock")
    return misfits


def test_image_holds_what_is_locked_and_nothing_else() -> None:
    file = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install (.*?)(?: \\)?$", file, re.M)
    assert installs == [
        "--no-cache-dir --require-hashes -r /source/requirements.lock",
        "--no-cache-dir --require-hashes -r /source/requirements-build.lock",
        "--no-cache-dir --no-deps /opt/built/*.whl",
    ]


def test_image_is_built_of_what_is_let_in() -> None:
    wheel = TOLD["tool"]["hatch"]["build"]["targets"]["wheel"]
    file = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    wanted = {
        *re.findall(r"/source/(\S+)", file), "pyproject.toml", TOLD["project"]["readme"],
        *TOLD["project"]["license-files"], *wheel["packages"], *wheel["force-include"],
    }  # fmt: skip
    lines = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    assert wanted - {each.removeprefix("!") for each in lines if each.startswith("!")} == set()
