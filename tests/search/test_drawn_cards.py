"""What is drawn once for all readers is the same for all of them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import Environment, nodes

from catalogue.core.http.compiling import MACROS
from catalogue.core.http.drawing import PACKAGE

# What answers the same to everybody in a language and place; what is drawn is kept by both.
STEADY = {"_", "ngettext", "draw_icon", "image_sources", "dict", "url_for", "loop"}
TEMPLATES = PACKAGE / "templates"


def drawn_macros(app: Flask) -> set[tuple[str, str]]:
    """Return the macros that some template has drawn once, with the files they stand in."""
    found = set()
    for path in Path(TEMPLATES).rglob("*.html"):
        tree = parsed(app, path)
        imports = imported(tree)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "draw_each":
                macro = call.args[0]
                assert isinstance(macro, nodes.Getattr)
                assert isinstance(macro.node, nodes.Name)
                found.add((imports[macro.node.name], macro.attr))
    return found


def parsed(app: Flask, path: Path) -> nodes.Template:
    environment: Environment = app.extensions["catalogue"].templates
    return environment.parse(path.read_text(encoding="utf-8"))


def imported(tree: nodes.Template) -> dict[str, str]:
    """Return the files that a template imports, by the names it has for them."""
    found = {}
    for each in tree.find_all(nodes.Import):
        assert isinstance(each.template, nodes.Const)
        found[each.target] = str(each.template.value)
    return found


def asked_beside(app: Flask, file: str, name: str) -> set[str]:
    """Return what a macro and those it calls ask for beside what they are given."""
    tree = parsed(app, TEMPLATES / file)
    macros = {each.name: each for each in tree.find_all(nodes.Macro)}
    imports = imported(tree)
    names = list(macros[name].find_all(nodes.Name))
    own = {each.name for each in names if each.ctx in ("store", "param")}
    asked = {each.name for each in names if each.ctx == "load"} - own
    called = {(file, each) for each in asked & macros.keys()}
    called |= {
        (imports[each.node.name], each.attr)
        for each in macros[name].find_all(nodes.Getattr)
        if isinstance(each.node, nodes.Name) and each.node.name in imports
    }
    beside = asked - macros.keys() - imports.keys()
    return beside.union(*(asked_beside(app, *each) for each in called))


def test_what_is_drawn_once_asks_for_nothing_that_differs_between_readers(app: Flask) -> None:
    macros = drawn_macros(app)
    assert macros == {(MACROS, "product_card"), ("catalogue/coverage/_tree.html", "line")}
    for each in macros:
        assert asked_beside(app, *each) <= STEADY, each
