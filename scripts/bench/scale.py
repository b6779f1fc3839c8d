#!/usr/bin/env python3
"""What a site needs at its busiest, from what site.py measured: the table of docs/scale.md.

Usage: scripts/bench/site.py --json > FILE; scripts/bench/scale.py FILE [--form NAME …]
       scripts/bench/scale.py --processor-ms PAGE=MS …
For each size it prints purchases and requests a second in the busiest hour and the cores that this
takes: the sum over pages of how often each is asked times its measured processor time. Nothing is
measured here, and what is assumed stands in ASSUMED and DAY.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

# Days of a year that orders fall on, the share of one in its busiest hour, how busy cores may be.
WORKDAYS, BUSIEST_HOUR, FULL = 230, 0.2, 0.5

# Pages that are asked for one purchase: people look at more than they buy.
ASSUMED = {"search": 4, "search, narrowed": 3, "list": 3, "product": 8, "picture": 60, "basket": 1,
           "purchase": 1}  # fmt: skip
# Pages that are asked on a day by each enterprise and each municipality.
DAY = {"enterprises": {"edit form": 4, "edit": 2}, "municipalities": {"coverage": 20}}


@dataclass(frozen=True)
class Size:
    """A site by what is known of it."""

    name: str
    municipalities: int
    buyers: int
    enterprises: int
    products: int
    orders_a_year: int


SIZES = (
    Size("one town, a small box", 1, 200, 20, 1_000, 20_000),
    Size("ten municipalities", 10, 5_000, 200, 20_000, 500_000),
    Size("all municipalities", 98, 50_000, 2_000, 500_000, 5_000_000),
)


def main() -> None:
    """Print the table for the forms measured, or for processor times that are given."""
    options = _options()
    print("| | form | purchases/s | requests/s | busy cores | cores to have |")
    print("|---|---|---|---|---|---|")
    for form, spent in _measured(options).items():
        for size in SIZES:
            asked = list_asked(size)
            busy = sum(times * spent.get(page, 0.0) for page, times in asked.items()) / 1000
            print(
                f"| {size.name} | {form} | {asked['purchase']:.2f} | {sum(asked.values()):.1f}"
                f" | {busy:.2f} | {max(1, -(-busy // FULL)):.0f} |"
            )


def list_asked(size: Size) -> dict[str, float]:
    """Return how often each page is asked a second in the busiest hour."""
    a_day_to_a_second = BUSIEST_HOUR / 3600
    purchases = size.orders_a_year / WORKDAYS * a_day_to_a_second
    asked = {page: times * purchases for page, times in ASSUMED.items()}
    for kind, pages in DAY.items():
        for page, times in pages.items():
            asked[page] = times * getattr(size, kind) * a_day_to_a_second
    return asked


def _measured(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    if options.processor_ms:
        given = dict(each.split("=") for each in options.processor_ms)
        return {"as given": {page: float(each) for page, each in given.items()}}
    found = json.loads(options.file.read_text(encoding="utf-8"))["results"]
    return {
        form: {page: each["cpu_ms"] for page, each in pages.items()}
        for form, pages in found.items()
        if "oscar" not in form and (not options.form or form in options.form)
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--form", nargs="*", default=[])
    parser.add_argument("--processor-ms", nargs="*", default=[], metavar="PAGE=MS")
    options = parser.parse_args()
    if options.file is None and not options.processor_ms:
        parser.error("name a file that site.py wrote, or processor times")
    return options


if __name__ == "__main__":
    main()
