"""Which products are checked before buyers see them, and what a change means by now.

A product is one for all municipalities, so one of them decides: the one that reviews the
enterprise. Our own rule; it is told in docs/checking.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .variant_rules import keep_present

# After so many an enterprise has shown that it knows how a good product is told.
FIRST_PRODUCTS = 3


class Checked(StrEnum):
    """What a municipality checks of the enterprises it reviews."""

    NONE = "none"
    FIRST = "first"
    ALL = "all"


def must_be_checked(which: Checked, published_before: int) -> bool:
    """Tell whether a publishing or change is checked first.

    `published_before`: how many products of the enterprise have ever been on the shelf.
    """
    if which == Checked.FIRST:
        return published_before < FIRST_PRODUCTS
    return which == Checked.ALL


def merge(
    base: Mapping[str, Any], changed: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `present` with what `changed` changes of `base`.

    A price that rose by agreement while a change waited is not taken back by that change.
    """
    ours = {name for name in {*base, *changed} if changed.get(name) != base.get(name)}
    said = {name: changed if name in ours else present for name in {**present, **changed}}
    wanted = {name: told[name] for name, told in said.items() if name in told}
    if "variants" in wanted:
        sides = (each.get("variants", ()) for each in (base, changed, present))
        wanted["variants"] = keep_present(*sides) if "variants" in ours else present["variants"]
    return wanted
