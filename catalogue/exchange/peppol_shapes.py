"""Where the facts of an order's documents stand in Peppol BIS 3: T01, T76, T114, T115, T116.

Rows stand in the order of the UBL schema.
"""

from __future__ import annotations

from .order_document import (
    Actor,
    Address,
    Allowance,
    AnsweredLine,
    AskedLine,
    AskedOrder,
    Cancelled,
    Contact,
    Delivered,
    OrderAnswer,
    Property,
    Sums,
)
from .peppol_document import Period, Tax
from .ubl_shapes import CODE, DAY, IDENTIFIER, NUMBER, QUANTITY, TEXT, YES_OR_NO, Row, Shape

_POACC = "urn:fdc:peppol.eu:poacc"
ORDER_ONLY = f"{_POACC}:bis:order_only:3"
ORDERING = f"{_POACC}:bis:ordering:3"
ADVANCED = f"{_POACC}:bis:advanced_ordering:3"
T01, T76, T114, T115, T116 = (
    f"{_POACC}:trns:{name}:3"
    for name in (
        "order", "order_response", "order_change", "order_cancellation", "order_response_advanced",
    )
)  # fmt: skip

PERIOD = Shape(
    Period,
    (Row("cbc:StartDate", "starts_on", DAY), Row("cbc:EndDate", "ends_on", DAY)),
)
ADDRESS = Shape(
    Address,
    (
        Row("cbc:StreetName", "street"),
        Row("cbc:AdditionalStreetName", "more"),
        Row("cbc:CityName", "city"),
        Row("cbc:PostalZone", "postcode"),
        Row("cbc:CountrySubentity", "region"),
        Row("cac:Country/cbc:IdentificationCode", "country"),
    ),
)
CONTACT = Shape(
    Contact,
    (
        Row("cbc:Name", "name"),
        Row("cbc:Telephone", "phone"),
        Row("cbc:ElectronicMail", "email"),
    ),
)
_ADDRESSED = (
    Row("cbc:EndpointID", "endpoint", IDENTIFIER),
    Row("cac:PartyIdentification/cbc:ID", "number", IDENTIFIER),
)
ACTOR = Shape(
    Actor,
    (
        *_ADDRESSED,
        Row("cac:PartyName/cbc:Name", "name"),
        Row("cac:PostalAddress", "address", ADDRESS),
        Row("cac:PartyLegalEntity/cbc:RegistrationName", "legal_name"),
        Row("cac:PartyLegalEntity/cbc:CompanyID", "company", IDENTIFIER),
        Row("cac:Contact", "contact", CONTACT),
    ),
)
# Whoever only answers or cancels is told by address, number and name; more is not allowed.
NAMED = Shape(Actor, (*_ADDRESSED, Row("cac:PartyLegalEntity/cbc:RegistrationName", "legal_name")))
TAX = Shape(
    Tax,
    (
        Row("cbc:ID", "category"),
        Row("cbc:Percent", "percent", NUMBER),
        Row("cac:TaxScheme/cbc:ID", constant="VAT"),
    ),
)
_ALLOWANCE = (
    Row("cbc:ChargeIndicator", "is_charge", YES_OR_NO),
    Row("cbc:AllowanceChargeReasonCode", "code"),
    Row("cbc:AllowanceChargeReason", "reason"),
    Row("cbc:MultiplierFactorNumeric", "percent", NUMBER),
    Row("cbc:Amount", "amount", NUMBER),
    Row("cbc:BaseAmount", "base", NUMBER),
)
LINE_ALLOWANCE = Shape(Allowance, _ALLOWANCE)
ALLOWANCE = Shape(Allowance, (*_ALLOWANCE, Row("cac:TaxCategory", "tax", TAX)))
DELIVERY = Shape(
    Delivered,
    (
        Row("cac:DeliveryLocation/cbc:ID", "place", IDENTIFIER),
        Row("cac:DeliveryLocation/cac:Address", "address", ADDRESS),
        Row("cac:RequestedDeliveryPeriod", "wanted", PERIOD),
        Row("cac:DeliveryParty/cac:PartyName/cbc:Name", "name"),
        Row("cac:DeliveryParty/cac:Contact", "contact", CONTACT),
    ),
)
SUMS = Shape(
    Sums,
    (
        Row("cbc:LineExtensionAmount", "net", NUMBER),
        Row("cbc:TaxExclusiveAmount", "exclusive", NUMBER),
        Row("cbc:TaxInclusiveAmount", "inclusive", NUMBER),
        Row("cbc:AllowanceTotalAmount", "allowances", NUMBER),
        Row("cbc:ChargeTotalAmount", "charges", NUMBER),
        Row("cbc:PrepaidAmount", "prepaid", NUMBER),
        Row("cbc:PayableRoundingAmount", "rounding", NUMBER),
        Row("cbc:PayableAmount", "payable", NUMBER),
    ),
)
PROPERTY = Shape(Property, (Row("cbc:Name", "name"), Row("cbc:Value", "value")))
ITEM_NUMBERS = (
    Row("cac:BuyersItemIdentification/cbc:ID", "buyer_number"),
    Row("cac:SellersItemIdentification/cbc:ID", "seller_number"),
    Row("cac:StandardItemIdentification/cbc:ID", "standard", IDENTIFIER),
)


