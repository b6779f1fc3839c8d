#!/usr/bin/env python3
"""Measure the contrast of the theme's colours where they meet: WCAG 2.2, 1.4.3 and 1.4.11.

Prints each pair in each palette; ends with an error when one is too weak. The palettes are read
from _palette.scss; those for more contrast are asked for 7:1 (1.4.6), and 4.5:1 for marks.
"""

import re
from pathlib import Path

PALETTE = Path(__file__).with_name("_palette.scss")
TEXT, MARK = 4.5, 3.0  # large enough to be read; to be told apart
MORE = {TEXT: 7.0, MARK: 4.5}
GROUNDS = ("page", "surface", "gray-100")
PAIRS = [
    *((ink, ground, TEXT) for ground in GROUNDS
      for ink in ("ink", "gray-600", "gray-500", "link", "link-visited", "primary", "accent-ink")),
    *((ink, "primary-soft", TEXT) for ink in ("ink", "gray-600", "primary")),
    *((ink, "accent-soft", TEXT) for ink in ("ink", "accent-ink")),
    *((f"{kind}-ink", f"{kind}-soft", TEXT) for kind in ("success", "warning", "error", "info")),
    *(("ink", f"{kind}-soft", TEXT) for kind in ("success", "warning", "error", "info")),
    *(("surface", ground, TEXT) for ground in ("primary", "primary-dark", "primary-darker")),
    ("band-ink", "band", TEXT), ("band-soft", "band", TEXT), ("gold", "band", MARK),
    *(("gray-400", ground, MARK) for ground in ("page", "surface")),
    *(("focus", ground, MARK) for ground in (*GROUNDS, "primary-soft")),
    *(("error", ground, MARK) for ground in ("page", "surface")),
]  # fmt: skip
Colours = dict[str, str]


def palettes(text: str) -> dict[str, Colours]:
    """Read the four palettes: a block changes what stands before it."""
    blocks = re.findall(r"(?:@media ([^{]*))?\{?\s*:root \{(.*?)\n\s*\}", text, re.S)
    read = {
        condition.strip(): dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))
        for condition, body in blocks
    }
    day, more = read[""], read["(prefers-contrast: more)"]
    night = read["screen and (prefers-color-scheme: dark)"]
    both = read["screen and (prefers-contrast: more) and (prefers-color-scheme: dark)"]
    return {
        "light": day,
        "dark": day | night,
        "light, more contrast": day | more,
        "dark, more contrast": day | night | more | both,
    }


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb`, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def measure(name: str, colours: Colours) -> list[tuple[str, str, float, float]]:
    """List each pair of a palette: both names, what is owed, and what there is."""
    more = "more" in name
    return [
        (ink, ground, MORE[owed] if more else owed, ratio(colours[ink], colours[ground]))
        for ink, ground, owed in PAIRS
    ]


def weak() -> list[str]:
    """List the pairs that are too weak."""
    found = palettes(PALETTE.read_text(encoding="utf-8"))
    return [
        f"{name}: {ink} on {ground} has {there:.2f}, owes {owed}"
        for name, colours in found.items()
        for ink, ground, owed, there in measure(name, colours)
        if there < owed
    ]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


if __name__ == "__main__":
    for palette, held in palettes(PALETTE.read_text(encoding="utf-8")).items():
        print(f"\n{palette}")
        for ink, ground, owed, there in measure(palette, held):
            print(f"  {ink:14} on {ground:14} {there:6.2f}  owes {owed}")
    raise SystemExit("\n".join(weak()) or None)
