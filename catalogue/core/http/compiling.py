"""Templates are compiled once for each language, with the texts and icons of it put in.

A page names a hundred texts and a score of icons, the same ones each time: to look each of them up
and escape it took a third of the time to draw a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from types import FunctionType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

from catalogue.core import text

MACROS, AS = "catalogue/_macros.html", "ui"  # the file of macros, and how templates name it
Steady = Mapping[str, Callable[..., str]]  # what answers the same in a language, by name


class _Template(jinja2.Template):
    """A template whose macros are made once: what all pages know is the same for each import.

    Jinja looks at each import whether the page knows more, which takes as long as a small query.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(ctx)


class _Context(Context):
    """What a page knows; calls macros and plain functions without looking what else they might be.

    A form calls some hundred macros, and Jinja's look took half as long as what they draw.
    """

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """Call what a template calls."""
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or "jinja_pass_arg" in called.__dict__:
            return super().call(called, *args, **named)
        for own in ("_loop_vars", "_block_vars"):  # for those who are passed a context
            named.pop(own, None)
        return called(*args, **named)


class Templates(jinja2.Environment):
    """Hands out templates in the reader's language of the moment."""

    template_class = _Template
    context_class = _Context

    locale: str | None = None  # of what is compiled here; None: only handed out from others

    def speak(self, steady: Steady) -> None:
        """Take what answers the same for the same texts in a language; macros may bear its name."""
        self._steady = steady
        self._spoken: dict[str, Templates] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> jinja2.Template:
        """Return a template, compiled in the language of the moment."""
        if self.locale is None:
            return self.speaking(text.current_locale()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def speaking(self, locale: str) -> Templates:
        """Return the environment whose templates are compiled in a language."""
        found = self._spoken.get(locale)
        if found is None:
            found = self.overlay()
            found.locale = locale  # before another thread may see it
            self._spoken[locale] = found
        return found

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Write the code of a template: the hook that Jinja has for this."""
        if self.locale is not None:
            with text.reading_in(self.locale):
                source = _Settling(self._steady, source).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Settling(NodeTransformer):
    """Puts in place of a call what it answers, where all it is given stands in the template."""

    def __init__(self, steady: Steady, source: nodes.Template) -> None:
        self._steady = steady
        imported = source.find_all(nodes.Import)
        self._has_macros = any(
            each.target == AS and each.template == nodes.Const(MACROS) for each in imported
        )

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Return the answer, or the call."""
        self.generic_visit(node)
        answer = self._steady.get(self._name(node.node) or "")
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        more = node.kwargs or node.dyn_args or node.dyn_kwargs
        if answer is None or more or len(given) < len(node.args):
            return node
        found = answer(*given)
        put = nodes.Const(str(found), lineno=node.lineno)
        return nodes.MarkSafe(put, lineno=node.lineno) if hasattr(found, "__html__") else put

    def _name(self, called: nodes.Node) -> str | None:
        """Return the name of what is called, here or among the macros."""
        if isinstance(called, nodes.Name):
            return called.name
        if (
            self._has_macros
            and isinstance(called, nodes.Getattr)
            and isinstance(called.node, nodes.Name)
            and called.node.name == AS
        ):
            return f"{AS}.{called.attr}"
        return None
