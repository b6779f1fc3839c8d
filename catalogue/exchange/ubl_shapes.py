"""Tables that say where the facts of a value stand in UBL: read and written by the same rows.

A shape lists the fields of one dataclass in the order the schema wants them. A second dialect of a
document is a second shape, not a second pair of functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from lxml import etree

from .peppol_document import Classification, Identifier, Quantity
from .ubl import NAMESPACES, clean, put


class Kind(Protocol):
    """How a value becomes an element, and an element a value. `Any`: each kind has its own type."""

    def put(self, parent: etree._Element, name: str, value: Any) -> etree._Element:
        """Add the element of a value that is there."""
        ...

    def take(self, element: etree._Element) -> Any:
        """Return the value of an element."""
        ...


@dataclass(frozen=True)
class Words:
    """Text, or what is written as text; `read` makes the value of it."""

    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str

    def put(self, parent: etree._Element, name: str, value: Any) -> etree._Element:
        """Add the text."""
        return put(parent, name, self.write(value))

    def take(self, element: etree._Element) -> Any:
        """Return the value of the text; one that cannot be read is the schema's to refuse."""
        return self.read((element.text or "").strip())


@dataclass(frozen=True)
class Attributed:
    """A value whose text and attributes are fields: `make(text, **attributes)` and back."""

    make: Callable[..., Any]
    parts: Callable[[Any], tuple[str, Mapping[str, str]]]
    attributes: Mapping[str, str]  # name of the attribute: name of the argument

    def put(self, parent: etree._Element, name: str, value: Any) -> etree._Element:
        """Add the element with its attributes."""
        text, attributes = self.parts(value)
        return put(parent, name, text, **attributes)

    def take(self, element: etree._Element) -> Any:
        """Return the value."""
        given = {name: element.get(key, "").strip() for key, name in self.attributes.items()}
        return self.make((element.text or "").strip(), **given)


@dataclass(frozen=True)
class Row:
    """Where a field stands. Without a field it is a constant; `many`: a tuple of such values."""

    path: str
    name: str = ""
    kind: Kind = field(default_factory=Words)
    many: bool = False
    constant: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """The rows of a dataclass; a kind itself, so that shapes stand within shapes."""

    make: Callable[..., Any]
    rows: tuple[Row, ...]

    def put(self, parent: etree._Element, name: str, value: Any) -> etree._Element:
        """Add an element with all that the value says."""
        made = put(parent, name)
        write_into(made, value, self)
        return made

    def take(self, element: etree._Element) -> Any:
        """Return the value that an element holds."""
        return read_from(element, self)


def write_into(element: etree._Element, value: Any, shape: Shape) -> None:
    """Write what a value says below an element; what it leaves out leaves no element."""
    for row in shape.rows:
        if not row.name:
            _add(element, row, row.constant)
            continue
        given = getattr(value, row.name)
        for each in given if row.many else (given,):
            if _is_said(each):
                _add(element, row, each)


def read_from(element: etree._Element, shape: Shape) -> Any:
    """Return the value an element holds; what is not there keeps the default of its field."""
    given: dict[str, Any] = {}
    for row in shape.rows:
        found = element.findall(row.path, NAMESPACES) if row.name else []
        if row.many:
            given[row.name] = tuple(row.kind.take(each) for each in found)
        elif found:
            given[row.name] = row.kind.take(found[0])
    return shape.make(**given)


def tag(name: str) -> str:
    """Return a prefixed name as the parser knows it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _add(element: etree._Element, row: Row, value: Any) -> None:
    """Add the last element of a path, within those before it that were opened just now."""
    *outer, name = row.path.split("/")
    for each in outer:
        last = element[-1] if len(element) else None
        element = last if last is not None and last.tag == tag(each) else put(element, each)
    made = row.kind.put(element, name, value)
    for key, said in row.attributes.items():
        made.set(key, said)


def _is_said(value: Any) -> bool:
    return value is not None and (not isinstance(value, str) or bool(clean(value)))


def decimal(value: Decimal) -> str:
    """Write a number without exponent, as XML Schema wants it."""
    return f"{value:f}"


def _identifier(number: str, scheme: str) -> Identifier:
    return Identifier(number, scheme)


def _quantity(number: str, unit: str) -> Quantity:
    return Quantity(Decimal(number), unit)


def _classification(code: str, **attributes: str) -> Classification:
    return Classification(code=code, **attributes)


TEXT = Words()
NUMBER = Words(Decimal, decimal)
DAY = Words(date.fromisoformat, date.isoformat)
YES_OR_NO = Words(lambda text: text in ("true", "1"), lambda value: "true" if value else "false")
IDENTIFIER = Attributed(
    _identifier, lambda each: (each.number, {"schemeID": each.scheme}), {"schemeID": "scheme"}
)
QUANTITY = Attributed(
    _quantity, lambda each: (decimal(each.number), {"unitCode": each.unit}), {"unitCode": "unit"}
)
CODE = Attributed(
    _classification,
    lambda each: (
        each.code,
        {"listID": each.list_id, "listVersionID": each.version, "name": each.name},
    ),
    {"listID": "list_id", "listVersionID": "version", "name": "name"},
)
