"""A Peppol catalogue (BIS 3, transaction T19) as plain values: what is read and what is written.

It holds what our products can tell and can take, not all that UBL could say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:catalogue:3"
WITHOUT_RESPONSE = "urn:fdc:peppol.eu:poacc:bis:catalogue_wo_response:3"
PROFILES = ("urn:fdc:peppol.eu:poacc:bis:catalogue_only:3", WITHOUT_RESPONSE)
CVR_SCHEME = "0184"  # of the list of electronic addresses (EAS): DIGSTORG, the CVR number
GLN_SCHEME = "0088"
GTIN_SCHEME = "0160"  # of the list of identifiers (ISO 6523 ICD)
# Of the list of classifications, UNCL7143.
CPV_LIST = "STI"
UNSPSC_LIST = "TST"
PRODUCT_IMAGE = "PRODUCT_IMAGE"
# Properties. Rounded prices at larger quantities do not tell the per cent; this one does.
TIERS = "Mængderabat"
SERVICE = "ServiceIndicator"  # as Peppol's shopping cart (T77) names it


@dataclass(frozen=True)
class Identifier:
    """A number, and the list it is of ("" when the document does not say)."""

    number: str
    scheme: str = ""


@dataclass(frozen=True)
class Party:
    """Who provides a catalogue, or receives it."""

    endpoint: Identifier
    name: str
    company: Identifier | None = None
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""  # two letters


@dataclass(frozen=True)
class Period:
    """Days, the last one included; None: open."""

    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Quantity:
    """A number of units of UN/ECE Recommendation 20."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True)
class LinePrice:
    """What `base` units cost when at least `minimum` are ordered; None: whatever is ordered."""

    amount: Decimal
    currency: str
    base: Quantity | None = None
    minimum: Quantity | None = None


@dataclass(frozen=True)
class Classification:
    """A code of a list of UNCL7143, such as CPV."""

    list_id: str
    code: str
    version: str = ""
    name: str = ""


@dataclass(frozen=True)
class Attached:
    """A document about an item, within the catalogue or elsewhere."""

    number: str
    kind: str = ""
    description: str = ""
    filename: str = ""
    mime_type: str = ""
    content: bytes = b""
    uri: str = ""


@dataclass(frozen=True)
class Certificate:
    """A label that an item carries."""

    number: str
    kind: str
    code: str = "NA"
    issuer: str = "NA"


@dataclass(frozen=True)
class Tax:
    """The category of value added tax (S, Z, E, O …) and its rate in per cent."""

    category: str
    percent: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """An item and how it is sold. `at_line` is where it stood in the file, 0 for a new one."""

    number: str
    name: str
    action: str = ""  # Add, Update or Delete
    is_orderable: bool | None = None
    orderable_unit: str = ""
    content: Quantity | None = None
    minimum: Quantity | None = None
    description: str = ""
    pack_size: Decimal | None = None
    seller_number: str = ""
    standard: Identifier | None = None
    lead_time: Quantity | None = None
    prices: tuple[LinePrice, ...] = ()
    attached: tuple[Attached, ...] = ()
    origin: str = ""  # two letters of a country
    classifications: tuple[Classification, ...] = ()
    tax: Tax | None = None
    properties: tuple[tuple[str, str], ...] = ()
    certificates: tuple[Certificate, ...] = ()
    at_line: int = field(default=0, compare=False)

    def said(self, name: str) -> str:
        """Return the value of a property, "" when there is none."""
        return dict(self.properties).get(name, "")

    def coded(self, list_id: str) -> str:
        """Return the first code of a list, "" when there is none."""
        return next((each.code for each in self.classifications if each.list_id == list_id), "")


@dataclass(frozen=True)
class Catalogue:
    """A catalogue of one provider for one receiver; `contract` is the number of the agreement."""

    number: str
    issued_on: date
    provider: Party
    receiver: Party
    lines: tuple[Line, ...]
    validity: Period = Period()
    contract: str = ""
    name: str = ""
    action: str = ""  # Add, Replace, Update or Delete
    version: str = ""
    profile: str = WITHOUT_RESPONSE


def by_cvr(cvr: str) -> Identifier:
    """Return what a Danish enterprise or municipality is named by: its CVR number, with DK."""
    return Identifier(f"DK{cvr}", CVR_SCHEME)
