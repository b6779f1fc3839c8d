"""Read an enterprise's price list, XLSX or CSV, into rows of text by field; judges nothing.

Small enterprises deliver what they have: titles above the header, blank rows, `kr.`, hard blanks,
apostrophes, numbers that Excel made of item numbers. What a cell means is cleaned here, whether
it is right is for the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from catalogue.core import book_errors, sheets
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

WHOLE_COUNTRY = {"hele landet", "hele danmark", "danmark", "landsdaekkende", "whole country", "all"}
# Folded header -> field. Both languages are accepted, mixed too.
HEADERS: dict[str, str] = {
    fold(header): name
    for name, headers in {
        "item_number": "varenummer, varenr, vare nr, varenr., nummer, item number, item no, sku",
        "variant_of": "variant af, variant af varenummer, hovedvare, hovedvarenummer, modervare,"
        " variant of, parent, parent item number, parent sku",
        "size": "størrelse, str, str., size",
        "colour": "farve, colour, color",
        "trait": "anden forskel, forskel, another difference, other difference",
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
        "gtin": "gtin, ean, ean-nummer, ean nummer, stregkode, bar code",
        "unspsc": "unspsc, unspsc-kode, unspsc code",
        "paused_until": "fuldt booket til, pause til, fully booked until, paused until",
        "pause_reason": "årsag til pause, reason of pause",
        "tiers": "mængderabat, mængderabatter, quantity discount, quantity discounts",
        "pack_size": "antal i pakning, pakningsstørrelse, pack size",
        "made_to_order": "lager, lager eller bestilling, stock",
        "materials": "materialer, materiale, materials",
        "dimensions": "mål, mål og vægt, dimensions, measurements",
        "season_from": "sæson fra, season from",
        "season_to": "sæson til, sæson til og med, season to",
        "season": "sæson, om sæsonen, season, about the season",
        "allergens": "allergener, allergens",
        "on_request": "pris efter tilbud, pris efter aftale, price on request",
        "included": "inkluderet, hvad er med, included",
        "place": "udføres hos, udføres, done at",
        "duration": "varighed, duration",
        "hours": "tidspunkter, arbejdstid, hours",
        "extent": "areal, omfang, scale",
        "notice_days": "varsel, varsel (dage), notice, notice (days)",
        "capacity_per_week": "kapacitet pr. uge, kapacitet, capacity per week",
        "origin": "oprindelse, fremstillet, origin",
        "labels": "mærker, mærkning, certificeringer, labels",
        "social_story": "social historie, den sociale historie, social story",
    }.items()
    for header in headers.split(",")
}
_NEEDED = ("item_number", "title")
_NUMBERS = ("item_number", "variant_of")
LINED = frozenset({"summary", "description", "included", "social_story"})  # may have several lines
EXAMPLES = ("eksempel", "example")  # its number and title tell the row that is passed over
EXAMPLE_VARIANT = "-2"  # behind its number
EXAMPLES_END = ("(eksempel)", "(example)")
EMPTIED = frozenset({"(tom)", "(empty)"})  # blank leaves what stands; this takes it away
_SHORTENED = re.compile(r"\d[.,]\d+[eE]\+\d+")  # what Excel shows of a long number
_SHORT = _("Excel has shortened the number. Make the column Text, and write all its digits anew")
_MARKS = {"alts": ";|\n"}  # alternative texts are sentences, so a comma does not part them
_WITH, _VAT = re.compile(r"\b(inkl|incl|med)\b"), re.compile(r"\b(moms|vat)\b")


class UnreadableList(Invalid):
    """The file cannot be read as a price list; the detail says why and what would help."""

    title = _("The price list cannot be read")

    def __init__(self, detail: Text | str) -> None:
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
    notes: tuple[Text, ...] = ()  # what was left out of it, and why
    withdraws: bool = False  # the product is to be taken from the shelf
    lenient: bool = False  # pictures that cannot be had are left out with a note, not refused
    emptied: frozenset[str] = frozenset()
    columns: Mapping[str, int] = field(default_factory=dict, compare=False)

    def place(self, name: str) -> str:
        """Return where a field stands as spreadsheets name cells, such as H12; "" for nowhere."""
        return f"{sheets.letters(self.columns[name])}{self.number}" if name in self.columns else ""

    @property
    def item_number(self) -> str:
        """Return the number by which the product is known, "" when the cell is blank."""
        return self.cells.get("item_number", "")

    @property
    def variant_of(self) -> str:
        """Return the number of the product whose variant the row says it tells, else ""."""
        told = self.cells.get("variant_of", "")
        return "" if told == self.item_number else told


def read(content: bytes, filename: str) -> list[Row]:
    """Read the rows below the header, blank ones left out; raises UnreadableList."""
    try:
        found = sheets.best(sheets.tables(content, filename), HEADERS, _NEEDED)
    except sheets.Unreadable as error:
        raise UnreadableList(error.detail) from None
    if found is None:
        raise UnreadableList(
            _(
                "No row has the headings Varenummer and Titel (or item number and title). Write the"
                " headings above the columns and send it again."
            )
        )
    return _rows(*found)


def spaced(text: str, name: str = "") -> str:
    """Return a text with the blanks that a cell of it has."""
    return sheets.spaced(text, lines=name in LINED)


def _rows(table: list[list[str]], header: int) -> list[Row]:
    names = sheets.fields(table[header], HEADERS)
    # Beside prices without VAT, a column of those with it is one of many that are passed over.
    with_vat = any(_is_with_vat(cell) and "pris" in fold(cell) for cell in table[header])
    if with_vat and "price" not in names:
        raise UnreadableList(
            _("The prices are with VAT. The catalogue needs prices without VAT, in kroner.")
        )
    below = table[header + 1 :]
    columns = {name: place for place, name in reversed(list(enumerate(names))) if name}
    rows = [
        replace(_row(number, names, cells), columns=columns)
        for number, cells in enumerate(below, start=header + 2)
        if any(cells)
    ]
    filled = [row for row in rows if (row.cells or row.images) and not _is_example(row)]
    if not filled:
        raise UnreadableList(_("There are no products below the headings."))
    if len(filled) > sheets.MOST_ROWS or sheets.is_cut(table):
        raise UnreadableList(_("More than %(limit)s rows. Split the list.", limit=sheets.MOST_ROWS))
    return filled


def _row(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    found: dict[str, str] = {}
    many: dict[str, list[str]] = {"area": [], "images": [], "alts": []}
    emptied = set()
    problems: dict[str, list[Text | str]] = {}
    for name, cell in zip(names, cells, strict=False):
        if not cell or not name:
            continue
        text = sheets.plain(cell, lines=name in LINED)
        if cell.strip().casefold() in EMPTIED:
            emptied.add(name)
        elif text in book_errors.WORDS:
            problems[name] = [book_errors.FAULTY]
            found.setdefault(name, text)
        elif name in many:
            many[name] += sheets.parts(text, _MARKS.get(name, ";,|\n"))
        elif text:
            told = text if _is_fixed(name, cell) else _CLEAN.get(name, str)(text)
            if found.setdefault(name, told) != told:
                problems[name] = [_("Two columns tell this, each otherwise. Take one of them out")]
            elif name in _NUMBERS and _SHORTENED.fullmatch(told):
                problems[name] = [_SHORT]
    if found and set(found.values()) <= book_errors.WORDS and not any(many.values()):
        return Row(number, {})  # formulas that were filled in below the last product
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
        emptied=frozenset(emptied),
    )


def _is_example(row: Row) -> bool:
    """Tell whether a row is one of those that show how our empty list is filled in."""
    title, number = row.cells.get("title", "").casefold(), row.item_number.casefold()
    shown = row.variant_of.casefold()
    if shown in EXAMPLES:
        return number == shown + EXAMPLE_VARIANT
    return number in EXAMPLES and title.endswith(EXAMPLES_END)


def _is_fixed(name: str, cell: str) -> bool:
    """Tell whether a number of an item is to be taken as it stands, `7.00` too."""
    return name in _NUMBERS and cell.strip()[:1] in sheets.APOSTROPHES


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


def _is_with_vat(text: str) -> bool:
    """Tell whether a text says so: `inkl. moms`.

    Looked for one after the other: as one pattern, a cell of `med med med …` would take hours.
    """
    said = fold(text)
    begins = _WITH.search(said)
    return begins is not None and _VAT.search(said, begins.end()) is not None


def _doubtful(price: str) -> Text | None:
    """Say what is in doubt about a price: a wrong guess here is a factor of a thousand."""
    if _is_with_vat(price):
        return _("The price is with VAT; write it without")
    if re.fullmatch(r"\d{1,3},\d{3}", price.replace(" ", "")):
        return _("Is %(price)s thousands or decimals? Write 1.250,00 or 1,25", price=price)
    if re.fullmatch(r"\d[\d. ]*,\d{3,}", price):
        return _("The price has more than two decimals. Round it; a spreadsheet shows fewer only")
    return None


_CLEAN: dict[str, Callable[[str], str]] = {**dict.fromkeys(_NUMBERS, _item_number), "price": _price}
