"""Macros that are built once for all pages know nothing of one: no names of it, no language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from catalogue.core.http import PACKAGE, environment

TEMPLATES = PACKAGE / "templates"
ENVIRONMENT = environment()
# Put into the environment when the application is made.
LATER = {"image_sources", "staff_contact"}


def kept(tree: nodes.Template) -> Iterator[str]:
    """Yield the templates that a template imports without its context: they are built once."""
    for each in tree.find_all((nodes.Import, nodes.FromImport)):
        if not each.with_context:
            assert isinstance(each.template, nodes.Const)
            yield str(each.template.value)


def parsed(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text(encoding="utf-8"))


BUILT_ONCE = sorted({name for path in TEMPLATES.rglob("*.html") for name in kept(parsed(path))})


def test_most_used_macros_are_built_once() -> None:
    assert "catalogue/_macros.html" in BUILT_ONCE


@pytest.mark.parametrize("name", BUILT_ONCE)
def test_macros_built_once_need_nothing_of_a_page(name: str) -> None:
    tree = parsed(TEMPLATES / name)
    inside = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "store"}

    needed = meta.find_undeclared_variables(tree) - set(ENVIRONMENT.globals) - LATER - inside

    assert needed == set()


@pytest.mark.parametrize("name", BUILT_ONCE)
def test_macros_built_once_keep_no_text_of_one_language(name: str) -> None:
    tree = parsed(TEMPLATES / name)

    assert [each for each in tree.body if isinstance(each, nodes.Assign | nodes.AssignBlock)] == []


@pytest.mark.parametrize("name", BUILT_ONCE)
def test_macros_built_once_hand_no_page_on(name: str) -> None:
    """What they import or include would be without the page too."""
    tree = parsed(TEMPLATES / name)
    asked = tree.find_all((nodes.Import, nodes.FromImport, nodes.Include))

    assert {each.template.value for each in asked} <= set(BUILT_ONCE)


def test_whatever_an_error_summary_leads_to_can_take_the_focus() -> None:
    parts = re.compile(r'<(?:fieldset|details|section|div|p)\b[^>]*?\bid="field-[\w-]+"[^>]*>')
    found = [
        each
        for path in TEMPLATES.rglob("*.html")
        for each in parts.findall(path.read_text(encoding="utf-8"))
        if '-error"' not in each.split("id=")[1].split()[0] and "-hint" not in each
    ]
    assert len(found) > 5
    assert [each for each in found if 'tabindex="-1"' not in each] == []
