"""Documents of an order as XML of a dialect, and back: one function each way, for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from . import cart_document, invoice_document, oioubl_shapes, order_rules, peppol_shapes, ubl_rules
from .ubl import NAMESPACES, Finding, UnreadableDocument, open_document, schema_findings, text
from .ubl_shapes import Shape, read_from, write_into

_MAIN = "urn:oasis:names:specification:ubl:schema:xsd"
MIME_TYPE = "application/xml"


def _no_rules(_root: etree._Element, _name: str) -> list[Finding]:
    """Hold a document to its schema alone."""
    return []


@dataclass(frozen=True)
class Dialect:
    """One document as one publisher defines it: its UBL, its shape, and the rules we hold it to."""

    name: str  # T01 and so on: what messages and files call it
    root: str
    version: str  # of UBL
    shape: Shape
    customization: str
    findings: Callable[[etree._Element, str], list[Finding]] = order_rules.findings


ORDER = Dialect("T01", "Order", "2.1", peppol_shapes.ORDER, peppol_shapes.T01)
ANSWER = Dialect("T76", "OrderResponse", "2.1", peppol_shapes.ANSWER, peppol_shapes.T76)
CHANGE = Dialect("T114", "OrderChange", "2.3", peppol_shapes.CHANGE, peppol_shapes.T114)
CANCELLATION = Dialect(
    "T115", "OrderCancellation", "2.3", peppol_shapes.CANCELLATION, peppol_shapes.T115
)
ADVANCED_ANSWER = Dialect(
    "T116", "OrderResponse", "2.3", peppol_shapes.ADVANCED_ANSWER, peppol_shapes.T116
)
INVOICE = Dialect(
    "Invoice", "Invoice", "2.1", invoice_document.INVOICE, invoice_document.CUSTOMIZATION,
    _no_rules,
)  # fmt: skip
CART = Dialect("T77", "Catalogue", "2.1", cart_document.CART, cart_document.PUNCH_OUT, _no_rules)
OIOUBL_ORDER = Dialect(
    "OIOUBL Order", "Order", "2.1", oioubl_shapes.ORDER, oioubl_shapes.OIOUBL, _no_rules
)
OIOUBL_ANSWER = Dialect(
    "OIOUBL OrderResponseSimple", "OrderResponseSimple", "2.1", oioubl_shapes.ANSWER,
    oioubl_shapes.OIOUBL, _no_rules,
)  # fmt: skip


def write(document: Any, dialect: Dialect) -> bytes:
    """Return a document in UTF-8, indented for people who look into it.

    `Any`: each dialect has the type that its shape makes.
    """
    name = f"{_MAIN}:{dialect.root}-2"
    root = etree.Element(f"{{{name}}}{dialect.root}", nsmap={None: name} | NAMESPACES)
    write_into(root, document, dialect.shape)
    _tell_currency(root, getattr(document, "currency", ""))
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def read(content: bytes, dialect: Dialect) -> Any:
    """Read a document of a dialect; raises UnreadableDocument with all that is wrong.

    The rules are asked only of what keeps the schema, as an access point does.
    """
    root = open_document(content)
    findings = (
        ubl_rules.root_findings(root, dialect.root)
        or schema_findings(root, dialect.root, dialect.version)
        or dialect.findings(root, dialect.name)
    )
    if findings:
        raise UnreadableDocument(findings)
    return read_from(root, dialect.shape)


def recognise(content: bytes, dialects: tuple[Dialect, ...]) -> Dialect | None:
    """Return which of the dialects a document says it is; raises UnreadableDocument for no XML."""
    root = open_document(content)
    said = text(root, "cbc:CustomizationID")
    name = etree.QName(root).localname
    for each in dialects:
        # Customizations of one begin with it, and "order_response:3" begins no other.
        if name == each.root and said.split("#")[0].startswith(each.customization):
            return each
    return None


def _tell_currency(root: etree._Element, currency: str) -> None:
    """Name the currency of every amount: a document has one (PEPPOL-T01-R003)."""
    if not currency:
        return
    for each in root.iter(etree.Element):
        if etree.QName(each).localname.endswith("Amount"):
            each.set("currencyID", currency)
