"""The documents of an order as plain values: the order, its answer, its cancellation, its change.

They hold what our orders can tell and can take, not all that UBL could say. Amounts are in the
currency of the document; how they are written stands in `peppol_shapes.py` and `oioubl_shapes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .peppol_document import Classification, Identifier, Period, Quantity, Tax

AGREEMENT = "Aftale"  # property of a line: the number of the agreement it is bought on


class Answer(StrEnum):
    """What a seller answers to an order (UNCL4343)."""

    ACKNOWLEDGED = "AB"
    ACCEPTED = "AP"
    REJECTED = "RE"
    CONDITIONAL = "CA"


class LineAnswer(StrEnum):
    """What a seller answers to a line (UNCL1229)."""

    ADDED = "1"
    CHANGED = "3"
    ACCEPTED = "5"
    REFUSED = "7"
    DELIVERED = "42"


class LineStatus(StrEnum):
    """What a change does to a line of an order (UNCL1229)."""

    ADDED = "1"
    DELETED = "2"
    CHANGED = "3"
    AS_IT_WAS = "4"


@dataclass(frozen=True)
class Address:
    """Where something is; the country in two letters."""

    street: str = ""
    more: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True)
class Contact:
    """A person or desk to ask; `number` is how the other side knows her."""

    name: str = ""
    phone: str = ""
    email: str = ""
    number: str = ""


@dataclass(frozen=True)
class Actor:
    """Who buys, or who sells: the electronic address, the names, the numbers."""

    endpoint: Identifier | None = None
    number: Identifier | None = None
    name: str = ""
    address: Address | None = None
    vat_number: str = ""
    legal_name: str = ""
    company: Identifier | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Allowance:
    """What is taken off, or added when it is a charge."""

    is_charge: bool
    amount: Decimal
    reason: str = ""
    code: str = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    tax: Tax | None = None


@dataclass(frozen=True)
class Property:
    """A named fact of an item."""

    name: str
    value: str


@dataclass(frozen=True)
class Delivered:
    """Where an order goes, to whom, and in which days it is wanted or promised."""

    place: Identifier | None = None
    address: Address | None = None
    wanted: Period | None = None
    promised: Period | None = None
    name: str = ""
    contact: Contact | None = None


@dataclass(frozen=True)
class Sums:
    """The sums of a document."""

    net: Decimal
    payable: Decimal
    exclusive: Decimal | None = None
    inclusive: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    tax: Decimal | None = None  # told among the sums by OIOUBL only


@dataclass(frozen=True)
class VatGroup:
    """What is sold in one category of VAT, and the VAT of it."""

    taxable: Decimal
    vat: Decimal
    category: str
    percent: Decimal
    reason: str = ""  # why there is none


@dataclass(frozen=True)
class AskedLine:
    """A line of an order: so much of an item at a price for `base` units of it."""

    number: str
    name: str
    quantity: Quantity | None = None
    net: Decimal | None = None
    note: str = ""
    account: str = ""
    in_parts: bool | None = None
    wanted: Period | None = None
    allowances: tuple[Allowance, ...] = ()
    price: Decimal | None = None
    base: Quantity | None = None
    description: str = ""
    buyer_number: str = ""
    seller_number: str = ""
    standard: Identifier | None = None
    classifications: tuple[Classification, ...] = ()
    tax: Tax | None = None
    properties: tuple[Property, ...] = ()
    status: str = ""  # of a line of a change
    quotation_line: str = ""


@dataclass(frozen=True)
class AskedOrder:
    """An order; with `order` and `sequence` it is a change of that order."""

    number: str
    issued_on: date
    currency: str
    buyer: Actor
    seller: Actor
    lines: tuple[AskedLine, ...]
    profile: str = ""
    issued_at: str = ""  # a time of day as it was written
    kind: str = ""
    note: str = ""
    reference: str = ""
    account: str = ""
    valid: Period | None = None
    quotation: str = ""
    contract: str = ""
    delivery: Delivered | None = None
    allowances: tuple[Allowance, ...] = ()
    vat: Decimal | None = None
    sums: Sums | None = None
    groups: tuple[VatGroup, ...] = ()  # told by OIOUBL only
    order: str = ""
    sequence: str = ""


@dataclass(frozen=True)
class AnsweredLine:
    """What the seller says to a line; without quantity, price and day it is as it was ordered."""

    number: str
    answer: str
    line: str = ""  # the line of the order
    name: str = ""
    note: str = ""
    quantity: Quantity | None = None
    price: Decimal | None = None
    base: Quantity | None = None
    promised: Period | None = None
    seller_number: str = ""
    buyer_number: str = ""
    standard: Identifier | None = None


@dataclass(frozen=True)
class OrderAnswer:
    """The seller's answer to an order."""

    number: str
    issued_on: date
    answer: str
    currency: str
    order: str
    seller: Actor
    buyer: Actor
    profile: str = ""
    issued_at: str = ""
    seller_order: str = ""
    note: str = ""
    reference: str = ""
    promised: Period | None = None
    lines: tuple[AnsweredLine, ...] = ()
    change: str = ""  # the change of the order that is answered


@dataclass(frozen=True)
class SimpleAnswer:
    """The seller's yes or no to an order, as OIOUBL has it."""

    number: str
    issued_on: date
    is_accepted: bool
    order: str
    seller: Actor
    buyer: Actor
    profile: str = ""
    issued_at: str = ""
    note: str = ""
    reason: str = ""
    ordered_on: date | None = None


@dataclass(frozen=True)
class Cancelled:
    """The buyer's word that an order is not to be delivered."""

    number: str
    issued_on: date
    reason: str
    order: str
    buyer: Actor
    seller: Actor
    issued_at: str = ""
    note: str = ""
    contract: str = ""