def within(path: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return rows below a path."""
    return tuple(
        Row(f"{path}/{each.path}", each.name, each.kind, each.many, each.constant, each.attributes)
        for each in rows
    )


PRICE = (Row("cbc:PriceAmount", "price", NUMBER), Row("cbc:BaseQuantity", "base", QUANTITY))
_ITEM = (
    Row("cbc:Description", "description"),
    Row("cbc:Name", "name"),
    *ITEM_NUMBERS,
    Row("cac:CommodityClassification/cbc:ItemClassificationCode", "classifications", CODE, True),
    Row("cac:ClassifiedTaxCategory", "tax", TAX),
    Row("cac:AdditionalItemProperty", "properties", PROPERTY, True),
)


def _asked_line(*status: Row) -> Shape:
    item = (
        Row("cbc:ID", "number"),
        *status,
        Row("cbc:Quantity", "quantity", QUANTITY),
        Row("cbc:LineExtensionAmount", "net", NUMBER),
        Row("cbc:PartialDeliveryIndicator", "in_parts", YES_OR_NO),
        Row("cbc:AccountingCost", "account"),
        Row("cac:Delivery/cac:RequestedDeliveryPeriod", "wanted", PERIOD),
        Row("cac:AllowanceCharge", "allowances", LINE_ALLOWANCE, True),
        *within("cac:Price", PRICE),
        *within("cac:Item", _ITEM),
    )
    quoted = Row("cac:QuotationLineReference/cbc:LineID", "quotation_line")
    return Shape(AskedLine, (Row("cbc:Note", "note"), *within("cac:LineItem", item), quoted))


def _head(transaction: str, profile: Row) -> tuple[Row, ...]:
    return (
        Row("cbc:CustomizationID", constant=transaction), profile, Row("cbc:ID", "number"),
    )  # fmt: skip


_ISSUED = (Row("cbc:IssueDate", "issued_on", DAY), Row("cbc:IssueTime", "issued_at"))
_ANY_PROFILE = Row("cbc:ProfileID", "profile", TEXT)
_BUYER = Row("cac:BuyerCustomerParty/cac:Party", "buyer", ACTOR)
_SELLER = Row("cac:SellerSupplierParty/cac:Party", "seller", ACTOR)
_TOTALS = (
    Row("cac:AllowanceCharge", "allowances", ALLOWANCE, True),
    Row("cac:TaxTotal/cbc:TaxAmount", "vat", NUMBER),
    Row("cac:AnticipatedMonetaryTotal", "sums", SUMS),
)
_VALID = Row("cac:ValidityPeriod", "valid", PERIOD)
_QUOTATION = Row("cac:QuotationDocumentReference/cbc:ID", "quotation")
_WORDS = (
    Row("cbc:DocumentCurrencyCode", "currency"),
    Row("cbc:CustomerReference", "reference"),
    Row("cbc:AccountingCost", "account"),
)
ORDER = Shape(
    AskedOrder,
    (
        *_head(T01, _ANY_PROFILE),
        *_ISSUED,
        Row("cbc:OrderTypeCode", "kind"),
        Row("cbc:Note", "note"),
        *_WORDS,
        _VALID,
        _QUOTATION,
        Row("cac:Contract/cbc:ID", "contract"),
        _BUYER,
        _SELLER,
        Row("cac:Delivery", "delivery", DELIVERY),
        *_TOTALS,
        Row("cac:OrderLine", "lines", _asked_line(), True),
    ),
)
CHANGE = Shape(
    AskedOrder,
    (
        *_head(T114, _ANY_PROFILE),
        *_ISSUED,
        Row("cbc:SequenceNumberID", "sequence"),
        Row("cbc:Note", "note"),
        *_WORDS,
        _VALID,
        Row("cac:OrderReference/cbc:ID", "order"),
        _QUOTATION,
        Row("cac:Contract/cbc:ID", "contract"),
        _BUYER,
        _SELLER,
        Row("cac:Delivery", "delivery", DELIVERY),
        *_TOTALS,
        Row("cac:OrderLine", "lines", _asked_line(Row("cbc:LineStatusCode", "status")), True),
    ),
)
_PROMISED = "cac:Delivery/cac:PromisedDeliveryPeriod"
_ANSWERED_ITEM = (
    Row("cbc:ID", "number"),
    Row("cbc:Note", "note"),
    Row("cbc:LineStatusCode", "answer"),
    Row("cbc:Quantity", "quantity", QUANTITY),
    Row(_PROMISED, "promised", PERIOD),
    *within("cac:Price", PRICE),
    Row("cac:Item/cbc:Name", "name"),
    *within("cac:Item", ITEM_NUMBERS),
)
ANSWERED_LINE = Shape(
    AnsweredLine,
    (
        *within("cac:LineItem", _ANSWERED_ITEM),
        Row("cac:OrderLineReference/cbc:LineID", "line"),
    ),
)


def _answer(transaction: str, *change: Row) -> Shape:
    rows = (
        *_head(transaction, _ANY_PROFILE),
        Row("cbc:SalesOrderID", "seller_order"),
        *_ISSUED,
        Row("cbc:OrderResponseCode", "answer"),
        Row("cbc:Note", "note"),
        Row("cbc:DocumentCurrencyCode", "currency"),
        Row("cbc:CustomerReference", "reference"),
        Row("cac:OrderReference/cbc:ID", "order"),
        *change,
        Row("cac:SellerSupplierParty/cac:Party", "seller", NAMED),
        Row("cac:BuyerCustomerParty/cac:Party", "buyer", NAMED),
        Row(_PROMISED, "promised", PERIOD),
        Row("cac:OrderLine", "lines", ANSWERED_LINE, True),
    )
    return Shape(OrderAnswer, rows)


ANSWER = _answer(T76)
ADVANCED_ANSWER = _answer(T116, Row("cac:OrderChangeDocumentReference/cbc:ID", "change"))
CANCELLATION = Shape(
    Cancelled,
    (
        *_head(T115, Row("cbc:ProfileID", constant=ADVANCED)),
        *_ISSUED,
        Row("cbc:Note", "note"),
        Row("cbc:CancellationNote", "reason"),
        Row("cac:OrderReference/cbc:ID", "order"),
        Row("cac:Contract/cbc:ID", "contract"),
        _BUYER,
        _SELLER,
    ),
)
