"""Make the lists of agreements of this folder: what a municipality's contract list looks like.

Usage: python tests/data/agreement_lists/make.py [FOLDER]

`slagelse.xlsx` and `slagelse.csv` (Windows-1252) have the same messy rows, some of which are to be
refused; `slagelse_clean.csv` applies once its words are answered. Suppliers are invented; the CVR
numbers are of public examples or fail their check digit on purpose.
"""

from __future__ import annotations

import csv
import io
import sys
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

Cell = str | int | date
HEADINGS: list[Cell] = [
    "Aftalenr.", "Emne", "Leverandør", "CVR-nr.", "CPV-koder", "Startdato", "Udløb", "Forlængelse",
    "Kontaktperson", "E-mail", "Hvor købes der?", "Sagsnr.", "Intern note",
]  # fmt: skip
SYSTEM = "Bestil i indkøbssystemet."


def row(number: Cell, title: str, supplier: str, categories: Cell, **other: Cell) -> list[Cell]:
    """Return a row with usual cells where nothing else is said."""
    cells = {
        "cvr": "13748136", "starts": date(2026, 1, 1), "ends": date(2027, 12, 31), "options": "",
        "contact": "Jens Kruse", "email": "jens@slagelse.example", "where": SYSTEM, "case": "",
        "note": "",
    } | other  # fmt: skip
    return [number, title, supplier, cells.pop("cvr"), categories, *cells.values()]


CLEAN = [
    row(2026101, "Rengøring", "Rent Hus A/S", "90910000-9 Rengøring; vinduespolering",
        options="2 x 12 mdr.", case="Sag 25/1001"),
    row("F-102", "Kontorartikler", "Papirgården A/S", "30192000-1\nKontorpapir",
        cvr="DK 13 74 81 36", options="1 + 1 år"),
    row("F-103", "Legepladser", "Storlegeren A/S", 37535200, cvr="45656787",
        options="efter aftale, varsles 6 mdr. før"),
    row("F-104", "Frugt og grønt", "Grønttorvet Vest ApS", "Frugt og grønt",
        starts="01.03.2026", ends="28/2-2027", options="12 mdr."),
    row("F-105", "Snitblomster", "Blomsterbinderiet ApS", 3121210, starts="2026-02-01",
        ends="2026-12-31"),
    row("F-106", "Tværgående rammeaftale", "Alt Muligt A/S", "Tværgående"),
]  # fmt: skip
FAULTY = [
    row("F-107", "Dage i uorden", "Rent Hus A/S", "90910000", starts=date(2027, 1, 1),
        ends=date(2026, 1, 1)),
    row("F-108", "Ukendt kode", "Rent Hus A/S", "99999999"),
    row("F-109", "Uden sted at købe", "Rent Hus A/S", "90910000", where=""),
    row("F-110", "Uden kategori", "Rent Hus A/S", ""),
    row("F-111", "Halvt CVR-nummer", "Rent Hus A/S", "90910000", cvr="1374813"),
    row("F-112", "Dato med ord", "Rent Hus A/S", "90910000", ends="ved årets udgang"),
    row("F-102", "Kontorartikler igen", "Papirgården A/S", "30192000"),
    row("", "Uden nummer", "Rent Hus A/S", "90910000"),
]  # fmt: skip


def messy() -> list[list[Cell]]:
    """Return the rows as they are found in the wild: a title, blanks, apostrophes, hard blanks."""
    blank: list[Cell] = [""] * len(HEADINGS)
    first = list(CLEAN[0])
    first[1], first[2] = "  Rengøring ", "Rent\u00a0Hus A/S"
    top = [["Indkøbsaftaler, Slagelse Kommune", *blank[1:]], blank, HEADINGS]
    return [*top, first, blank, *CLEAN[1:], blank, *FAULTY, blank]


def write_csv(path: Path, rows: list[list[Cell]], encoding: str) -> None:
    """Write rows as Danish Excel does: semicolons, line ends of Windows, days day first."""
    plain = [[f"{c:%d-%m-%Y}" if isinstance(c, date) else str(c) for c in cells] for cells in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(plain)
    path.write_bytes(text.getvalue().encode(encoding))


def write_xlsx(path: Path, rows: list[list[Cell]]) -> None:
    """Write rows as a workbook: days as days, numbers as numbers, the others as text."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2026, 1, 5)})  # noqa: DTZ001 - the same bytes
        sheet = book.add_worksheet("Aftaler")
        days = book.add_format({"num_format": "dd-mm-yyyy"})
        for place, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(place, column, cell, days)
                elif isinstance(cell, int):
                    sheet.write_number(place, column, cell)
                elif cell:
                    sheet.write_string(place, column, cell)


def main(folder: Path) -> None:
    """Write all files into `folder`."""
    write_xlsx(folder / "slagelse.xlsx", messy())
    write_csv(folder / "slagelse.csv", messy(), "cp1252")
    write_csv(folder / "slagelse_clean.csv", [HEADINGS, *CLEAN], "utf-8-sig")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
