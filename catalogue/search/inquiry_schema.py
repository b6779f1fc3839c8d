"""The shape of what comes in about inquiries: the question, a no, and a yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.ids import is_id

from .demand_schema import LONGEST_REASON
from .rules import Offer

LONGEST_TEXT, LONGEST_TITLE, LONGEST_OFFER = 2000, 120, 8000
MOST_CHOSEN = 200


class _TextSchema(ma.Schema):
    text = fields.Line(required=True, longest=LONGEST_TEXT)


class _ReasonSchema(ma.Schema):
    reason = fields.Line(longest=LONGEST_REASON, load_default="")


class _OfferSchema(ma.Schema):
    """The form of a yes: what a draft begins with."""

    title = fields.Line(required=True, longest=LONGEST_TITLE)
    text = fields.Line(longest=LONGEST_OFFER, load_default="")


def read_text(form: Mapping[str, Any]) -> str:
    """Read what staff ask; raises Invalid by field."""
    return str(fields.load(_TextSchema(), form)["text"])


def read_chosen(values: Iterable[str]) -> frozenset[int]:
    """Read the ids of the enterprises that were ticked; what is none is left out."""
    ticked = [each for each in values if is_id(each)]
    return frozenset(int(each) for each in ticked[:MOST_CHOSEN])


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why not, blank when nothing is said; raises Invalid."""
    return str(fields.load(_ReasonSchema(), form)["reason"])


def read_offer(form: Mapping[str, Any]) -> Offer:
    """Read what is offered; raises Invalid by field."""
    return Offer(**fields.load(_OfferSchema(), form))
