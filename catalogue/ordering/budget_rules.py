"""Decisions about budgets: what counts, what is left, whose they are. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .approval_rules import Rule, alike
from .coding_rules import Share


@dataclass(frozen=True)
class Terms:
    """What a budget says; without category or coding it is for all that is ordered."""

    gln: str
    starts_on: date
    ends_on: date
    amount_ore: int
    category_code: str | None = None
    account_coding: str | None = None
    blocks: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a budget stands, in øre without VAT; `reserved_ore` by orders that await approval."""

    amount_ore: int
    ordered_ore: int = 0
    reserved_ore: int = 0

    @property
    def bound_ore(self) -> int:
        """Return what is ordered and reserved."""
        return self.ordered_ore + self.reserved_ore

    @property
    def left_ore(self) -> int:
        """Return what is left; below zero when more is ordered than the budget allows."""
        return self.amount_ore - self.bound_ore

    @property
    def is_passed(self) -> bool:
        """Tell whether more is ordered and reserved than the budget allows."""
        return self.left_ore < 0


def counted_ore(
    prefix: str, coding: str | None, category_code: str, shares: Sequence[Share]
) -> int:
    """Return what a line counts to a budget of the category `prefix` ("": all) and `coding`."""
    if not category_code.startswith(prefix):
        return 0
    return sum(each.amount_ore for each in shares if coding in (None, each.code))


def concerns(prefix: str, coding: str | None, category_code: str, shares: Sequence[Share]) -> bool:
    """Tell whether a line counts to a budget of the category `prefix` and `coding` at all."""
    return category_code.startswith(prefix) and any(coding in (None, each.code) for each in shares)


def may_keep(
    rules: Iterable[Rule], person_id: int | None, institution: str, gln: str | None = None
) -> bool:
    """Tell whether an approver may keep the budgets of an institution.

    She may where a rule in force makes her approve its orders: of it, or of all institutions. It
    must be named as such, by GLN or the same name: here a likeness opens nothing.
    """
    return any(person_id in each.approvers and _names(each, institution, gln) for each in rules)


def problems(terms: Terms) -> dict[str, list[Text | str]]:
    """Return what is wrong with a budget by itself, by field."""
    if terms.ends_on < terms.starts_on:
        return {"ends_on": [_("The last day comes before the first day; change one of them")]}
    return {}


def _names(rule: Rule, institution: str, gln: str | None) -> bool:
    if rule.institution is None and rule.gln is None:
        return True
    if gln is not None and rule.gln == gln:
        return True
    return rule.institution is not None and alike(rule.institution, institution)
