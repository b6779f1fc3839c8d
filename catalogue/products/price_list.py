"""Read an enterprise's price list, XLSX or CSV, into rows of text by field; judges nothing.

Small enterprises deliver what they have: titles above the header, blank rows, `kr.`, hard blanks,
apostrophes, numbers that Excel made of item numbers. What a cell means is cleaned here, whether
it is right is for the schema.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import PurePath
from typing import Any

import python_calamine

from catalogue.core.errors import Invalid
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_UNPACKED_BYTES = 200_000_000
HEADER_ROWS = 30  # how far down the header is looked for
DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8-sig", "cp1252")
WHOLE_COUNTRY = {"hele landet", "hele danmark", "danmark", "landsdaekkende", "whole country", "all"}
# Folded header -> field. Both languages are accepted, mixed too.
HEADERS: dict[str, str] = {
    fold(header): name
    for name, headers in {
        "item_number": "varenummer, varenr, vare nr, varenr., nummer, item number, item no, sku",
        "title": "titel, navn, varenavn, produkt, produktnavn, betegnelse, vare, title, name,"
        " product, product name",
        "summary": "kort beskrivelse, resume, resumé, kort tekst, i en sætning, summary,"
        " short description",
        "description": "beskrivelse, lang beskrivelse, tekst, varebeskrivelse, description,"
        " long description",
        "kind": "type, art, vare eller ydelse, vare/ydelse, kind, goods or service",
        "category": "kategori, cpv, cpv-kode, cpv kode, cpv-nummer, category, cpv code",
        "unit": "enhed, salgsenhed, unit",
        "price": "pris, pris ekskl. moms, pris ekskl moms, pris excl. moms, pris ex. moms,"
        " pris u. moms, pris uden moms, pris (kr.), pris kr., pris kr. ekskl. moms,"
        " pris pr. enhed, stykpris, enhedspris, salgspris, price, price excl. vat,"
        " price ex vat, unit price",
        "price_base_quantity": "prisenhed, pris pr. antal, prisen gælder for, price base quantity,"
        " price for",
        "vat_rate": "moms, momssats, moms %, moms i %, moms pct., vat, vat rate, vat %",
        "vat_exempt_reason": "momsfritagelse, årsag til momsfritagelse, begrundelse for momsfrihed,"
        " vat exempt reason, vat exemption reason",
        "minimum_quantity": "minimum, mindste antal, minimumsantal, mindste ordre, min. antal,"
        " minimum antal, min antal, mindstekøb, minimum quantity, minimum order",
        "delivery_days": "leveringstid, leveringsdage, leveringstid (dage), leveringstid i dage,"
        " leveringstid dage, levering (dage), delivery days, delivery time, lead time",
        "area": "leveringsområde, leverer til, leveres til, levering til, kommuner,"
        " delivery area, delivers to, municipalities",
        "images": "billede, billeder, billedfil, billedfiler, billednavn, foto, fotos, image,"
        " images, image file, image files, picture, pictures",
        "alts": "billedtekst, billedtekster, billedbeskrivelse, alternativ tekst, alt-tekst, alt,"
        " alt tekst, image text, image texts, alternative text, alt text, alt texts",
    }.items()
    for header in headers.split(",")
}
_NEEDED = ("item_number", "title")
_WITH_VAT = re.compile(r"\b(inkl|incl|med)\b.*\b(moms|vat)\b")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


class UnreadableList(Invalid):
    """The file cannot be read as a price list; the detail says why and what would help."""

    title = _("The price list cannot be read")

    def __init__(self, detail: Text) -> None:
        super().__init__({"price_list": [detail]}, detail)


@dataclass(frozen=True)
class Row:
    """A row with what stands in it by field, blanks left out; `number` as the spreadsheet shows."""

    number: int
    cells: dict[str, str]
    area: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    problems: dict[str, list[Text | str]] = field(default_factory=dict)

    @property
    def item_number(self) -> str:
        """Return the number by which the product is known, "" when the cell is blank."""
        return self.cells.get("item_number", "")


def read(content: bytes, filename: str) -> list[Row]:
    """Read the rows below the header, blank ones left out; raises UnreadableList."""
    if not content:
        raise UnreadableList(_("The file is empty. Choose the price list again."))
    if content.startswith(b"PK\x03\x04"):
        tables = _excel(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableList(_("This is an old Excel file (.xls). Save it as .xlsx or CSV."))
    elif PurePath(filename).suffix.lower() in (".csv", ".txt", ".tsv", ""):
        tables = _text_tables(content)
    else:
        raise UnreadableList(_("Send an Excel file (.xlsx) or a CSV file."))
    return _rows(*_best(tables))


def _excel(content: bytes) -> list[list[list[str]]]:
    """Return the sheets as tables of text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(each.file_size for each in parts.infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            raise UnreadableList(_("The Excel file is too large. Split it into several."))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        # Empty rows and columns are kept, so that row numbers are those Excel shows.
        return [
            [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            for sheet in sheets
            if sheet.height <= MOST_ROWS + HEADER_ROWS and sheet.width <= MOST_COLUMNS
        ]
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise UnreadableList(
            _("The Excel file is damaged or locked. Open it, save it as .xlsx and send it again.")
        ) from None


def _text(cell: Any) -> str:
    """Write a cell of Excel as a Dane would have typed it: 101.0 is `101`, 12.5 is `12,5`."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float | int):
        # Excel keeps 1249.9999999999998 for 1250: six places are more than a price has.
        plain = format(Decimal(repr(round(float(cell), 6))), "f")
        whole, _point, places = plain.partition(".")
        return f"{whole},{places.rstrip('0')}" if places.strip("0") else whole
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _text_tables(content: bytes) -> list[list[list[str]]]:
    """Return the text as a table by each delimiter in turn; the right one knows most headers."""
    text = _decoded(content)
    tables = []
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            table = [row for row, _count in zip(reader, range(MOST_ROWS + HEADER_ROWS + 1))]  # noqa: B905 - cut off on purpose
        except csv.Error:
            continue
        tables.append(table)
    return tables


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableList(_("The file is not text. Save the price list as .xlsx or CSV UTF-8."))


def _best(tables: Iterable[list[list[str]]]) -> tuple[list[list[str]], int]:
    """Return the table with the most known headers, and the index of its header row."""
    found = [
        (len(set(_fields(row))), -index, table)
        for table in tables
        for index, row in enumerate(table[:HEADER_ROWS])
        if set(_NEEDED) <= set(_fields(row))
    ]
    if not found:
        raise UnreadableList(
            _(
                "No row has the headings Varenummer and Titel (or item number and title). Write the"
                " headings above the columns and send it again."
            )
        )
    _count, index, table = max(found, key=lambda each: each[:2])
    return table, -index


def _fields(header: Sequence[str]) -> list[str]:
    """Return the field of each column, "" for a column we do not know."""
    return [HEADERS.get(_heading(cell), "") for cell in header]


def _heading(cell: str) -> str:
    """Fold a heading; a number behind it (Billede 2) and a mark of duty (*) do not count."""
    return re.sub(r" \d{1,2}$", "", fold(cell))


def _rows(table: list[list[str]], header: int) -> list[Row]:
    names = _fields(table[header])
    if any(_WITH_VAT.search(fold(cell)) and "pris" in fold(cell) for cell in table[header]):
        raise UnreadableList(
            _("The prices are with VAT. The catalogue needs prices without VAT, in kroner.")
        )
    below = table[header + 1 :]
    rows = [_row(number, names, cells) for number, cells in enumerate(below, start=header + 2)]
    filled = [row for row in rows if row.cells or row.images]
    if not filled:
        raise UnreadableList(_("There are no products below the headings."))
    if len(filled) > MOST_ROWS:
        raise UnreadableList(_("More than %(limit)s rows. Split the list.", limit=MOST_ROWS))
    return filled


def _row(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    found: dict[str, str] = {}
    many: dict[str, list[str]] = {"area": [], "images": [], "alts": []}
    problems: dict[str, list[Text | str]] = {}
    for name, cell in zip(names, cells, strict=False):
        text = _plain(cell, lines=name == "description")
        if name in many:
            many[name] += _split(name, text)
        elif name and text and name not in found:
            found[name] = _CLEAN.get(name, str)(text)
    if (price := found.get("price")) and (doubt := _doubtful(price)):
        problems["price"] = [doubt]
    pairs = [pair for pair in zip_longest(many["images"], many["alts"], fillvalue="") if pair[0]]
    return Row(
        number,
        found,
        tuple(each for each in many["area"] if each),
        tuple(image for image, _alt in pairs),
        tuple(alt for _image, alt in pairs),
        problems,
    )


def _plain(cell: str, *, lines: bool) -> str:
    """Take off what spreadsheets add: hard and doubled blanks, a leading apostrophe."""
    parts = cell.splitlines() if lines else [cell]
    text = "\n".join(_BLANKS.sub(" ", part).strip() for part in parts).strip()
    return text[1:].strip() if text[:1] in ("'", "\u2019", "\u2018") else text


def _split(name: str, text: str) -> list[str]:
    # Alternative texts are sentences, so a comma does not part them.
    marks = r"[;|\n]" if name == "alts" else r"[;,|\n]"
    return [part.strip() for part in re.split(marks, text)]  # blanks keep pairs together


def _item_number(text: str) -> str:
    return re.sub(r"^(\d+)[.,]0+$", r"\1", text)


def _price(text: str) -> str:
    """Take off currency and words around an amount: `kr. 1.250,-` is `1.250`."""
    text = re.sub(r"(?i)\b(dkk|kroner|kr)\b\.?|\b(ekskl|excl|ex)\.?\s*(moms|vat)\b", "", text)
    text = re.sub(r"(,-|,--|,–|,—)\s*$", "", text.strip())
    text = re.sub(r"(?i)\s*(pr|per)\.?\s+\w+\.?$", "", text.strip())
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+", text):  # written the English way: 1,250.00
        text = text.replace(",", "").replace(".", ",")
    return text.strip()


def _doubtful(price: str) -> Text | None:
    """Say what is in doubt about a price: a wrong guess here is a factor of a thousand."""
    if _WITH_VAT.search(fold(price)):
        return _("The price is with VAT; write it without")
    if re.fullmatch(r"\d{1,3},\d{3}", price.replace(" ", "")):
        return _("Is %(price)s thousands or decimals? Write 1.250,00 or 1,25", price=price)
    return None


_CLEAN: dict[str, Callable[[str], str]] = {"item_number": _item_number, "price": _price}
