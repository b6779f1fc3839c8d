"""What many pages draw alike, drawn once: the same cards stand on many lists, for many readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from jinja2.runtime import Macro
from markupsafe import Markup

from catalogue.core import text
from catalogue.core.kept import Kept

from .addresses import are_steady
from .state import state

DRAWN, KEPT_BYTES = "drawn", 16_000_000  # some ten thousand cards
_BESIDE = 700  # about what it takes to keep one beside its text


def draw_each(macro: Macro, shown: Sequence[Any], **told: Any) -> list[Markup]:
    """Return what a macro draws of each value, in the language of the moment.

    By the value alone it is known again, so the macro may draw nothing else: neither who asks, nor
    what is asked for. Values that differ in anything drawn must not be equal.
    """
    kept: Kept | None = state().parts.setdefault(DRAWN, Kept(KEPT_BYTES)) if are_steady() else None
    place = (macro.name, *told.items(), text.current_locale(), request.script_root)
    drawn = []
    for each in shown:
        found: Markup | None = kept.get((each, place)) if kept else None
        if found is None:
            found = Markup(macro(each, **told))  # noqa: S704 - what a macro draws is escaped
            if kept:
                kept.put((each, place), found, len(found) + _BESIDE)
        drawn.append(found)
    return drawn
