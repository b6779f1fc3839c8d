"""The types of problems (RFC 9457): each has a page of its own for whoever reads the API.

Here alone stands which status of HTTP an error has, for programs and for people.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

RETRY_SECONDS = "30"  # until what is out of service is asked again


@dataclass(frozen=True)
class ProblemType:
    """A type of problem: its status of HTTP, its name for people, and what mends it."""

    status: int
    title: Text
    remedy: Text


TYPES: dict[str, ProblemType] = {
    "unreadable": ProblemType(
        400,
        _("The request does not keep to the contract"),
        _(
            "What was sent does not have the shape that the contract tells. Each entry of errors"
            " points at a place in the body or names a parameter. Mend it; sent again as it was,"
            " it will be refused again."
        ),
    ),
    "key-missing": ProblemType(
        400,
        _("The header Idempotency-Key is missing"),
        _(
            "Send a key of your own choice, 16 to 200 characters, new for each order. Sent again"
            " with the same key, the request is not done twice: you get the first answer."
        ),
    ),
    "unauthenticated": ProblemType(
        401,
        _("A valid token is missing"),
        _(
            "Send the header Authorization: Bearer and your token. It may have expired, been"
            " revoked, or its owner lost the role: make a new one on the page of access keys."
        ),
    ),
    "not-allowed": ProblemType(
        403,
        _("The role of the token may not do this"),
        _("The operation is for other roles. Make a token in a role that may."),
    ),
    "insufficient-scope": ProblemType(
        403,
        _("The token lacks a scope"),
        _("The member scope says which one. Make a token that has it."),
    ),
    "missing": ProblemType(
        404,
        _("There is no such thing"),
        _("It does not exist, or it is not yours to see. Nobody can tell from here which."),
    ),
    "method-not-allowed": ProblemType(
        405,
        _("The address does not take this method"),
        _("The header Allow lists those it takes."),
    ),
    "conflict": ProblemType(
        409,
        _("This does not go with the present state"),
        _("The detail says what stands in the way. Read the thing again before you go on."),
    ),
    "out-of-turn": ProblemType(
        409,
        _("The order does not take this step now"),
        _("The member state says where it stands, possible lists the steps you can take instead."),
    ),
    "cannot-be-placed": ProblemType(
        409,
        _("The lines cannot be ordered as they stand"),
        _(
            "Nothing was ordered. The member lines tells of each line that stands in the way which"
            " reason there is, and for a mandatory agreement where to buy instead."
        ),
    ),
    "changed": ProblemType(
        412,
        _("It has changed since you read it"),
        _("Get it again, see what has changed, and send your change with the new ETag."),
    ),
    "too-large": ProblemType(
        413,
        _("What was sent is too large"),
        _("The settings of the installation say how much it takes. Send less at a time."),
    ),
    "media-type": ProblemType(
        415,
        _("The body has another media type than the contract tells"),
        _("Set the header Content-Type to what the contract tells of the operation."),
    ),
    "invalid": ProblemType(
        422,
        _("A rule refuses what was sent"),
        _(
            "The shape was right, but not what it says: each entry of errors points at a field and"
            " says what would be right. Nothing was written."
        ),
    ),
    "key-reused": ProblemType(
        422,
        _("The Idempotency-Key was used for something else"),
        _("A key belongs to one request for 24 hours. Choose a new key for another one."),
    ),
    "match-missing": ProblemType(
        428,
        _("The header If-Match is missing"),
        _(
            "Send the ETag that you got when you read it, so that you do not undo what somebody"
            " else has changed meanwhile."
        ),
    ),
    "too-many-requests": ProblemType(
        429,
        _("The token has made too many requests"),
        _("Wait as many seconds as Retry-After says. RateLimit tells how many are left."),
    ),
    "fault": ProblemType(
        500,
        _("An error occurred at our end"),
        _("It is in our log. Nothing was written; try again later with the same key."),
    ),
    "unavailable": ProblemType(
        503,
        _("The service is not available right now"),
        _("Something needed is out of service for the moment. Try again in a while."),
    ),
}  # fmt: skip
