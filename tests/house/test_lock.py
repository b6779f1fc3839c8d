"""What requirements.lock installs is what pyproject.toml allows, each with its hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent


def test_lock_fits_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["s3"], *extras["tracing"]]
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    locked: dict[str, set[str]] = {}
    for entry in entries:
        found = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)", entry)
        assert found, entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
        locked.setdefault(canonicalize_name(found[1]), set()).add(found[2])
    for each in map(Requirement, wanted):
        versions = locked.get(canonicalize_name(each.name), set())
        assert versions, f"{each.name} is not locked; run scripts/lock"
        assert all(version in each.specifier for version in versions), each


def test_image_holds_what_is_locked_and_nothing_else() -> None:
    file = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install (.*?)(?: \\)?$", file, re.M)
    assert installs == [
        "--no-cache-dir --require-hashes -r /source/requirements.lock",
        "--no-cache-dir --no-deps /source",
    ]


def test_image_is_built_of_what_is_let_in() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = told["tool"]["hatch"]["build"]["targets"]["wheel"]
    file = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    wanted = {
        *re.findall(r"/source/(\S+)", file), "pyproject.toml", told["project"]["readme"],
        *told["project"]["license-files"], *wheel["packages"], *wheel["force-include"],
    }  # fmt: skip
    lines = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    assert wanted - {each.removeprefix("!") for each in lines if each.startswith("!")} == set()
