"""The list of budgets as it is looked through."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.listing import Listing, kroner
from catalogue.core.text import lazy as _

from .budget_rules import Standing
from .coding_models import Budget


@dataclass(frozen=True)
class Listed:
    """A budget in the list, with where it stands."""

    budget: Budget
    standing: Standing
    category: str | None


BUDGETS = Listing[Listed](
    columns=(
        (_("Institution"), lambda each: each.budget.institution),
        (_("GLN/EAN number"), lambda each: each.budget.gln),
        (_("Category"), lambda each: each.category),
        (_("Account coding"), lambda each: each.budget.account_coding),
        (_("From"), lambda each: each.budget.starts_on),
        (_("Until"), lambda each: each.budget.ends_on),
        (_("Budget"), lambda each: kroner(each.budget.amount_ore)),
        (_("Ordered"), lambda each: kroner(each.standing.ordered_ore)),
        (_("Reserved"), lambda each: kroner(each.standing.reserved_ore)),
        (_("Left"), lambda each: kroner(each.standing.left_ore)),
        (_("Blocks"), lambda each: _("Yes") if each.budget.blocks else _("No")),
    ),
    texts=lambda each: (
        each.budget.institution, each.budget.gln, each.category, each.budget.category_code,
        each.budget.account_coding,
    ),
    sorts={
        "institution": (_("Institution"), None),
        "tilbage": (_("Least left first"), lambda each: each.standing.left_ore),
        "beloeb": (_("Largest amount first"), lambda each: -each.budget.amount_ore),
        "udloeb": (_("Ends first"), lambda each: each.budget.ends_on),
    },
)  # fmt: skip
