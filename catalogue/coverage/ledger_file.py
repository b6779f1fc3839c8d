"""Read an export of the ledger, CSV or XLSX, as a stream of chunks.

Source of the headings: what Danish ledgers call date, supplier, amount, account and department.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from catalogue.core import old_books
from catalogue.core.sheets import several
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

from . import ledger_excel
from .ledger_cells import FIELDS, CellReader, Fault, Posting
from .ledger_excel import HEADER_ROWS
from .ledger_faults import UnreadableLedger

CHUNK_ROWS = 10_000  # a chunk is written in about a quarter of a second
SAMPLE_CHARACTERS = 100_000
DELIMITERS = (";", ",", "\t", "|")
# The first heading of a field that stands in the file is the one that counts.
HEADINGS: dict[str, tuple[str, ...]] = {
    name: tuple(fold(heading) for heading in headings.split(","))
    for name, headings in {
        "booked_on": "bogføringsdato, bogført, bogf. dato, posteringsdato, posting date,"
        " booking date, dato, date, bilagsdato, fakturadato, invoice date",
        "cvr": "cvr, cvr-nr, cvr-nummer, cvrnr, cvrnummer, leverandør cvr, leverandørs cvr-nr,"
        " leverandør cvr-nr, leverandørens cvr-nummer, kreditor cvr, kreditor cvr-nr,"
        " cvr/se-nr, cvr number, cvr no, supplier cvr, supplier cvr number, vendor cvr",
        "amount": "beløb ekskl. moms, beløb excl. moms, beløb ex. moms, beløb uden moms,"
        " nettobeløb, netto, amount excl. vat, net amount, beløb, beløb kr., beløb (kr.),"
        " beløb dkk, beløb (dkk), beløb i kr., amount, amount dkk",
        "account": "konto, kontonr, kontonummer, artskonto, finanskonto, finanskontonr, art,"
        " kontostreng, account, account number, account no, gl account, account coding",
        "supplier_name": "leverandør, leverandørnavn, leverandørens navn, kreditor, kreditornavn,"
        " navn, supplier, supplier name, vendor, vendor name, name",
        "department": "afdeling, afdelingsnavn, forvaltning, institution, omkostningssted,"
        " profitcenter, enhed, department, cost centre, cost center, unit",
    }.items()
}
NEEDED: dict[str, Text] = {
    "booked_on": _("the date (Dato or Bogføringsdato)"),
    "cvr": _("the supplier's CVR number (CVR-nr)"),
    "amount": _("the amount without VAT (Beløb)"),
    "account": _("the account (Konto)"),
}


@dataclass
class Chunk:
    """Some rows of the file, what is wrong with others, and how much of the file is behind."""

    postings: list[Posting] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    done: float = 0.0


@dataclass(frozen=True)
class _Table:
    """Rows below the header with their line numbers, and how much of the file is behind."""

    columns: Sequence[int | None]
    rows: Iterator[tuple[int, Sequence[Any]]]
    done: Callable[[], float]


def look(path: Path) -> None:
    """Read the header alone; raises UnreadableLedger when this is no ledger."""
    with _opened(path):
        pass


def chunks(path: Path, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Read the file in chunks of `size` rows, blank ones left out; raises UnreadableLedger."""
    with _opened(path) as table:
        reader = CellReader(table.columns)
        while lines := list(islice(table.rows, size)):
            chunk = Chunk(done=table.done())
            for line, cells in lines:
                if not any(cells):
                    continue
                found = reader.read(line, cells)
                if isinstance(found, Posting):
                    chunk.postings.append(found)
                else:
                    chunk.faults.append(found)
            yield chunk


@contextmanager
def _opened(path: Path) -> Iterator[_Table]:
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        begin = file.read(4)
        if not begin:
            raise UnreadableLedger(_("The file is empty. Choose the ledger again."))
        if begin == old_books.BEGINNING:
            raise UnreadableLedger(old_books.reason(begin + file.read()))
        file.seek(0)
        try:
            yield _excel(path) if begin == b"PK\x03\x04" else _csv(stack, file)
        except csv.Error:
            raise UnreadableLedger(
                _("A quotation mark in the file is never closed. Export it again.")
            ) from None


def _csv(stack: ExitStack, file: io.BufferedReader) -> _Table:
    size = os.fstat(file.fileno()).st_size
    encoding = _encoding(file)
    # Windows' own table has five holes; what stands there is shown as a mark, not refused.
    wrapper = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    text = stack.enter_context(wrapper)
    sample = text.read(SAMPLE_CHARACTERS)
    tables = [(mark, _sampled(sample, mark)) for mark in DELIMITERS]
    delimiter, table = max(tables, key=lambda each: _most_known(each[1]))
    index, columns = _header(table)
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter)
    for _skipped in islice(reader, index + 1):
        pass
    rows = ((reader.line_num, cells) for cells in reader)
    return _Table(columns, rows, lambda: file.tell() / size)


def _excel(path: Path) -> _Table:
    sheets = ledger_excel.list_sheets(path)
    begins = [sheet.begin for sheet in sheets]
    place = max(range(len(sheets)), key=lambda each: _most_known(begins[each]), default=0)
    index, columns = _header(begins[place] if sheets else [])
    _refuse_others(sheets)
    sheet, behind = sheets[place], [0]

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        for line, cells in enumerate(sheet.below(index + 1), start=index + 2):
            behind[0] = line
            yield line, cells

    return _Table(columns, rows(), lambda: behind[0] / max(sheet.height, behind[0], 1))


def _refuse_others(sheets: Sequence[ledger_excel.Sheet]) -> None:
    """Raise where several sheets have the headings: rows of the others would be left out unseen."""
    count = 0
    for sheet in sheets:
        with suppress(UnreadableLedger):
            index, _columns_of_it = _header(sheet.begin)
            count += any(map(any, sheet.begin[index + 1 :]))
    if count > 1:
        raise UnreadableLedger(several(count))


def _encoding(file: io.BufferedReader) -> str:
    """Return UTF-8 when all of the file is that, UTF-16 by its mark, else Windows' own."""
    begin = file.read(2)
    file.seek(0)
    if begin in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _sampled(sample: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(sample), delimiter=delimiter), HEADER_ROWS))
    except csv.Error:
        return []


def _most_known(table: Sequence[Sequence[Any]]) -> int:
    return max((_known(row) for row in table), default=0)


def _known(row: Sequence[Any]) -> int:
    return sum(column is not None for column in _columns(row))


def _header(table: Sequence[Sequence[Any]]) -> tuple[int, Sequence[int | None]]:
    """Return the index of the header row and where each of FIELDS stands; raises if it is none."""
    index = max(range(len(table)), key=lambda each: _known(table[each]), default=0)
    heading = table[index] if table else []
    columns = _columns(heading)
    missing = [name for name, column in zip(FIELDS, columns, strict=True) if column is None]
    needed = [name for name in NEEDED if name in missing]
    if "amount" in needed and any("inkl moms" in fold(str(cell)) for cell in heading):
        raise UnreadableLedger(_("The amounts are with VAT. Export them without VAT."))
    if needed:
        names = ", ".join(str(NEEDED[name]) for name in needed)
        raise UnreadableLedger(
            _("No column is found for: %(names)s. Write the headings above the columns.",
              names=names)
        )  # fmt: skip
    return index, columns


def _columns(row: Sequence[Any]) -> list[int | None]:
    places = {fold(str(cell)): place for place, cell in reversed(list(enumerate(row)))}
    found = (
        next((places[heading] for heading in HEADINGS[name] if heading in places), None)
        for name in FIELDS
    )
    return list(found)
