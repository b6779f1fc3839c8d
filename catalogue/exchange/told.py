"""An order with all that its documents tell of it; how they tell it, each drawing decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from catalogue.accounts.models import Municipality
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import billing
from catalogue.ordering.billing import Bill, Weights
from catalogue.ordering.models import Order
from catalogue.ordering.policy_models import OrderChange


@dataclass(frozen=True)
class Told:
    """An order, loaded with its lines and events, its two sides, and the change that waits.

    `agreed`: the changes that the buyer accepted, the oldest first; `weights`: on which codings
    lines are booked that have their own.
    """

    order: Order
    enterprise: Enterprise
    municipality: Municipality
    change: OrderChange | None = None
    agreed: tuple[OrderChange, ...] = ()
    weights: Weights = field(default_factory=dict)

    @cached_property
    def bill(self) -> Bill:
        """Return what is to be invoiced."""
        return billing.of(self.order, self.weights)
