"""What is drawn once for all readers is the same for all of them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import Environment, nodes

from catalogue.core.http.compiling import MACROS
from catalogue.core.http.drawing import PACKAGE

# What answers the same to everybody in a language.
STEADY = {"_", "ngettext", "draw_icon", "image_sources"}
TEMPLATES = PACKAGE / "templates"


def drawn_macros(app: Flask) -> set[str]:
    """Return the macros that some template has drawn once."""
    found = set()
    for path in Path(TEMPLATES).rglob("*.html"):
        tree = parsed(app, path)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "draw_each":
                macro = call.args[0]
                assert isinstance(macro, nodes.Getattr)
                found.add(macro.attr)
    return found


def parsed(app: Flask, path: Path) -> nodes.Template:
    environment: Environment = app.extensions["catalogue"].templates
    return environment.parse(path.read_text(encoding="utf-8"))


def asked_beside(tree: nodes.Template, name: str) -> set[str]:
    """Return what a macro and those it calls ask for beside what they are given."""
    macros = {each.name: each for each in tree.find_all(nodes.Macro)}
    names = list(macros[name].find_all(nodes.Name))
    own = {each.name for each in names if each.ctx in ("store", "param")}
    asked = {each.name for each in names if each.ctx == "load"} - own
    called = asked & macros.keys()
    return (asked - called).union(*(asked_beside(tree, each) for each in called))


def test_what_is_drawn_once_asks_for_nothing_that_differs_between_readers(app: Flask) -> None:
    tree = parsed(app, TEMPLATES / MACROS)
    macros = drawn_macros(app)
    assert macros == {"product_card"}
    for each in macros:
        assert asked_beside(tree, each) <= STEADY, each
