"""List the licences of what is installed, as it says itself, and refuse what is not allowed.

Usage: python scripts/licences.py FILE     all that a CycloneDX bill of materials names
       python scripts/licences.py --lock   what requirements.lock names and this Python finds
Ends with 1 when a package names none, or one that is not allowed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
# What a municipality may install beside its own programs, in use as it comes: free, and asking for
# no more than to be named, or that changes in these packages themselves are given on.
ALLOWED = {
    "0bsd", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "isc", "lgpl-2.1-or-later",
    "lgpl-3.0-only", "mit", "mit-0", "mit-cmu", "mpl-1.1", "mpl-2.0", "psf-2.0", "python-2.0",
    "unlicense", "zlib",
    # said in other words than SPDX has
    "apache license", "apache license 2.0", "apache license, version 2.0",
    "apache software license", "bsd license", "mit license", "mozilla public license 2.0 (mpl 2.0)",
    "3-clause bsd license", "psfl", "python software foundation license",
    "the unlicense (unlicense)",
    "gnu lesser general public license v2 or later (lgplv2+)",
}  # fmt: skip
# What would bind our own program, or costs; "lesser" and "L" are let through above.
FORBIDDEN = re.compile(
    r"(?i)\b(a?gpl|agplv?[0-9.+]*|gplv?[0-9.+]*|sspl|busl|affero|proprietary|commercial)\b"
    r"|(?<!lesser )general public license|business source|server side public"
)
# Several are named to choose from; this is the one we choose.
CHOSEN = {"pyphen": "MPL-1.1"}
_CLASSIFIER = re.compile(r"^License :: (OSI Approved :: )?")


@dataclass(frozen=True)
class Package:
    """A package and all that it says of its licence, each in its own words."""

    name: str
    version: str
    said: Sequence[str]


def main() -> int:
    """Print a line for each package, and say which are refused."""
    wanted = sys.argv[1]
    packages = installed(LOCK) if wanted == "--lock" else billed(Path(wanted))
    for each in packages:
        print(f"{each.name} {each.version}: {', '.join(each.said) or 'NONE NAMED'}")
    refused = [each for each in packages if not is_allowed(each)]
    for each in refused:
        print(f"licence not allowed: {each.name}: {', '.join(each.said) or 'none named'};"
              " see ALLOWED and CHOSEN in scripts/licences.py", file=sys.stderr)  # fmt: skip
    return int(bool(refused) or not packages)


def is_allowed(package: Package) -> bool:
    """Tell whether something that a package says is allowed, and nothing that it says forbidden."""
    if package.name.casefold() in CHOSEN:
        return CHOSEN[package.name.casefold()].casefold() in ALLOWED
    good = [each for each in package.said if _holds(each)]
    bad = [each for each in package.said if each not in good and FORBIDDEN.search(each)]
    return bool(good) and not bad


def _holds(said: str) -> bool:
    """Tell whether an expression of SPDX, or a name, is allowed: one of "OR", all of "AND"."""
    plain = _CLASSIFIER.sub("", said).strip().casefold()
    if plain in ALLOWED:
        return True
    if " or " in plain:
        return any(map(_holds, plain.split(" or ")))
    return " and " in plain and all(map(_holds, plain.split(" and ")))


def installed(lock: Path) -> list[Package]:
    """Return what a lock names and is installed here; what is for other systems is not."""
    found = {}
    for name in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", lock.read_text(encoding="utf-8"), re.M):
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        said = [told.get("License-Expression"), told.get("License"), *_classified(told)]
        found[name] = Package(name, told["Version"], _short(said))
    return sorted(found.values(), key=lambda each: each.name.casefold())


def _classified(told: Any) -> list[str]:  # what metadata() returns differs between Pythons
    return [each for each in told.get_all("Classifier") or [] if each.startswith("License :: ")]


def billed(bill: Path) -> list[Package]:
    """Return what a bill of materials names."""
    parts = json.loads(bill.read_text(encoding="utf-8"))["components"]
    packages = [Package(each["name"], each["version"], _short(_licences(each))) for each in parts]
    return sorted(packages, key=lambda each: each.name.casefold())


def _licences(part: dict[str, Any]) -> Iterator[str | None]:
    for each in part.get("licenses", []):
        told = each.get("license", {})
        yield each.get("expression") or told.get("id") or told.get("name")


def _short(said: Iterator[str | None] | list[str | None]) -> list[str]:
    """Return what is said, each once on one line; whole texts of licences are cut."""
    return list(dict.fromkeys(" ".join(each.split())[:120] for each in said if each))


if __name__ == "__main__":
    sys.exit(main())
