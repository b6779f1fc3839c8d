"""The verb of an enterprise that can deliver a part of an order, and says no to the rest.

What it says no to is off the order at once, from sums and ceilings too: that is no proposal. The
buyer accepts what is left of the order, or cancels that as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.money import line_net_ore
from catalogue.core.text import today_in_copenhagen, typed_number
from catalogue.core.who import Who

from . import approval, change_rules, steps
from .change_rules import Ordered
from .models import Order
from .policy_models import OrderChange
from .rules import Step
from .steps import Deed


@dataclass(frozen=True)
class Part:
    """What an enterprise can deliver: quantities by position where not all, and why not."""

    reason: str
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    delivery_on: date | None = None


def confirm_part(session: Session, who: Who, number_: str, part: Part, now: datetime) -> Order:
    """Confirm a part of the order; the buyer answers. Raises OutOfTurn, Invalid by field."""
    order = steps.begin(session, who, number_, Step.CONFIRM_PART, reason=part.reason)
    lines = [Ordered(each.position, each.quantity, each.price_ore) for each in order.lines]
    less, problems = change_rules.shortened(lines, part.quantities)
    problems |= change_rules.day_problems(part.delivery_on, today_in_copenhagen(now))
    if problems:
        raise Invalid(problems)
    before = {"net_ore": order.net_ore, "lines": len(order.lines)}
    session.add(
        OrderChange(
            order_id=order.id, proposed_at=now, before_state=order.state,
            delivery_on=part.delivery_on, lines=_told(order, less), reason=part.reason,
        )
    )  # fmt: skip
    said = shorten(order, less)
    order.delivery_on = part.delivery_on
    session.flush()
    after = {"net_ore": order.net_ore, "lines": len(order.lines)}
    why = f"{said}: {part.reason}"
    return steps.end(
        session, who, order, Deed(Step.CONFIRM_PART, "partly", now, why, before, after)
    )


def shorten(order: Order, less: Mapping[int, Decimal]) -> str:
    """Give lines the quantities by position, take out those of 0, and sum the order up anew.

    Returns what the time line says of it, in signs that need no language. Prices stay.
    """
    said = []
    for line in list(order.lines):
        if (quantity := less.get(line.position, line.quantity)) == line.quantity:
            continue
        if not quantity:
            order.lines.remove(line)
            said.append(f"− {typed_number(line.quantity)} × {line.title}")
            continue
        said.append(f"{line.title}: {typed_number(line.quantity)} → {typed_number(quantity)}")
        line.quantity = quantity
        line.net_ore = line_net_ore(line.price_ore, quantity, line.price_base_quantity)
    approval.sum_up(order, order.lines)
    return "; ".join(said)


def _told(order: Order, less: Mapping[int, Decimal]) -> dict[str, dict[str, str]]:
    """Return what is off by position, as the buyer reads it: a line of 0 leaves the order."""
    return {
        str(line.position): {
            "quantity": str(less[line.position]), "ordered": str(line.quantity),
            "title": line.title, "unit": line.unit,
        }
        for line in order.lines
        if line.position in less
    }  # fmt: skip
