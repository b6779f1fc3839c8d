"""The contract as people read it: chapters of operations, each with what it takes and gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A member of a body or a parameter: its name, what it takes, and whether it is owed."""

    name: str
    takes: str
    owed: bool


@dataclass(frozen=True)
class Told:
    """An operation as the reference shows it."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    roles: tuple[str, ...]
    parameters: tuple[Row, ...]
    media: str
    body: tuple[Row, ...]
    answer: tuple[Row, ...]
    status: str
    refusals: tuple[tuple[str, str], ...]


def list_chapters(document: Document) -> dict[str, list[Told]]:
    """Return the operations of the contract by feature, in the order of their addresses."""
    chapters: dict[str, list[Told]] = {}
    for path, methods in sorted(document["paths"].items()):
        for method, drawn in methods.items():
            told = _told(document, path, method, drawn)
            chapters.setdefault(drawn["tags"][0], []).append(told)
    return dict(sorted(chapters.items()))


def _told(document: Document, path: str, method: str, drawn: Document) -> Told:
    good = next(status for status in drawn["responses"] if status < "300")
    taken: Document = drawn.get("requestBody", {}).get("content", {})
    media = next(iter(taken), "")
    body: Document = taken.get(media, {})
    answers: Document = drawn["responses"][good].get("content", {})
    answered: Document = next(iter(answers.values()), {})
    return Told(
        name=drawn["operationId"],
        method=method.upper(),
        path=path,
        summary=drawn["summary"],
        scope=drawn.get("x-scope", ""),
        roles=tuple(drawn.get("x-roles", ())),
        parameters=tuple(
            Row(each["name"], _takes(document, each["schema"]), each["required"])
            for each in drawn["parameters"]
        ),
        media=media,
        body=tuple(_rows(document, body.get("schema", {}))),
        answer=tuple(_rows(document, answered.get("schema", {}))),
        status=good,
        refusals=tuple(
            (status, each["description"])
            for status, each in drawn["responses"].items()
            if status >= "400"
        ),
    )


def _rows(document: Document, shape: Document, before: str = "", depth: int = 0) -> Iterator[Row]:
    """Tell the members of a shape, those within others by their path."""
    shape = _resolved(document, shape)
    for name, each in shape.get("properties", {}).items():
        inner, path = _resolved(document, each), f"{before}{name}"
        yield Row(path, _takes(document, each), name in shape.get("required", ()))
        if "items" in inner:
            inner, path = _resolved(document, inner["items"]), f"{path}[]"
        if depth < 2:
            yield from _rows(document, inner, f"{path}.", depth + 1)


def _takes(document: Document, shape: Document) -> str:
    """Say what a value must be, in the words of the contract."""
    shape = _resolved(document, shape)
    kinds = shape.get("type", "object")
    said = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if "enum" in shape:
        return " | ".join("null" if each is None else str(each) for each in shape["enum"])
    bounds = {"minimum": "≥", "maximum": "≤", "maxLength": "length ≤", "maxItems": "items ≤"}
    more = [f"{sign} {shape[name]}" for name, sign in bounds.items() if name in shape]
    more += [shape[name] for name in ("format",) if name in shape]
    return ", ".join([said, *more])


def _resolved(document: Document, shape: Document) -> Document:
    if "allOf" in shape and len(shape["allOf"]) == 1:
        shape = shape["allOf"][0]
    if "$ref" not in shape:
        return shape
    found: Document = document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    return found
