"""What scripts/accessible has looked at, and what it found."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Response


@dataclass
class Findings:
    """What is looked at, how often it was, and what was found where."""

    folder: Path  # for the HTML as it was sent
    pages: list[list[str]] = field(default_factory=list)  # who, and which address
    looks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, check: str, problems: list[Any], where: str) -> None:
        """Keep what a check found; `problems`: rule and what breaks it."""
        self.looks[check] += 1
        for rule, what in problems:
            self.found[check, rule].append(f"{where}: {what}")

    def keep(self, response: Response | None) -> None:
        """Keep the HTML as it was sent."""
        if response is None or "html" not in response.headers.get("content-type", ""):
            return
        path = self.folder / f"{len(list(self.folder.glob('*.html')))}.html"
        path.write_text(f"{response.text()}\n<!-- {response.url} -->\n", encoding="utf-8")

    def kept(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        found = [[*names, told] for names, told in self.found.items()]
        return {"pages": self.pages, "looks": self.looks, "found": found}

    def add(self, kept: dict[str, Any]) -> None:
        """Go on from what `kept` returned."""
        self.pages = kept["pages"]
        self.looks.update(kept["looks"])
        self.found.update({(check, rule): told for check, rule, told in kept["found"]})

    def count(self, check: str) -> int:
        """Return how many things a check found."""
        return sum(len(each) for (of, _rule), each in self.found.items() if of == check)
