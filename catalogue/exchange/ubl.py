"""UBL documents as XML: opened safely, held against the schema of OASIS, and written in order.

What comes from outside may be made to harm: a document type (where entities come from) is refused
before anything of it is read, nothing is fetched, and size and depth have limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat  # reads the head of a document only; see _refuse_document_type

from lxml import etree

from catalogue.core.errors import Invalid
from catalogue.core.plain_xml import parse, writable
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

LARGEST_BYTES = 40_000_000
MOST_FINDINGS = 100
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_DATA = Path(__file__).parent / "data"
_QUALIFIED = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Finding:
    """What is wrong with a document: the line of the file, the rule, and what would be right."""

    line: int
    rule: str  # XML, XSD, LIMIT for ours, or the identifier of a published rule
    text: Text


class UnreadableDocument(Invalid):
    """The document breaks rules; the findings say which, in the order of the file."""

    title = _("The file cannot be read as a Peppol catalogue")

    def __init__(self, findings: list[Finding]) -> None:
        texts: list[Text | str] = [
            _("Line %(line)s, %(rule)s: %(text)s", line=each.line, rule=each.rule, text=each.text)
            for each in findings
        ]
        super().__init__({"price_list": texts}, texts[0])
        self.findings = findings


class _DocumentType(Exception):
    """A document type is declared."""


def open_document(content: bytes) -> etree._Element:
    """Parse a document without document type, entities and network; raises UnreadableDocument."""
    if len(content) > LARGEST_BYTES:
        limit = LARGEST_BYTES // 1_000_000
        _refuse(1, "XML", _("The file is larger than %(limit)s MB. Split it.", limit=limit))
    _refuse_document_type(content)
    try:
        root = parse(content)
    except etree.XMLSyntaxError as error:
        _refuse(error.lineno or 1, "XML", _not_xml(error.msg or ""))
    if root.getroottree().docinfo.doctype:
        _refuse(1, "XML", _DOCUMENT_TYPE)
    return root


def schema_findings(root: etree._Element, name: str, version: str = "2.1") -> list[Finding]:
    """List where a document breaks the schema of that name, such as Catalogue."""
    path = _DATA / f"ubl-{version}" / "maindoc" / f"UBL-{name}-{version}.xsd"
    # Made anew each time: its log of errors is not for several threads, and it takes 0.1 s.
    schema = etree.XMLSchema(etree.parse(path))
    if schema.validate(root):
        return []
    return [
        Finding(each.line, "XSD", _told(each.message, version))
        for each in list(schema.error_log)[:MOST_FINDINGS]
    ]


def _told(message: str, version: str) -> Text:
    return _("%(fault)s (schema of UBL %(version)s)", fault=_plain(message), version=version)


def texts(root: etree._Element, path: str) -> Iterator[str]:
    """Yield the trimmed texts at a path of prefixed names below an element."""
    for each in root.iterfind(path, NAMESPACES):
        yield (each.text or "").strip()


def text(root: etree._Element, path: str) -> str:
    """Return the first trimmed text at a path, "" when there is none."""
    return next(texts(root, path), "")


def put(parent: etree._Element, name: str, value: str = "", /, **attributes: str) -> etree._Element:
    """Add an element of that prefixed name below a parent; attributes that are "" are left out."""
    prefix, local = name.split(":")
    made = etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{local}")
    made.text = clean(value) or None
    for key, given in attributes.items():
        if given:
            made.set(key, clean(given))
    return made


def put_if(parent: etree._Element, name: str, value: str, /, **attributes: str) -> None:
    """Add an element when there is something to say: Peppol forbids empty ones."""
    if clean(value):
        put(parent, name, value, **attributes)


def clean(value: str) -> str:
    """Return a text without what XML cannot hold, and without blanks around it."""
    return writable(value).strip()


def _refuse_document_type(content: bytes) -> None:
    """Read with a parser that knows no entities, until a document type would begin."""

    def begins(*_facts: object) -> NoReturn:
        raise _DocumentType

    scout = expat.ParserCreate()
    scout.StartDoctypeDeclHandler = begins
    try:
        scout.Parse(content, True)
    except _DocumentType:
        _refuse(scout.CurrentLineNumber, "XML", _DOCUMENT_TYPE)
    except expat.ExpatError as error:
        _refuse(error.lineno, "XML", _not_xml(expat.ErrorString(error.code) or ""))
    except (LookupError, ValueError) as error:  # an encoding that is none, or of many bytes
        _refuse(1, "XML", _not_xml(str(error)))


_DOCUMENT_TYPE = _(
    "A document type (<!DOCTYPE …>) is not allowed, for entities can do harm. Take it out."
)


def _not_xml(message: str) -> Text:
    return _("This is not well-formed XML: %(fault)s", fault=message)


def _refuse(line: int, rule: str, reason: Text) -> NoReturn:
    raise UnreadableDocument([Finding(line, rule, reason)])


def _plain(message: str) -> str:
    """Write the names of elements as people know them: cbc:ID, not {urn:…}ID."""
    prefixes = {uri: f"{prefix}:" for prefix, uri in NAMESPACES.items()}
    return _QUALIFIED.sub(lambda found: prefixes.get(found[1], ""), message).rstrip(".")
