"""The condition that a column is one of some values, written so that its text never changes.

`IN` is written anew for each number of values, and what PostgreSQL has prepared of one text is of
no use to another: it took as long to plan cards of products as to find them.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import ARRAY, Boolean, any_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class among(FunctionElement[bool]):  # reads as SQLAlchemy's own functions do
    """Whether `column` is among the values of the parameter `name`, a list."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, name: str) -> None:
        """Take the column, and the name of the parameter that every asking gives a list for."""
        listed = column.in_(bindparam(name, expanding=True))
        in_array = column == any_(bindparam(name, type_=ARRAY(column.type)))
        super().__init__(listed, in_array)

    def self_group(self, against: Any = None) -> Self:
        """Stand as a condition as it is: written `(… IN …) = 1`, SQLite finds it by no index."""
        return self


@compiles(among)
def _listed(element: among, compiler: Any, **asked: Any) -> str:
    listed, _in_array = element.clauses
    return str(compiler.process(listed, **asked))


@compiles(among, "postgresql")
def _in_array(element: among, compiler: Any, **asked: Any) -> str:
    _listed, in_array = element.clauses
    return str(compiler.process(in_array, **asked))
