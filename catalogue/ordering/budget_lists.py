"""The list of budgets, and that of the lines behind one, as they are looked through."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.listing import Listing, alphabetical, kroner, latest
from catalogue.core.text import lazy as _

from .budget_rules import Standing
from .budget_sums import Counted
from .coding_models import Budget
from .rules import STATE_NAMES


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

COUNTED = Listing[Counted](
    columns=(
        (_("Order number"), lambda each: each.number),
        (_("Placed on"), lambda each: each.order.placed_at),
        (_("Enterprise"), lambda each: each.enterprise_name),
        (_("Product"), lambda each: each.line.title),
        (_("State"), lambda each: STATE_NAMES[each.order.state]),
        (_("Counts with"), lambda each: kroner(each.amount_ore)),
        (_("The whole line"), lambda each: kroner(each.line.net_ore)),
    ),
    texts=lambda each: (each.number, each.enterprise_name, each.line.title),
    sorts={
        "nyeste": (_("Newest first"), lambda each: latest(each.order.placed_at)),
        "beloeb": (_("Largest amount first"), lambda each: -each.amount_ore),
        "virksomhed": (_("Enterprise"), lambda each: alphabetical(each.enterprise_name)),
        "vare": (_("Product"), lambda each: alphabetical(each.line.title)),
    },
)  # fmt: skip
