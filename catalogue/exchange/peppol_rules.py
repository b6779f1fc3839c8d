"""The rules of a Peppol catalogue (T19) that we hold what comes in against, with their numbers.

They are those of release 2026.5 that decide whether we understand a document: what must be there,
days, quantities, prices, taxes and numbers of parties. The published Schematron has more (code
lists of fields that we do not read); what we write is held against all of it in the tests.
"""

from __future__ import annotations

from lxml import etree

from catalogue.core.text import lazy as _

from . import ubl_rules
from .peppol_document import CUSTOMIZATION, PROFILES
from .ubl import Finding, text
from .ubl_rules import (
    Check,
    has,
    has_rate,
    has_rate_above_nothing,
    is_not_below_nothing,
    number,
    root_of,
)

# Path from the root, the child that must be there, the rule.
_NEEDED = (
    (".", "cbc:CustomizationID", "B00101"),
    (".", "cbc:ProfileID", "B00102"),
    (".", "cbc:ID", "B00103"),
    (".", "cbc:IssueDate", "B00104"),
    (".", "cac:ValidityPeriod", "B00105"),
    (".", "cac:ProviderParty", "B00106"),
    (".", "cac:ReceiverParty", "B00107"),
    (".", "cac:CatalogueLine", "B00108"),
    ("cac:ReferencedContract", "cbc:ID", "B01201"),
    ("cac:ProviderParty", "cbc:EndpointID", "B01601"),
    ("cac:ProviderParty", "cac:PartyLegalEntity", "B01602"),
    ("cac:ProviderParty/cac:PartyLegalEntity", "cbc:RegistrationName", "B03201"),
    ("cac:ReceiverParty", "cbc:EndpointID", "B04001"),
    ("cac:ReceiverParty", "cac:PartyLegalEntity", "B04002"),
    ("cac:ReceiverParty/cac:PartyLegalEntity", "cbc:RegistrationName", "B05601"),
    ("cac:CatalogueLine", "cac:Item", "B11202"),
    ("cac:CatalogueLine/cac:RequiredItemLocationQuantity/cac:Price", "cbc:PriceAmount", "B16701"),
    ("cac:CatalogueLine/cac:Item", "cbc:Name", "B17701"),
    ("cac:CatalogueLine/cac:Item/cac:SellersItemIdentification", "cbc:ID", "B18701"),
    ("cac:CatalogueLine/cac:Item/cac:StandardItemIdentification", "cbc:ID", "B19101"),
    ("cac:CatalogueLine/cac:Item/cac:OriginCountry", "cbc:IdentificationCode", "B20401"),
    (
        "cac:CatalogueLine/cac:Item/cac:CommodityClassification",
        "cbc:ItemClassificationCode",
        "B20601",
    ),
    ("cac:CatalogueLine/cac:Item/cac:ClassifiedTaxCategory", "cbc:ID", "B21601"),
    ("cac:CatalogueLine/cac:Item/cac:AdditionalItemProperty", "cbc:Name", "B22101"),
    ("cac:CatalogueLine/cac:Item/cac:AdditionalItemProperty", "cbc:Value", "B22102"),
)
_LINE = ".//cac:CatalogueLine"
_IS_IDENTIFIED = has("cac:Party/cac:PartyName/cbc:Name", "cac:Party/cac:PartyIdentification/cbc:ID")
_HAS_NUMBER = has("cac:StandardItemIdentification/cbc:ID", "cac:SellersItemIdentification/cbc:ID")


def root_findings(root: etree._Element) -> list[Finding]:
    """List why a document is no catalogue at all."""
    return ubl_rules.root_findings(root, "Catalogue")


def findings(root: etree._Element) -> list[Finding]:
    """List which rules a catalogue breaks, in the order of the file."""
    return ubl_rules.findings(root, _CHECKS, _NEEDED, "PEPPOL-T19")


def _is_priced(where: etree._Element) -> bool:
    amount = number(where, "cac:Price/cbc:PriceAmount")
    return amount is not None and amount >= 0


def _fits_quantities(line: etree._Element) -> bool:
    least, most = (number(line, f"cbc:{each}OrderQuantity") for each in ("Minimum", "Maximum"))
    return least is None or most is None or most >= least


def _span(element: etree._Element, path: str, around: tuple[str, str]) -> tuple[str, str]:
    """Return first and last day of a period; what it leaves out is that of the one around it."""
    return (
        text(element, f"{path}/cbc:StartDate") or around[0],
        text(element, f"{path}/cbc:EndDate") or around[1],
    )


