"""What a buyer is told of policy while she fills her basket, and not when it is too late.

The limits of the municipality and the budgets of the institution that check-out begins with; whose
approval is asked and what is left of ceilings stands with the basket itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements.limit_rules import Bound
from catalogue.agreements.models import LimitKind
from catalogue.core.who import Who

from . import budget_hints
from .basket_queries import BasketPage
from .budget_hints import BudgetHint, Line, Wanted
from .coding_rules import Share
from .codings import Kept, find_default, list_kept


@dataclass(frozen=True)
class Advice:
    """Limit and budgets beside a basket; `institution` is the one that it is meant for."""

    direct: Bound | None
    institution: str | None
    budgets: list[BudgetHint]
    kept: list[Kept]


def read(
    session: Session, who: Who, found: BasketPage, values: Mapping[str, Any], today: date
) -> Advice:
    """Return what to tell beside a basket, given what check-out begins with.

    Three queries.
    """
    bounds = limits.in_force(session, who.municipality_id or 0, today)
    kept = list_kept(session, who)
    gln = values.get("gln")
    coding = values.get("account_coding") or find_default(kept, gln)
    lines: list[Line] = [
        (row.item.product.category_code or "", [Share(coding, row.item.net_ore)])
        for share in found.shares
        for row in share.rows
    ]
    wanted = Wanted(who.municipality_id, gln, lines)
    return Advice(
        bounds.get(LimitKind.DIRECT_PURCHASE),
        values.get("institution"),
        budget_hints.list_hints(session, wanted, today),
        kept,
    )
