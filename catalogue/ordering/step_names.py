"""The sides and the steps of an order, and what they and its states are called on screen."""

from __future__ import annotations

from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _


class Side(StrEnum):
    """Who acts on an order; the catalogue itself acts when a day has passed."""

    BUYER = "buyer"
    APPROVER = "approver"
    STAFF = "staff"
    ENTERPRISE = "enterprise"
    CATALOGUE = "catalogue"


class Step(StrEnum):
    """What a side may do with an order."""

    PLACE = "place"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    EDIT = "edit"
    RESUBMIT = "resubmit"
    REROUTE = "reroute"
    HAND_OVER = "hand_over"
    ESCALATE = "escalate"
    SEE = "see"
    CONFIRM = "confirm"
    CONFIRM_PART = "confirm_part"
    REJECT = "reject"
    PROPOSE = "propose"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    DISPATCH = "dispatch"
    STOP = "stop"
    FINISH = "finish"
    RECEIVE_PART = "receive_part"
    RECEIVE = "receive"
    ACCEPT_WORK = "accept_work"
    CLOSE = "close"


STATE_NAMES = {
    "awaiting": _("Awaiting approval"),
    "returned": _("Sent back to the buyer"),
    "declined": _("Not approved"),
    "placed": _("Placed"),
    "proposed": _("Change proposed"),
    "partly": _("Confirmed in part"),
    "confirmed": _("Confirmed"),
    "rejected": _("Rejected"),
    "cancelled": _("Cancelled"),
    "sending": _("Dispatched in part"),
    "dispatched": _("Dispatched"),
    "done": _("Work done"),
    "received": _("Received"),
    "accepted": _("Work accepted"),
    "closed": _("Closed"),
}
STEP_NAMES = {
    Step.PLACE: _("Place the order"),
    Step.APPROVE: _("Approve"),
    Step.DECLINE: _("Do not approve"),
    Step.SEND_BACK: _("Send back"),
    Step.EDIT: _("Change the order"),
    Step.RESUBMIT: _("Send for approval again"),
    Step.REROUTE: _("Let somebody else approve"),
    Step.HAND_OVER: _("Hand over to another buyer"),
    Step.ESCALATE: _("Pass on after the days of the rule"),
    Step.SEE: _("Say that you have seen the order"),
    Step.CONFIRM: _("Confirm the order"),
    Step.CONFIRM_PART: _("Confirm a part of the order"),
    Step.REJECT: _("Reject the order"),
    Step.PROPOSE: _("Propose a change"),
    Step.ACCEPT: _("Accept the change"),
    Step.REFUSE: _("Keep the order as it was"),
    Step.WITHDRAW: _("Take the proposal back"),
    Step.CANCEL: _("Cancel the order"),
    Step.DISPATCH: _("Mark as dispatched"),
    Step.STOP: _("Say that the rest is not coming"),
    Step.FINISH: _("Say that the work is done"),
    Step.RECEIVE_PART: _("Confirm that a shipment has come"),
    Step.RECEIVE: _("Confirm that it has come"),
    Step.ACCEPT_WORK: _("Accept the work"),
    Step.CLOSE: _("Close the order"),
}
# Steps that leave another name in the audit and the time line than that of the state they lead to.
DEEDS = {
    Step.APPROVE: ("approved", _("Approved")),
    Step.EDIT: ("edited", _("Changed by the buyer")),
    Step.RESUBMIT: ("resubmitted", _("Sent for approval again")),
    Step.REROUTE: ("rerouted", _("Somebody else is to approve")),
    Step.ESCALATE: ("escalated", _("Passed on, for nobody had answered")),
    Step.SEE: ("seen", _("Seen by the enterprise")),
    Step.ACCEPT: ("change_accepted", _("Change accepted")),
    Step.REFUSE: ("change_refused", _("Change refused")),
    Step.WITHDRAW: ("change_withdrawn", _("Proposal taken back")),
    Step.STOP: ("rest_stopped", _("The rest is not coming")),
    Step.RECEIVE_PART: ("shipment_received", _("A shipment received")),
}
# What stands in the time line beside the steps: it leads nowhere and changes nothing that the other
# side has to answer, so links in mail stay good, and no mail of the state is sent again.
NOTES = {
    "recode": _("Account coding changed"),
    str(Step.HAND_OVER): _("Another buyer has taken over"),
}


def deed_name(step: str | None, state: str) -> Text:
    """Return what a time line calls the step that led to `state`."""
    if step in NOTES:
        return NOTES[step]
    return DEEDS[Step(step)][1] if step in DEEDS else STATE_NAMES[state]