def _whole(element: etree._Element) -> tuple[str, str]:
    return _span(root_of(element), "cac:ValidityPeriod", ("0000-00-00", "9999-99-99"))


def _of_line(line: etree._Element) -> tuple[str, str]:
    return _span(line, "cac:LineValidityPeriod", _whole(line))


def _of_price(where: etree._Element) -> tuple[str, str]:
    line = where.getparent()
    return _span(where, "cac:Price/cac:ValidityPeriod", _of_line(where if line is None else line))


def _within(inner: tuple[str, str], outer: tuple[str, str]) -> bool:
    return all(outer[0] <= day <= outer[1] for day in inner)


def _runs_forward(span: tuple[str, str]) -> bool:
    return span[0] <= span[1]


_BACKWARD = _("The period ends before it begins")
_PRICED = f"{_LINE}/cac:RequiredItemLocationQuantity"
_TAX = f"{_LINE}/cac:Item/cac:ClassifiedTaxCategory"
_CHECKS = (
    Check(
        "PEPPOL-T19-R018", "cbc:CustomizationID",
        lambda each: (each.text or "").strip().startswith(CUSTOMIZATION),
        _("It is not a Peppol catalogue: it must say %(id)s here", id=CUSTOMIZATION),
    ),
    Check(
        "PEPPOL-T19-R017", "cbc:ProfileID",
        lambda each: (each.text or "").strip() in PROFILES,
        _("The profile must be one of %(profiles)s", profiles=", ".join(PROFILES)),
    ),
    Check(
        "PEPPOL-T19-B00501", "cbc:ActionCode",
        lambda each: (each.text or "").strip() in ("Add", "Replace", "Update", "Delete"),
        _("The action must be Add, Replace, Update or Delete"),
    ),
    Check(
        "PEPPOL-T19-B11401", f"{_LINE}/cbc:ActionCode",
        lambda each: (each.text or "").strip() in ("Add", "Update", "Delete"),
        _("The action of a line must be Add, Update or Delete"),
    ),
    *ubl_rules.COMMON,
    Check(
        "PEPPOL-T19-R001", "cac:ValidityPeriod",
        lambda each: _runs_forward(_whole(each)), _BACKWARD,
    ),
    Check(
        "PEPPOL-T19-R004", ".//cac:SellerSupplierParty", _IS_IDENTIFIED,
        _("The seller must have a name or a number"),
    ),
    Check(
        "PEPPOL-T19-R005", ".//cac:ContractorCustomerParty", _IS_IDENTIFIED,
        _("The customer must have a name or a number"),
    ),
    Check(
        "PEPPOL-T19-R006", _PRICED, _is_priced, _("The price must be there and not below zero"),
    ),
    Check(
        "PEPPOL-T19-R007", _LINE, lambda each: _within(_of_line(each), _whole(each)),
        _("The period of the line must be within that of the catalogue"),
    ),
    Check(
        "PEPPOL-T19-R008", _LINE, is_not_below_nothing("cbc:MaximumOrderQuantity"),
        _("The largest quantity must not be below zero"),
    ),
    Check(
        "PEPPOL-T19-R009", _LINE, is_not_below_nothing("cbc:MinimumOrderQuantity"),
        _("The smallest quantity must not be below zero"),
    ),
    Check(
        "PEPPOL-T19-R010", _LINE, _fits_quantities,
        _("The largest quantity must not be below the smallest"),
    ),
    Check(
        "PEPPOL-T19-R011", _PRICED,
        lambda each: _within(_of_price(each), _of_line(each.getparent())),
        _("The period of the price must be within that of the line"),
    ),
    Check(
        "PEPPOL-T19-R012", f"{_LINE}/cac:Item", _HAS_NUMBER,
        _("The item must have the seller's number or a standard one, such as a GTIN"),
    ),
    Check("PEPPOL-T19-R013", _LINE, lambda each: _runs_forward(_of_line(each)), _BACKWARD),
    Check(
        "PEPPOL-T19-R014", _TAX, has_rate,
        _("The tax must have a rate, unless its category is O"),
    ),
    Check(
        "PEPPOL-T19-R015", _TAX, has_rate_above_nothing,
        _("The rate of category S must be above zero"),
    ),
    Check("PEPPOL-T19-R016", _PRICED, lambda each: _runs_forward(_of_price(each)), _BACKWARD),
)  # fmt: skip
