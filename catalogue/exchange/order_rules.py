"""The rules of the documents of an order that we hold what comes in against, with their numbers.

They are those of release 2026.5 that decide whether we understand a document: what must be there,
days, numbers of parties, quantities, prices, taxes and sums. The published Schematron has more
(code lists, fields that we do not read); what we write is held against all of it in the tests.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import order_sums, peppol_shapes, ubl_rules
from .ubl import NAMESPACES, Finding, text, texts
from .ubl_rules import (
    Check,
    Holds,
    Needed,
    has,
    has_rate,
    has_rate_above_nothing,
    is_not_below_nothing,
    or_nothing,
    root_of,
)

_NEEDED = Path(__file__).parent / "data" / "needed.txt"
_LINE = "cac:OrderLine/cac:LineItem"
_SUMS = "cac:AnticipatedMonetaryTotal"
_AMOUNTS = (
    ".//cbc:Amount", ".//cbc:TaxAmount", f"{_LINE}/cbc:LineExtensionAmount", ".//cbc:PriceAmount",
    ".//cbc:BaseAmount", f"{_SUMS}/*",
)  # fmt: skip
_ALLOWANCES = ("cac:AllowanceCharge", f"{_LINE}/cac:AllowanceCharge")
_TAXES = (f"{_LINE}/cac:Item/cac:ClassifiedTaxCategory", "cac:AllowanceCharge/cac:TaxCategory")
_PERIODS = (".//cac:PromisedDeliveryPeriod",)
_PROFILES = {
    "T01": ("R031", (peppol_shapes.ORDER_ONLY, peppol_shapes.ORDERING, peppol_shapes.ADVANCED)),
    "T76": ("B00301", (peppol_shapes.ORDERING,)),
    "T114": ("R031", (peppol_shapes.ADVANCED,)),
    "T115": ("R031", (peppol_shapes.ADVANCED,)),
    "T116": ("B00301", (peppol_shapes.ADVANCED,)),
}
_CUSTOMIZATIONS = {
    "T01": ("R034", peppol_shapes.T01),
    "T76": ("R006", peppol_shapes.T76),
    "T114": ("R034", peppol_shapes.T114),
    "T115": ("R034", peppol_shapes.T115),
    "T116": ("R006", peppol_shapes.T116),
}


def findings(root: etree._Element, name: str) -> list[Finding]:
    """List which rules a document breaks, in the order of the file; `name`: T01 and so on."""
    return ubl_rules.findings(root, _checks(name), _needed(name), f"PEPPOL-{name}")


@cache
def _needed(name: str) -> tuple[Needed, ...]:
    rows = (each.split() for each in _NEEDED.read_text("utf-8").splitlines())
    return tuple((row[1], row[2], row[3]) for row in rows if row[0] == name)


@cache
def _checks(name: str) -> tuple[Check, ...]:
    own = {"T01": _ORDERS, "T114": _CHANGES, "T76": _ANSWERS, "T116": _ANSWERS}.get(name, ())
    numbered = (
        Check(f"PEPPOL-{name}-{each.rule}", each.path, each.holds, each.text)
        for each in (*own, *_identified(name))
    )
    return (*ubl_rules.COMMON, *numbered)


def _identified(name: str) -> tuple[Check, Check]:
    rule, profiles = _PROFILES[name]
    other, customization = _CUSTOMIZATIONS[name]
    return (
        Check(
            rule, "cbc:ProfileID", lambda each: _said(each) in profiles,
            _("The profile must be one of %(profiles)s", profiles=", ".join(profiles)),
        ),
        Check(
            other, "cbc:CustomizationID", lambda each: _said(each).startswith(customization),
            _("It is not the document that is asked for: it must say %(id)s here",
              id=customization),
        ),
    )  # fmt: skip


def _said(element: etree._Element) -> str:
    return (element.text or "").strip()


def _each(rule: str, paths: tuple[str, ...], holds: Holds, told: Text) -> tuple[Check, ...]:
    return tuple(Check(rule, path, holds, told) for path in paths)


def _both(one: str, other: str) -> Holds:
    """Tell of elements that the first does not stand without the second."""
    return lambda each: (
        each.find(one, NAMESPACES) is None or (each.find(other, NAMESPACES) is not None)
    )


def _is_alone(line: etree._Element) -> bool:
    numbers = list(texts(root_of(line), f"{_LINE}/cbc:ID"))
    return numbers.count(text(line, "cbc:ID")) == 1


def _is_of_a_quotation(line: etree._Element) -> bool:
    return bool(text(root_of(line), "cac:QuotationDocumentReference/cbc:ID"))


def _has_base_above_nothing(line: etree._Element) -> bool:
    base = text(line, "cac:Price/cbc:BaseQuantity")
    return not base or or_nothing(line, "cac:Price/cbc:BaseQuantity") > 0


def _runs_forward(period: etree._Element) -> bool:
    first, last = text(period, "cbc:StartDate"), text(period, "cbc:EndDate")
    return not first or not last or first <= last


def _fits_lines(code: str) -> Holds:
    """Tell of an answer with that code whether it has lines just when it should."""
    return lambda each: (
        _said(each) != code or (has("cac:OrderLine")(root_of(each)) == (code == "CA"))
    )


_NEGATIVE = _("The number must not be below zero")
_ALONE = _("Each line must have a number of its own")
_ANSWERS = (
    *_each(
        "R001", ("cac:BuyerCustomerParty/cac:Party",),
        has("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyIdentification/cbc:ID"),
        _("The buyer must have a name or a number"),
    ),
    *_each(
        "R002", ("cac:SellerSupplierParty/cac:Party",),
        has("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyIdentification/cbc:ID"),
        _("The seller must have a name or a number"),
    ),
    Check("R003", _LINE, _is_alone, _ALONE),
    *_each("R004", _PERIODS, _runs_forward, _("The period ends before it begins")),
    Check(
        "R005", ".//cbc:PriceAmount", order_sums.is_in_its_currency,
        _("All amounts must be in the currency of the document"),
    ),
    *(
        Check(rule, "cbc:OrderResponseCode", _fits_lines(code),
              _("CA must have lines; AP, RE and AB must have none"))
        for rule, code in (("R007", "CA"), ("R008", "AP"), ("R009", "RE"), ("R010", "AB"))
    ),
    Check(
        "B00801", "cbc:OrderResponseCode", lambda each: _said(each) in ("AB", "AP", "RE", "CA"),
        _("The answer must be AB, AP, RE or CA"),
    ),
)  # fmt: skip
_CHANGES = (
    Check("R001", _LINE, _is_alone, _ALONE),
    *_each(
        "R003", _AMOUNTS, order_sums.is_in_its_currency,
        _("All amounts must be in the currency of the document"),
    ),
    Check("R004", _LINE, is_not_below_nothing("cbc:Quantity"), _NEGATIVE),
    Check("R005", f"{_LINE}/cac:Price", is_not_below_nothing("cbc:PriceAmount"), _NEGATIVE),
    Check("R006", _SUMS, is_not_below_nothing("cbc:PayableAmount"), _NEGATIVE),
    Check("R007", _SUMS, is_not_below_nothing("cbc:LineExtensionAmount"), _NEGATIVE),
    Check(
        "R009", _SUMS, order_sums.adds_up_allowances,
        _("The sum of allowances must be that of the allowances above the lines"),
    ),
    Check(
        "R010", _SUMS, order_sums.adds_up_charges,
        _("The sum of charges must be that of the charges above the lines"),
    ),
    Check(
        "R011", _SUMS, order_sums.is_without_tax,
        _("The amount without VAT must be lines less allowances plus charges"),
    ),
    Check(
        "R016", _SUMS, order_sums.is_payable,
        _("The amount to pay must be that with VAT, less what is prepaid, plus the rounding"),
    ),
    Check(
        "R017", _SUMS, order_sums.is_with_tax,
        _("The amount with VAT must be that without VAT plus the VAT"),
    ),
    *_each(
        "R020", _ALLOWANCES, _both("cbc:MultiplierFactorNumeric", "cbc:BaseAmount"),
        _("An allowance in per cent must have the amount that it is of"),
    ),
    *_each(
        "R021", _ALLOWANCES, _both("cbc:BaseAmount", "cbc:MultiplierFactorNumeric"),
        _("An allowance of an amount must have its per cent"),
    ),
    *_each(
        "R022", _ALLOWANCES, order_sums.is_per_cent_of_base,
        _("The allowance must be its per cent of its amount"),
    ),
    *_each(
        "R023", _ALLOWANCES, has("cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode"),
        _("An allowance must have a reason"),
    ),
    Check(
        "R024", _LINE, order_sums.is_line_net,
        _("The amount of a line must be quantity times price, less allowances, plus charges"),
    ),
    Check("R025", _LINE, _has_base_above_nothing, _("A price must be for more than nothing")),
    *_each(
        "R028", _AMOUNTS, order_sums.has_two_decimals, _("An amount has at most two decimals"),
    ),
    *_each("R029", _TAXES, has_rate, _("The tax must have a rate, unless its category is O")),
    *_each(
        "R030", _TAXES, has_rate_above_nothing, _("The rate of category S must be above zero"),
    ),
    *_each("R032", _ALLOWANCES, is_not_below_nothing("cbc:Amount"), _NEGATIVE),
    Check(
        "R035", "cac:OrderLine/cac:QuotationLineReference", _is_of_a_quotation,
        _("A line of a quotation needs the number of the quotation"),
    ),
)  # fmt: skip
# In a change the published rule is a warning: it may tell the changed lines only.
_ORDERS = (
    *_CHANGES,
    Check(
        "R008", _SUMS, order_sums.adds_up_lines,
        _("The sum of the lines must be the sum of their amounts"),
    ),
)  # fmt: skip
