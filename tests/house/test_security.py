"""The pages on security name tests that exist, leave no requirement out, and guards still stand."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from attacks.guards import GUARDS, Guard

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has, V1 to V17.
REQUIREMENTS = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)


def test_every_test_that_the_page_names_is_there() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^\s*def (test_\w+)\(", path.read_text(encoding="utf-8"), re.M)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 100
    assert named - known == set()


def test_no_requirement_is_left_out_or_told_twice() -> None:
    told = Counter(
        each
        for ids in re.findall(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \|", PAGE, re.M)
        for each in ids.split(", ")
    )
    assert [each for each, times in told.items() if times > 1] == []
    chapters = Counter(int(each.partition(".")[0]) for each in told)
    assert tuple(chapters[number] for number in range(1, 18)) == REQUIREMENTS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.against)
def test_guard_still_stands_where_the_table_says(guard: Guard) -> None:
    source = (ROOT / "catalogue" / guard.file).read_text(encoding="utf-8")
    assert source.count(guard.text) == 1, "say in tests/attacks/guards how it reads now"
    path, _, name = guard.test.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")
    told = f"| {guard.against} | `{guard.file}` | `{name}` |"
    assert told in PAGE, "run scripts/attacks and put what it prints into docs/security.md"


def test_guards_are_tried_with_all_that_tests_import() -> None:
    script = (ROOT / "scripts" / "attacks").read_text(encoding="utf-8")
    parts = next(
        ast.literal_eval(node.value)
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PARTS"
    )
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for folder in settings["tool"]["pytest"]["ini_options"]["pythonpath"]:
        assert any(folder == part or folder.startswith(f"{part}/") for part in parts), folder
