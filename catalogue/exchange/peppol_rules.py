"""The rules of a Peppol catalogue (T19) that we hold what comes in against, with their numbers.

They are those of release 2026.5 that decide whether we understand a document: what must be there,
days, quantities, prices, taxes and numbers of parties. The published Schematron has more (code
lists of fields that we do not read); what we write is held against all of it in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree
from stdnum import ean

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .peppol_document import CUSTOMIZATION, CVR_SCHEME, GLN_SCHEME, PROFILES
from .ubl import MOST_FINDINGS, NAMESPACES, Finding, text

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
_DAYS = ("cbc:IssueDate", "cbc:StartDate", "cbc:EndDate")
_NUMBERS = ("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cbc:CompanyID")
_LINE = ".//cac:CatalogueLine"


@dataclass(frozen=True)
class _Check:
    """A rule of the elements at a path: what must hold of each, and what would be right."""

    rule: str
    path: str
    holds: Callable[[etree._Element], bool]
    text: Text


def root_findings(root: etree._Element) -> list[Finding]:
    """List why a document is no catalogue at all."""
    name = etree.QName(root)
    if name.localname == "Catalogue" and (name.namespace or "").endswith(":Catalogue-2"):
        return []
    told = _("This is a document of the kind %(kind)s, not a Catalogue", kind=name.localname)
    return [Finding(root.sourceline or 1, "XSD", told)]


def findings(root: etree._Element) -> list[Finding]:
    """List which rules a catalogue breaks, in the order of the file."""
    found = [
        Finding(each.sourceline or 1, check.rule, check.text)
        for check in _CHECKS
        for each in root.iterfind(check.path, NAMESPACES)
        if not check.holds(each)
    ]
    found += _empty(root) + _missing(root)
    return sorted(found, key=lambda each: (each.line, each.rule))[:MOST_FINDINGS]


def _empty(root: etree._Element) -> list[Finding]:
    told = _("Empty elements are not allowed; leave the element out")
    return [
        Finding(each.sourceline or 1, "PEPPOL-COMMON-R001", told)
        for each in root.iter(etree.Element)
        if len(each) == 0 and not (each.text or "").strip()
    ]


def _missing(root: etree._Element) -> list[Finding]:
    return [
        Finding(
            each.sourceline or 1,
            f"PEPPOL-T19-{rule}",
            _("%(element)s is missing in %(parent)s", element=name, parent=_named(each)),
        )
        for path, name, rule in _NEEDED
        for each in root.iterfind(path, NAMESPACES)
        if each.find(name, NAMESPACES) is None
    ]


def _named(element: etree._Element) -> str:
    prefixes = {uri: f"{prefix}:" for prefix, uri in NAMESPACES.items()}
    name = etree.QName(element)
    return f"{prefixes.get(name.namespace or '', '')}{name.localname}"


def _is_day(element: etree._Element) -> bool:
    written = element.text or ""
    try:
        return len(written) == 10 and date.fromisoformat(written) is not None
    except ValueError:
        return False


def _is_gln(element: etree._Element) -> bool:
    number = (element.text or "").strip()
    return element.get("schemeID") != GLN_SCHEME or bool(ean.is_valid(number))


def _is_cvr(element: etree._Element) -> bool:
    """Tell whether a CVR number has its form; its check digit is not asked (DOMAIN 1.12)."""
    number = element.text or ""
    return element.get("schemeID") != CVR_SCHEME or bool(re.fullmatch(r"(DK)?[0-9]{8}", number))


def _is_identified(party: etree._Element) -> bool:
    name, number = "cac:Party/cac:PartyName/cbc:Name", "cac:Party/cac:PartyIdentification/cbc:ID"
    return any(party.find(each, NAMESPACES) is not None for each in (name, number))


def _has_number(item: etree._Element) -> bool:
    names = ("cac:StandardItemIdentification/cbc:ID", "cac:SellersItemIdentification/cbc:ID")
    return any(item.find(each, NAMESPACES) is not None for each in names)


def _has_rate(tax: etree._Element) -> bool:
    return bool(text(tax, "cbc:Percent")) or text(tax, "cbc:ID") == "O"


def _has_rate_above_nothing(tax: etree._Element) -> bool:
    return text(tax, "cbc:ID") != "S" or (_number(tax, "cbc:Percent") or 0) > 0


def _is_priced(where: etree._Element) -> bool:
    amount = _number(where, "cac:Price/cbc:PriceAmount")
    return amount is not None and amount >= 0


def _is_not_below_nothing(path: str) -> Callable[[etree._Element], bool]:
    return lambda line: (_number(line, path) or Decimal(0)) >= 0


def _fits_quantities(line: etree._Element) -> bool:
    least, most = (_number(line, f"cbc:{each}OrderQuantity") for each in ("Minimum", "Maximum"))
    return least is None or most is None or most >= least


def _span(element: etree._Element, path: str, around: tuple[str, str]) -> tuple[str, str]:
    """Return first and last day of a period; what it leaves out is that of the one around it."""
    return (
        text(element, f"{path}/cbc:StartDate") or around[0],
        text(element, f"{path}/cbc:EndDate") or around[1],
    )


def _whole(element: etree._Element) -> tuple[str, str]:
    root = element.getroottree().getroot()
    return _span(root, "cac:ValidityPeriod", ("0000-00-00", "9999-99-99"))


def _of_line(line: etree._Element) -> tuple[str, str]:
    return _span(line, "cac:LineValidityPeriod", _whole(line))


def _of_price(where: etree._Element) -> tuple[str, str]:
    line = where.getparent()
    return _span(where, "cac:Price/cac:ValidityPeriod", _of_line(where if line is None else line))


def _within(inner: tuple[str, str], outer: tuple[str, str]) -> bool:
    return all(outer[0] <= day <= outer[1] for day in inner)


def _runs_forward(span: tuple[str, str]) -> bool:
    return span[0] <= span[1]


def _number(element: etree._Element, path: str) -> Decimal | None:
    """Return a number; None when there is none, or none that can be read (XSD says so)."""
    written = text(element, path)
    return Decimal(written) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", written) else None


_BACKWARD = _("The period ends before it begins")
_PRICED = f"{_LINE}/cac:RequiredItemLocationQuantity"
_TAX = f"{_LINE}/cac:Item/cac:ClassifiedTaxCategory"
_CHECKS = (
    _Check(
        "PEPPOL-T19-R018", "cbc:CustomizationID",
        lambda each: (each.text or "").strip().startswith(CUSTOMIZATION),
        _("It is not a Peppol catalogue: it must say %(id)s here", id=CUSTOMIZATION),
    ),
    _Check(
        "PEPPOL-T19-R017", "cbc:ProfileID",
        lambda each: (each.text or "").strip() in PROFILES,
        _("The profile must be one of %(profiles)s", profiles=", ".join(PROFILES)),
    ),
    _Check(
        "PEPPOL-T19-B00501", "cbc:ActionCode",
        lambda each: (each.text or "").strip() in ("Add", "Replace", "Update", "Delete"),
        _("The action must be Add, Replace, Update or Delete"),
    ),
    _Check(
        "PEPPOL-T19-B11401", f"{_LINE}/cbc:ActionCode",
        lambda each: (each.text or "").strip() in ("Add", "Update", "Delete"),
        _("The action of a line must be Add, Update or Delete"),
    ),
    *(
        _Check("PEPPOL-COMMON-R030", f".//{name}", _is_day, _("Write the day as 2026-11-24"))
        for name in _DAYS
    ),
    *(
        _Check(
            "PEPPOL-COMMON-R040", f".//{name}", _is_gln,
            _("A GLN has 13 digits and a check digit; please compare"),
        )
        for name in _NUMBERS
    ),
    *(
        _Check(
            "PEPPOL-COMMON-R042", f".//{name}", _is_cvr,
            _("A CVR number has eight digits, with or without DK before them"),
        )
        for name in _NUMBERS
    ),
    _Check(
        "PEPPOL-T19-R001", "cac:ValidityPeriod",
        lambda each: _runs_forward(_whole(each)), _BACKWARD,
    ),
    _Check(
        "PEPPOL-T19-R004", ".//cac:SellerSupplierParty", _is_identified,
        _("The seller must have a name or a number"),
    ),
    _Check(
        "PEPPOL-T19-R005", ".//cac:ContractorCustomerParty", _is_identified,
        _("The customer must have a name or a number"),
    ),
    _Check(
        "PEPPOL-T19-R006", _PRICED, _is_priced, _("The price must be there and not below zero"),
    ),
    _Check(
        "PEPPOL-T19-R007", _LINE, lambda each: _within(_of_line(each), _whole(each)),
        _("The period of the line must be within that of the catalogue"),
    ),
    _Check(
        "PEPPOL-T19-R008", _LINE, _is_not_below_nothing("cbc:MaximumOrderQuantity"),
        _("The largest quantity must not be below zero"),
    ),
    _Check(
        "PEPPOL-T19-R009", _LINE, _is_not_below_nothing("cbc:MinimumOrderQuantity"),
        _("The smallest quantity must not be below zero"),
    ),
    _Check(
        "PEPPOL-T19-R010", _LINE, _fits_quantities,
        _("The largest quantity must not be below the smallest"),
    ),
    _Check(
        "PEPPOL-T19-R011", _PRICED,
        lambda each: _within(_of_price(each), _of_line(each.getparent())),
        _("The period of the price must be within that of the line"),
    ),
    _Check(
        "PEPPOL-T19-R012", f"{_LINE}/cac:Item", _has_number,
        _("The item must have the seller's number or a standard one, such as a GTIN"),
    ),
    _Check("PEPPOL-T19-R013", _LINE, lambda each: _runs_forward(_of_line(each)), _BACKWARD),
    _Check(
        "PEPPOL-T19-R014", _TAX, _has_rate,
        _("The tax must have a rate, unless its category is O"),
    ),
    _Check(
        "PEPPOL-T19-R015", _TAX, _has_rate_above_nothing,
        _("The rate of category S must be above zero"),
    ),
    _Check("PEPPOL-T19-R016", _PRICED, lambda each: _runs_forward(_of_price(each)), _BACKWARD),
)  # fmt: skip
