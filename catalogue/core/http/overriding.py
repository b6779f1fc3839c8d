"""How a host changes our pages: templates of its own fill blocks of ours that are meant for it."""

from __future__ import annotations

from pathlib import Path

import jinja2
from jinja2 import nodes

SHIPPED = "shipped"
# The templates that a host may extend, each with the blocks that stay where they are.
BLOCKS = {
    "catalogue/_base.html": frozenset({"site_head", "site_top", "site_name", "site_footer"}),
}


class WrongOverride(ValueError):
    """A template of a host fills what may change any day; the text says what it may fill."""


def loader(shipped: Path, overrides: Path | None) -> jinja2.BaseLoader:
    """Return where templates are found: a host's before ours, ours as `shipped/…` besides."""
    ours = jinja2.FileSystemLoader(shipped)
    if overrides is None:
        return ours
    theirs = jinja2.FileSystemLoader(overrides)
    return jinja2.ChoiceLoader([theirs, ours, jinja2.PrefixLoader({SHIPPED: ours})])


def check(environment: jinja2.Environment, overrides: Path) -> None:
    """Raise WrongOverride, which names the file, for what is not meant to be filled."""
    if not overrides.is_dir():
        raise WrongOverride(f"{overrides} is no folder of templates")
    for path in sorted(each for each in overrides.rglob("*") if each.is_file()):
        name = path.relative_to(overrides).as_posix()
        if name not in BLOCKS:
            raise WrongOverride(f"{path} replaces nothing; a host may extend {', '.join(BLOCKS)}")
        tree = environment.parse(path.read_text(encoding="utf-8"), name)
        _check_parent(tree, path, f"{SHIPPED}/{name}")
        filled = {each.name for each in tree.find_all(nodes.Block)}
        if wrong := filled - BLOCKS[name]:
            raise WrongOverride(
                f"{path} fills {', '.join(sorted(wrong))};"
                f" a host may fill {', '.join(sorted(BLOCKS[name]))}"
            )


def _check_parent(tree: nodes.Template, path: Path, parent: str) -> None:
    extended = [each.template for each in tree.find_all(nodes.Extends)]
    if [each.value for each in extended if isinstance(each, nodes.Const)] != [parent]:
        raise WrongOverride(f'{path} must begin with {{% extends "{parent}" %}}')
