"""Rules as tables: what must hold of the elements at a path, and what of them must be there.

The rules that all Peppol documents share stand here, with the numbers of release 2026.5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree
from stdnum import ean

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .peppol_document import CVR_SCHEME, GLN_SCHEME
from .ubl import MOST_FINDINGS, NAMESPACES, Finding, text

Holds = Callable[[etree._Element], bool]
LONGEST_NUMBER = 24  # signs: reckoning with longer ones raises
Needed = tuple[str, str, str]  # path from the root, the child that must be there, the rule
_DAYS = ("cbc:IssueDate", "cbc:StartDate", "cbc:EndDate", "cbc:DueDate", "cbc:ActualDeliveryDate")
_RECKONED = ("Amount", "Quantity", "Percent", "Numeric", "Measure")  # how names of numbers end
_NUMBERS = ("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cbc:CompanyID")


@dataclass(frozen=True)
class Check:
    """A rule of the elements at a path: what must hold of each, and what would be right."""

    rule: str
    path: str
    holds: Holds
    text: Text


def root_findings(root: etree._Element, wanted: str) -> list[Finding]:
    """List why a document is not of the wanted kind at all."""
    name = etree.QName(root)
    if name.localname == wanted and (name.namespace or "").endswith(f":{wanted}-2"):
        return []
    told = _(
        "This is a document of the kind %(kind)s, not of the kind %(wanted)s",
        kind=name.localname, wanted=wanted,
    )  # fmt: skip
    return [Finding(root.sourceline or 1, "XSD", told)]


def findings(
    root: etree._Element, checks: Iterable[Check], needed: Iterable[Needed], prefix: str
) -> list[Finding]:
    """List which rules a document breaks, in the order of the file.

    `prefix` goes before the numbers of what is needed, such as PEPPOL-T19.
    """
    found = [
        Finding(each.sourceline or 1, check.rule, check.text)
        for check in checks
        for each in root.iterfind(check.path, NAMESPACES)
        if not check.holds(each)
    ]
    found += _empty(root) + _missing(root, needed, prefix)
    return sorted(found, key=lambda each: (each.line, each.rule))[:MOST_FINDINGS]


def number(element: etree._Element, path: str) -> Decimal | None:
    """Return a number; None when there is none, or none that can be read (XSD says so)."""
    return as_number(text(element, path))


def or_nothing(element: etree._Element, path: str) -> Decimal:
    """Return the number at a path, 0 when there is none."""
    return number(element, path) or Decimal(0)


def as_number(written: str) -> Decimal | None:
    """Return a text as the number it is to XML Schema, else None."""
    is_one = len(written) <= LONGEST_NUMBER and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", written)
    return Decimal(written) if is_one else None


def root_of(element: etree._Element) -> etree._Element:
    """Return the root of the document of an element."""
    return element.getroottree().getroot()


def has(*names: str) -> Holds:
    """Return what tells whether an element has one of these below it."""
    return lambda each: any(each.find(name, NAMESPACES) is not None for name in names)


def is_not_below_nothing(path: str) -> Holds:
    """Return what tells whether the number at a path, if there is one, is not negative."""
    return lambda each: or_nothing(each, path) >= 0


def has_rate(tax: etree._Element) -> bool:
    """Tell whether a tax has a rate, which one outside the scope of VAT (O) has not."""
    return bool(text(tax, "cbc:Percent")) or text(tax, "cbc:ID") == "O"


def has_rate_above_nothing(tax: etree._Element) -> bool:
    """Tell whether the standard rate (S), where it is that, is above zero."""
    return text(tax, "cbc:ID") != "S" or or_nothing(tax, "cbc:Percent") > 0


def _empty(root: etree._Element) -> list[Finding]:
    told = _("Empty elements are not allowed; leave the element out")
    return [
        Finding(each.sourceline or 1, "PEPPOL-COMMON-R001", told)
        for each in root.iter(etree.Element)
        if len(each) == 0 and not (each.text or "").strip()
    ]


def _missing(root: etree._Element, needed: Iterable[Needed], prefix: str) -> list[Finding]:
    return [
        Finding(
            each.sourceline or 1,
            f"{prefix}-{rule}",
            _("%(element)s is missing in %(parent)s", element=name, parent=_named(each)),
        )
        for path, name, rule in needed
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


def _is_short(element: etree._Element) -> bool:
    """Tell whether a number, if it is one, is none that nobody means."""
    is_one = etree.QName(element).localname.endswith(_RECKONED)
    return not is_one or len((element.text or "").strip()) <= LONGEST_NUMBER


def _is_gln(element: etree._Element) -> bool:
    written = (element.text or "").strip()
    return element.get("schemeID") != GLN_SCHEME or bool(ean.is_valid(written))


def _is_cvr(element: etree._Element) -> bool:
    """Tell whether a CVR number has its form; its check digit is not asked (DOMAIN 1.12)."""
    written = element.text or ""
    return element.get("schemeID") != CVR_SCHEME or bool(re.fullmatch(r"(DK)?[0-9]{8}", written))


COMMON = (
    Check(
        "LIMIT", ".//cbc:*", _is_short,
        _("A number has at most %(limit)s characters", limit=LONGEST_NUMBER),
    ),
    *(
        Check("PEPPOL-COMMON-R030", f".//{name}", _is_day, _("Write the day as 2026-11-24"))
        for name in _DAYS
    ),
    *(
        Check(
            "PEPPOL-COMMON-R040", f".//{name}", _is_gln,
            _("A GLN has 13 digits and a check digit; please compare"),
        )
        for name in _NUMBERS
    ),
    *(
        Check(
            "PEPPOL-COMMON-R042", f".//{name}", _is_cvr,
            _("A CVR number has eight digits, with or without DK before them"),
        )
        for name in _NUMBERS
    ),
)  # fmt: skip
