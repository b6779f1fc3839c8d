"""The arithmetic that Peppol asks of an order: lines, allowances, sums, VAT; told of its XML.

Where the published rules leave slack to rounding (0.02 on a line), so do these; sums are exact.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from .ubl import NAMESPACES, text, texts
from .ubl_rules import as_number, number, or_nothing, root_of

_SLACK = Decimal("0.02")
_NONE = Decimal(0)


def is_in_its_currency(amount: etree._Element) -> bool:
    """Tell whether an amount is in the currency of the document."""
    return amount.get("currencyID") in (None, text(root_of(amount), "cbc:DocumentCurrencyCode"))


def has_two_decimals(amount: etree._Element) -> bool:
    """Tell whether an amount has at most two decimals; a price may have more."""
    if any(etree.QName(each).localname == "Price" for each in amount.iterancestors()):
        return True
    return len((amount.text or "").partition(".")[2]) <= 2


def adds_up_lines(sums: etree._Element) -> bool:
    """Tell whether the sum of lines is the sum of the lines."""
    lines = _total(root_of(sums), "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount")
    return number(sums, "cbc:LineExtensionAmount") == _cents(lines)


def adds_up_allowances(sums: etree._Element) -> bool:
    """Tell whether the sum of allowances is that of the document's allowances."""
    return or_nothing(sums, "cbc:AllowanceTotalAmount") == _allowed(root_of(sums), "false")


def adds_up_charges(sums: etree._Element) -> bool:
    """Tell whether the sum of charges is that of the document's charges."""
    return or_nothing(sums, "cbc:ChargeTotalAmount") == _allowed(root_of(sums), "true")


def is_without_tax(sums: etree._Element) -> bool:
    """Tell whether the amount without tax is lines less allowances plus charges."""
    return _exclusive(sums) == _reckoned(sums)


def is_with_tax(sums: etree._Element) -> bool:
    """Tell whether the amount with tax is that without tax and the tax."""
    inclusive = number(sums, "cbc:TaxInclusiveAmount")
    tax = text(root_of(sums), "cac:TaxTotal/cbc:TaxAmount")
    return not inclusive or not tax or inclusive == _exclusive(sums) + (as_number(tax) or _NONE)


def is_payable(sums: etree._Element) -> bool:
    """Tell whether the amount to pay is that with tax, less what is prepaid, rounded."""
    inclusive = number(sums, "cbc:TaxInclusiveAmount")
    if not inclusive:
        return True
    left = inclusive - or_nothing(sums, "cbc:PrepaidAmount")
    return number(sums, "cbc:PayableAmount") == left + or_nothing(sums, "cbc:PayableRoundingAmount")


def is_line_net(line: etree._Element) -> bool:
    """Tell whether a line's amount is quantity x price / base, with its allowances and charges."""
    base = or_nothing(line, "cac:Price/cbc:BaseQuantity") or Decimal(1)
    quantity = number(line, "cbc:Quantity")
    price = or_nothing(line, "cac:Price/cbc:PriceAmount")
    exact = (Decimal(1) if quantity is None else quantity) * price / base
    exact += _allowed(line, "true") - _allowed(line, "false")
    return abs(or_nothing(line, "cbc:LineExtensionAmount") - exact) <= _SLACK


def is_per_cent_of_base(allowance: etree._Element) -> bool:
    """Tell whether an allowance is its per cent of its base, when it names both."""
    base, percent = number(allowance, "cbc:BaseAmount"), _percent(allowance)
    if base is None or percent is None:
        return True
    return abs(or_nothing(allowance, "cbc:Amount") - base * percent / 100) <= _SLACK


def _percent(allowance: etree._Element) -> Decimal | None:
    return number(allowance, "cbc:MultiplierFactorNumeric")


def _exclusive(sums: etree._Element) -> Decimal:
    given = number(sums, "cbc:TaxExclusiveAmount")
    return _reckoned(sums) if given is None else given


def _reckoned(sums: etree._Element) -> Decimal:
    less = or_nothing(sums, "cbc:AllowanceTotalAmount")
    more = or_nothing(sums, "cbc:ChargeTotalAmount")
    return or_nothing(sums, "cbc:LineExtensionAmount") - less + more


def _allowed(element: etree._Element, is_charge: str) -> Decimal:
    """Return the sum of the allowances, or of the charges, right below an element."""
    found = element.iterfind("cac:AllowanceCharge", NAMESPACES)
    wanted = (each for each in found if text(each, "cbc:ChargeIndicator") == is_charge)
    return _cents(sum((or_nothing(each, "cbc:Amount") for each in wanted), _NONE))


def _total(root: etree._Element, path: str) -> Decimal:
    return sum((as_number(each) or _NONE for each in texts(root, path)), _NONE)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
