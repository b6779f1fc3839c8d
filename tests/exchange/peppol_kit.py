"""The published rules and examples of Peppol, which we may use but not hand on.

OpenPeppol allows nobody to redistribute them without its consent, so this repository has no copy:
they are read from `../shared/peppol` beside the checkout, or from the folder that
`CATALOGUE_TEST_PEPPOL` names. Without them the tests that need them are skipped; those that hold
our documents against the UBL schema and our own reading of the rules always run.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from catalogue.exchange import documents

_BESIDE = Path(__file__).parents[3] / "shared" / "peppol"
FOLDER = Path(os.environ.get("CATALOGUE_TEST_PEPPOL") or _BESIDE)
SCHEMAS = Path(documents.__file__).parent / "data" / "ubl-2.1"
_TEST_SETS = {"t": "http://difi.no/xsd/vefa/validator/1.0"}
IS_THERE = (FOLDER / "validate.py").is_file()
# The rules of invoices are not in that folder; `CATALOGUE_TEST_BILLING` names one that has them.
BILLING = Path(os.environ.get("CATALOGUE_TEST_BILLING") or FOLDER / "billing")
BILLING_RULES = ("CEN-EN16931-UBL.sch", "PEPPOL-EN16931-UBL.sch")
BILLING_IS_THERE = IS_THERE and all((BILLING / each).is_file() for each in BILLING_RULES)
OIOUBL_IS_THERE = IS_THERE and (BILLING / "OIOUBL_Order_Schematron.xslt").is_file()
HELD: Counter[str] = Counter()  # documents without a fatal finding, by what they were held against
needed = pytest.mark.skipif(not IS_THERE, reason="the rules of Peppol are not beside the checkout")
EXAMPLES = sorted((FOLDER / "examples" / "T19").glob("*.xml"))
UNIT_TESTS = [
    *sorted((FOLDER / "unit" / "catalogue").glob("*.xml")),
    FOLDER / "unit" / "common" / "PEPPOL-COMMON-R040.xml",
]


def judge() -> Any:
    """Return the validator of the kit: the schema, then the Schematron compiled once."""
    found = sys.modules.get("peppol_kit_validate")
    if found is None:
        spec = importlib.util.spec_from_file_location("peppol_kit_validate", FOLDER / "validate.py")
        assert spec is not None
        assert spec.loader is not None
        found = sys.modules["peppol_kit_validate"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
        # Saxon complains when it outlives Python.
        for kept in (_oioubl_rules, _billing_rules, found._rules, found._saxon):
            atexit.register(kept.cache_clear)
    return found


def tell() -> str:
    """Return how many documents were held against what, and on which day, as Markdown."""
    rows = [f"| {what} | {many} |" for what, many in HELD.items()]
    day = datetime.now(tz=UTC).date().isoformat()
    return "\n".join(
        [f"Held without a fatal finding on {day}:", "| documents | held |", "|---|---|", *rows]
    )


def fatal(document: bytes, transaction: str = "T19") -> list[Any]:
    """List what the published schema and rules refuse in a document."""
    return [each for each in judge().validate(document, transaction) if each.severity == "fatal"]


def tests_of(path: Path) -> Iterator[tuple[Any, str, int]]:
    """Yield the fragments of a file of published tests, with the rule and how often it speaks."""
    for test in etree.parse(path).iterfind(".//t:test", _TEST_SETS):
        (wanted,) = test.xpath("t:assert/*[not(self::t:description)]", namespaces=_TEST_SETS)
        (fragment,) = test.xpath("*[not(self::t:assert)]", namespaces=_TEST_SETS)
        times = 0 if "success" in wanted.tag else int(wanted.get("number", "1"))
        yield (
            etree.fromstring(etree.tostring(fragment, with_tail=False)),
            wanted.text.strip(),
            times,
        )


@cache
def _billing_rules() -> list[Any]:
    """Compile the rules of EN 16931 and of Peppol BIS Billing, as the kit compiles its own."""
    kit = judge()
    sheets = [kit.stylesheet(_plain(kit.read(BILLING / each).getroot())) for each in BILLING_RULES]
    compiler = kit._saxon().new_xslt30_processor()
    return [compiler.compile_stylesheet(stylesheet_text=kit._ascii(each)) for each in sheets]


def _plain(rules: Any) -> Any:
    """Leave out what chooses among rules, and what repeats that they are fatal: all are asked."""
    for each in rules.findall("{http://purl.oclc.org/dsdl/schematron}phase"):
        rules.remove(each)
    for each in rules.iter("{http://purl.oclc.org/dsdl/schematron}rule"):
        each.attrib.pop("flag", None)
    return rules


def fatal_in_invoice(document: bytes) -> list[str]:
    """List what the published rules of invoices refuse."""
    kit = judge()
    node = kit._saxon().parse_xml(xml_text=kit._ascii(kit.read(document)))
    found = [
        each
        for rules in _billing_rules()
        for each in etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
    ]
    return [f"{each.get('rule')}: {each.text}" for each in found if each.get("severity") == "fatal"]


@cache
def _invoice_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "maindoc" / "UBL-Invoice-2.1.xsd"))


def keeps_invoice_schema(document: bytes) -> bool:
    """Tell whether a document keeps the schema of UBL; it is loaded once, which takes longest."""
    return bool(_invoice_schema().validate(etree.fromstring(document)))


@cache
def _oioubl_rules(kind: str) -> Any:
    """Compile the stylesheet that publishes the rules of an OIOUBL document."""
    compiler = judge()._saxon().new_xslt30_processor()
    sheet = (BILLING / f"OIOUBL_{kind}_Schematron.xslt").read_text("utf-8")
    return compiler.compile_stylesheet(stylesheet_text=sheet)


def fatal_in_oioubl(document: bytes, kind: str) -> list[str]:
    """List what the published rules of OIOUBL refuse; their numbers begin with F, warnings' W."""
    kit = judge()
    node = kit._saxon().parse_xml(xml_text=kit._ascii(kit.read(document)))
    found = etree.fromstring(_oioubl_rules(kind).transform_to_string(xdm_node=node).encode())
    told = (
        each
        for name in ("failed-assert", "successful-report")
        for each in found.iter(f"{{http://purl.oclc.org/dsdl/svrl}}{name}")
    )
    texts = (" ".join("".join(each.itertext()).split()) for each in told)
    return [each for each in texts if each.startswith("[F-")]
