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
from pathlib import Path
from typing import Any

import pytest

_BESIDE = Path(__file__).parents[3] / "shared" / "peppol"
FOLDER = Path(os.environ.get("CATALOGUE_TEST_PEPPOL") or _BESIDE)
IS_THERE = (FOLDER / "validate.py").is_file()
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
        for kept in (found._rules, found._saxon):  # Saxon complains when it outlives Python
            atexit.register(kept.cache_clear)
    return found


def fatal(document: bytes) -> list[Any]:
    """List what the published schema and rules refuse in a catalogue."""
    return [each for each in judge().validate(document, "T19") if each.severity == "fatal"]
