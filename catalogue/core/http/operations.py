"""Operations of the API: each declares who may call it, with which scope, and what it looks like.

The contract (openapi.py) is drawn from these declarations, and what comes in is held against it
(contract.py), so that neither can say what the other does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import marshmallow as ma
from flask import Blueprint, Flask
from werkzeug.routing import Rule

from .access import route

PREFIX = "/api/v1"
VERSION = "1.6.2"  # of the contract; CHANGELOG.md tells what each version changes
JSON, FORM, FILES = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
View = TypeVar("View", bound=Callable[..., Any])


class Trait(StrEnum):
    """What an operation has beside its shapes."""

    TAG = "tag"  # answers carry an ETag
    MATCH = "match"  # a change needs If-Match
    KEY = "key"  # may be sent again under an Idempotency-Key
    KEY_OWED = "key_owed"  # must carry one
    PAGED = "paged"  # a list by cursor, with its items and the next cursor
    CURSOR = "cursor"  # takes a cursor too, and tells the next one in its own shape
    OPEN = "open"  # needs no token


@dataclass(frozen=True)
class Operation:
    """What an operation takes and gives; `refusals`: bodies of errors that are no problems.

    `files`: types of the files that it answers with instead of JSON. `example`: a body.
    """

    summary: str
    access: frozenset[Any]
    scope: str = ""
    body: type[ma.Schema] | None = None
    query: type[ma.Schema] | None = None
    answer: type[ma.Schema] | None = None
    status: int = 200
    traits: frozenset[Trait] = frozenset()
    media: str = JSON
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # none: a number
    refusals: Mapping[int, type[ma.Schema]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Declared:
    """An operation with its address, method and name."""

    name: str
    method: str
    rule: Rule
    operation: Operation

    @property
    def feature(self) -> str:
        """Return the name of the feature, which the contract gathers operations by."""
        endpoint: str = self.rule.endpoint
        return endpoint.split(".")[1].removesuffix("_api").removesuffix("_v1")


def serve(
    blueprint: Blueprint, method: str, rule: str, operation: Operation
) -> Callable[[View], View]:
    """Add a view of the API that declares what it is; used as a decorator.

    Ids of an address come as text and are read in `entering`: a route that looks for numbers would
    answer one that is too large with a page instead of a problem.
    """

    def declare(view: View) -> View:
        view.__dict__["operation"] = operation
        bounded = rule.replace("<int:", "<string(maxlength=19):")
        return route(blueprint, bounded, access=operation.access, methods=[method])(view)

    return declare


def list_operations(app: Flask) -> list[Declared]:
    """List the operations of an application by address and method."""
    found = []
    for rule in app.url_map.iter_rules():
        operation = app.view_functions[rule.endpoint].__dict__.get("operation")
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if operation is not None and len(methods) == 1:
            name = rule.endpoint.rsplit(".", 1)[1]
            found.append(Declared(name, methods[0], rule, operation))
    return sorted(found, key=lambda each: (each.rule.rule, each.method))
