"""Which mail a piece of work calls for: what one reader is told at once stands in one.

Those who are told of a whole purchase have one piece of work for it, so one worker has all its
orders in hand, and a letter keeps its Message-ID whatever has become of some of them when it is
sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.ordering.models import OrderState
from catalogue.ordering.rules import Totals

from . import letters
from .letters import Letter, Reader, Wording

# The mail of an enterprise has a link that answers one order, and staff mend each for itself.
TOGETHER = frozenset({Reader.BUYER, Reader.APPROVER})
RECEIPT = Wording(
    _("Receipt for your purchase: %(count)s orders"),
    _("Your purchase is %(count)s orders, one for each enterprise. All are placed."),
)
PURCHASE = Wording(
    _("Your purchase: %(count)s orders"),
    _("Your purchase is %(count)s orders, one for each enterprise. See below where each stands."),
)
ASKED = Wording(
    _("%(count)s orders wait for your approval"),
    _("%(buyer)s wants to order from %(count)s enterprises. Answer each order for itself."),
)


@dataclass(frozen=True)
class Bundle:
    """Letters to one reader that go out as one mail, by number; one as a rule."""

    letters: Sequence[Letter]
    key: str | None = None  # of the mail about the orders of a purchase

    @property
    def wording(self) -> Wording:
        """Return the words about all its letters."""
        if self.letters[0].reader == Reader.APPROVER:
            return ASKED
        placed = all(each.order.state == OrderState.PLACED for each in self.letters)
        return RECEIPT if placed else PURCHASE

    @property
    def subject(self) -> Text:
        """Return what the mail is about."""
        return Text(self.wording.subject.message, self.names)

    @property
    def names(self) -> dict[str, Any]:
        """Return what its words name."""
        return {"count": len(self.letters), "buyer": self.letters[0].names["buyer"]}

    @property
    def totals(self) -> Totals:
        """Return the sums of all its orders."""
        orders = [each.order for each in self.letters]
        return Totals(sum(each.net_ore for each in orders), sum(each.vat_ore for each in orders))

    def unsent(self, session: Session) -> Bundle | None:
        """Return it without what its reader was told meanwhile; None when nothing is left."""
        left = [each for each in self.letters if not letters.is_sent(session, each)]
        return replace(self, letters=left) if left else None


def list_owed(session: Session, payload: Mapping[str, Any], today: date) -> list[Bundle]:
    """List what a piece of work calls for now, in the order in which it goes out."""
    if "orders" in payload:
        return _together(session, payload["orders"], today)
    found = letters.write(session, payload["order_id"], payload["state"], today)
    if payload.get("together"):  # then the others are told of all orders by that work
        found = [each for each in found if each.reader not in TOGETHER]
    return [Bundle([each]) for each in found]


def _together(session: Session, orders: Sequence[tuple[int, str]], today: date) -> list[Bundle]:
    """List what is told of several orders at once."""
    told: dict[tuple[Reader, str], list[Letter]] = {}
    for order_id, state in orders:
        for each in letters.write(session, order_id, state, today):
            if each.reader in TOGETHER:
                told.setdefault((each.reader, each.recipient), []).append(each)
    first = orders[0][0]
    return [Bundle(found, f"purchase-{first}.{reader}") for (reader, _to), found in told.items()]
