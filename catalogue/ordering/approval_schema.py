"""The shape of what comes in about approval: a decision, a rule, an absence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.fields import MESSAGES

from .approval import Seen
from .policy import Away, RuleTerms
from .schema import read_positions

MOST_APPROVERS = 3


class _SeenSchema(ma.Schema):
    digest = fields.Verbatim(required=True, longest=64)
    reason = fields.Line(load_default=None, longest=1000)


class _AnswerSchema(ma.Schema):
    answer = fields.Line(required=True, longest=1000)


class _RerouteSchema(ma.Schema):
    approver_id = fields.Whole(required=True, least=1)
    reason = fields.Line(required=True, longest=1000)


class _HandOverSchema(ma.Schema):
    buyer_id = fields.Whole(required=True, least=1)
    why = fields.Line(required=True, longest=1000)


class _RuleSchema(ma.Schema):
    name = fields.Line(required=True, longest=120)
    amount = fields.Kroner(required=True)
    category_code = fields.Verbatim(load_default=None, longest=10)
    institution = fields.Line(load_default=None, longest=120)
    gln = fields.Gln(load_default=None)
    enterprise_id = fields.Whole(load_default=None, least=1)
    approver_1 = fields.Whole(required=True, least=1)
    approver_2 = fields.Whole(load_default=None, least=1)
    approver_3 = fields.Whole(load_default=None, least=1)
    escalate_days = fields.Whole(load_default=3, least=1, most=60)
    escalate_to_id = fields.Whole(load_default=None, least=1)


class _AwaySchema(ma.Schema):
    deputy_id = fields.Whole(required=True, least=1)
    from_on = fields.Day(required=True)
    until_on = fields.Day(required=True)


class _AbsentSchema(_AwaySchema):
    person_id = fields.Whole(required=True, least=1)


def read_seen(form: Mapping[str, Any], struck: Iterable[str]) -> Seen:
    """Read an approval: what was shown, and the positions of lines struck; raises Invalid."""
    read = fields.load(_SeenSchema(), form)
    return Seen(read["digest"], read_positions(struck), read["reason"])


def read_reason(form: Mapping[str, Any]) -> str:
    """Read why an order is not approved or sent back; raises Invalid."""
    if not (reason := form.get("reason", "").strip()):
        raise Invalid({"reason": [MESSAGES["required"]]})
    return str(fields.load(_SeenSchema(), {"digest": "-", "reason": reason})["reason"])


def read_answer(form: Mapping[str, Any]) -> str:
    """Read the buyer's answer to a comment; raises Invalid."""
    return str(fields.load(_AnswerSchema(), form)["answer"])


def read_reroute(form: Mapping[str, Any]) -> tuple[int, str]:
    """Read who is to approve instead, and why; raises Invalid by field."""
    read = fields.load(_RerouteSchema(), form)
    return read["approver_id"], read["reason"]


def read_hand_over(form: Mapping[str, Any]) -> tuple[int, str]:
    """Read whose an order is to be, and why; raises Invalid by field."""
    read = fields.load(_HandOverSchema(), form)
    return read["buyer_id"], read["why"]


def read_rule(form: Mapping[str, Any]) -> RuleTerms:
    """Read the form of a rule; raises Invalid by field."""
    read: dict[str, Any] = fields.load(_RuleSchema(), form)
    asked = [read.pop(f"approver_{place}") for place in range(1, MOST_APPROVERS + 1)]
    code = (read.pop("category_code") or "").partition("-")[0] or None
    from_ore = read.pop("amount")
    approvers = tuple(each for each in asked if each is not None)
    return RuleTerms(**read, category_code=code, from_ore=from_ore, approvers=approvers)


def read_away(form: Mapping[str, Any]) -> Away:
    """Read an absence; raises Invalid by field."""
    return Away(**fields.load(_AwaySchema(), form))


def read_absence(form: Mapping[str, Any]) -> tuple[int, Away]:
    """Read who is away, and her absence; raises Invalid by field."""
    read: dict[str, Any] = fields.load(_AbsentSchema(), form)
    person_id = read.pop("person_id")
    return person_id, Away(**read)
