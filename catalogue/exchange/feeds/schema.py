"""The shape of a catalogue file as staff fill it in: how it is written, and its columns by number.

A column without heading and source is none, so that lines left blank do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _

from . import rules
from .rules import CONSTANT, Column, Encoding, FileKind, Form, Layout

BLANK_LINES = 4  # below the columns that there are
Errors = dict[str, list[Any]]


class FileSchema(ma.Schema):
    """The form of a file, without its columns."""

    name = fields.Line(required=True, longest=80)
    kind = fields.Choice(FileKind, required=True)
    delimiter = fields.Choice(lambda: ["semicolon", "comma", "tab", "bar"], required=True)
    encoding = fields.Choice(Encoding, required=True)
    decimal_mark = fields.Choice(lambda: list(rules.DECIMAL_MARKS), required=True)


class ColumnSchema(ma.Schema):
    """One line of the form."""

    heading = fields.Line(longest=120, load_default="")
    source = fields.Choice(lambda: list(rules.SOURCES), load_default="")
    constant = fields.Line(longest=300, load_default="")
    form = fields.Choice(Form, load_default=Form.USUAL)
    length = fields.Whole(least=1, most=rules.MOST_LENGTH, load_default=None)
    place = fields.Whole(least=0, most=999, load_default=None)


# Blanks and tabs do not travel well in a form, so delimiters go by their names.
DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}


@dataclass(frozen=True)
class Terms:
    """What staff say of a file; `agreement_ids` and `enterprise_ids` empty: all."""

    name: str
    layout: Layout
    agreement_ids: tuple[int, ...] = ()
    enterprise_ids: tuple[int, ...] = ()


def read_terms(form: Mapping[str, Any], chosen: Mapping[str, list[str]]) -> Terms:
    """Read the form; `chosen` holds its boxes by name. Raises Invalid by field."""
    problems: Errors = {}
    said: dict[str, Any] = {}
    try:
        said = fields.load(FileSchema(), form)
    except Invalid as error:
        problems |= error.problems
    columns, wrong = _read_columns(form)
    problems |= wrong
    if not columns and not wrong:
        problems["heading_0"] = [_("Say at least one column: a heading, and what stands in it")]
    if problems:
        raise Invalid(problems)
    layout = Layout(
        kind=said["kind"],
        columns=columns,
        delimiter=DELIMITERS[said["delimiter"]],
        encoding=said["encoding"],
        decimal_mark=said["decimal_mark"],
        has_heads=bool(form.get("has_heads")),
    )
    return Terms(
        said["name"], layout, _ids(chosen, "agreement_ids"), _ids(chosen, "enterprise_ids")
    )


def typed(name: str, layout: Layout) -> dict[str, Any]:
    """Return what the form holds for a file."""
    names = {mark: word for word, mark in DELIMITERS.items()}
    told: dict[str, Any] = {
        "name": name,
        "kind": layout.kind,
        "delimiter": names[layout.delimiter],
        "encoding": layout.encoding,
        "decimal_mark": layout.decimal_mark,
        "has_heads": layout.has_heads,
        "lines": len(layout.columns) + BLANK_LINES,
    }
    for number, each in enumerate(layout.columns):
        told |= {f"{part}_{number}": getattr(each, part) for part in _PARTS}
        told[f"place_{number}"] = (number + 1) * 10
    return told


def count_lines(form: Mapping[str, Any]) -> int:
    """Return how many lines for columns the form holds."""
    text = str(form.get("lines", ""))
    return min(int(text) if is_id(text) else 0, rules.MOST_COLUMNS)


_PARTS = ("heading", "source", "constant", "form", "length")


def _read_columns(form: Mapping[str, Any]) -> tuple[tuple[Column, ...], Errors]:
    found: list[tuple[int, Column]] = []
    problems: Errors = {}
    for number in range(count_lines(form)):
        line = {part: form.get(f"{part}_{number}", "") for part in (*_PARTS, "place")}
        if not str(line["heading"]).strip() and not line["source"]:
            continue
        try:
            place, column = _read_line(line)
            found.append((place, column))
        except Invalid as error:
            problems |= {f"{name}_{number}": said for name, said in error.problems.items()}
    found.sort(key=lambda each: each[0])
    return tuple(column for _place, column in found), problems


def _read_line(line: Mapping[str, Any]) -> tuple[int, Column]:
    said = fields.load(ColumnSchema(), line)
    place = said.pop("place")
    if not said["source"]:
        raise Invalid({"source": [_("Choose what stands in the column")]})
    if said["source"] == CONSTANT and not said["constant"]:
        raise Invalid({"constant": [_("Write the text that stands in each line")]})
    column = Column(**said)
    if not rules.fits(column):
        raise Invalid({"form": [_("This form does not go with what stands in the column")]})
    return (1000 if place is None else place), column


def _ids(chosen: Mapping[str, list[str]], name: str) -> tuple[int, ...]:
    return tuple(sorted({int(each) for each in chosen.get(name, []) if is_id(each)}))
