"""A Peppol catalogue as rows of a price list, so that one preview and one plan take both.

What our products cannot hold (other currencies, units that we do not sell by) is left out with a
note, never guessed: a wrong price or unit is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from babel import Locale
from stdnum import ean

from catalogue.core import sheets
from catalogue.core.errors import Invalid
from catalogue.core.fetching import taken_apart
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _
from catalogue.products import picture_names
from catalogue.products.deliveries import Sent
from catalogue.products.details import LABEL_NAMES
from catalogue.products.price_list import HEADERS, Row

from . import peppol_prices
from .peppol_document import (
    CPV_LIST,
    CVR_SCHEME,
    GTIN_SCHEME,
    PRODUCT_IMAGE,
    SERVICE,
    UNSPSC_LIST,
    Attached,
    Catalogue,
    Identifier,
    Line,
    Quantity,
)
from .peppol_lines import PROPERTY_NAMES

_PICTURE = re.compile(r"(?i)\.(jpe?g|png|webp|heic|heif|avif|gif)$")
_DAYS = {"DAY": 1, "WEE": 7, "MON": 30}


@dataclass(frozen=True)
class Known:
    """What there is already: codes of CPV, and the enterprise's pictures by hash."""

    categories: Collection[str] = ()
    pictures: Collection[str] = ()


@dataclass
class _Told:
    """What a line tells: cells of a row, pictures, and what was left out."""

    cells: dict[str, str]
    within: list[tuple[str, str]] = field(default_factory=list)  # name, alternative text
    elsewhere: list[tuple[str, str]] = field(default_factory=list)  # address, alternative text
    notes: list[Text] = field(default_factory=list)


def check_provider(catalogue: Catalogue, cvr: str) -> None:
    """Refuse the catalogue of another Danish enterprise; raises Invalid.

    A provider who is named by another kind of number is believed.
    """
    numbers = (catalogue.provider.company, catalogue.provider.endpoint)
    named = {_plain_cvr(each) for each in numbers if each and each.scheme == CVR_SCHEME}
    if named and cvr not in named:
        told = _("The file is of CVR %(cvr)s, not of your enterprise", cvr=min(named))
        raise Invalid({"price_list": [told]})


def cpv_codes(catalogue: Catalogue) -> set[str]:
    """Return the CPV codes named, without their check digits."""
    return {_cpv(line) for line in catalogue.lines} - {""}


def picture_hashes(catalogue: Catalogue) -> set[str]:
    """Return the hashes that pictures in a catalogue of ours are named by."""
    return {picture_hash(each) for line in catalogue.lines for each in line.attached} - {""}


def picture_hash(attached: Attached) -> str:
    """Return the hash that a picture is named by, "" for one that is not of ours."""
    found = re.fullmatch(r"([0-9a-f]{64})\.jpg", attached.filename)
    return found[1] if found else ""


def rows(catalogue: Catalogue, known: Known) -> tuple[Row, ...]:
    """Return the lines as rows; pictures that cannot be had will be left out with a note."""
    return tuple(_row(line, _tell(line, known)) for line in catalogue.lines)


def pictures(catalogue: Catalogue, known: Known) -> Iterator[Sent]:
    """Yield the pictures within the file, by the names that its rows have for them."""
    for line in catalogue.lines:
        for each in line.attached:
            if picture_hash(each) not in known.pictures and _is_within(each):
                yield Sent(picture_names.keyed(each.content, each.filename), each.content)


def _row(line: Line, told: _Told) -> Row:
    named = told.within + told.elsewhere
    return Row(
        line.at_line,
        told.cells,
        images=tuple(name for name, _alt in named),
        alts=tuple(alt for _name, alt in named),
        notes=tuple(told.notes),
        withdraws=line.action == "Delete",
        lenient=True,
    )


