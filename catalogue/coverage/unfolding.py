"""Which lines of the tree are in sight, and which lie below a category. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.agreements.rules import ancestors, prefix

from .rules import Line


def unfolded(lines: Sequence[Line], opened: str | None) -> list[Line]:
    """Return the lines in sight: the divisions, and what is below `opened` and those above it."""
    open_codes = {*ancestors(opened), opened} if opened else set()
    shown: set[str] = set()
    seen = []
    for line in lines:
        if line.parent is None or (line.parent in open_codes and line.parent in shown):
            shown.add(line.code)
            seen.append(line)
    return seen


def within(lines: Sequence[Line], code: str | None) -> list[Line]:
    """Return the lines at or below a category; without one all of them."""
    return [line for line in lines if code is None or line.code.startswith(prefix(code))]
