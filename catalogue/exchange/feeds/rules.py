"""Decisions about catalogue files: what a column may hold, and how a value is written in it.

Pure functions of plain values; what they are called on screen stands in `words.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from catalogue.core import sheets

Value = str | int | Decimal | date | None
MOST_COLUMNS = 60
MOST_LENGTH = 32_000  # a cell of Excel holds 32,767 characters
DELIMITERS = (";", ",", "\t", "|")
DECIMAL_MARKS = (",", ".")
CONSTANT = "constant"


class FileKind(StrEnum):
    """What kind of file a webshop reads."""

    CSV = "csv"
    XLSX = "xlsx"


class Encoding(StrEnum):
    """In which letters a CSV file is written, by their names in Python."""

    UTF_8_MARKED = "utf-8-sig"  # with the mark by which Excel knows it
    UTF_8 = "utf-8"
    WINDOWS = "cp1252"


class Kind(StrEnum):
    """What kind of value a source gives."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # whole øre, written as kroner
    DAY = "day"


class Form(StrEnum):
    """How a column writes its values."""

    USUAL = "usual"
    UPPER = "upper"
    LOWER = "lower"
    WHOLE = "whole"
    TWO_COMMA = "two_comma"
    TWO_POINT = "two_point"
    FOUR_COMMA = "four_comma"
    FOUR_POINT = "four_point"
    ORE = "ore"
    DAY_ISO = "day_iso"
    DAY_DASHED = "day_dashed"
    DAY_DOTTED = "day_dotted"
    DAY_COMPACT = "day_compact"


SOURCES: dict[str, Kind] = {
    "item_number": Kind.TEXT,
    "product_id": Kind.NUMBER,
    "title": Kind.TEXT,
    "summary": Kind.TEXT,
    "description": Kind.TEXT,
    "kind": Kind.TEXT,
    "price": Kind.MONEY,
    "price_with_vat": Kind.MONEY,
    "price_quantity": Kind.NUMBER,
    "unit_code": Kind.TEXT,
    "unit": Kind.TEXT,
    "currency": Kind.TEXT,
    "vat_rate": Kind.NUMBER,
    "minimum_quantity": Kind.NUMBER,
    "delivery_days": Kind.NUMBER,
    "paused_until": Kind.DAY,
    "cpv_code": Kind.TEXT,
    "cpv_name": Kind.TEXT,
    "unspsc": Kind.TEXT,
    "gtin": Kind.TEXT,
    "enterprise_name": Kind.TEXT,
    "enterprise_cvr": Kind.TEXT,
    "agreement_number": Kind.TEXT,
    "agreement_ends_on": Kind.DAY,
    "picture_address": Kind.TEXT,
    "picture_text": Kind.TEXT,
    "page_address": Kind.TEXT,
    "changed_on": Kind.DAY,
    "today": Kind.DAY,
    CONSTANT: Kind.TEXT,
}
_NUMBERS = (Form.USUAL, Form.WHOLE, Form.TWO_COMMA, Form.TWO_POINT, Form.FOUR_COMMA,
            Form.FOUR_POINT)  # fmt: skip
FORMS: dict[Kind, tuple[Form, ...]] = {
    Kind.TEXT: (Form.USUAL, Form.UPPER, Form.LOWER),
    Kind.NUMBER: _NUMBERS,
    Kind.MONEY: (*_NUMBERS, Form.ORE),
    Kind.DAY: (Form.USUAL, Form.DAY_ISO, Form.DAY_DASHED, Form.DAY_DOTTED, Form.DAY_COMPACT),
}
_PLACES = {Form.WHOLE: 0, Form.ORE: 0, Form.TWO_COMMA: 2, Form.TWO_POINT: 2, Form.FOUR_COMMA: 4,
           Form.FOUR_POINT: 4}  # fmt: skip
_MARKS = {Form.TWO_COMMA: ",", Form.FOUR_COMMA: ",", Form.TWO_POINT: ".", Form.FOUR_POINT: "."}
DAY_FORMS = {Form.USUAL: "%Y-%m-%d", Form.DAY_ISO: "%Y-%m-%d", Form.DAY_DASHED: "%d-%m-%Y",
             Form.DAY_DOTTED: "%d.%m.%Y", Form.DAY_COMPACT: "%Y%m%d"}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a file: its heading, what stands in it, in which form, how long at most."""

    heading: str
    source: str
    constant: str = ""
    form: Form = Form.USUAL
    length: int | None = None

    @property
    def kind(self) -> Kind:
        """Return what kind of value stands in it."""
        return SOURCES[self.source]

    @property
    def places(self) -> int:
        """Return how many decimals its numbers have."""
        return _PLACES.get(self.form, 2 if self.kind == Kind.MONEY else 0)


@dataclass(frozen=True)
class Layout:
    """How a file is written."""

    kind: FileKind
    columns: tuple[Column, ...]
    delimiter: str = ";"
    encoding: Encoding = Encoding.UTF_8_MARKED
    decimal_mark: str = ","
    has_heads: bool = True


def read_columns(kept: list[dict[str, Any]]) -> tuple[Column, ...]:
    """Return columns as they were kept; one whose source is known no more stays empty."""
    return tuple(_column(each) for each in kept)


def fits(column: Column) -> bool:
    """Tell whether the form of a column is one for the values of its source."""
    return column.form in FORMS[column.kind]


def shape(value: Value, column: Column) -> Value:
    """Return a value as a column has it: money in kroner or øre, rounded, on one line, cut."""
    if value is None:
        return None
    if column.kind == Kind.DAY:
        return value
    if column.kind == Kind.TEXT:
        return _text(str(value), column)
    number = Decimal(str(value))
    if column.kind == Kind.MONEY and column.form != Form.ORE:
        number = number.scaleb(-2)
    return number.quantize(Decimal(1).scaleb(-column.places), ROUND_HALF_UP)


def as_text(shaped: Value, column: Column, decimal_mark: str) -> str:
    """Return a shaped value as CSV has it; no spreadsheet takes it for a formula."""
    if shaped is None:
        return ""
    if isinstance(shaped, date):
        return shaped.strftime(DAY_FORMS[column.form])
    if isinstance(shaped, Decimal):
        return f"{shaped:f}".replace(".", _MARKS.get(column.form, decimal_mark))
    return sheets.guarded(str(shaped))


def with_vat(ore: int, vat_rate: int) -> int:
    """Return an amount in øre with VAT, rounded to the øre."""
    return int((Decimal(ore) * (100 + vat_rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _text(text: str, column: Column) -> str:
    if column.source != CONSTANT:  # a constant stands as it was written
        text = sheets.spaced(text, lines=False)
    if column.form == Form.UPPER:
        text = text.upper()
    if column.form == Form.LOWER:
        text = text.lower()
    return text if column.length is None else text[: column.length].rstrip()


def _column(kept: Mapping[str, Any]) -> Column:
    source = kept["source"] if kept["source"] in SOURCES else CONSTANT
    form = Form(kept.get("form") or Form.USUAL)
    return Column(kept["heading"], source, kept.get("constant") or "", form, kept.get("length"))
