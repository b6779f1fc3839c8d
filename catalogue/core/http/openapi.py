"""The contract of the API: OpenAPI 3.1, drawn by apispec from the schemas of operations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import EnumType
from typing import Any

import marshmallow as ma
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask

from catalogue.core import fields, shapes, text
from catalogue.core.shapes import Shape

from .operations import PREFIX, VERSION, Declared, Operation, Trait, list_operations
from .problem_types import TYPES
from .refusing import MEDIA

PART = "api.document"
DAY: Shape = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
CURSOR: Shape = {"type": "string", "pattern": "^[0-9]{1,18}$",
                 "description": "`next` of the page before; it tells nothing else"}  # fmt: skip
LIMIT: Shape = {"type": "integer", "minimum": 1, "maximum": 100, "default": 25,
                "description": "How many on a page"}  # fmt: skip
TAG: Shape = {"description": "What the answer says, in short; for If-None-Match and If-Match",
              "schema": {"type": "string"}}  # fmt: skip
KEY: Shape = {"type": "string", "pattern": "^[!-~]{16,200}$"}
MATCH: Shape = {"type": "string", "pattern": '^((W/)?"[!#-~]{1,80}"|[*])$'}
_PLAIN: dict[type, Shape] = {
    fields.Day: DAY,
    fields.Email: {
        "type": "string",
        "maxLength": 254,
        "pattern": r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+$",
    },
    fields.Gln: {"type": "string", "pattern": "^[0-9]{13}$"},
    fields.Cvr: shapes.EIGHT_DIGITS,
    fields.Quantity: {"type": "number", "minimum": 0.001, "maximum": 1_000_000},
}  # fmt: skip


def document(app: Flask) -> Shape:
    """Return the contract of an application, drawn once."""
    kept: dict[str, Any] = app.extensions["catalogue"].parts
    if PART not in kept:
        with text.reading_in("en"):
            kept[PART] = _draw(app)
    found: Shape = kept[PART]
    return found


def name_of(schema: type[ma.Schema]) -> str:
    """Return what the contract calls a schema."""
    return schema.__name__.removesuffix("Schema")


def query_shapes(operation: Operation) -> dict[str, Shape]:
    """Return the parameters of the address by name, with what keeps them right."""
    shapes: dict[str, Shape] = {}
    if operation.query is not None:
        plugin = MarshmallowPlugin()
        APISpec("", "", "3.1.0", plugins=[plugin])
        converter = _teach(plugin)
        for name, each in operation.query().fields.items():
            shapes[each.data_key or name] = converter.field2property(each)
    if operation.traits & {Trait.PAGED, Trait.CURSOR}:
        shapes |= {"cursor": CURSOR, "limit": LIMIT}
    return shapes


def _draw(app: Flask) -> Shape:
    plugin = MarshmallowPlugin(schema_name_resolver=_resolve)
    spec = APISpec(
        title="Catalogue",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": "Money is whole øre without VAT, times are UTC, days are Danish."},
        servers=[{"url": app.extensions["catalogue"].settings.url_prefix or "/"}],
    )
    _teach(plugin)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", _problem_shape())
    for declared in list_operations(app):
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", declared.rule.rule)
        path = path.removeprefix(app.extensions["catalogue"].settings.url_prefix)
        spec.path(path, operations={declared.method.lower(): _operation(declared)})
    return spec.to_dict()


def _resolve(schema: Any) -> str:
    return name_of(schema if isinstance(schema, type) else type(schema))


def _teach(plugin: MarshmallowPlugin) -> OpenAPIConverter:
    """Let apispec know our own fields; the plugin belongs to a specification already."""
    converter = plugin.converter
    if converter is None:
        raise TypeError("a plugin without specification has nothing to teach")
    converter.add_attribute_function(_shape_of)  # type: ignore[no-untyped-call]  # apispec's lack
    return converter


def _shape_of(_converter: Any, field: Any, **_more: Any) -> Shape:
    """Return the shape of our own fields; a schema may say it for its fields in `SHAPES`."""
    told: Mapping[str, Shape] = getattr(field.parent, "SHAPES", {}) if field.parent else {}
    shape = told.get(field.name) or _by_kind(field)
    clearable = getattr(field.parent, "CLEARABLE", False) and not field.required
    if clearable and not shape:
        return {"type": ["array", "null"]} if isinstance(field, ma.fields.List) else {}
    if shape and (clearable or field.allow_none) and isinstance(shape.get("type"), str):
        shape = {**shape, "type": [shape["type"], "null"]}
        if "enum" in shape:
            shape["enum"] = [*shape["enum"], None]
    return dict(shape)


def _by_kind(field: Any) -> Shape:
    if type(field) in _PLAIN:
        return _PLAIN[type(field)]
    if isinstance(field, fields.Choice):
        known: Any = field.choices  # an enumeration, or what lists the choices
        values: Any = known if isinstance(known, EnumType) else known()
        return {"type": "string", "enum": [str(each) for each in values]}
    if isinstance(field, fields.Whole):
        return {"type": "integer", "minimum": field.least, "maximum": field.most}
    if isinstance(field, fields.Kroner):
        return {"type": "integer", "minimum": field.least_ore, "maximum": fields.LARGEST_ORE}
    if isinstance(field, fields.Verbatim):
        filled = {"minLength": max(1, field.shortest), "pattern": r"\S"} if field.required else {}
        return {"type": "string", "maxLength": field.longest, **filled}
    return {}


def _operation(declared: Declared) -> Shape:
    operation = declared.operation
    drawn: Shape = {
        "operationId": declared.name,
        "summary": operation.summary,
        "tags": [declared.feature],
        "parameters": _parameters(declared),
        "responses": _responses(declared),
        "security": [] if Trait.OPEN in operation.traits else [{"token": []}],
    }
    if operation.scope:
        roles = sorted(str(role) for role in operation.access)
        drawn["x-scope"], drawn["x-roles"] = operation.scope, roles
    if operation.body is not None:
        content: Shape = {operation.media: {"schema": operation.body}}
        if operation.example is not None:
            content[operation.media]["example"] = operation.example
        drawn["requestBody"] = {"required": True, "content": content}
    return drawn


def _parameters(declared: Declared) -> list[Shape]:
    operation = declared.operation
    found = [
        {"name": name, "in": "path", "required": True, "schema": _place(declared, name)}
        for name in sorted(declared.rule.arguments)
    ]
    found += [
        {"name": name, "in": "query", "required": False, "schema": shape}
        for name, shape in query_shapes(operation).items()
    ]
    if Trait.MATCH in operation.traits:
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": MATCH})
    if operation.traits & {Trait.KEY, Trait.KEY_OWED}:
        owed = Trait.KEY_OWED in operation.traits
        found.append({"name": "Idempotency-Key", "in": "header", "required": owed, "schema": KEY})
    return found


def _place(declared: Declared, name: str) -> Mapping[str, Any]:
    return declared.operation.places.get(name, shapes.ID)


def _responses(declared: Declared) -> Shape:
    operation = declared.operation
    good: Shape = {"description": "Done" if declared.method != "GET" else "What was asked for"}
    if operation.answer is not None:
        shape: Any = operation.answer
        if Trait.PAGED in operation.traits:
            shape = {
                "type": "object",
                "required": ["items", "next"],
                "properties": {
                    "items": {"type": "array", "items": operation.answer},
                    "next": {"type": ["string", "null"]},
                },
            }
        good["content"] = {"application/json": {"schema": shape}}
    if operation.files:
        binary = {"schema": {"type": "string", "format": "binary"}}
        good["content"] = dict.fromkeys(operation.files, binary)
    if Trait.TAG in operation.traits:
        good["headers"] = {"ETag": TAG}
    responses = {str(operation.status): good}
    if Trait.TAG in operation.traits and declared.method == "GET":
        responses["304"] = {"description": "As you have it"}
    for status in _refusals(declared):
        responses[str(status)] = _refusal(operation, status)
    return responses


def _refusals(declared: Declared) -> list[int]:
    """List the statuses an operation may refuse with."""
    operation, traits = declared.operation, declared.operation.traits
    found = {400, 429} if Trait.OPEN in traits else {400, 401, 403, 429}
    if declared.rule.arguments:
        found.add(404)
    if declared.method != "GET":
        found |= {404, 409, 413, 415, 422} if Trait.OPEN not in traits else {401, 413, 415}
    if Trait.MATCH in traits:
        found |= {412, 428}
    if operation.query is not None:
        found.add(422)
    return sorted(found | {503} | set(operation.refusals))


def _refusal(operation: Operation, status: int) -> Shape:
    if status in operation.refusals:
        shape: Any = operation.refusals[status]
        return {
            "description": "Refused as OAuth 2 wants it",
            "content": {"application/json": {"schema": shape}},
        }
    titles = [str(each.title) for each in TYPES.values() if each.status == status]
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": "; or ".join(titles), "content": content}


def _problem_shape() -> Shape:
    error = {
        "type": "object",
        "required": ["detail"],
        "properties": {
            "detail": {"type": "string"},
            "pointer": {"type": "string", "description": "Into the body (RFC 6901)"},
            "parameter": {"type": "string", "description": "A parameter of the address"},
        },
    }
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri",
                     "description": f"Its page, {PREFIX}/problems/…, says what mends it"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {"type": "array", "items": error},
        },
    }  # fmt: skip
