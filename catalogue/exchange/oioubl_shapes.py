"""Where the facts of an order and its simple answer stand in OIOUBL 2.1, the Danish dialect.

It names schemes by other words than Peppol, has no category of VAT for what is exempt (it is
ZeroRated), and tells the VAT where UBL has the amount without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .order_document import (
    Actor,
    Address,
    AskedLine,
    AskedOrder,
    Contact,
    Delivered,
    SimpleAnswer,
    Sums,
    VatGroup,
)
from .peppol_document import CVR_SCHEME, GLN_SCHEME, Identifier, Quantity, Tax
from .peppol_shapes import PERIOD, within
from .ubl_shapes import DAY, NUMBER, TEXT, YES_OR_NO, Attributed, Row, Shape, Words, decimal

OIOUBL = "OIOUBL-2.1"
PROFILE = "Procurement-OrdSim-BilSim-1.0"
ANSWER_PROFILE = "Procurement-OrdSimR-BilSim-1.0"
_SCHEMES = {GLN_SCHEME: "GLN", CVR_SCHEME: "DK:CVR"}
_CATEGORIES = {"S": "StandardRated", "E": "ZeroRated", "Z": "ZeroRated", "AE": "ReverseCharge"}
_OF_CATEGORY = {"StandardRated": "S", "ZeroRated": "E", "ReverseCharge": "AE"}
_AGENCY = {"schemeAgencyID": "320"}


def _identified(number: str, scheme: str) -> Identifier:
    known = {name: code for code, name in _SCHEMES.items()}
    return Identifier(number, known.get(scheme, scheme))


def _scheme(value: Identifier) -> tuple[str, Mapping[str, str]]:
    name = _SCHEMES.get(value.scheme, value.scheme)
    return value.number, {"schemeID": name, "schemeAgencyID": "9" if name == "GLN" else ""}


def _two(value: Decimal) -> str:
    """Write a number with two decimals at least: the rules ask for them."""
    cents = value.quantize(Decimal("0.01"))
    return decimal(cents if cents == value else value)


IDENTIFIER = Attributed(_identified, _scheme, {"schemeID": "scheme"})
QUANTITY = Attributed(
    lambda number, unit: Quantity(Decimal(number), unit),
    lambda each: (_two(each.number), {"unitCode": each.unit}),
    {"unitCode": "unit"},
)
_CATEGORY = Words(lambda said: _OF_CATEGORY.get(said, said), lambda code: _CATEGORIES[code])
_ADDRESS = Shape(
    Address,
    (
        Row(
            "cbc:AddressFormatCode", constant="StructuredLax",
            attributes={
                "listAgencyID": "320", "listID": "urn:oioubl:codelist:addressformatcode-1.1",
            },
        ),
        Row("cbc:StreetName", "street"),
        Row("cbc:CityName", "city"),
        Row("cbc:PostalZone", "postcode"),
        Row("cac:Country/cbc:IdentificationCode", "country"),
    ),
)  # fmt: skip
_CONTACT = Shape(
    Contact,
    (
        Row("cbc:ID", "number"),
        Row("cbc:Name", "name"),
        Row("cbc:Telephone", "phone"),
        Row("cbc:ElectronicMail", "email"),
    ),
)
_ACTOR = Shape(
    Actor,
    (
        Row("cbc:EndpointID", "endpoint", IDENTIFIER),
        Row("cac:PartyIdentification/cbc:ID", "number", IDENTIFIER),
        Row("cac:PartyName/cbc:Name", "name"),
        Row("cac:PostalAddress", "address", _ADDRESS),
        Row("cac:PartyLegalEntity/cbc:RegistrationName", "legal_name"),
        Row("cac:PartyLegalEntity/cbc:CompanyID", "company", IDENTIFIER),
        Row("cac:Contact", "contact", _CONTACT),
    ),
)
_TAX_ROWS = (
    Row("cbc:ID", "category", _CATEGORY,
        attributes=_AGENCY | {"schemeID": "urn:oioubl:id:taxcategoryid-1.1"}),
    Row("cbc:Percent", "percent", NUMBER),
    Row("cac:TaxScheme/cbc:ID", constant="63",
        attributes=_AGENCY | {"schemeID": "urn:oioubl:id:taxschemeid-1.1"}),
    Row("cac:TaxScheme/cbc:Name", constant="Moms"),
)  # fmt: skip
_GROUP = Shape(
    VatGroup,
    (
        Row("cbc:TaxableAmount", "taxable", NUMBER),
        Row("cbc:TaxAmount", "vat", NUMBER),
        *within("cac:TaxCategory", _TAX_ROWS),
    ),
)
_SUMS = Shape(
    Sums,
    (
        Row("cbc:LineExtensionAmount", "net", NUMBER),
        Row("cbc:TaxExclusiveAmount", "tax", NUMBER),
        Row("cbc:TaxInclusiveAmount", "inclusive", NUMBER),
        Row("cbc:PayableAmount", "payable", NUMBER),
    ),
)
_ITEM = (
    Row("cbc:ID", "number"),
    Row("cbc:Quantity", "quantity", QUANTITY),
    Row("cbc:LineExtensionAmount", "net", NUMBER),
    Row("cac:Price/cbc:PriceAmount", "price", Words(Decimal, _two)),
    Row("cac:Price/cbc:BaseQuantity", "base", QUANTITY),
    Row("cac:Price/cbc:OrderableUnitFactorRate", constant="1"),
    Row("cac:Item/cbc:Description", "description"),
    Row("cac:Item/cbc:Name", "name"),
    Row("cac:Item/cac:SellersItemIdentification/cbc:ID", "seller_number"),
    Row("cac:Item/cac:ClassifiedTaxCategory", "tax", Shape(Tax, _TAX_ROWS)),
)
_DELIVERY = Shape(
    Delivered,
    (
        Row("cac:DeliveryLocation/cac:Address", "address", _ADDRESS),
        Row("cac:RequestedDeliveryPeriod", "wanted", PERIOD),
    ),
)


def _head(number: str = "number") -> tuple[Row, ...]:
    profile = _AGENCY | {"schemeID": "urn:oioubl:id:profileid-1.2"}
    return (
        Row("cbc:UBLVersionID", constant="2.1"),
        Row("cbc:CustomizationID", constant=OIOUBL),
        Row("cbc:ProfileID", "profile", TEXT, attributes=profile),
        Row("cbc:ID", number),
        Row("cbc:CopyIndicator", constant="false"),
        Row("cbc:IssueDate", "issued_on", DAY),
        Row("cbc:IssueTime", "issued_at"),
        Row("cbc:Note", "note"),
    )


_BUYER = Row("cac:BuyerCustomerParty/cac:Party", "buyer", _ACTOR)
_SELLER = Row("cac:SellerSupplierParty/cac:Party", "seller", _ACTOR)
ORDER = Shape(
    AskedOrder,
    (
        *_head(),
        Row("cbc:DocumentCurrencyCode", "currency"),
        Row("cbc:CustomerReference", "reference"),
        Row("cbc:AccountingCost", "account"),
        Row("cac:Contract/cbc:ID", "contract"),
        _BUYER,
        _SELLER,
        Row("cac:Delivery", "delivery", _DELIVERY),
        Row("cac:TaxTotal/cbc:TaxAmount", "vat", NUMBER),
        Row("cac:TaxTotal/cac:TaxSubtotal", "groups", _GROUP, True),
        Row("cac:AnticipatedMonetaryTotal", "sums", _SUMS),
        Row("cac:OrderLine", "lines", Shape(AskedLine, within("cac:LineItem", _ITEM)), True),
    ),
)
ANSWER = Shape(
    SimpleAnswer,
    (
        *_head(),
        Row("cbc:AcceptedIndicator", "is_accepted", YES_OR_NO),
        Row("cbc:RejectionNote", "reason"),
        Row("cac:OrderReference/cbc:ID", "order"),
        Row("cac:OrderReference/cbc:IssueDate", "ordered_on", DAY),
        _SELLER,
        _BUYER,
    ),
)
