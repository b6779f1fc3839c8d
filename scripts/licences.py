"""List the licences that a CycloneDX bill of materials names: python scripts/licences.py FILE."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main() -> None:
    """Print a line for each package, and say which names no licence."""
    bill = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    parts = sorted(bill["components"], key=lambda each: each["name"].casefold())
    for each in parts:
        print(f"{each['name']} {each['version']}: {', '.join(_licences(each)) or 'NONE NAMED'}")
    nameless = [each["name"] for each in parts if not list(_licences(each))]
    if nameless:
        print(f"no licence is named by: {', '.join(nameless)}", file=sys.stderr)


def _licences(part: dict[str, Any]) -> Iterator[str]:
    for each in part.get("licenses", []):
        told = each.get("license", {})
        name = each.get("expression") or told.get("id") or told.get("name")
        if name:
            yield " ".join(name.split())[:80]


if __name__ == "__main__":
    main()
