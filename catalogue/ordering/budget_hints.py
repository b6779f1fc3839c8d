"""What a buyer and an approver are told of budgets: what is left, and what this takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core.text import current_locale, today_in_copenhagen

from . import budget_rules, budgets
from .budget_rules import Standing
from .budget_sums import list_standing_by, standing_where
from .coding_models import Budget
from .coding_rules import Share
from .line_parts import Coded
from .models import Order
from .rules import RESERVING_STATES

Line = tuple[str, Sequence[Share]]  # category and what its codings bear


@dataclass(frozen=True)
class BudgetHint:
    """A budget, where it stands, and what is wanted of it; `left_ore` is what is left after."""

    budget: Budget
    category: str | None  # its name, in the reader's language
    standing: Standing
    wanted_ore: int
    left_ore: int

    @property
    def is_passed(self) -> bool:
        """Tell whether the budget is passed when this is ordered."""
        return self.left_ore < 0


@dataclass(frozen=True)
class Wanted:
    """What is wanted in one municipality for one institution."""

    municipality_id: int | None
    gln: str | None
    lines: Sequence[Line]


def list_hints(session: Session, wanted: Wanted, today: date) -> list[BudgetHint]:
    """List the budgets that something wanted would count to. One query.

    What is wanted is not ordered yet, so it comes on top of where the budgets stand. A line of 0,
    whose amount is not known yet, names its budgets too.
    """
    return [
        BudgetHint(each, name, standing, ore, standing.left_ore - ore)
        for each, name, standing, ore in _touched(session, wanted, today)
    ]


def list_of_order(
    session: Session, order: Order, coded: Sequence[Coded], today: date
) -> list[BudgetHint]:
    """List the budgets that an order counts to; it is among what is ordered and reserved.

    One that awaits its approval counts to those of the day on which it is approved: it is told of
    the budgets of today, and comes on top of those that did not hold when it was asked for.
    """
    lines = [(each.line.category_code, each.shares) for each in coded]
    wanted = Wanted(order.municipality_id, order.gln, lines)
    placed_on = today_in_copenhagen(order.placed_at)
    waits = order.withheld and order.state in RESERVING_STATES
    return [
        BudgetHint(each, name, standing, ore,
                   standing.left_ore - (ore if each.starts_on > placed_on else 0))
        for each, name, standing, ore in _touched(
            session, wanted, today if waits else placed_on
        )
    ]  # fmt: skip


def _touched(
    session: Session, wanted: Wanted, day: date
) -> list[tuple[Budget, str | None, Standing, int]]:
    asked = {"municipality_id": wanted.municipality_id, "gln": wanted.gln or "", "day": day}
    touched = []
    for each, standing, name in list_standing_by(session, _holding(current_locale()), asked):
        of = (each.prefix, each.account_coding)
        lines = [line for line in wanted.lines if budget_rules.concerns(*of, *line)]
        if lines:
            ore = sum(budget_rules.counted_ore(*of, *line) for line in lines)
            touched.append((each, name, standing, ore))
    return touched


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _holding(locale: str) -> Any:
    label = Category.label_en if locale == "en" else Category.label_da
    gln: Any = bindparam("gln")
    where = budgets.on_where(bindparam("municipality_id"), [gln], bindparam("day"))
    return standing_where(where, label)
