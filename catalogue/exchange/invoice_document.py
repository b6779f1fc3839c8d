"""A Peppol BIS Billing 3 invoice (EN 16931, UBL) as plain values, and where they stand in the XML.

BT and BR numbers are those of EN 16931.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .order_document import Actor, Address, Sums, VatGroup
from .peppol_document import Classification, Quantity, Tax
from .peppol_shapes import ADDRESS, CONTACT, SUMS, TAX
from .ubl_shapes import CODE, DAY, IDENTIFIER, NUMBER, QUANTITY, Row, Shape

CUSTOMIZATION = (
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
)  # fmt: skip
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
COMMERCIAL_INVOICE = "380"  # of UNCL1001
DANISH_TRANSFER = "42"  # of UNCL4461: to a bank account named by its registration number


@dataclass(frozen=True)
class Account:
    """Where to pay to: account number and registration number of the bank."""

    number: str
    branch: str


@dataclass(frozen=True)
class InvoiceLine:
    """A line (BG-25)."""

    number: str
    name: str
    quantity: Quantity
    net: Decimal
    price: Decimal
    base: Quantity
    tax: Tax
    seller_number: str = ""
    account: str = ""  # BT-133: what its share is booked on
    order_line: str = ""
    classifications: tuple[Classification, ...] = ()


@dataclass(frozen=True)
class Invoice:
    """An invoice for one order."""

    number: str
    issued_on: date
    due_on: date
    currency: str
    reference: str  # BT-10: the person reference
    order: str  # BT-13
    seller: Actor
    buyer: Actor
    vat: Decimal
    groups: tuple[VatGroup, ...]
    sums: Sums
    lines: tuple[InvoiceLine, ...]
    account: str = ""  # BT-19
    contract: str = ""  # BT-12
    delivered_on: date | None = None  # BT-72
    delivered_to: Address | None = None
    delivered_name: str = ""
    pay_to: Account | None = None


_PARTY = (
    Row("cbc:EndpointID", "endpoint", IDENTIFIER),
    Row("cac:PartyIdentification/cbc:ID", "number", IDENTIFIER),
    Row("cac:PartyName/cbc:Name", "name"),
    Row("cac:PostalAddress", "address", ADDRESS),
)
_LEGAL = (
    Row("cac:PartyLegalEntity/cbc:RegistrationName", "legal_name"),
    Row("cac:PartyLegalEntity/cbc:CompanyID", "company", IDENTIFIER),
    Row("cac:Contact", "contact", CONTACT),
)
_SELLER = Shape(
    Actor,
    (
        *_PARTY,
        Row("cac:PartyTaxScheme/cbc:CompanyID", "vat_number"),
        Row("cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", constant="VAT"),
        *_LEGAL,
    ),
)
_BUYER = Shape(Actor, (*_PARTY, *_LEGAL))
_MEANS = Shape(
    Account,
    (
        Row("cbc:PaymentMeansCode", constant=DANISH_TRANSFER),
        Row("cac:PayeeFinancialAccount/cbc:ID", "number"),
        Row("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "branch"),
    ),
)
_GROUP = Shape(
    VatGroup,
    (
        Row("cbc:TaxableAmount", "taxable", NUMBER),
        Row("cbc:TaxAmount", "vat", NUMBER),
        Row("cac:TaxCategory/cbc:ID", "category"),
        Row("cac:TaxCategory/cbc:Percent", "percent", NUMBER),
        Row("cac:TaxCategory/cbc:TaxExemptionReason", "reason"),
        Row("cac:TaxCategory/cac:TaxScheme/cbc:ID", constant="VAT"),
    ),
)
_LINE = Shape(
    InvoiceLine,
    (
        Row("cbc:ID", "number"),
        Row("cbc:InvoicedQuantity", "quantity", QUANTITY),
        Row("cbc:LineExtensionAmount", "net", NUMBER),
        Row("cbc:AccountingCost", "account"),
        Row("cac:OrderLineReference/cbc:LineID", "order_line"),
        Row("cac:Item/cbc:Name", "name"),
        Row("cac:Item/cac:SellersItemIdentification/cbc:ID", "seller_number"),
        Row(
            "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
            "classifications", CODE, True,
        ),
        Row("cac:Item/cac:ClassifiedTaxCategory", "tax", TAX),
        Row("cac:Price/cbc:PriceAmount", "price", NUMBER),
        Row("cac:Price/cbc:BaseQuantity", "base", QUANTITY),
    ),
)  # fmt: skip
INVOICE = Shape(
    Invoice,
    (
        Row("cbc:CustomizationID", constant=CUSTOMIZATION),
        Row("cbc:ProfileID", constant=PROFILE),
        Row("cbc:ID", "number"),
        Row("cbc:IssueDate", "issued_on", DAY),
        Row("cbc:DueDate", "due_on", DAY),
        Row("cbc:InvoiceTypeCode", constant=COMMERCIAL_INVOICE),
        Row("cbc:DocumentCurrencyCode", "currency"),
        Row("cbc:AccountingCost", "account"),
        Row("cbc:BuyerReference", "reference"),
        Row("cac:OrderReference/cbc:ID", "order"),
        Row("cac:ContractDocumentReference/cbc:ID", "contract"),
        Row("cac:AccountingSupplierParty/cac:Party", "seller", _SELLER),
        Row("cac:AccountingCustomerParty/cac:Party", "buyer", _BUYER),
        Row("cac:Delivery/cbc:ActualDeliveryDate", "delivered_on", DAY),
        Row("cac:Delivery/cac:DeliveryLocation/cac:Address", "delivered_to", ADDRESS),
        Row("cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name", "delivered_name"),
        Row("cac:PaymentMeans", "pay_to", _MEANS),
        Row("cac:TaxTotal/cbc:TaxAmount", "vat", NUMBER),
        Row("cac:TaxTotal/cac:TaxSubtotal", "groups", _GROUP, True),
        Row("cac:LegalMonetaryTotal", "sums", SUMS),
        Row("cac:InvoiceLine", "lines", _LINE, True),
    ),
)
