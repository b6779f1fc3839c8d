"""A text that is compared without its language: of capitals only A to Z are folded, and quickly.

SQLite compares so by itself; PostgreSQL, where it is not told, as the server's language.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class plainly(FunctionElement[str]):  # reads as SQLAlchemy's own functions do
    """The text of `column`, compared by its letters alone."""

    type = String()
    inherit_cache = True

    def __init__(self, column: ColumnElement[str]) -> None:
        """Take the column, or what is made of some."""
        super().__init__(column)

    def self_group(self, against: Any = None) -> Self:
        """Stand as it is, for it brings its own parentheses."""
        return self


@compiles(plainly)
def _as_it_is(element: plainly, compiler: Any, **asked: Any) -> str:
    return f"({compiler.process(element.clauses, **asked)})"


@compiles(plainly, "postgresql")
def _without_language(element: plainly, compiler: Any, **asked: Any) -> str:
    return f'(({compiler.process(element.clauses, **asked)}) COLLATE "C")'
