"""Amendments planned for days that an agreement does not reach: they are taken back as it ends."""

from __future__ import annotations

from datetime import date

from .models import Agreement

# What an agreement says that an amendment may change, beside its categories.
FORMER = ("title", "ends_on", "supplier_name", "where_to_buy", "reference", "ceiling_ore",
          "ceiling_months")  # fmt: skip


def take_back(agreement: Agreement, last_day: date) -> None:
    """Make what a loaded agreement says on `last_day` its present terms, when more was planned.

    Else it would keep the last day it had, and a change that never comes would bar every other.
    """
    never = [each for each in agreement.former if each.until_on >= last_day]
    if not never:
        return
    for name in FORMER:
        setattr(agreement, name, getattr(never[0], name))
    agreement.former = [each for each in agreement.former if each not in never]
    agreement.categories = [
        each for each in agreement.categories if each.from_on is None or each.from_on <= last_day
    ]
    for each in agreement.categories:
        if each.until_on is not None and each.until_on >= last_day:
            each.until_on = None
