"""The form of an invoice: what only the enterprise knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .invoice_document import Account

PAYMENT_DAYS = 30  # a due date to begin from; the agreement or the enterprise may say another


class _TermsSchema(ma.Schema):
    number = Code(required=True, longest=30)
    issued_on = fields.Day(required=True)
    due_on = fields.Day(required=True)
    branch = fields.Verbatim(load_default=None, longest=4)
    account = fields.Verbatim(load_default=None, longest=10)


@dataclass(frozen=True)
class Terms:
    """What the enterprise says of its invoice: its number, its days, and where to pay to."""

    number: str
    issued_on: date
    due_on: date
    pay_to: Account | None = None


def read_terms(form: Mapping[str, Any]) -> Terms:
    """Read the form; raises Invalid by field."""
    read = fields.load(_TermsSchema(), form)
    branch, account = read["branch"] or "", read["account"] or ""
    problems: dict[str, list[Any]] = {}
    if read["due_on"] < read["issued_on"]:
        problems["due_on"] = [_("The due date must not be before the date of the invoice")]
    if (branch or account) and not _is_digits(branch, 4, 4):
        problems["branch"] = [_("Write the registration number of the bank: four digits")]
    if (branch or account) and not _is_digits(account, 1, 10):
        problems["account"] = [_("Write the number of the account: up to ten digits")]
    if problems:
        raise Invalid(problems)
    pay_to = Account(account, branch) if account else None
    return Terms(read["number"], read["issued_on"], read["due_on"], pay_to)


def begin(today: date) -> dict[str, str]:
    """Return what the form begins with."""
    due_on = today + timedelta(days=PAYMENT_DAYS)
    return {"issued_on": today.isoformat(), "due_on": due_on.isoformat()}


def _is_digits(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and least <= len(text) <= most
