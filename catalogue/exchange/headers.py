"""How the headers of our mail are written."""

from __future__ import annotations

from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any


class _Whole(UnstructuredHeader, BaseHeader):
    """A header on one line: an address that is folded or encoded is none for a mail program."""

    def fold(self, *, policy: Any) -> str:  # any policy: only its line ends count
        """Return the header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


def our_policy() -> EmailPolicy[EmailMessage]:
    """Return the policy of our messages: lines end as SMTP wants, link headers stay whole."""
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _Whole)
    return policy.SMTP.clone(header_factory=registry)


def as_sent(address: str) -> str:
    """Return an address with its domain as the network knows it: `xn--…` for one with æ, ø or å.

    Else only a mail server that speaks SMTPUTF8, with all others on the way, would take it. What
    comes before the `@` has no other form.
    """
    local, at, domain = address.rpartition("@")
    try:
        return local + at + domain.encode("idna").decode()
    except UnicodeError:  # no domain at all: the mail server says so
        return address
