"""Decisions about webhooks: what is told to whom, where to, how often again, and when no more.

Retries and pauses follow what Standard Webhooks suggests (github.com/standard-webhooks).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from catalogue.core.fetching import is_public
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

TEST = "webhook.test"
MOST = 10  # of one municipality or enterprise
OLD_SECRET_SIGNS = timedelta(hours=24)
PAUSED_AFTER = timedelta(days=5)
RESTS_FOR = timedelta(seconds=30)
# How long after each attempt the next one comes: ten attempts in all, over three days.
PAUSES = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
    timedelta(hours=24),
)  # fmt: skip
_STAFF, _ENTERPRISE = frozenset({Role.STAFF}), frozenset({Role.ENTERPRISE})
_BOTH = _STAFF | _ENTERPRISE


@dataclass(frozen=True)
class EventType:
    """A type of event: its name to programs and people, and whose webhooks may ask for it."""

    name: str
    title: Text
    readers: frozenset[Role]


TYPES = (
    EventType("order.placed", _("An order is placed"), _BOTH),
    EventType("order.confirmed", _("An order is confirmed"), _BOTH),
    EventType("order.rejected", _("An order is rejected"), _BOTH),
    EventType(
        "order.changed",
        _("A change of an order is proposed or taken back, or it is confirmed in part"),
        _BOTH,
    ),
    EventType("order.cancelled", _("An order is cancelled, or is not approved"), _BOTH),
    EventType("order.dispatched", _("An order is dispatched"), _BOTH),
    EventType("order.received", _("An order is received"), _BOTH),
    EventType("order.done", _("The work of an order is done"), _BOTH),
    EventType("order.accepted", _("The work of an order is accepted"), _BOTH),
    EventType("order.closed", _("An order is closed"), _BOTH),
    EventType("product.published", _("A product is published"), _BOTH),
    EventType("product.withdrawn", _("A product is withdrawn"), _BOTH),
    EventType("agreement.agreed", _("An agreement is made or put in force"), _BOTH),
    EventType("agreement.changed", _("An agreement is changed"), _BOTH),
    EventType("agreement.ended", _("An agreement is ended before its time"), _BOTH),
    EventType("quote.asked", _("You are asked for a quote"), _ENTERPRISE),
    EventType("quote.answered", _("An enterprise sends a quote or says no"), _STAFF),
)
TITLES: dict[str, Text] = {
    **{each.name: each.title for each in TYPES},
    TEST: _("A test"),
}
# Which deed of the audit is which event, by itself or by the state that it led to.
NEWS = {
    **{each.name: each.name for each in TYPES if each.name.startswith(("order.", "product."))},
    "order.declined": "order.cancelled",  # also one that the enterprise had, after a change
    "order.partly": "order.changed",
    "order.proposed": "order.changed",
    "order.change_refused": "order.changed",
    "order.change_withdrawn": "order.changed",
    "agreement.created": "agreement.agreed",
    "agreement.put_in_force": "agreement.agreed",
    "agreement.amended": "agreement.changed",
    "agreement.ended": "agreement.ended",
    "quote.asked": "quote.asked",
    "quote.widened": "quote.asked",
    "quote.sent": "quote.answered",
    "quote.declined": "quote.answered",
}
NEWS_BY_STATE = {
    ("order.approved", "placed"): "order.placed",
    ("order.approved", "confirmed"): "order.confirmed",
    ("order.change_accepted", "confirmed"): "order.confirmed",
    ("order.change_accepted", "awaiting"): "order.changed",
    ("order.rest_stopped", "dispatched"): "order.dispatched",
}
_KEPT = ("state", "enterprise_id", "enterprise_ids")


class Verdict(StrEnum):
    """What an answer means."""

    TAKEN = "taken"
    GONE = "gone"  # the address wants nothing any more
    AGAIN = "again"


def types_for(role: Role | None) -> list[EventType]:
    """List the types that webhooks of those in that role may ask for."""
    return [each for each in TYPES if role in each.readers]


def news_of(action: str, facts: Mapping[str, Any]) -> str | None:
    """Return the type of event that a deed of the audit is, or None."""
    state = facts.get("after", {}).get("state")
    return NEWS.get(action) or NEWS_BY_STATE.get((action, state))


def kept_facts(action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what must be known of a deed besides its object, for that moves on."""
    told = {**facts, **facts.get("after", {})}
    kept = {name: told[name] for name in _KEPT if name in told}
    return kept | ({"declined": action == "quote.declined"} if action.startswith("quote.") else {})


def address_problem(url: str, allowed_hosts: Collection[str]) -> Text | None:
    """Return what is wrong with an address, else None.

    Where a name leads is looked at each time something is sent (core/fetching.py). Hosts that the
    settings allow may lie anywhere, and be asked without encryption.
    """
    parts = _split(url)
    host = parts.hostname if parts else None
    if parts is None or not host or parts.scheme not in ("http", "https"):
        return _("Write a web address that begins with https://")
    if parts.username is not None or parts.fragment:
        return _("Write the address without user name, password and #")
    if host in allowed_hosts:
        return None
    if parts.scheme != "https":
        return _("Write a web address that begins with https://")
    if not _is_open(host):
        return _("The address is not on the open internet")
    return None


def host_of(url: str) -> str:
    """Return the host of an address that has no problem."""
    return urlsplit(url).netloc.lower()


def verdict(status: int | None) -> Verdict:
    """Return what an answer with that status means; None: there was no answer."""
    if status is not None and 200 <= status < 300:
        return Verdict.TAKEN
    return Verdict.GONE if status == 410 else Verdict.AGAIN


def next_due(kind: str, attempts: int, now: datetime) -> datetime | None:
    """Return when the next attempt comes after so many that failed; None: there is none."""
    if kind == TEST or attempts > len(PAUSES):
        return None
    return now + PAUSES[attempts - 1]


def must_pause(failing_since: datetime, now: datetime) -> bool:
    """Tell whether an address to which nothing went through since then is paused."""
    return now - failing_since >= PAUSED_AFTER


def rests_until(silent_at: datetime | None, attempts: int, now: datetime) -> datetime | None:
    """Return when a first attempt may be made, if not now.

    An address that did not answer a moment ago gets no news of others for a while: each would wait
    its whole time, and those of other addresses behind it.
    """
    if silent_at is None or attempts or now >= silent_at + RESTS_FOR:
        return None
    return silent_at + RESTS_FOR


def _split(url: str) -> SplitResult | None:
    if any(sign.isspace() or not sign.isprintable() or sign == "\\" for sign in url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _is_open(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".")
    return is_public(host)
