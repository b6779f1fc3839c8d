"""Rows of a price list as JSON: kept as they were read, whatever kind of file they came in.

Their texts are kept untranslated, with what stands in them, until somebody reads them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from catalogue.core.text import Text

from .price_list import Row


def write(rows: Iterable[Row]) -> bytes:
    """Return rows as JSON, so that `read` finds the same ones again."""
    return json.dumps([_written(row) for row in rows]).encode()


def read(content: bytes) -> tuple[Row, ...]:
    """Read what `write` has written."""
    return tuple(_row(facts) for facts in json.loads(content))


def _written(row: Row) -> dict[str, Any]:
    problems = {name: [_text(each) for each in found] for name, found in row.problems.items()}
    told = {"problems": problems, "notes": [_text(each) for each in row.notes]}
    return vars(row) | told | {"emptied": sorted(row.emptied), "columns": dict(row.columns)}


def _row(facts: dict[str, Any]) -> Row:
    problems = {
        name: [_read_text(each) for each in found] for name, found in facts["problems"].items()
    }
    lists = {name: tuple(facts[name]) for name in ("area", "images", "alts")}
    notes = tuple(_read_text(each) for each in facts["notes"])
    told = {"problems": problems, "notes": notes, "emptied": frozenset(facts["emptied"])}
    return Row(**(facts | lists | told))


def _text(text: Text | str) -> Any:
    if isinstance(text, str):
        return text
    values = {
        name: _text(each) if isinstance(each, Text) else each for name, each in text.values.items()
    }
    return {"message": text.message, "values": values}


def _read_text(written: Any) -> Any:
    if not isinstance(written, dict):
        return written
    values = {name: _read_text(each) for name, each in written["values"].items()}
    return Text(written["message"], values)
