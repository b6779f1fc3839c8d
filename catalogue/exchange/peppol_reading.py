"""Read XML of Peppol BIS 3 (T19) into a catalogue, or say in which line it breaks which rule."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from decimal import Decimal

from lxml import etree

from . import peppol_rules
from .peppol_document import (
    Attached,
    Catalogue,
    Certificate,
    Classification,
    Identifier,
    Line,
    LinePrice,
    Party,
    Period,
    Quantity,
    Tax,
)
from .ubl import NAMESPACES, UnreadableDocument, open_document, schema_findings, text, texts

_WHERE = "cac:RequiredItemLocationQuantity"


def read(content: bytes) -> Catalogue:
    """Read a catalogue; raises UnreadableDocument with all that is wrong.

    The rules are asked only of what keeps the schema, as an access point does.
    """
    root = open_document(content)
    findings = (
        peppol_rules.root_findings(root)
        or schema_findings(root, "Catalogue")
        or peppol_rules.findings(root)
    )
    if findings:
        raise UnreadableDocument(findings)
    return Catalogue(
        number=text(root, "cbc:ID"),
        issued_on=date.fromisoformat(text(root, "cbc:IssueDate")),
        provider=_party(root, "cac:ProviderParty"),
        receiver=_party(root, "cac:ReceiverParty"),
        lines=tuple(_line(each) for each in root.iterfind("cac:CatalogueLine", NAMESPACES)),
        validity=Period(
            _day(text(root, "cac:ValidityPeriod/cbc:StartDate")),
            _day(text(root, "cac:ValidityPeriod/cbc:EndDate")),
        ),
        contract=text(root, "cac:ReferencedContract/cbc:ID"),
        name=text(root, "cbc:Name"),
        action=text(root, "cbc:ActionCode"),
        version=text(root, "cbc:VersionID"),
        profile=text(root, "cbc:ProfileID"),
    )


def _party(root: etree._Element, path: str) -> Party:
    address, entity = f"{path}/cac:PostalAddress", f"{path}/cac:PartyLegalEntity"
    return Party(
        endpoint=_identifier(root, f"{path}/cbc:EndpointID") or Identifier(""),
        name=text(root, f"{entity}/cbc:RegistrationName"),
        company=_identifier(root, f"{entity}/cbc:CompanyID"),
        street=text(root, f"{address}/cbc:StreetName"),
        city=text(root, f"{address}/cbc:CityName"),
        postcode=text(root, f"{address}/cbc:PostalZone"),
        country=text(root, f"{address}/cac:Country/cbc:IdentificationCode"),
    )


def _line(line: etree._Element) -> Line:
    item = line.find("cac:Item", NAMESPACES)
    if item is None:  # the rules have asked for it
        raise ValueError("a line without an item")
    orderable = text(line, "cbc:OrderableIndicator")
    return Line(
        number=text(line, "cbc:ID"),
        name=text(item, "cbc:Name"),
        action=text(line, "cbc:ActionCode"),
        is_orderable=None if not orderable else orderable == "true",
        orderable_unit=text(line, "cbc:OrderableUnit"),
        content=_quantity(line, "cbc:ContentUnitQuantity"),
        minimum=_quantity(line, "cbc:MinimumOrderQuantity"),
        description="\n".join(each for each in texts(item, "cbc:Description") if each),
        pack_size=_decimal(text(item, "cbc:PackSizeNumeric")),
        seller_number=text(item, "cac:SellersItemIdentification/cbc:ID"),
        standard=_identifier(item, "cac:StandardItemIdentification/cbc:ID"),
        lead_time=_quantity(line, f"{_WHERE}/cbc:LeadTimeMeasure"),
        prices=tuple(_price(each) for each in _priced(line)),
        attached=tuple(_attached(each) for each in _all(item, _ATTACHED)),
        origin=text(item, "cac:OriginCountry/cbc:IdentificationCode"),
        classifications=tuple(_classification(each) for each in _all(item, _CODE)),
        tax=_tax(item),
        properties=tuple(
            (text(each, "cbc:Name"), text(each, "cbc:Value"))
            for each in _all(item, "cac:AdditionalItemProperty")
        ),
        certificates=tuple(_certificate(each) for each in _all(item, "cac:Certificate")),
        at_line=line.sourceline or 0,
    )


_ATTACHED = "cac:ItemSpecificationDocumentReference"
_CODE = "cac:CommodityClassification/cbc:ItemClassificationCode"


def _priced(line: etree._Element) -> list[etree._Element]:
    return [each for each in _all(line, _WHERE) if each.find("cac:Price", NAMESPACES) is not None]


def _price(where: etree._Element) -> LinePrice:
    amount = where.find("cac:Price/cbc:PriceAmount", NAMESPACES)
    if amount is None:  # the rules have asked for it
        raise ValueError("a price without an amount")
    return LinePrice(
        Decimal((amount.text or "").strip()),
        amount.get("currencyID", ""),
        _quantity(where, "cac:Price/cbc:BaseQuantity"),
        _quantity(where, "cbc:MinimumQuantity"),
    )


def _classification(code: etree._Element) -> Classification:
    value = (code.text or "").strip()
    version, name = code.get("listVersionID", "").strip(), code.get("name", "").strip()
    return Classification(code.get("listID", ""), value, version, name)


def _tax(item: etree._Element) -> Tax | None:
    category = text(item, "cac:ClassifiedTaxCategory/cbc:ID")
    percent = _decimal(text(item, "cac:ClassifiedTaxCategory/cbc:Percent"))
    return Tax(category, percent) if category else None


def _certificate(label: etree._Element) -> Certificate:
    return Certificate(
        text(label, "cbc:ID"),
        text(label, "cbc:CertificateType"),
        text(label, "cbc:CertificateTypeCode"),
        text(label, "cac:IssuerParty/cac:PartyName/cbc:Name"),
    )


def _attached(reference: etree._Element) -> Attached:
    path = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
    embedded = reference.find(path, NAMESPACES)
    given = {} if embedded is None else embedded.attrib
    return Attached(
        number=text(reference, "cbc:ID"),
        kind=text(reference, "cbc:DocumentTypeCode"),
        description=text(reference, "cbc:DocumentDescription"),
        filename=str(given.get("filename", "")).strip(),
        mime_type=str(given.get("mimeCode", "")),
        content=_decoded(text(reference, path)),
        uri=text(reference, "cac:Attachment/cac:ExternalReference/cbc:URI"),
    )


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded)
    except binascii.Error:  # the schema lets some pass that end in the middle
        return b""


def _identifier(root: etree._Element, path: str) -> Identifier | None:
    found = root.find(path, NAMESPACES)
    if found is None:
        return None
    return Identifier((found.text or "").strip(), found.get("schemeID", ""))


def _quantity(root: etree._Element, path: str) -> Quantity | None:
    found = root.find(path, NAMESPACES)
    if found is None:
        return None
    return Quantity(Decimal((found.text or "").strip()), found.get("unitCode", ""))


def _all(root: etree._Element, path: str) -> list[etree._Element]:
    return list(root.iterfind(path, NAMESPACES))


def _decimal(value: str) -> Decimal | None:
    return Decimal(value) if value else None


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None
