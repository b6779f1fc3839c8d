"""The list of what awaits approval as it is looked through."""

from __future__ import annotations

from catalogue.core.listing import Listing, alphabetical, kroner, latest
from catalogue.core.text import lazy as _

from .approval_queries import Waiting

WAITING = Listing[Waiting](
    columns=(
        (_("Order number"), lambda each: each.listed.order.number),
        (_("Enterprise"), lambda each: each.listed.enterprise_name),
        (_("Institution"), lambda each: each.listed.order.institution),
        (_("Buyer"), lambda each: each.listed.buyer_name),
        (_("Waits since"), lambda each: each.listed.order.placed_at),
        (_("Amount excl. VAT"), lambda each: kroner(each.listed.order.net_ore)),
        (_("Rule"), lambda each: each.case.step.rule_name if each.case.step else None),
        (_("Waits for"), lambda each: ", ".join(each.case.acting_names)),
    ),
    texts=lambda each: (
        each.listed.order.number, each.listed.enterprise_name, each.listed.order.institution,
        each.listed.buyer_name,
    ),
    sorts={
        "aeldste": (_("Oldest first"), None),
        "nyeste": (_("Newest first"), lambda each: latest(each.listed.order.placed_at)),
        "beloeb": (_("Largest amount first"), lambda each: -each.listed.order.net_ore),
        "institution": (_("Institution"), lambda each: alphabetical(each.listed.order.institution)),
    },
)  # fmt: skip
