"""Make the price lists of this folder: what a small enterprise's spreadsheet looks like in truth.

Usage: python tests/data/price_lists/make.py [FOLDER]

`legehytten.xlsx` and `legehytten.csv` (Windows-1252) have the same messy rows, some of which are to
be refused; `legehytten_bom.csv` is UTF-8 with a byte order mark; `legehytten_clean.csv` applies.
"""

from __future__ import annotations

import csv
import io
import sys
from datetime import datetime
from pathlib import Path

import xlsxwriter

from catalogue.demo import pictures

HEADINGS = [
    "Varenr.", "Titel", "Kort beskrivelse", "Beskrivelse", "Type", "CPV-kode", "Enhed",
    "Pris ekskl. moms", "Moms", "Mindste antal", "Leveringstid", "Leveringsområde", "Billede",
    "Billedtekst", "Intern note",
]  # fmt: skip
WAVE = [
    "P-501", "Vippedyr i eg", "Vippedyr til de mindste, på fjeder.",
    "Udskåret af eg og olieret to gange. Fjederen er af rustfrit stål.", "vare", "37535200",
    "stk.", "4.250,00", "25 %", "1", "21", "Hele landet", "vippedyr.jpg", "Vippedyr af eg",
    "hylde 3",
]  # fmt: skip
SWING = [
    "P-502", "Gyngestativ med to sæder", "Gyngestativ af robinie til institutioner.",
    "Stativet er 240 cm højt og har to sæder med kæder. Faldunderlag aftales for sig.", "vare",
    "37535200", "stk", "12 850,00 kr.", "25", "1", "6 uger", "Slagelse; Sorø", "GYNGE.png",
    "Gyngestativ med to røde sæder", "",
]  # fmt: skip
CHECK = [
    "P-503", "Sikkerhedseftersyn, pr. besøg", "Eftersyn af legepladsen med rapport.",
    "Vi gennemgår hele legepladsen og skriver en rapport med billeder samme uge.", "ydelse",
    "50870000", "besøg", "kr. 1.950,-", "25%", "1", "14 dage", "hele landet", "vippedyr.jpg",
    "Montør ved et vippedyr", "",
]  # fmt: skip
FAULTY = {
    "no price": ["P-504", "Sandkasse uden pris", "En sandkasse.", "Af lærk.", "vare", "37535200",
                 "stk", "ring for pris", "25", "1", "14", "Hele landet", "", "", ""],
    "no category": ["P-505", "Mudderkøkken", "Et køkken til mudder.", "Af lærk.", "vare",
                    "37535209", "stk", "3.400,00", "25", "1", "14", "Hele landet", "", "", ""],
    "thousand or decimal": ["P-506", "Balancebom", "En bom.", "Af eg.", "vare", "37535200", "stk",
                            "1,250", "25", "1", "14", "Hele landet", "", "", ""],
    "no picture": ["P-507", "Klatrenet", "Et net.", "Af hamp.", "vare", "37535200", "stk",
                   "2.100,00", "25", "1", "14", "Hele landet", "findes-ikke.jpg", "Net", ""],
    "no such place": ["P-508", "Legetårn", "Et tårn.", "Af lærk.", "vare", "37535200", "stk",
                      "18.900,00", "25", "1", "14", "Slagelsse", "", "", ""],
    "twice": ["P-501", "Vippedyr i ask", "Endnu et.", "Af ask.", "vare", "37535200", "stk",
              "4.100,00", "25", "1", "21", "Hele landet", "", "", ""],
}  # fmt: skip


def messy() -> list[list[str]]:
    """Return the rows as they are found in the wild: a title, blanks, apostrophes, hard blanks."""
    wave, swing = list(WAVE), list(SWING)
    wave[0], wave[1], wave[7] = "'P-501", "  Vippedyr i eg ", "4.250,00\u00a0kr."
    swing[7] = "12\u00a0850,00 kr."
    blank = [""] * len(HEADINGS)
    top = [["Prisliste Legehytten 2026", *blank[1:]], blank, HEADINGS]
    return [*top, wave, blank, swing, CHECK, blank, *FAULTY.values(), blank]


def write_csv(path: Path, rows: list[list[str]], encoding: str) -> None:
    """Write rows as Danish Excel does: semicolons, and line ends of Windows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """Write rows as a workbook: plain numbers as numbers, the others as text."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2026, 1, 5)})  # noqa: DTZ001 - the same bytes
        sheet = book.add_worksheet("Priser")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell.isdigit():
                    sheet.write_number(place, column, int(cell))
                elif cell:
                    sheet.write_string(place, column, cell)


def main(folder: Path) -> None:
    """Write all files into `folder`."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    pictures.draw("woodtoy", 3, (480, 360)).save(images / "vippedyr.jpg", quality=85)
    swing = pictures.draw("playground", 5, (480, 360))
    swing.quantize(64).save(images / "gynge.png", optimize=True)
    write_xlsx(folder / "legehytten.xlsx", messy())
    write_csv(folder / "legehytten.csv", messy(), "cp1252")
    write_csv(folder / "legehytten_bom.csv", [HEADINGS, WAVE, SWING], "utf-8-sig")
    write_csv(folder / "legehytten_clean.csv", [HEADINGS, WAVE, SWING, CHECK], "cp1252")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
