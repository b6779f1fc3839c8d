"""The spreadsheet that staff fill in: headings and one row as an example, which is passed over."""

from __future__ import annotations

import io
from datetime import date

import xlsxwriter

COLUMNS = {
    "da": [
        ("Nummer", 14), ("Titel", 30), ("Leverandør", 26), ("CVR", 12), ("Kategorier", 36),
        ("Første dag", 13), ("Sidste dag", 13), ("Optioner", 16), ("Kontaktperson", 20),
        ("E-mail", 30), ("Hvor købes der", 46), ("Reference", 18),
    ],
    "en": [
        ("Number", 14), ("Title", 30), ("Supplier", 26), ("CVR", 12), ("Categories", 36),
        ("First day", 13), ("Last day", 13), ("Options", 16), ("Contact person", 20),
        ("E-mail", 30), ("Where to buy", 46), ("Reference", 18),
    ],
}  # fmt: skip
EXAMPLES: dict[str, list[str | date]] = {
    "da": [
        "EKSEMPEL", "Rengøring og vinduespolering", "Leverandør A/S", "13748136",
        "90910000; vinduespolering", date(2026, 1, 1), date(2027, 12, 31), "2 x 12 mdr.",
        "Navn Navnesen", "navn@kommune.example", "Bestil i indkøbssystemet under Rengøring.",
        "Sag 26/1234",
    ],
    "en": [
        "EXAMPLE", "Cleaning of buildings and windows", "Supplier A/S", "13748136",
        "90910000; window cleaning", date(2026, 1, 1), date(2027, 12, 31), "2 x 12 months",
        "Name Nameson", "name@kommune.example", "Order in the purchasing system under Cleaning.",
        "Case 26/1234",
    ],
}  # fmt: skip


def write(locale: str) -> bytes:
    """Return the workbook in the reader's language."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Aftaler" if locale == "da" else "Agreements")
        bold = book.add_format({"bold": True, "bottom": 1})
        days = book.add_format({"num_format": "dd-mm-yyyy"})
        for place, (heading, width) in enumerate(COLUMNS[locale]):
            is_day = isinstance(EXAMPLES[locale][place], date)
            sheet.set_column(place, place, width, days if is_day else None)
            sheet.write_string(0, place, heading, bold)
        for place, cell in enumerate(EXAMPLES[locale]):
            if isinstance(cell, date):
                sheet.write_datetime(1, place, cell, days)
            else:
                sheet.write_string(1, place, cell)
        sheet.freeze_panes(1, 0)
    return content.getvalue()
