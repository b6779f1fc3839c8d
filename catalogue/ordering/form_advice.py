"""What a buyer is told of policy on a form that orders without the basket, before she sends it.

A quote that is chosen, a part of a frame, an order in free text, a standing order: by the same code
as the basket tells whose approval is asked, and what is left of limit, ceilings and budgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements.limit_rules import Bound
from catalogue.agreements.models import LimitKind
from catalogue.agreements.rules import Voluntary
from catalogue.core.text import Text
from catalogue.core.who import Who

from . import approval_hints, budget_hints, takes
from .approval_hints import Hint
from .approval_rules import Wanted
from .budget_hints import BudgetHint
from .coding_rules import Share
from .items import Item
from .takes import Take


@dataclass(frozen=True)
class Planned:
    """A line that a form would order; `net_ore` is 0 while its quantity is not known.

    `offered`: its category is one of those that she may choose, and has not chosen yet.
    """

    enterprise_id: int
    category_code: str
    net_ore: int
    agreement: Voluntary | None
    enterprise_name: str = ""
    offered: bool = False


@dataclass(frozen=True)
class Part:
    """What is told of one order, which goes to one enterprise."""

    enterprise_name: str
    net_ore: int
    hints: list[Hint]
    takes: list[Take]


@dataclass(frozen=True)
class FormAdvice:
    """What is told beside a form; `direct` None: no limit for direct purchase is in its way."""

    parts: list[Part]
    direct: Bound | None
    budgets: list[BudgetHint]


def of_items(items: Iterable[Item]) -> list[Planned]:
    """Return items as a form plans them."""
    return [
        Planned(
            item.product.enterprise_id, item.product.category_code or "", item.net_ore,
            item.judgement.voluntary, item.enterprise_name,
        )
        for item in items
    ]  # fmt: skip


def read(
    session: Session, who: Who, planned: Sequence[Planned], values: Mapping[str, Any], today: date
) -> FormAdvice:
    """Return what to tell of lines, given what the form of delivery holds. Four queries at most."""
    found = read_competed(session, who, planned, values, today)
    bounds = limits.in_force(session, who.municipality_id or 0, today)
    return FormAdvice(found.parts, bounds.get(LimitKind.DIRECT_PURCHASE), found.budgets)


def read_competed(
    session: Session, who: Who, planned: Sequence[Planned], values: Mapping[str, Any], today: date
) -> FormAdvice:
    """Return the same of lines that several were asked for, so that no limit for direct purchase
    is in their way. Three queries at most.
    """
    by_party = sorted(planned, key=lambda each: (each.enterprise_name, each.enterprise_id))
    orders = [list(part) for _id, part in groupby(by_party, lambda each: each.enterprise_id)]
    hints = approval_hints.list_hints(session, who, [_wanted(each) for each in orders])
    used = takes.list_planned(session, _by_agreement(planned), today)
    return FormAdvice(
        [_part(each, hints.get(each[0].enterprise_id, []), used) for each in orders],
        None,
        budget_hints.list_hints(session, _budgeted(who, planned, values), today),
    )


def list_ceiling_problems(session: Session, planned: Sequence[Planned], today: date) -> list[Text]:
    """List what is wrong with ceilings that the lines would exceed; one query, if any has one."""
    return takes.problems(takes.list_planned(session, _by_agreement(planned), today))


def _wanted(lines: Sequence[Planned]) -> Wanted:
    categories = frozenset(each.category_code for each in lines)
    known = None if any(each.offered for each in lines) else categories
    return Wanted(sum(each.net_ore for each in lines), known, None, lines[0].enterprise_id)


def _budgeted(
    who: Who, planned: Sequence[Planned], values: Mapping[str, Any]
) -> budget_hints.Wanted:
    coding = values.get("account_coding") or None
    lines = [(each.category_code, [Share(coding, each.net_ore)]) for each in planned]
    return budget_hints.Wanted(who.municipality_id, values.get("gln"), lines)


def _by_agreement(planned: Sequence[Planned]) -> dict[Voluntary, int]:
    found: dict[Voluntary, int] = {}
    for each in planned:
        if each.agreement is not None:
            found[each.agreement] = found.get(each.agreement, 0) + each.net_ore
    return found


def _part(lines: Sequence[Planned], hints: list[Hint], used: Sequence[Take]) -> Part:
    agreed = {each.agreement.agreement_id for each in lines if each.agreement is not None}
    return Part(
        lines[0].enterprise_name,
        sum(each.net_ore for each in lines),
        hints,
        [each for each in used if each.used.agreement_id in agreed],
    )