def _tell(line: Line, known: Known) -> _Told:
    standard = line.standard or Identifier("")
    told = _Told({"item_number": line.seller_number or standard.number, "title": line.name})
    told.cells |= {
        "description": line.description,
        "kind": {"true": "service", "false": "goods"}.get(line.said(SERVICE).lower(), ""),
        "unspsc": line.coded(UNSPSC_LIST),
        "delivery_days": _days(line.lead_time),
        "pack_size": _whole(line.pack_size),
        "origin": _country(line.origin),
        "labels": _labels(line),
    }
    told.cells |= _properties(line)
    _tell_category(line, known, told)
    _tell_standard(standard, told)
    _tell_tax(line, told)
    cells, notes = peppol_prices.read(line)
    told.cells |= cells
    told.notes += notes
    for each in line.attached:
        if picture_hash(each) not in known.pictures:
            _tell_picture(each, told)
    return replace(told, cells={name: text for name, text in told.cells.items() if text})


def _properties(line: Line) -> dict[str, str]:
    known = {HEADERS.get(fold(name), ""): value for name, value in line.properties}
    return {name: value for name, value in known.items() if name in PROPERTY_NAMES}


def _tell_category(line: Line, known: Known, told: _Told) -> None:
    code = _cpv(line)
    if code in known.categories:
        told.cells["category"] = code
    elif code:
        told.notes.append(_("The CPV code %(code)s was left out: there is none", code=code))


def _tell_standard(standard: Identifier, told: _Told) -> None:
    if standard.scheme != GTIN_SCHEME:
        return
    if ean.is_valid(standard.number):
        told.cells["gtin"] = standard.number
    else:
        told.notes.append(_("The GTIN %(gtin)s was left out: it is wrong", gtin=standard.number))


def _tell_tax(line: Line, told: _Told) -> None:
    if line.tax is None:
        return
    if line.tax.category in ("Z", "E", "O") and not line.tax.percent:
        told.cells["vat_rate"] = "0"
        told.cells.setdefault("vat_exempt_reason", f"Momskategori {line.tax.category}")
    elif line.tax.percent == 25:
        told.cells["vat_rate"] = "25"
    else:
        percent = line.tax.percent or Decimal(0)
        told.notes.append(_("VAT of %(percent)s %% was left out", percent=f"{percent:f}"))


def _tell_picture(attached: Attached, told: _Told) -> None:
    if _is_within(attached):
        name = picture_names.keyed(attached.content, attached.filename)
        told.within.append((name, attached.description))
    elif attached.uri and _is_picture(attached, taken_apart(attached.uri).path):
        told.elsewhere.append((attached.uri, attached.description))


def _is_within(attached: Attached) -> bool:
    return bool(attached.content) and _is_picture(attached, attached.filename)


def _is_picture(attached: Attached, name: str) -> bool:
    """Tell whether a document shows the item: by what it is said to be, else by its name."""
    if attached.kind == PRODUCT_IMAGE or attached.mime_type.startswith("image/"):
        return True
    return not attached.kind and _PICTURE.search(name) is not None


def _labels(line: Line) -> str:
    known = {fold(each.message): code for code, each in LABEL_NAMES.items()}
    found = [
        f"{each.kind}: {each.number}" for each in line.certificates if fold(each.kind) in known
    ]
    return sheets.joined(found)


def _days(lead_time: Quantity | None) -> str:
    if lead_time is None or lead_time.unit not in _DAYS:
        return ""
    return str(-int(-lead_time.number * _DAYS[lead_time.unit] // 1))  # a day begun is a day


def _whole(number: Decimal | None) -> str:
    whole = number is not None and number == number.to_integral() and number > 0
    return str(int(number or 0)) if whole else ""


def _country(code: str) -> str:
    return str(Locale("da").territories.get(code, ""))


def _cpv(line: Line) -> str:
    return line.coded(CPV_LIST).split("-")[0]


def _plain_cvr(number: Identifier) -> str:
    return number.number.removeprefix("DK")
