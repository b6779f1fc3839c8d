"""The shape of what comes in about quotes: the request, a quote with its lines, and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.ids import is_id
from catalogue.core.text import lazy as _
from catalogue.products.models import Unit

from . import quote_rules as rules
from .quote_rules import LineOffer, QuoteOffer, Wanted

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REASON = 120, 4000, 1000
MOST_CHOSEN = 200
_LINE_FIELDS = ("title", "quantity", "unit", "price", "vat_rate")
DETAILS: dict[str, ma.fields.Field[Any]] = {
    "quantity": fields.Quantity(),
    "persons": fields.Whole(least=1, most=100_000),
    "wanted_on": fields.Day(),
    "hours": fields.Quantity(),
    "area_m2": fields.Quantity(),
    "starts_on": fields.Day(),
    "ends_on": fields.Day(),
    "frequency": fields.Choice(lambda: list(rules.FREQUENCIES)),
    "place": fields.Line(longest=200),
}


class _WantedSchema(ma.Schema):
    title = fields.Line(required=True, longest=LONGEST_TITLE)
    description = fields.Line(required=True, longest=LONGEST_TEXT)
    deadline_on = fields.Day(required=True)


class _OfferSchema(ma.Schema):
    text = fields.Line(longest=LONGEST_TEXT, load_default="")
    valid_until = fields.Day(required=True)
    delivery_days = fields.Whole(least=0, most=730, load_default=None)


class _LineSchema(ma.Schema):
    title = fields.Line(required=True, longest=LONGEST_TITLE)
    quantity = fields.Quantity(required=True)
    unit = fields.Choice(Unit, required=True)
    price_ore = fields.Kroner(required=True, data_key="price")
    vat_rate = fields.Choice(lambda: ["25", "0"], required=True)


class _QuestionSchema(ma.Schema):
    question = fields.Line(required=True, longest=LONGEST_TEXT)


class _AnswerSchema(ma.Schema):
    answer = fields.Line(required=True, longest=LONGEST_TEXT)


class _ReasonSchema(ma.Schema):
    reason = fields.Line(required=True, longest=LONGEST_REASON, shortest=5)


class _DeadlineSchema(ma.Schema):
    deadline_on = fields.Day(required=True)


@dataclass(frozen=True)
class Subject:
    """What a form of a request is about: its category, and the product it began at."""

    category_code: str
    kind: str
    product_id: int | None = None


def read_wanted(subject: Subject, form: Mapping[str, Any], chosen: Iterable[str]) -> Wanted:
    """Read a request; the category decides which details there are. Raises Invalid by field."""
    names = rules.fields_of(subject.kind, subject.category_code)
    schema = type("_Details", (_WantedSchema,), {name: DETAILS[name] for name in names})
    loaded = fields.load(schema(), form)
    if loaded.get("starts_on", date.min) > loaded.get("ends_on", date.max):
        raise Invalid({"ends_on": [_("The last day comes before the first day; change one")]})
    details = {name: _plain(loaded[name]) for name in names if name in loaded}
    return Wanted(
        title=loaded["title"],
        description=loaded["description"],
        category_code=subject.category_code,
        deadline_on=loaded["deadline_on"],
        enterprise_ids=read_chosen(chosen),
        kind=subject.kind,
        details=details,
        product_id=subject.product_id,
    )


def read_chosen(values: Iterable[str]) -> frozenset[int]:
    """Read the ids that were ticked; what is none is left out."""
    ticked = [each for each in values if is_id(each)]
    return frozenset(int(each) for each in ticked[:MOST_CHOSEN])


def read_offer(form: Mapping[str, Any]) -> QuoteOffer:
    """Read a quote with its lines; lines left wholly empty are none. Raises Invalid by field."""
    problems: dict[str, list[Any]] = {}
    loaded: dict[str, Any] = {}
    try:
        loaded = read_terms(form)
    except Invalid as error:
        problems |= error.problems
    lines = []
    for place, written in list_written(form, rules.MOST_LINES):
        try:
            lines.append(read_line(written))
        except Invalid as error:
            problems |= {f"{name}_{place}": texts for name, texts in error.problems.items()}
    if not lines and not problems:
        problems["title_1"] = [_("Write at least one line with a price")]
    if problems:
        raise Invalid(problems)
    return QuoteOffer(lines=tuple(lines), **loaded)


def list_written(form: Mapping[str, Any], most: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """List by place the lines of a form of `most` lines that are not left wholly empty."""
    for place in range(1, most + 1):
        written = {name: form.get(f"{name}_{place}", "") for name in _LINE_FIELDS}
        if any(str(written[name]).strip() for name in ("title", "quantity", "price")):
            yield place, written


def read_terms(form: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a quote says beside its lines; raises Invalid by field."""
    return fields.load(_OfferSchema(), form)


def read_line(written: Mapping[str, Any]) -> LineOffer:
    """Read a line with its price; raises Invalid by field."""
    loaded = fields.load(_LineSchema(), written)
    return LineOffer(**(loaded | {"vat_rate": int(loaded["vat_rate"])}))


def read_question(form: Mapping[str, Any]) -> str:
    """Read a question; raises Invalid."""
    return str(fields.load(_QuestionSchema(), form)["question"])


def read_answer(form: Mapping[str, Any]) -> str:
    """Read the answer to a question; raises Invalid."""
    return str(fields.load(_AnswerSchema(), form)["answer"])


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why; raises Invalid."""
    return str(fields.load(_ReasonSchema(), form)["reason"])


def read_deadline(form: Mapping[str, Any]) -> date:
    """Read a new deadline; raises Invalid."""
    found: date = fields.load(_DeadlineSchema(), form)["deadline_on"]
    return found


def _plain(value: Any) -> str | int:
    """Return a detail as it is kept in JSON: days in ISO, numbers as they are written."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if isinstance(value, int) else str(value)
