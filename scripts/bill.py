"""Write what an environment holds as a bill of materials (CycloneDX), and hold it against the lock.

The lock is for every system, an environment is of one: what is for another system is not in it.
Usage: python scripts/bill.py PYTHON FILE     (PYTHON is of the environment, in which the lock is)
Ends with 1 when the bill is not what CycloneDX wants, or names not just what the lock does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
_ENTRY = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)(?: ; (.+?))?(?: \\)?$", re.M)
_SAID = """import sys; from importlib import metadata
print(" ".join((metadata.metadata(sys.argv[1]).get("License") or "").split())[:120])"""


def main() -> int:
    """Write the bill, and print how much is in it or what is wrong with it."""
    python, name = sys.argv[1:]
    file = Path(name)
    write(python, file)
    bill = json.loads(file.read_text(encoding="utf-8"))
    name_licences(bill, python)
    file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    faults = find_faults(bill, lock) + _against_the_schema(file)
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    elsewhere = len(_ENTRY.findall(lock)) - len(locked_here(lock))
    print(f"CycloneDX {bill['specVersion']}: {len(bill['components'])} packages, all that is locked"
          f" for this system; {elsewhere} more are for others")  # fmt: skip
    return 0


def write(python: str, file: Path) -> None:
    """Write the bill of the environment of an interpreter."""
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(PROJECT),
         "--output-reproducible", "--no-validate", "--mc-type", "application",
         "--output-format", "JSON", "--output-file", str(file), python],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)


def name_licences(bill: dict[str, Any], python: str) -> None:
    """Name the licence of each part that has none in the bill, in the words of its package.

    The tool passes over what is no licence of SPDX, such as protobuf's "3-Clause BSD License".
    """
    for part in bill["components"]:
        if not part.get("licenses"):
            said = subprocess.check_output([python, "-c", _SAID, part["name"]], text=True).strip()
            if said:
                part["licenses"] = [{"license": {"name": said, "acknowledgement": "declared"}}]


def _against_the_schema(file: Path) -> list[str]:
    # Not at the head: they come with the tool, which is not where the tests of this file run.
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    text = file.read_text(encoding="utf-8")
    version = SchemaVersion.from_version(json.loads(text)["specVersion"])
    fault = JsonStrictValidator(version).validate_str(text)
    return [] if fault is None else [str(fault)]


def locked_here(lock: str) -> dict[str, str]:
    """Return the version of each package that a lock has for this system and Python."""
    return {
        canonicalize_name(name): version
        for name, version, marker in _ENTRY.findall(lock)
        if not marker or Marker(marker).evaluate()
    }


def find_faults(bill: dict[str, Any], lock: str) -> list[str]:
    """Name what a bill has otherwise than the lock and pyproject.toml, or does not tell."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    about = bill["metadata"]["component"]
    faults = []
    if (about["name"], about.get("version")) != (project["name"], project["version"]):
        faults.append(f"the bill is of {about['name']} {about.get('version')}")
    told = {canonicalize_name(each["name"]): each for each in bill["components"]}
    wanted = locked_here(lock)
    faults += [f"{name} is locked, and not in the bill" for name in wanted.keys() - told.keys()]
    faults += [f"{name} is in the bill, and not locked" for name in told.keys() - wanted.keys()]
    for name in wanted.keys() & told.keys():
        faults += _differences(name, wanted[name], told[name])
    return sorted(faults)


def _differences(name: str, version: str, part: dict[str, Any]) -> list[str]:
    faults = []
    if part["version"] != version:
        faults.append(f"{name} is locked as {version}, and in the bill as {part['version']}")
    # By this address programs that know weaknesses know the package.
    elif part.get("purl") != f"pkg:pypi/{name}@{version}":
        faults.append(f"{name} has the address {part.get('purl')}")
    if not part.get("licenses"):
        faults.append(f"{name} names no licence")
    return faults


if __name__ == "__main__":
    sys.exit(main())
