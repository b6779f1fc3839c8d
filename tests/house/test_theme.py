"""What scripts/theme/build took out is used by no page; icons are where they are sought."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "catalogue/static"
PURGE = runpy.run_path(str(ROOT / "scripts/theme/purge.py"))
KNOWN = PURGE["Known"]()


def test_no_page_uses_a_class_that_was_taken_out() -> None:
    gone = (ROOT / "scripts/theme/purged.txt").read_text(encoding="utf-8").split()
    assert [each for each in gone if KNOWN.has(each)] == [], "run scripts/theme/build"
    kept = PURGE["classes"]((STATIC / "catalogue.css").read_text(encoding="utf-8"))
    assert kept.isdisjoint(gone)


def test_icons_that_pages_name_come_in_the_small_file() -> None:
    drawn = (STATIC / "dkfds/icons.svg").read_text(encoding="utf-8")
    whole = (STATIC / "dkfds/all-svg-icons.svg").read_text(encoding="utf-8")
    assert drawn == PURGE["choose_icons"](whole, KNOWN.quoted), "run scripts/theme/build"


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
