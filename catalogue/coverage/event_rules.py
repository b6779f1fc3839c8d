"""An event as its reader sees it: field by field what was before and what is after. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from catalogue.core import text
from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _
from catalogue.products import seasons, telling

from .event_words import REFERENCES, VALUES, field_name

Names = Mapping[tuple[str, int], str]  # what rows are called, by type and number
SIDES = ("before", "after")
SILENT = frozenset({"number"})  # stands with the object already
NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One field of an event; what is the same before and after the deed stands in `after`."""

    label: Text | str
    before: str | None
    after: str


def lines(kind: str, facts: Mapping[str, Any], names: Names) -> list[Line]:
    """Return what an event about an object of type `kind` tells, changed fields first.

    Empty values of what is new are left out. `names` are those of `references`.
    """
    before, after = (facts.get(side) or {} for side in SIDES)
    told = [
        Line(
            field_name(kind, name),
            _shown(kind, name, before[name], names) if name in before else None,
            _shown(kind, name, after.get(name), names),
        )
        for name in dict.fromkeys([*before, *after])
        if name in before or after[name] not in (None, "", [])
    ]
    for name, value in facts.items():
        if name == "untold":
            fields = ", ".join(str(field_name(kind, each)) for each in value)
            told.append(Line(_("Changed too; the values are not kept here"), None, fields))
        elif name not in (*SIDES, *SILENT):
            told.append(Line(field_name(kind, name), None, _shown(kind, name, value, names)))
    return told


def references(facts: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the rows that facts point at, by type and number."""
    for part in (facts, *(facts.get(side) or {} for side in SIDES)):
        for name, kind in REFERENCES.items():
            value = part.get(name)
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, int):
                    yield kind, each


def named(names: Names, kind: str, number: int) -> str:
    """Return what a row is called; its number when it is gone."""
    return names.get((kind, number)) or gettext("no. %(number)s", number=number)


def _shown(kind: str, name: str, value: Any, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if name in _SPELT:
        return _SPELT[name](value)
    if isinstance(value, dict):
        parts = ((field_name(kind, key), _shown(kind, key, value[key], names)) for key in value)
        return "; ".join(f"{label}: {told}" for label, told in parts)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name == "images" and isinstance(value, list):
        return "; ".join(each.get("alt") or gettext("without a text") for each in value)
    if isinstance(value, list):
        return ", ".join(_shown(kind, name, each, names) for each in value)
    if isinstance(value, str):
        meanings = VALUES.get(f"{kind}.{name}") or VALUES.get(name) or {}
        return str(meanings[value]) if value in meanings else _plain(name, value)
    if isinstance(value, int):
        return _number(name, value, names)
    return str(value)


def _number(name: str, value: int, names: Names) -> str:
    if name in REFERENCES:
        return named(names, REFERENCES[name], value)
    if name.endswith("_ore"):
        return text.money(value)
    if name == "vat_rate":
        return f"{value} %"
    return gettext("no. %(number)s", number=value) if name.endswith("_id") else text.number(value)


def _plain(name: str, value: str) -> str:
    with suppress(ValueError):
        if name.endswith(("_on", "_until", "_from")):
            return text.day(date.fromisoformat(value))
        if name.endswith("_at"):
            return text.moment(datetime.fromisoformat(value))
    return seasons.shown(name, value)


def _by_line(spell: Callable[[Any], str]) -> Callable[[Mapping[str, Any]], str]:
    """Return how to tell what is kept by the position of a line."""
    return lambda told: "; ".join(
        gettext("line %(number)s", number=position) + f": {spell(told[position])}"
        for position in told
    )


def _shares(told: Sequence[Sequence[Any]]) -> str:
    return ", ".join(f"{code or NOTHING} ({text.money(ore)})" for code, ore in told)


_SPELT: dict[str, Callable[[Any], str]] = {
    "variants": telling.variants_in_words,
    "tiers": telling.tiers_in_words,
    "line_codings": _by_line(_shares),
    "prices_ore": _by_line(text.money),
    "quantities": _by_line(lambda told: text.number(Decimal(told))),
}
