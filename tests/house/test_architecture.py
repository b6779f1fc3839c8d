"""The architecture, held by tests: sizes, settings in their page, purity of services."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from catalogue.settings import PREFIX, Settings, WrongSetting, read

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "catalogue").rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
PARTS = {"models.py", "rules.py", "schema.py", "service.py", "queries.py", "pages.py", "api.py"}


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 30


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_short_and_documented(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= LONGEST_FILE, "split the file"
    assert ast.get_docstring(tree), "say what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_functions_say_what_they_do(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_and_services_read_no_clock_and_never_commit(path: Path) -> None:
    if path.name not in PARTS - {"pages.py", "api.py"}:
        return
    source = path.read_text(encoding="utf-8")
    found = re.findall(r"datetime\.now\(|date\.today\(|time\.time\(|\.commit\(\)", source)
    assert found == []


def test_page_of_settings_tells_every_setting_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page))
    known = {PREFIX + each.name.upper() for each in fields(Settings)}
    assert told - {"CATALOGUE_TEST_POSTGRES_URL"} == known


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CATALOGUE_SMPT_HOST": "x"}, "CATALOGUE_SMPT_HOST is not a setting"),
        ({"CATALOGUE_SMTP_PORT": "many"}, "must be a whole number"),
        ({"CATALOGUE_COOKIE_SECURE": "perhaps"}, "must be true or false"),
        ({"CATALOGUE_SEARCH_LANGUAGE": "sv"}, "must be one of da, en"),
        ({"CATALOGUE_SEARCH_ENGINE": "postgresql"}, "needs a CATALOGUE_DATABASE_URL of PostgreSQL"),
    ],
)
def test_wrong_setting_is_refused_by_name(given: dict[str, str], said: str) -> None:
    with pytest.raises(WrongSetting, match=said):
        read(given)


def test_no_template_holds_inline_script_or_style() -> None:
    pages = sorted((ROOT / "catalogue" / "templates").rglob("*.html"))
    faults = [
        str(page.relative_to(ROOT))
        for page in pages
        if "mail" not in page.name
        and re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page.read_text())
    ]
    assert pages
    assert faults == []
