"""What keeps a whole file from being read as a ledger; faults of its rows are in `ledger_cells`."""

from __future__ import annotations

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _


class UnreadableLedger(Invalid):
    """The file cannot be read as a ledger; the detail says why and what would help."""

    title = _("The ledger cannot be read")

    def __init__(self, detail: Text) -> None:
        super().__init__({"ledger": [detail]}, detail)
