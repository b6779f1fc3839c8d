"""What scripts/theme/build took out is used by no page; each icon that a page names is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from catalogue.core.http import drawing

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "catalogue/static"
PURGE = runpy.run_path(str(ROOT / "scripts/theme/purge.py"))
KNOWN = PURGE["Known"]()


def test_no_page_uses_a_class_that_was_taken_out() -> None:
    gone = (ROOT / "scripts/theme/purged.txt").read_text(encoding="utf-8").split()
    assert [each for each in gone if KNOWN.has(each)] == [], "run scripts/theme/build"
    kept = PURGE["classes"]((STATIC / "catalogue.css").read_text(encoding="utf-8"))
    assert kept.isdisjoint(gone)


def test_every_icon_that_a_page_names_is_there_to_be_drawn() -> None:
    named: set[str] = set()
    for page in (ROOT / "catalogue/templates").rglob("*.html"):
        named |= set(re.findall(r'icon\("([a-z-]+)"', page.read_text(encoding="utf-8")))
    assert "search" in named
    drawn = {name: str(drawing.draw_icon(name)) for name in named}
    assert all("<path" in each and "viewBox=" in each for each in drawn.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".menu{a:b}.nobody-has-this{a:b}", ".menu{a:b}"),
        (".menu,.nobody-has-this>a{a:b}", ".menu{a:b}"),
        ("a:not(.nobody-has-this){a:b}", "a:not(.nobody-has-this){a:b}"),
        (".state-anything{a:b}", ".state-anything{a:b}"),
        ("@media print{.nobody-has-this{a:b}}p{a:b}", "p{a:b}"),
        ("@media print{p{a:b}.nobody-has-this{a:b}}", "@media print{p{a:b}}"),
        ('@font-face{src:url("a{b;}.c")}p::after{content:"}"}',) * 2,
        ('@charset "UTF-8";.nobody-has-this{a:b}', '@charset "UTF-8";'),
    ],
)
def test_rules_go_when_nobody_can_need_them(text: str, expected: str) -> None:
    assert PURGE["purge"](text, KNOWN) == expected
