"""What a token may be for: scopes by role, who makes tokens for systems, how long they last."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from catalogue.core.ids import is_id
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

SCOPES: dict[str, Text] = {
    "products:read": _("Read our own products"),
    "products:write": _("Change our own products, their pictures and stock"),
    "search:read": _("Search, and read what may be ordered"),
    "orders:read": _("Read orders"),
    "orders:write": _("Place orders, take them from step to step, write messages on them"),
    "quotes:read": _("Read requests for quotes, quotes and frames"),
    "quotes:write": _("Ask for quotes, answer with one, choose one"),
    "approvals:read": _("Read what awaits approval"),
    "approvals:write": _("Approve orders, refuse them or send them back"),
    "agreements:read": _("Read agreements"),
    "agreements:write": _("Make, change and end agreements"),
    "prices:read": _("Read proposals of new prices"),
    "prices:write": _("Propose new prices, accept or refuse them"),
    "coverage:read": _("Read coverage"),
    "demands:read": _("Read what buyers lack, and what enterprises are asked to make"),
    "demands:write": _("Ask for what is lacking, answer, and close what was asked"),
    "webhooks:read": _("Read webhooks and their deliveries"),
    "webhooks:write": _("Make, change, pause and delete webhooks, renew their secrets, send again"),
    "persons:write": _("Keep the municipality's people: who joins and who leaves (SCIM)"),
    "files:read": _("Fetch catalogue files"),
}
ROLE_SCOPES: dict[Role, tuple[str, ...]] = {
    Role.BUYER: (
        "search:read", "orders:read", "orders:write", "quotes:read", "quotes:write",
        "demands:read", "demands:write",
    ),
    Role.APPROVER: ("search:read", "orders:read", "approvals:read", "approvals:write"),
    Role.STAFF: (
        "search:read", "orders:read", "orders:write", "quotes:read", "agreements:read",
        "agreements:write", "prices:read", "prices:write", "coverage:read", "demands:read",
        "demands:write", "webhooks:read", "webhooks:write", "persons:write", "files:read",
    ),
    Role.ENTERPRISE: (
        "products:read", "products:write", "orders:read", "orders:write", "quotes:read",
        "quotes:write", "prices:read", "prices:write", "demands:read", "demands:write",
        "webhooks:read", "webhooks:write",
    ),
    Role.FACILITATOR: ("products:read", "products:write"),
    Role.ADMINISTRATOR: (),
}  # fmt: skip
# In which roles a system may act for the municipality or enterprise of who makes its token.
SYSTEM_ROLES: dict[Role, tuple[Role, ...]] = {
    Role.STAFF: (Role.STAFF, Role.BUYER),
    Role.ENTERPRISE: (Role.ENTERPRISE,),
}
# What the audit calls what is done with tokens, and what it keeps of them.
ACTION_NAMES: dict[str, Text] = {
    "token.created": _("Access key made"),
    "token.revoked": _("Access key revoked"),
}
FIELD_NAMES: dict[str, Text] = {
    "scopes": _("What it is for"),
    "expires_on": _("Counts until"),
    "system": _("For a system"),
}
DAYS = (30, 90, 365)
USUAL_DAYS = 90
PASS_FOR = timedelta(hours=1)
CLIENT = "system-"


class Stage(StrEnum):
    """Where a token stands."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def stage(now: datetime, *, expires_at: datetime, revoked_at: datetime | None) -> Stage:
    """Tell where a token stands at `now`."""
    if revoked_at is not None:
        return Stage.REVOKED
    return Stage.ACTIVE if now < expires_at else Stage.EXPIRED


def scopes_for(maker: Role | None, acting: Role | None) -> tuple[str, ...]:
    """Return what somebody in the role `maker` may let a token do that acts as `acting`.

    None for `acting`: the maker herself.
    """
    if maker is None or (acting is not None and acting not in SYSTEM_ROLES.get(maker, ())):
        return ()
    return ROLE_SCOPES[acting or maker]


def minute_of(now: datetime) -> int:
    """Return the minute in which requests are counted together, since 1970."""
    return int(now.timestamp()) // 60


def seconds_left(now: datetime) -> int:
    """Return the whole seconds until the next minute, at least one."""
    return 60 - int(now.timestamp()) % 60


def client_id(token_id: int) -> str:
    """Return the name by which a system signs in for a pass."""
    return f"{CLIENT}{token_id}"


def token_id_of(client: str) -> int | None:
    """Return the token that a client id names, or None for what is none."""
    digits = client.removeprefix(CLIENT)
    return int(digits) if client.startswith(CLIENT) and is_id(digits) else None
