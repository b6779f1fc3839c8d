#!/usr/bin/env python3
"""Take out of the style sheet what no page of ours can need; scripts/theme/build runs it.

Usage: scripts/theme/purge.py STYLE_SHEET
A rule goes when every selector of it names a class that stands in no template, no Python and no
script of the package. A class made of parts counts as used by its beginning (`state-` for
`state-draft`). What is doubtful stays. The classes that went are kept in purged.txt: a test tells
when a page begins to use one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "catalogue"
SHORTEST_BEGINNING = 4  # signs of a class that the rest is put behind
# What the scripts of others make: accessible-autocomplete of the name that suggest.js gives it,
# DKFDS where a text has a longest length. It knows far more than we use, so its script counts not.
ALWAYS = ("suggest__", "character-limit", "limit-exceeded", "form-limit")
OF_OTHERS = ("dkfds", "accessible-autocomplete")
PURGED = Path(__file__).parent / "purged.txt"
CLASS = r"\.(-?[A-Za-z_][\w-]*)"
NESTED = ("@media", "@supports", "@container", "@layer")


def main() -> None:
    """Purge the style sheet in place, and tell how much went."""
    path = Path(sys.argv[1])
    before = path.read_text(encoding="utf-8")
    after = purge(before, Known())
    path.write_text(after, encoding="utf-8")
    print(f"{path.name}: {len(before):,} signs, {len(after):,} left")
    gone = sorted(classes(before) - classes(after))
    PURGED.write_text("\n".join([*gone, ""]), encoding="utf-8")


def classes(text: str) -> set[str]:
    """Return the classes of a style sheet; addresses and strings are none."""
    bare = re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", text)
    return set(re.findall(CLASS, bare))


class Known:
    """The words that a class can come from."""

    def __init__(self) -> None:
        places = [("templates", "*.html"), (".", "*.py"), ("static", "*.js")]
        files = (file for folder, ending in places for file in (PACKAGE / folder).rglob(ending))
        ours = (file for file in files if file.parent.name not in OF_OTHERS)
        text = " ".join(file.read_text(encoding="utf-8") for file in ours)
        self.words = frozenset(re.findall(r"[A-Za-z0-9_-]+", text))
        long = (each for each in self.words if len(each) >= SHORTEST_BEGINNING)
        self.beginnings = (*ALWAYS, *(each for each in long if each.endswith("-")))

    def has(self, name: str) -> bool:
        """Tell whether a page may carry the class."""
        return name in self.words or name.startswith(self.beginnings)


def purge(text: str, known: Known) -> str:
    """Return a compressed style sheet without the rules that nobody needs."""
    kept = []
    for head, body in blocks(text):
        if body is None:
            kept.append(head)
        elif head.startswith(NESTED):
            inner = purge(body, known)
            kept.append(f"{head}{{{inner}}}" if inner else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [each for each in split(head, ",") if is_needed(each, known)]
            kept.append(f"{','.join(selectors)}{{{body}}}" if selectors and body else "")
    return "".join(kept)


def is_needed(selector: str, known: Known) -> bool:
    """Tell whether a selector can fit: what it excludes does not matter."""
    named = re.sub(r":not\([^()]*(\([^()]*\))?[^()]*\)|\[[^\]]*\]", "", selector)
    return all(known.has(each) for each in re.findall(CLASS, named))


def blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield head and body of each rule; statements without a body as they stand."""
    start = place = 0
    while place < len(text):
        place = skip_to(text, place, "{;")
        if place >= len(text):
            break
        if text[place] == ";":
            place += 1
            yield text[start:place], None
        else:
            end = close(text, place)
            yield text[start:place].strip(), text[place + 1 : end]
            place = end + 1
        start = place
    if text[start:].strip():
        yield text[start:], None


def close(text: str, place: int) -> int:
    """Return where the brace at `place` is closed."""
    depth = 1
    while depth:
        place = skip_to(text, place + 1, "{}")
        depth += 1 if text[place] == "{" else -1
    return place


def skip_to(text: str, place: int, signs: str) -> int:
    """Return the next place of one of the signs outside strings and brackets."""
    depth = 0
    while place < len(text):
        sign = text[place]
        if sign in "\"'":
            place = text.index(sign, place + 1)
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign in signs and not depth:
            return place
        place += 1
    return place


def split(text: str, sign: str) -> list[str]:
    """Split at a sign outside strings and brackets."""
    parts: list[str] = []
    start = 0
    while start <= len(text):
        end = skip_to(text, start, sign)
        parts.append(text[start:end])
        start = end + 1
    return parts


if __name__ == "__main__":
    main()
