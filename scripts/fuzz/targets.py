"""Every parser of what comes from outside, as a function of bytes, with pieces to begin from.

A target returns, or raises a `CatalogueError`, which is a refusal in words; all else is a fault.
`served.py` has those that need the application.
"""

from __future__ import annotations

import importlib
import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import signing_in  # noqa: E402 - found by the line above

from catalogue.accounts import (  # noqa: E402
    saml_messages,
    saml_responses,
    saml_rules,
    saml_signatures,
)
from catalogue.agreements import agreement_list  # noqa: E402
from catalogue.agreements import schema as agreement_schema  # noqa: E402
from catalogue.core import fields, receiving, sheets  # noqa: E402
from catalogue.core.errors import CatalogueError, Invalid, Unavailable  # noqa: E402
from catalogue.core.http.signing import SteadySigner  # noqa: E402
from catalogue.core.receiving import Door  # noqa: E402
from catalogue.core.sealing import unseal  # noqa: E402
from catalogue.coverage import ledger_file  # noqa: E402
from catalogue.exchange import (  # noqa: E402
    bounce_rules,
    buyer_documents,
    cxml_reading,
    document_receiving,
    documents,
    oci,
    peppol_reading,
    peppol_rows,
    punchout_rules,
)
from catalogue.media import decoding  # noqa: E402
from catalogue.media.rules import Limits  # noqa: E402
from catalogue.products import price_list, zipped  # noqa: E402
from catalogue.products import schema as product_schema  # noqa: E402
from catalogue.search import amounts, asking, schema  # noqa: E402
from catalogue.search.analysis import DANISH, Chain  # noqa: E402

MOST_BYTES = 200_000
MOST_ROWS = 20  # of a list that are read by the schema: the rest is read alike
LIMITS = Limits(2_000_000, 4_000_000, 8)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "a secret of the searches"
Read = Callable[[bytes], Any]


@dataclass(frozen=True)
class Target:
    """A parser with whole pieces to begin from; `longest` bounds what a search makes of them."""

    name: str
    title: str
    read: Read
    whole: Callable[[], Sequence[bytes]]
    longest: int = 20_000


def parsers(folder: Path) -> list[Target]:
    """List the parsers that need no application; those of files write into the folder."""
    here = _Files(folder)
    return [
        Target("search", "what is searched for", search, whole("texts"), 600),
        Target("fields", "fields of forms, CVR, EAN and CPR", typed, whole("texts"), 400),
        Target("addresses", "ways back and origins", address, whole("texts"), 600),
        Target("tokens", "signed and sealed words", token, _signed, 600),
        Target("oci", "call of OCI", call, whole("calls"), 2_000),
        Target("peppol", "Peppol catalogue (XML)", peppol, whole("peppol")),
        Target("orders", "documents of orders (XML)", order, whole("orders")),
        Target("cxml", "cXML message", cxml, whole("cxml")),
        Target("saml", "answer of SAML", saml, whole("saml")),
        Target("metadata", "metadata of SAML", signing_in.metadata, whole("metadata")),
        Target("providers", "OpenID Connect", signing_in.provider, whole("providers"), 6_000),
        Target("reports", "report of a mail", bounce_rules.read, whole("reports"), 6_000),
        Target("workbook", "workbook (XLSX)", here.workbook, whole("workbooks"), 8_000),
        Target("prices", "price list", prices, whole("price_lists"), 6_000),
        Target("agreements", "list of agreements", listed, whole("agreements"), 6_000),
        Target("ledger", "ledger", here.ledger, whole("price_lists"), 6_000),
        Target("pictures", "picture", picture, whole("pictures"), 8_000),
        Target("zip", "ZIP file of pictures", here.zip, whole("packed"), 8_000),
        Target("documents", "document", document, whole("documents"), 8_000),
    ]


