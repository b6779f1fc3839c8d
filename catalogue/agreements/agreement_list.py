"""Read a municipality's list of agreements, XLSX or CSV, into rows of text; judges nothing.

What a cell means is cleaned here (dates of Excel, codes without their leading zero), whether it is
right is for the schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.core import book_errors, sheets
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

# Folded header -> field. Both languages are accepted, mixed too.
HEADERS: dict[str, str] = {
    fold(header): name
    for name, headers in {
        "number": "nummer, nr, aftalenummer, aftalenr, aftale nr, aftale-id, aftale id, id,"
        " kontraktnummer, kontraktnr, kontrakt nr, kontrakt-id, number, agreement number,"
        " agreement no, contract number",
        "title": "titel, emne, aftale, aftalenavn, aftaletitel, navn, kontrakt, kontraktnavn,"
        " title, subject, agreement, name",
        "supplier_name": "leverandør, leverandørnavn, leverandørens navn, firma, virksomhed,"
        " supplier, supplier name, vendor",
        "supplier_cvr": "cvr, cvr-nr, cvr-nummer, cvrnr, cvrnummer, leverandørens cvr,"
        " leverandør cvr, leverandørens cvr-nummer, supplier cvr, cvr number",
        "categories": "kategorier, kategori, cpv, cpv-kode, cpv-koder, aftaleområde, område,"
        " varegruppe, varegrupper, varer og ydelser, categories, category, cpv code, cpv codes",
        "starts_on": "første dag, start, startdato, startdag, fra, gælder fra, gyldig fra,"
        " aftalestart, kontraktstart, ikrafttrædelse, first day, starts, start date, from,"
        " valid from",
        "ends_on": "sidste dag, slut, slutdato, slutdag, til, gælder til, gyldig til, udløb,"
        " udløbsdato, udløber, aftaleudløb, kontraktudløb, last day, ends, end date, to,"
        " valid to, expires, expiry date",
        "period": "periode, aftaleperiode, kontraktperiode, period",
        "options": "optioner, option, forlængelse, forlængelser, forlængelsesmuligheder,"
        " forlængelsesoptioner, mulighed for forlængelse, options, extension, extensions",
        "contact_name": "kontaktperson, kontakt, kontraktansvarlig, aftaleansvarlig, ansvarlig,"
        " contact, contact person, responsible",
        "contact_email": "e-mail, email, mail, e-mailadresse, kontaktpersonens e-mail,"
        " kontakt e-mail, kontaktmail, e-mail address, contact e-mail, contact email",
        "where_to_buy": "hvor købes der, hvor skal der købes, hvor der skal købes, hvor købes,"
        " indkøbssted, købssted, bestilling, sådan bestilles, sådan købes, where to buy,"
        " how to buy",
        "reference": "reference, ref, sag, sagsnummer, sagsnr, journalnummer, udbudsnummer, case,"
        " case number",
    }.items()
    for header in headers.split(",")
}
EXAMPLES = ("eksempel", "example")  # numbers of the row that shows how the empty list is filled
_CODE = re.compile(r"([0-9]{7,8})(?:-[0-9])?(?![0-9])\s*[:–-]?\s*(.*)")
_DAY = re.compile(
    r"(?<![0-9])([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[-./ ]+[0-9]{1,2}[-./ ]+[0-9]{4})"
    r"(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2})?(?![0-9])"
)
_LINES = ("categories", "where_to_buy")  # the fields that may have several lines
_DAYS = ("starts_on", "ends_on")
_EXCEL_BEGINS = date(1899, 12, 30)  # day 0 of Excel's numbers for dates, as of 1 March 1900


class UnreadableAgreements(Invalid):
    """The file cannot be read as a list of agreements; the detail says why and what would help."""

    title = _("The list of agreements cannot be read")

    def __init__(self, detail: Text | str) -> None:
        super().__init__({"list": [detail]}, detail)


@dataclass(frozen=True)
class Row:
    """A row with what stands in it by field, blanks left out; `line` as the spreadsheet shows.

    `codes` are its categories given as codes, `words` those given in words.
    """

    line: int
    cells: dict[str, str]
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """Return the number by which the agreement is known, "" when the cell is blank."""
        return self.cells.get("number", "")


def read(content: bytes, filename: str) -> list[Row]:
    """Read the rows below the header, blank ones left out; raises UnreadableAgreements."""
    try:
        tables = sheets.tables(content, filename)
        # A list without a column of numbers has its references instead.
        found = sheets.best(tables, HEADERS, {"number", "supplier_name"}) or sheets.best(
            tables, HEADERS, {"reference", "supplier_name"}
        )
    except sheets.Unreadable as error:
        raise UnreadableAgreements(error.detail) from None
    if found is None:
        raise UnreadableAgreements(
            _(
                "No row has the headings Nummer and Leverandør (or number and supplier). Write the"
                " headings above the columns and send it again."
            )
        )
    return _rows(*found)


def split_categories(text: str) -> tuple[list[str], list[str]]:
    """Split a cell at commas, semicolons and lines into codes and words, each once.

    A check digit and a name behind a code do not count; a code that Excel made a number has lost
    its leading zero.
    """
    codes, words = [], []
    for part in re.split(r"[,;\n|]", text):
        found = _CODE.fullmatch(part.strip())
        if found:
            codes.append(found[1].zfill(8))
        elif fold(part):
            words.append(part.strip())
    return list(dict.fromkeys(codes)), list({fold(word): word for word in words}.values())


def _rows(table: list[list[str]], header: int) -> list[Row]:
    names = sheets.fields(table[header], HEADERS)
    if "number" not in names:
        names = ["number" if name == "reference" else name for name in names]
    below = table[header + 1 :]
    rows = [_row(line, names, cells) for line, cells in enumerate(below, start=header + 2)]
    filled = [
        row
        for row in rows
        if set(row.cells.values()) - book_errors.WORDS and fold(row.number) not in EXAMPLES
    ]
    if not filled:
        raise UnreadableAgreements(_("There are no agreements below the headings."))
    if len(filled) > sheets.MOST_ROWS or sheets.is_cut(table):
        raise UnreadableAgreements(
            _("More than %(limit)s rows. Split the list.", limit=sheets.MOST_ROWS)
        )
    return filled


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        text = sheets.plain(cell, lines=name in _LINES)
        if name == "categories" and text and name in found:
            found[name] += "\n" + text  # Kategori 1, Kategori 2 …
        elif name and text:
            found.setdefault(name, text)
    _read_days(found)
    if "number" in found:
        found["number"] = re.sub(r"^(\d+)[.,]0+$", r"\1", found["number"])
    codes, words = split_categories(found.get("categories", ""))
    return Row(line, found, tuple(codes), tuple(words))


def _read_days(found: dict[str, str]) -> None:
    """Bring days to a form the schema reads; a period gives both."""
    days = _DAY.findall(found.pop("period", ""))
    if len(days) == 2:
        for name, day in zip(_DAYS, days, strict=True):
            found.setdefault(name, day)
    for name in _DAYS:
        if name in found:
            found[name] = _day(found[name])


def _day(text: str) -> str:
    """Take the time off a day; a number is a day of Excel whose column was not formatted."""
    if re.fullmatch(r"[2-9][0-9]{4}", text):
        return (_EXCEL_BEGINS + timedelta(days=int(text))).isoformat()
    found = _DAY.fullmatch(text)
    return found[1] if found else text
