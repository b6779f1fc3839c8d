"""The words of mail about orders: by the state an order is in, and the step that led there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.ordering.models import Order


class Reader(StrEnum):
    """Who a letter is for."""

    BUYER = "buyer"
    APPROVER = "approver"
    ENTERPRISE = "enterprise"
    STAFF = "staff"


@dataclass(frozen=True)
class Wording:
    """The subject and the first sentence of a letter; both may name order and sides."""

    subject: Text
    opening: Text


WORDINGS: dict[tuple[str, Reader], Wording] = {
    ("awaiting", Reader.APPROVER): Wording(
        _("Order %(number)s waits for your approval"),
        _("%(buyer)s wants to order from %(enterprise)s. The order is placed when it is approved."),
    ),
    ("awaiting", Reader.STAFF): Wording(  # where nobody can approve it
        _("Order %(number)s: nobody can approve it"),
        _(
            "%(buyer)s wants to order from %(enterprise)s, and nobody who may approve it is there."
            " Choose another approver on the page of the order."
        ),
    ),
    ("awaiting", Reader.BUYER): Wording(
        _("Order %(number)s awaits approval"),
        _("Your order from %(enterprise)s must be approved before it is placed. Now: %(waits)s."),
    ),
    ("returned", Reader.BUYER): Wording(
        _("Order %(number)s came back to you"),
        _("The approver has a comment. Answer and send the order again, or cancel it."),
    ),
    ("declined", Reader.BUYER): Wording(
        _("Order %(number)s is not approved"),
        _("Your order from %(enterprise)s is not approved, so it is not placed."),
    ),
    ("declined", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is off"),
        _("%(municipality)s has not approved the changed order. Deliver nothing on it."),
    ),
    ("proposed", Reader.BUYER): Wording(
        _("Order %(number)s: the enterprise proposes a change"),
        _("%(enterprise)s cannot deliver as agreed and proposes a change. Please answer."),
    ),
    ("partly", Reader.BUYER): Wording(
        _("Order %(number)s: the enterprise delivers a part"),
        _(
            "%(enterprise)s can deliver what stands below, and not the rest. Accept it, or cancel"
            " the rest too."
        ),
    ),
    ("done", Reader.BUYER): Wording(
        _("Order %(number)s: the work is done"),
        _("%(enterprise)s says that the work is done. Please accept it, or say what is wrong."),
    ),
    ("accepted", Reader.ENTERPRISE): Wording(
        _("Order %(number)s: the work is accepted"),
        _("%(municipality)s has accepted the work. You can send the invoice."),
    ),
    ("closed", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is closed"),
        _("%(municipality)s has closed the order. Nothing more is outstanding."),
    ),
    ("placed", Reader.ENTERPRISE): Wording(
        _("New order %(number)s from %(municipality)s"),
        _("%(municipality)s has placed an order with you. Please confirm or reject it."),
    ),
    ("placed", Reader.BUYER): Wording(
        _("Receipt for order %(number)s"),
        _("Your order is placed with %(enterprise)s. You hear from us when it has answered."),
    ),
    ("confirmed", Reader.BUYER): Wording(
        _("Order %(number)s is confirmed"),
        _("%(enterprise)s has confirmed your order."),
    ),
    ("rejected", Reader.BUYER): Wording(
        _("Order %(number)s is rejected"),
        _("%(enterprise)s cannot deliver your order."),
    ),
    ("received", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is received"),
        _("%(municipality)s has confirmed that the order has come."),
    ),
    ("cancelled", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is cancelled"),
        _("%(municipality)s has cancelled the order. You need do no more."),
    ),
}
# Of an order that the enterprise had before: it was changed, and what stands is approved anew.
CHANGED: dict[tuple[str, Reader], Wording] = {
    ("awaiting", Reader.APPROVER): Wording(
        _("Order %(number)s: a change waits for your approval"),
        _(
            "%(buyer)s has accepted a change of an order that %(enterprise)s has already. It holds"
            " as it stands below when it is approved. If it is not, the order is off."
        ),
    ),
    ("awaiting", Reader.STAFF): Wording(
        _("Order %(number)s: nobody can approve it"),
        _(
            "An order that %(enterprise)s has already was changed, and nobody who may approve it is"
            " there. Choose another approver on the page of the order."
        ),
    ),
    ("awaiting", Reader.BUYER): Wording(
        _("Order %(number)s awaits approval"),
        _("The change of your order from %(enterprise)s must be approved. Now: %(waits)s."),
    ),
    ("declined", Reader.BUYER): Wording(
        _("Order %(number)s is not approved"),
        _(
            "The change of your order from %(enterprise)s is not approved. The order is off, and"
            " the enterprise is told."
        ),
    ),
}
_KEPT = Wording(
    _("Order %(number)s: the change is refused"),
    _("%(municipality)s keeps the order as it was. Please confirm it, or say why you cannot."),
)
_KEPT_CONFIRMED = Wording(
    _("Order %(number)s: the change is refused"),
    _("%(municipality)s keeps the order as you confirmed it."),
)
_BACK = Wording(
    _("Order %(number)s stands as it was"),
    _("%(enterprise)s has taken its proposal of a change back."),
)
_TAKEN = Wording(
    _("Order %(number)s: the change is accepted"),
    _("%(municipality)s has accepted the change. The order holds as it stands below."),
)
_SHIPMENT_CAME = Wording(
    _("Order %(number)s: a shipment is received"),
    _("%(municipality)s has confirmed that a shipment of the order has come."),
)
# What is sent has mail of its own, by shipment: `shipment_mail`.
# Where the step says more than the state it led to.
STEP_WORDINGS: dict[tuple[str | None, str], dict[Reader, Wording]] = {
    ("refuse", "placed"): {Reader.ENTERPRISE: _KEPT},
    ("refuse", "confirmed"): {Reader.ENTERPRISE: _KEPT_CONFIRMED},
    ("withdraw", "placed"): {Reader.BUYER: _BACK},
    ("withdraw", "confirmed"): {Reader.BUYER: _BACK},
    ("accept", "confirmed"): {Reader.ENTERPRISE: _TAKEN},
    ("receive_part", "sending"): {Reader.ENTERPRISE: _SHIPMENT_CAME},
    ("receive_part", "dispatched"): {Reader.ENTERPRISE: _SHIPMENT_CAME},
    ("stop", "dispatched"): {
        Reader.BUYER: Wording(
            _("Order %(number)s: the rest is not coming"),
            _(
                "%(enterprise)s cannot send the rest of your order. It is off the order, which now"
                " stands as below. Please confirm when what was sent has come."
            ),
        ),
    },
    ("edit", "returned"): {},  # the buyer need not be told of what she did
    ("accept", "awaiting"): {
        Reader.ENTERPRISE: Wording(
            _("Order %(number)s: the change must be approved"),
            _("The buyer accepts the change. It holds when %(municipality)s has approved it."),
        ),
        Reader.APPROVER: WORDINGS["awaiting", Reader.APPROVER],
        Reader.STAFF: WORDINGS["awaiting", Reader.STAFF],
    },
    ("approve", "confirmed"): {
        Reader.ENTERPRISE: _TAKEN,
        Reader.BUYER: Wording(
            _("Order %(number)s: the change is approved"),
            _(
                "%(municipality)s has approved the change of your order from %(enterprise)s. The"
                " order holds as it stands below."
            ),
        ),
    },
}


def wordings(order: Order) -> dict[Reader, Wording]:
    """Return who is written to about an order as it stands, and in what words."""
    step = order.turns[-1].step if order.turns else None
    found = STEP_WORDINGS.get((step, order.state))
    if found is None:
        found = {each: said for (state, each), said in WORDINGS.items() if state == order.state}
    if order.withheld:
        return found
    return {each: CHANGED.get((order.state, each), said) for each, said in found.items()}