def whole(name: str) -> Callable[[], list[bytes]]:
    """Return what makes whole pieces: much is loaded for it, which searching does not need."""
    return lambda: list(getattr(importlib.import_module("seeds"), name)())


def search(content: bytes) -> Any:
    """Read what is typed into the search, and the parameters beside it."""
    text = content.decode("utf-8", "replace")[:2_000]
    chain = Chain(DANISH)
    asked = asking.read(chain, text)
    amounts.read(text)
    parts = text.split("&")
    names = list(schema.NAMES)
    given = {name: [part] for name, part in zip(["q", *names], parts, strict=False)}
    return asked, schema.read_query(given, municipality_id=1, page_size=24)


def typed(content: bytes) -> None:
    """Read a text by every field of a form, and by those of products and agreements."""
    text = content.decode("utf-8", "replace")
    for schema_ in _FORMS:
        names = [field.data_key or name for name, field in schema_.fields.items()]
        with suppress(Invalid):
            fields.load(schema_, dict.fromkeys(names, text))
    for number in (text, _as_number(text)):
        with suppress(Invalid):
            fields.load(_ALL, dict.fromkeys(_ALL.fields, number))


def address(content: bytes) -> None:
    """Read a way back, an origin, and a host."""
    text = content.decode("utf-8", "replace")
    if punchout_rules.may_return_to(text, ["erp.kommune.dk", "localhost"]):
        punchout_rules.split_hook(text)
    punchout_rules.read_origin(text)
    punchout_rules.read_host(text)


def token(content: bytes) -> None:
    """Read what should be signed or sealed by us; that it is not is the library's to say."""
    text = content.decode("utf-8", "replace")
    with suppress(Unavailable):
        unseal(SECRET, "purpose", text)
    SteadySigner(SECRET).validate(text, max_age=600)


def call(content: bytes) -> Any:
    """Read the query or form of a call of OCI."""
    try:
        pairs = oci.read_pairs(content)
    except ValueError:  # too many fields, which the page refuses
        return None
    found = oci.read_call(pairs)
    punchout_rules.in_charset(found.words, found.charset)
    return punchout_rules.may_return_to(found.return_url, ["erp.example"])


def peppol(content: bytes) -> Any:
    """Read a catalogue into rows, and each row by the schema of products."""
    read = peppol_reading.read(content)
    peppol_rows.check_provider(read, "13748136")
    peppol_rows.cpv_codes(read)
    known = peppol_rows.Known(frozenset(), peppol_rows.picture_hashes(read))
    list(peppol_rows.pictures(read, known))
    for row in peppol_rows.rows(read, known)[:MOST_ROWS]:
        with suppress(Invalid):
            product_schema.read(row.cells)


def order(content: bytes) -> Any:
    """Read a document of an order by each side that takes some."""
    for taken in (buyer_documents.READ, document_receiving.READ):
        dialect = documents.recognise(content, taken)
        if dialect is not None:
            return documents.read(content, dialect)
    return None


def cxml(content: bytes) -> Any:
    """Read a message of cXML, and what it asks for as either."""
    _asking, asked = cxml_reading.read(content)
    with suppress(CatalogueError):
        cxml_reading.read_set_up(asked)
    return cxml_reading.read_order(asked)


def saml(content: bytes) -> None:
    """Read an answer as far as its signature, and what stands in it as if that were proven."""
    saml_rules.privileges(content.decode("latin-1"), "29188505")
    root = saml_signatures.parse(content)
    saml_messages.status_of(root)
    saml_responses.issuer_of(root)
    saml_signatures.fault(root)
    expected = saml_rules.Expected("i", "us", "x")
    if root.tag.endswith("LogoutRequest"):
        ending = saml_responses.read_ending(root, "")
        saml_rules.ending_problem(ending, "i", ["x"], NOW)
        return
    assertion = saml_responses._assertion(root, "")
    try:
        said = saml_responses._said(root, assertion)
    except ValueError:  # as `read_response` takes it
        return
    saml_rules.problem(said, expected, NOW)
    saml_rules.counts_until(said, NOW)
    saml_rules.claims(said, "29188505")


