"""What values of catalogue files are called on screen, for pages and for the audit."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import CONSTANT, Encoding, FileKind, Form

KIND_NAMES: dict[str, Text] = {
    FileKind.CSV: _("CSV (text)"),
    FileKind.XLSX: _("Excel (.xlsx)"),
}
DELIMITER_NAMES: dict[str, Text] = {
    ";": _("Semicolon ;"),
    ",": _("Comma ,"),
    "\t": _("Tabulator"),
    "|": _("Bar |"),
}
ENCODING_NAMES: dict[str, Text] = {
    Encoding.UTF_8_MARKED: _("UTF-8 with a mark (Excel)"),
    Encoding.UTF_8: _("UTF-8"),
    Encoding.WINDOWS: _("Windows-1252"),
}
MARK_NAMES: dict[str, Text] = {",": _("Comma: 12,50"), ".": _("Point: 12.50")}
SOURCE_NAMES: dict[str, Text] = {
    "item_number": _("Item number"),
    "product_id": _("Number in the catalogue"),
    "title": _("Title"),
    "summary": _("In one sentence"),
    "description": _("Description"),
    "kind": _("Goods or service"),
    "price": _("Price excl. VAT"),
    "price_with_vat": _("Price incl. VAT"),
    "price_quantity": _("Units the price is for"),
    "unit_code": _("Unit, code of UN/ECE"),
    "unit": _("Unit"),
    "currency": _("Currency"),
    "vat_rate": _("VAT rate"),
    "minimum_quantity": _("Smallest order"),
    "delivery_days": _("Days until delivery"),
    "paused_until": _("Can be ordered from"),
    "cpv_code": _("CPV code"),
    "cpv_name": _("Name of the CPV code"),
    "unspsc": _("UNSPSC code"),
    "gtin": _("GTIN (bar code)"),
    "enterprise_name": _("Enterprise"),
    "enterprise_cvr": _("CVR number"),
    "agreement_number": _("Agreement number"),
    "agreement_ends_on": _("Last day of the agreement"),
    "picture_address": _("Address of the picture"),
    "picture_text": _("What the picture shows"),
    "page_address": _("Address of the product's page"),
    "changed_on": _("Changed on"),
    "today": _("Day of the file"),
    CONSTANT: _("The same text in each line"),
}
FORM_NAMES: dict[str, Text | str] = {
    Form.USUAL: _("As usual"),
    Form.UPPER: _("CAPITALS"),
    Form.LOWER: _("small letters"),
    Form.WHOLE: _("Whole number: 13"),
    Form.TWO_COMMA: _("Comma: 12,50"),
    Form.TWO_POINT: _("Point: 12.50"),
    Form.FOUR_COMMA: _("Four decimals: 12,5000"),
    Form.FOUR_POINT: _("Four decimals: 12.5000"),
    Form.ORE: _("In øre: 1250"),
    Form.DAY_ISO: "2026-12-31",
    Form.DAY_DASHED: "31-12-2026",
    Form.DAY_DOTTED: "31.12.2026",
    Form.DAY_COMPACT: "20261231",
}
LABELS: dict[str, Text] = {
    "name": _("What you call it"),
    "kind": _("Kind of file"),
    "delimiter": _("Between the cells"),
    "encoding": _("Letters"),
    "decimal_mark": _("Decimals"),
    "has_heads": _("Headings in the first line"),
    "agreement_ids": _("Only these agreements"),
    "enterprise_ids": _("Only these enterprises"),
    "heading": _("Heading"),
    "source": _("What stands in it"),
    "constant": _("Fixed text"),
    "form": _("Form"),
    "length": _("Most characters"),
    "place": _("Place"),
}
ACTIONS: dict[str, Text] = {
    "catalogue_file.created": _("Catalogue file made"),
    "catalogue_file.amended": _("Catalogue file changed"),
    "catalogue_file.copied": _("Catalogue file copied"),
    "catalogue_file.deleted": _("Catalogue file deleted"),
}
OBJECTS: dict[str, Text] = {"catalogue_file": _("Catalogue file")}
FIELDS: dict[str, Text] = {
    "delimiter": LABELS["delimiter"],
    "decimal_mark": LABELS["decimal_mark"],
    "has_heads": LABELS["has_heads"],
    "columns": _("Columns"),
    "agreement_ids": LABELS["agreement_ids"],
}
VALUES: dict[str, Mapping[str, Text]] = {
    "catalogue_file.kind": KIND_NAMES,
    "catalogue_file.encoding": ENCODING_NAMES,
    "catalogue_file.delimiter": DELIMITER_NAMES,
    "catalogue_file.decimal_mark": MARK_NAMES,
}
