"""Every kind of mail we send: what it is called, why its reader gets it, and whether she must.

What somebody asked for or is bound by is necessary; what reminds, sums up or invites is optional,
and has a link to be without it (RFC 8058).
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role


@dataclass(frozen=True)
class Kind:
    """A kind of mail, and those in whose roles one gets it."""

    name: str
    title: Text
    when: Text
    why: Text
    readers: frozenset[Role] = frozenset()
    optional: bool = False  # its readers can do without it


_STAFF, _ENTERPRISE = frozenset({Role.STAFF}), frozenset({Role.ENTERPRISE})
_BUYER = frozenset({Role.BUYER})

ORDER = Kind(
    "order",
    _("Orders"),
    _("When an order comes into a state that the other side must know of."),
    _("This mail belongs to an order that may bind both sides, so it always comes."),
    _BUYER | _ENTERPRISE,
)
ORDER_REMINDER = Kind(
    "order_reminder",
    _("Orders that you have not answered"),
    _("When an order has waited for an answer for 3 working days, and for 7."),
    _("You get this mail because the order is not answered. It comes twice at most."),
    _ENTERPRISE,
    optional=True,
)
APPROVAL = Kind(
    "approval",
    _("Approvals"),
    _("When an order waits for the approver, and when her turn comes."),
    _("You get this mail because the order waits for your answer. So it always comes."),
    frozenset({Role.APPROVER}),
)
APPROVAL_REMINDER = Kind(
    "approval_reminder",
    _("Reminders of approvals"),
    _("When an order has waited for the approver the days of its rule, and each time they pass."),
    _("You get this mail because the order still waits for you."),
    frozenset({Role.APPROVER}),
    optional=True,
)
UNAPPROVABLE = Kind(
    "unapprovable",
    _("Orders that nobody can approve"),
    _("When an order awaits approval and nobody who may approve it is there."),
    _("You get this mail because the order waits until you choose an approver. It always comes."),
    _STAFF,
)
MESSAGE = Kind(
    "message",
    _("Messages on orders"),
    _("Some minutes after a message, with all that is new by then and not read yet."),
    _("You get this mail because the other side of the order wrote. So it always comes."),
    _BUYER | _ENTERPRISE,
)
QUOTE = Kind(
    "quote",
    _("Quotes"),
    _("When a quote is asked for, sent, declined or chosen, and when something is asked back."),
    _("This mail belongs to a request that may bind both sides, so it always comes."),
    _BUYER | _ENTERPRISE,
)
QUOTE_DEADLINE = Kind(
    "quote_deadline",
    _("Deadlines of quotes"),
    _("When the deadline of a request for quotes is over and nothing is chosen."),
    _("You get this mail because you asked for the quotes."),
    _BUYER,
    optional=True,
)
QUOTE_REMINDER = Kind(
    "quote_reminder",
    _("Quotes that you have not answered"),
    _("Two working days before the deadline of a request for quotes that is not answered, once."),
    _("You get this mail because a municipality asked you for a quote and has no answer."),
    _ENTERPRISE,
    optional=True,
)
STANDING = Kind(
    "standing",
    _("Standing orders that were not placed"),
    _("When a date of a standing order comes and nothing can be ordered."),
    _("You get this mail because nothing was ordered where you count on it. So it always comes."),
    _BUYER,
)
STANDING_CHANGE = Kind(
    "standing_change",
    _("Changed standing orders"),
    _("When a buyer changes a standing order with the enterprise."),
    _("You get this mail because the next orders come otherwise. So it always comes."),
    _ENTERPRISE,
)
PRICES = Kind(
    "prices",
    _("New prices"),
    _("When new prices are proposed, withdrawn, accepted or refused."),
    _("You get this mail because the prices are yours to decide or to keep. So it always comes."),
    _STAFF | _ENTERPRISE,
)
INVITATION = Kind(
    "invitation",
    _("Invitations"),
    _("When somebody is invited to act for an enterprise, once."),
    _("You get this mail once, because somebody of the enterprise wrote your address."),
)
CHECK = Kind(
    "check",
    _("Checks of products"),
    _("When a product is ready for approval, sent back or approved."),
    _("You get this mail because the product waits for you, or was decided. It always comes."),
    _ENTERPRISE | {Role.FACILITATOR},
)
CHECK_LIST = Kind(
    "check_list",
    _("Products to check"),
    _("In the morning, on days when something new waits for the municipality's check."),
    _(
        "You get this mail because you are the contact of the municipality. It comes in the"
        " morning, on days when something new waits."
    ),
    _STAFF,
    optional=True,
)
INQUIRY = Kind(
    "inquiry",
    _("Can you make this?"),
    _("When a municipality asks the enterprise whether it can make what buyers look for."),
    _("You get this mail because a municipality thinks that you could make it."),
    _ENTERPRISE,
    optional=True,
)
CEILING = Kind(
    "ceiling",
    _("Ceilings nearly used"),
    _("When 80 % of a ceiling is ordered or reserved, once for each ceiling and period."),
    _("You get this mail as the contact of the agreement or of the municipality."),
    _STAFF,
    optional=True,
)
DEADLINE = Kind(
    "deadline",
    _("Deadlines of agreements"),
    _("180, 90 and 30 days before notice must be given or the agreement ends."),
    _("You get this mail because you are the contact person of the agreement."),
    _STAFF,
    optional=True,
)
VERIFICATION = Kind(
    "verification",
    _("Your verification ends"),
    _("60, 30 and 7 days before the verification of the enterprise ends."),
    _("You get this mail because it is the address of the enterprise in the catalogue."),
    _ENTERPRISE,
    optional=True,
)
LAPSE = Kind(
    "lapse",
    _("Your verification has lapsed"),
    _("When the verification has ended without being renewed."),
    _("You get this mail because nothing new can be ordered from you. So it always comes."),
    _ENTERPRISE,
)
REVIEW = Kind(
    "review",
    _("Verifications that end"),
    _("60, 30 and 7 days before a verification that the municipality gave ends, and when it has."),
    _(
        "You get this mail because you are the contact of the municipality that reviews the"
        " enterprise."
    ),
    _STAFF,
    optional=True,
)
DECISION = Kind(
    "decision",
    _("Decisions about your enterprise"),
    _(
        "When the municipality verifies the enterprise, sends its application or confirmation back,"
        " renews the verification, suspends it or lifts that."
    ),
    _("You get this mail because it decides what can be ordered from you. So it always comes."),
    _ENTERPRISE,
)
APPLICATION = Kind(
    "application",
    _("Enterprises that wait for the municipality"),
    _("When an enterprise applies, applies again, or confirms that it still meets the points."),
    _(
        "You get this mail because you are the contact of the municipality that reviews the"
        " enterprise."
    ),
    _STAFF,
    optional=True,
)
WEBHOOK = Kind(
    "webhook",
    _("Webhooks that are paused"),
    _("When the catalogue pauses a webhook, for its address takes nothing."),
    _("You get this mail because your system is told nothing more. So it always comes."),
    _STAFF | _ENTERPRISE,
)
SECOND_FACTOR = Kind(
    "second_factor",
    _("How you sign in"),
    _(
        "When your password is changed, when sign-in in two steps is turned on, off or reset, and"
        " when a recovery code is used."
    ),
    _("You get this mail because it concerns how your log-in is protected. So it always comes."),
    frozenset(Role),
)
PASSWORD = Kind(
    "password",
    _("Links to choose a password"),
    _("When staff of the municipality mail somebody a link, once."),
    _("You get this mail because the staff of your municipality asked for it, for you."),
)
RETURNED = Kind(
    "returned",
    _("Mail that comes back"),
    _("Never by mail: it is told beside, in the messages."),
    _("Told because an address of yours, or of an order of yours, cannot be reached."),
)
CATALOGUE_FILE = Kind(
    "catalogue_file",
    _("Catalogue files"),
    _("Never by mail: it is told beside, in the messages."),
    _("Told because a webshop of the municipality reads the file."),
)
ALL = (
    ORDER, ORDER_REMINDER, APPROVAL, APPROVAL_REMINDER, UNAPPROVABLE, MESSAGE, STANDING,
    STANDING_CHANGE, QUOTE, QUOTE_REMINDER, QUOTE_DEADLINE, PRICES, CHECK, CHECK_LIST, INQUIRY,
    CEILING, DEADLINE, DECISION, VERIFICATION, LAPSE, APPLICATION, REVIEW, INVITATION, WEBHOOK,
    SECOND_FACTOR, PASSWORD,
)  # fmt: skip
BY_NAME = {each.name: each for each in (*ALL, RETURNED, CATALOGUE_FILE)}


def list_for(role: Role | None) -> list[Kind]:
    """List the kinds that one in that role gets."""
    return [each for each in ALL if role in each.readers]


def optional_for(role: Role | None) -> list[Kind]:
    """List those of them that one may choose to be without."""
    return [each for each in list_for(role) if each.optional]