def prices(content: bytes) -> None:
    """Read a price list, and its rows by the schema of products."""
    for row in price_list.read(content, "a.csv")[:MOST_ROWS]:
        for read in (product_schema.read, product_schema.read_some):
            with suppress(Invalid):
                read(row.cells)


def listed(content: bytes) -> None:
    """Read a list of agreements, and its rows by their schema."""
    for row in agreement_list.read(content, "a.csv")[:MOST_ROWS]:
        for read in (agreement_schema.read_all_terms, agreement_schema.read_some_terms):
            with suppress(Invalid):
                read(row.cells)


def picture(content: bytes) -> Any:
    """Decode a picture as the process does that is kept for it."""
    return decoding.clean(content, LIMITS)


def document(content: bytes) -> Any:
    """Take in a file under a name that its first line gives."""
    name, _line, rest = content.partition(b"\n")
    door = Door("file", MOST_BYTES)
    with suppress(CatalogueError):
        receiving.check(door, "a.pdf", content)
    return receiving.check(door, name.decode("utf-8", "replace"), rest or b"%PDF-1.7\n%%EOF")


def workbook(sheet: bytes) -> bytes:
    """Pack a sheet and, after a NUL, its table of texts into a workbook."""
    sheet, _nul, words = sheet.partition(b"\x00")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        for name, told in _WORKBOOK.items():
            parts.writestr(name, told)
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
        parts.writestr("xl/sharedStrings.xml", words or _WORDS)
    return content.getvalue()


class _Files:
    """Targets that read from a file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "sent"

    def ledger(self, content: bytes) -> None:
        """Read a ledger."""
        self.path.write_bytes(content)
        list(ledger_file.chunks(self.path))

    def workbook(self, content: bytes) -> None:
        """Read a workbook as a price list and as a ledger: as it is, and as one of its sheets."""
        for each in (content, workbook(content)):
            with suppress(CatalogueError):
                sheets.tables(each, "a.xlsx")
            with suppress(CatalogueError):
                self.ledger(each)

    def zip(self, content: bytes) -> None:
        """Read a ZIP file of pictures."""
        self.path.write_bytes(content)
        for name in list(zipped.list_pictures(self.path).values())[:3]:
            zipped.read(self.path, name, 1_000_000)


def _as_number(text: str) -> Any:
    """Return a number as JSON gives it, where the text is one."""
    try:
        return float(text) if text.isascii() else text
    except ValueError:
        return text


def _signed() -> list[bytes]:
    signed = SteadySigner(SECRET).sign(b"person 7")
    return [bytes(signed), b"a.b.c", b"gAAAAABm" + b"A" * 90]


_ALL = fields.ma.Schema.from_dict(
    {
        "line": fields.Line(), "verbatim": fields.Verbatim(), "whole": fields.Whole(),
        "quantity": fields.Quantity(), "kroner": fields.Kroner(), "day": fields.Day(),
        "email": fields.Email(), "web": fields.Web(), "cvr": fields.Cvr(), "gln": fields.Gln(),
    }
)()  # fmt: skip
_FORMS = (_ALL, product_schema.RowSchema(), agreement_schema.AgreementSchema())
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORDS = f'<sst xmlns="{_MAIN}"><si><t>Titel</t></si></sst>'.encode()
_WORKBOOK = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKED}/content-types"><Default Extension="rels" ContentType="application'
        '/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{_KIND}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" '
        f'ContentType="{_KIND}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKED}/relationships"><Relationship Id="r1" Type="{_RELATED}'
        '/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets><sheet name="Ark1" sheetId="1" '
        'r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKED}/relationships"><Relationship Id="r1" Type="{_RELATED}'
        f'/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_RELATED}'
        '/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}
