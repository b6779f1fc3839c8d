"""What a checked price list shows: its rows by outcome, with cells, reasons, old and new values.

Texts are written in the reader's language when the list is checked, and kept as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalogue.core.text import gettext, money, number

from . import rules, sheet_cells, sheet_columns
from .entries import Entry, Outcome
from .rules import ProductFacts
from .sheet_cells import Names

MOST_SHOWN = 200  # rows of one outcome
LONGEST = 120  # characters of a value; a longer one is shown around what differs
_BEFORE = 30


@dataclass
class Report:
    """What is gathered of the rows while they are judged."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry], names: Names) -> None:
        """Count rows, and keep the first of each outcome; those unchanged need no line, unless
        something of them is left out.
        """
        for each in entries:
            self.counts[each.outcome] += 1
            shown = self.lines.setdefault(each.outcome, [])
            told = each.outcome != Outcome.UNCHANGED or each.notes
            if told and len(shown) < MOST_SHOWN:
                shown.append(line(each, names))

    def to_json(self) -> dict[str, Any]:
        """Return the report as it is kept."""
        counts = {str(each): self.counts[each] for each in Outcome}
        for lines in self.lines.values():  # variants were judged with their product
            lines.sort(key=lambda each: each["row"])
        return {"counts": counts, "lines": self.lines}


def line(entry: Entry, names: Names) -> dict[str, Any]:
    """Return one row as it is shown."""
    return {
        "row": entry.row,
        "item_number": entry.item_number,
        "title": entry.title,
        "variant_of": entry.variant_of,
        "state": str(entry.state),
        "problems": list(_problems(entry)),
        "changes": list(_changes(entry, names)),
        "lacking": [str(text) for text in entry.lacking],
        "notes": [str(text) for text in entry.notes],
    }


def shorten(old: str, new: str) -> tuple[str, str]:
    """Return two texts cut to what differs, with a mark where something is left out."""
    if max(len(old), len(new)) <= LONGEST:
        return old, new
    same = next(
        (place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    begin = max(0, same - _BEFORE)
    return _cut(old, begin), _cut(new, begin)


def _cut(text: str, begin: int) -> str:
    part = text[begin : begin + LONGEST]
    return ("… " if begin and part else "") + part + (" …" if begin + LONGEST < len(text) else "")


def _problems(entry: Entry) -> Iterable[dict[str, str]]:
    for name, texts in entry.problems.items():
        column = sheet_columns.OF_FACTS.get(name, name)
        for text in texts:
            yield {
                "cell": entry.place(name),
                "field": str(rules.FIELD_NAMES.get(name, name)),
                "said": _cut(entry.source.cells.get(column, "") if entry.source else "", 0),
                "text": str(text),
            }


def _changes(entry: Entry, names: Names) -> Iterable[dict[str, str]]:
    """Return what changes by column; the state that follows is told by the badge."""
    if entry.before is None or entry.facts is None:
        return
    old, new = (_shown(each, names) for each in (entry.before, entry.facts))
    columns = [sheet_columns.OF_FACTS.get(name, name) for name in entry.fields]
    for column in dict.fromkeys(columns):
        if column in old:
            pair = shorten(old[column], new[column])
            yield _change(column, *pair)
        elif column == "images":
            named = ", ".join(each.name for each in entry.pictures)
            yield _change(column, "", named or gettext("The first one"))


def _change(column: str, old: str, new: str) -> dict[str, str]:
    name = {"area": "municipalities"}.get(column, column)
    return {"field": str(rules.FIELD_NAMES[name]), "old": old, "new": new}


def _shown(facts: ProductFacts, names: Names) -> dict[str, str]:
    cells = sheet_cells.cells_of(facts, names)
    shown = {name: sheet_cells.as_text(cell) for name, cell in cells.items()}
    shown["price"] = "" if facts.price_ore is None else money(facts.price_ore)
    shown["vat_rate"] = f"{number(facts.vat_rate)} %"
    return shown
