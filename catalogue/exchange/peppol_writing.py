"""Write a catalogue as XML of Peppol BIS 3 (T19). Elements stand in the order the schema wants."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

from lxml import etree

from .peppol_document import CUSTOMIZATION, Attached, Catalogue, Line, LinePrice, Party, Quantity
from .ubl import NAMESPACES, put, put_if

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
MIME_TYPE = "application/xml"


def write(catalogue: Catalogue) -> bytes:
    """Return the document in UTF-8, indented for people who look into it."""
    root = etree.Element(f"{{{_ROOT}}}Catalogue", nsmap={None: _ROOT} | NAMESPACES)
    put(root, "cbc:CustomizationID", CUSTOMIZATION)
    put(root, "cbc:ProfileID", catalogue.profile)
    put(root, "cbc:ID", catalogue.number)
    put_if(root, "cbc:ActionCode", catalogue.action)
    put_if(root, "cbc:Name", catalogue.name)
    put(root, "cbc:IssueDate", catalogue.issued_on.isoformat())
    put_if(root, "cbc:VersionID", catalogue.version)
    period = put(root, "cac:ValidityPeriod")
    put_if(period, "cbc:StartDate", _day(catalogue.validity.starts_on))
    put_if(period, "cbc:EndDate", _day(catalogue.validity.ends_on))
    if catalogue.contract:
        put(put(root, "cac:ReferencedContract"), "cbc:ID", catalogue.contract)
    _put_party(put(root, "cac:ProviderParty"), catalogue.provider)
    _put_party(put(root, "cac:ReceiverParty"), catalogue.receiver)
    for line in catalogue.lines:
        _put_line(put(root, "cac:CatalogueLine"), line)
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _put_party(parent: etree._Element, party: Party) -> None:
    put(parent, "cbc:EndpointID", party.endpoint.number, schemeID=party.endpoint.scheme)
    if party.country:  # an address without a country is none
        address = put(parent, "cac:PostalAddress")
        put_if(address, "cbc:StreetName", party.street)
        put_if(address, "cbc:CityName", party.city)
        put_if(address, "cbc:PostalZone", party.postcode)
        put(put(address, "cac:Country"), "cbc:IdentificationCode", party.country)
    entity = put(parent, "cac:PartyLegalEntity")
    put(entity, "cbc:RegistrationName", party.name)
    if party.company:
        put(entity, "cbc:CompanyID", party.company.number, schemeID=party.company.scheme)


def _put_line(parent: etree._Element, line: Line) -> None:
    put(parent, "cbc:ID", line.number)
    put_if(parent, "cbc:ActionCode", line.action)
    if line.is_orderable is not None:
        put(parent, "cbc:OrderableIndicator", "true" if line.is_orderable else "false")
    put_if(parent, "cbc:OrderableUnit", line.orderable_unit)
    _put_quantity(parent, "cbc:ContentUnitQuantity", line.content)
    _put_quantity(parent, "cbc:MinimumOrderQuantity", line.minimum)
    for price in line.prices:  # without a price there is no place for the lead time (R006)
        _put_price(put(parent, "cac:RequiredItemLocationQuantity"), price, line.lead_time)
    _put_item(put(parent, "cac:Item"), line)


def _put_price(parent: etree._Element, price: LinePrice, lead_time: Quantity | None) -> None:
    _put_quantity(parent, "cbc:LeadTimeMeasure", lead_time)
    _put_quantity(parent, "cbc:MinimumQuantity", price.minimum)
    told = put(parent, "cac:Price")
    put(told, "cbc:PriceAmount", _number(price.amount), currencyID=price.currency)
    _put_quantity(told, "cbc:BaseQuantity", price.base)


def _put_item(item: etree._Element, line: Line) -> None:
    put_if(item, "cbc:Description", line.description)
    if line.pack_size is not None:
        put(item, "cbc:PackSizeNumeric", _number(line.pack_size))
    put(item, "cbc:Name", line.name)
    if line.seller_number:
        put(put(item, "cac:SellersItemIdentification"), "cbc:ID", line.seller_number)
    if line.standard:
        identified = put(item, "cac:StandardItemIdentification")
        put(identified, "cbc:ID", line.standard.number, schemeID=line.standard.scheme)
    for each in line.attached:
        _put_attached(put(item, "cac:ItemSpecificationDocumentReference"), each)
    if line.origin:
        put(put(item, "cac:OriginCountry"), "cbc:IdentificationCode", line.origin)
    for code in line.classifications:
        put(
            put(item, "cac:CommodityClassification"), "cbc:ItemClassificationCode", code.code,
            listID=code.list_id, listVersionID=code.version, name=code.name,
        )  # fmt: skip
    _put_tax(item, line)
    for name, value in line.properties:
        told = put(item, "cac:AdditionalItemProperty")
        put(told, "cbc:Name", name)
        put(told, "cbc:Value", value)
    _put_certificates(item, line)


def _put_tax(item: etree._Element, line: Line) -> None:
    if line.tax is None:
        return
    tax = put(item, "cac:ClassifiedTaxCategory")
    put(tax, "cbc:ID", line.tax.category)
    if line.tax.percent is not None:
        put(tax, "cbc:Percent", _number(line.tax.percent))
    put(put(tax, "cac:TaxScheme"), "cbc:ID", "VAT")


def _put_certificates(item: etree._Element, line: Line) -> None:
    for each in line.certificates:
        label = put(item, "cac:Certificate")
        put(label, "cbc:ID", each.number)
        put(label, "cbc:CertificateTypeCode", each.code)
        put(label, "cbc:CertificateType", each.kind)
        issuer = put(put(label, "cac:IssuerParty"), "cac:PartyName")
        put(issuer, "cbc:Name", each.issuer)


def _put_attached(parent: etree._Element, attached: Attached) -> None:
    put(parent, "cbc:ID", attached.number)
    put_if(parent, "cbc:DocumentTypeCode", attached.kind)
    put_if(parent, "cbc:DocumentDescription", attached.description)
    if not (attached.content or attached.uri):
        return
    attachment = put(parent, "cac:Attachment")
    if attached.content:
        put(
            attachment, "cbc:EmbeddedDocumentBinaryObject",
            base64.b64encode(attached.content).decode(),
            mimeCode=attached.mime_type, filename=attached.filename,
        )  # fmt: skip
    if attached.uri:
        put(put(attachment, "cac:ExternalReference"), "cbc:URI", attached.uri)


def _put_quantity(parent: etree._Element, name: str, quantity: Quantity | None) -> None:
    if quantity is not None:
        put(parent, name, _number(quantity.number), unitCode=quantity.unit)


def _number(value: Decimal) -> str:
    """Write a number without exponent, as XML Schema wants it."""
    return f"{value:f}"


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
