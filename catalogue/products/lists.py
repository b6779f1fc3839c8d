"""The lists of checks, price proposals and stock as they are looked through."""

from __future__ import annotations

from catalogue.core.listing import Listing, alphabetical, latest
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_number

from .check_queries import Waiting
from .price_rules import ANSWER_NAMES
from .proposal_queries import AskedRow
from .rules import STATE_NAMES, UNIT_NAMES
from .stock import Counted

CHECKS = Listing[Waiting](
    columns=(
        (_("Product"), lambda row: row.title),
        (_("Enterprise"), lambda row: row.enterprise),
        (_("What it is"), lambda row: _("A change") if row.is_change else _("A new product")),
        (_("Sent in"), lambda row: row.submitted_at),
    ),
    texts=lambda row: (row.title, row.enterprise),
    sorts={
        "aeldste": (_("Oldest first"), None),
        "virksomhed": (_("Enterprise"), lambda row: alphabetical(row.enterprise)),
        "navn": (_("Product"), lambda row: alphabetical(row.title)),
    },
)
ASKED_PROPOSALS = Listing[AskedRow](
    columns=(
        (_("Enterprise"), lambda row: row.enterprise_name),
        (_("In force from"), lambda row: row.proposal.from_on),
        (_("Products"), lambda row: row.products),
        (_("Our answer"), lambda row: ANSWER_NAMES[row.decision.answer]),
        (_("Received"), lambda row: row.proposal.sent_at),
    ),
    texts=lambda row: (row.enterprise_name,),
    sorts={
        "venter": (_("Waiting ones first"), None),
        "nyeste": (_("Newest first"), lambda row: latest(row.proposal.sent_at)),
        "virksomhed": (_("Enterprise"), lambda row: alphabetical(row.enterprise_name)),
    },
)
STOCK = Listing[Counted](
    columns=(
        (_("Item number"), lambda row: row.product.item_number),
        (_("Name"), lambda row: row.product.name),
        (_("State"), lambda row: STATE_NAMES[row.product.state]),
        (_("Counted"), lambda row: row.counted_at),
        (_("Left to order"), lambda row: typed_number(row.left)),
        (_("Unit"), lambda row: UNIT_NAMES[row.product.unit]),
    ),
    texts=lambda row: (row.product.name, row.product.item_number),
    sorts={
        "navn": (_("Name"), None),
        "nummer": (_("Item number"), lambda row: alphabetical(row.product.item_number)),
        "faerrest": (_("Fewest left first"), lambda row: (row.left is None, row.left or 0)),
        "optalt": (_("Counted last first"), lambda row: latest(row.counted_at)),
    },
)
