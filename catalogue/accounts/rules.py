"""What roles are called, which invitations still count, and who may be taken out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

# Long enough for a holiday, short enough that a forgotten mail is no open door.
INVITATION_DAYS = 14
ROLE_NAMES: dict[Role, Text] = {
    Role.BUYER: _("Buyer"),
    Role.APPROVER: _("Approver"),
    Role.STAFF: _("Procurement staff"),
    Role.ENTERPRISE: _("Enterprise"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.FACILITATOR: _("Facilitator"),
}


class Stage(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"


def expires(now: datetime) -> datetime:
    """Return when an invitation made at `now` no longer counts."""
    return now + timedelta(days=INVITATION_DAYS)


def stage(
    now: datetime,
    *,
    expires_at: datetime,
    withdrawn_at: datetime | None,
    accepted_at: datetime | None,
) -> Stage:
    """Tell where an invitation stands at `now`; what was decided first counts."""
    if accepted_at is not None:
        return Stage.ACCEPTED
    if withdrawn_at is not None:
        return Stage.WITHDRAWN
    return Stage.OPEN if now < expires_at else Stage.EXPIRED


def may_take_out(role_id: int, decide: Collection[int]) -> bool:
    """Tell whether the holder of a role may be taken out; `decide`: the roles of all who decide.

    Somebody must be left who can sign in for the enterprise, take orders and invite others.
    """
    return role_id not in decide or len(decide) > 1
