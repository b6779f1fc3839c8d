"""What comes in held against the contract: the JSON Schema that openapi.py draws is the judge.

Meaning is read afterwards by the schema of the feature, the same that reads forms and files.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, gettext
from catalogue.core.text import lazy as _

from . import openapi
from .operations import FILES, JSON, Operation
from .refusing import Problem
from .state import state

if TYPE_CHECKING:
    from jsonschema import ValidationError

PART = "api.contract"
_SAID: dict[str, Text] = {
    "required": fields.MESSAGES["required"],
    "additionalProperties": _("The contract does not know this: leave it out"),
    "type": _("It must be of the type %(told)s"),
    "enum": fields.MESSAGES["not_choice"],
    "maxLength": _("At most %(told)s characters"),
    "minLength": _("At least %(told)s characters"),
    "minimum": fields.MESSAGES["too_small"],
    "maximum": fields.MESSAGES["too_large"],
    "format": _("It must have the format %(told)s"),
    "minItems": _("Send at least %(told)s of them"),
    "maxItems": _("Send at most %(told)s of them"),
    "uniqueItems": _("Send each of them once"),
}


def read_body(name: str = "") -> dict[str, Any]:
    """Return the body of the request as plain values; raises Problem where it breaks the contract.

    `name` is that of the schema in the contract; without it, of the operation that is served.
    """
    operation = _operation()
    if operation.body is None:
        raise TypeError(f"{request.endpoint} declares no body")
    if request.mimetype != operation.media:
        raise Problem("media-type", _("Send %(media)s.", media=operation.media))
    given = _read_json() if operation.media == JSON else _single(request.form)
    if operation.media == FILES:
        given |= {key: "" for key in request.files}
    _check(name or openapi.name_of(operation.body), given)
    return dict(given)


def read_query() -> dict[str, Any]:
    """Return the parameters of the address by their types; raises Problem for what is not told."""
    operation = _operation()
    shapes, validator = _query_judge(operation)
    given = _single(request.args)
    errors, read = [], {}
    for name, text in given.items():
        if name not in shapes:
            errors.append({"parameter": name, "detail": str(_SAID["additionalProperties"])})
            continue
        read[name] = _typed(text, shapes[name].get("type"))
    errors += [
        {"parameter": str(next(iter(path), "")), "detail": said}
        for path, said in _faults(validator, read).items()
    ]
    if errors:
        raise Problem("unreadable", errors=errors)
    return read


@contextmanager
def named(names: Mapping[str, str]) -> Iterator[None]:
    """Let errors within the block point at what programs call a field, by its name in forms."""
    try:
        yield
    except Invalid as error:
        error.problems = {names.get(name, name): each for name, each in error.problems.items()}
        raise


def _operation() -> Operation:
    found: Operation = current_app.view_functions[str(request.endpoint)].__dict__["operation"]
    return found


def _read_json() -> Any:
    try:
        given = json.loads(request.get_data(), parse_float=_number, parse_constant=_refuse)
        json.dumps(given, ensure_ascii=False).encode()  # half a pair of UTF-16 is no text
    except (ValueError, RecursionError):
        raise Problem("unreadable", _("The body is not JSON.")) from None
    return given


def _number(text: str) -> float | int:
    """Return a number with a point; for JSON Schema 2.0 is whole, and so it is here."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _single(given: MultiDict[str, str]) -> dict[str, str]:
    doubled = [name for name, values in given.lists() if len(values) > 1]
    if doubled:
        text = gettext("Send it once")
        raise Problem(
            "unreadable", errors=[{"parameter": each, "detail": text} for each in doubled]
        )
    return given.to_dict()


def _typed(text: str, kind: Any) -> Any:
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,40}", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _check(name: str, given: Any) -> None:
    errors = [
        {"pointer": "#" + "".join(f"/{_escaped(step)}" for step in path), "detail": said}
        for path, said in _faults(_named_validator(name), given).items()
    ]
    if errors:
        raise Problem("unreadable", errors=errors[:50])


def _faults(validator: Any, given: Any) -> dict[tuple[Any, ...], str]:
    """Return what is wrong by the path to it: one thing of each, though a value may break several
    rules. "" is too short and of no form; what may be chosen tells more than of which type it is.
    """
    found: dict[tuple[Any, ...], str] = {}
    for error in validator.iter_errors(given):
        for member in _members(error):
            path = (*error.absolute_path, *member)
            if path not in found or error.validator == "enum":
                found[path] = _in_words(error)
    return found


def _members(error: ValidationError) -> list[tuple[str, ...]]:
    """Return below which members of the object the fault lies: jsonschema tells that of the object.

    Of missing members it tells one by one, but which, in words alone.
    """
    given: Any = error.instance
    told: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        return [(each,) for each in told if each not in given]
    if error.validator == "additionalProperties":
        return [(each,) for each in given if each not in schema["properties"]]
    return [()]


def _in_words(error: ValidationError) -> str:
    # What is left, such as none of several shapes, jsonschema tells in English alone.
    said = _SAID.get(str(error.validator), fields.MESSAGES["invalid"])
    told = error.validator_value
    if isinstance(told, list):
        told = ", ".join("null" if each is None else str(each) for each in told)
    return gettext(said.message, told=told, limit=told, choices=told)


def _escaped(step: Any) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _query_judge(operation: Operation) -> tuple[dict[str, Any], Any]:
    """Return the parameters of an operation and who judges them, made once."""
    kept: dict[str, Any] = state().parts.setdefault(PART, {})
    key = f"? {request.endpoint}"
    if key not in kept:
        shapes = openapi.query_shapes(operation)
        kept[key] = shapes, _validator({"type": "object", "properties": shapes})
    found: tuple[dict[str, Any], Any] = kept[key]
    return found


def _named_validator(name: str) -> Any:
    kept: dict[str, Any] = state().parts.setdefault(PART, {})
    if name not in kept:
        components = openapi.document(current_app)["components"]
        whole = {"$ref": f"#/components/schemas/{name}", "components": components}
        kept[name] = _validator(whole)
    return kept[name]


def _validator(schema: Mapping[str, Any]) -> Any:
    judge = _judge()
    return judge(schema, format_checker=judge.FORMAT_CHECKER)


@lru_cache(maxsize=1)
def _judge() -> Any:
    jsonschema = _library()
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})


def _library() -> Any:
    """Return jsonschema, loaded when something comes in: it knows formats by grammars that it
    compiles for seconds, where they are installed.
    """
    return importlib.import_module("jsonschema")


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """Look for a pattern as the contract means it: here `$` also ends before a last line feed."""
    ended = re.sub(r"\$$", r"\\Z", pattern)
    if isinstance(instance, str) and not re.search(ended, instance):
        yield _library().ValidationError(str(fields.MESSAGES["invalid"]))
