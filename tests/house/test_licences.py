"""Which licences scripts/licences.py lets through, as a table, and those of what is locked."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
OSI = "License :: OSI Approved :: "


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """The functions of the script."""
    return runpy.run_path(str(ROOT / "scripts" / "licences.py"))


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (["MIT"], True),
        (["Apache-2.0 OR BSD-3-Clause"], True),
        (["BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"], True),
        (["Copyright 2010 by its makers", f"{OSI}BSD License"], True),
        (["Python-2.0"], True),  # what CycloneDX makes of "PSFL", which defusedxml says
        (["LGPL-3.0-only"], True),
        (["LGPL", f"{OSI}GNU Lesser General Public License v2 or later (LGPLv2+)"], True),
        ([], False),
        (["Copyright 2010 by its makers"], False),
        (["GPL-3.0-or-later"], False),
        (["AGPL-3.0-only"], False),
        (["MIT AND GPL-2.0-only"], False),
        (["MIT OR GPL-2.0-only"], True),
        (["MIT", f"{OSI}GNU General Public License v3 (GPLv3)"], False),
        (["BUSL-1.1"], False),
        (["License :: Other/Proprietary License"], False),
        (["MIT", "License :: Other/Proprietary License"], False),
    ],
)
def test_licence_is_allowed_or_not(script: dict[str, Any], said: list[str], allowed: bool) -> None:
    assert script["is_allowed"](script["Package"]("x", "1", said)) is allowed


def test_package_that_names_several_to_choose_from_is_let_through_by_name(
    script: dict[str, Any],
) -> None:
    said = [f"{OSI}GNU General Public License v2 or later (GPLv2+)"]
    assert script["is_allowed"](script["Package"]("pyphen", "1", said))
    assert not script["is_allowed"](script["Package"]("another", "1", said))


def test_what_an_installation_gets_has_licences_that_are_allowed(script: dict[str, Any]) -> None:
    found = script["installed"](ROOT / "requirements.lock")
    assert len(found) > 70
    assert [each for each in found if not script["is_allowed"](each)] == []
