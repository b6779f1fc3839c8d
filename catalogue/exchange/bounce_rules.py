"""Reading a delivery status notification (RFC 3464): which mail came back, why, and for good?

Pure functions of plain values. What is no report, or a report of something else, is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RETURNED = re.compile(r"\+(\d{1,18})\.([0-9a-f]{16})@")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
# What the address is not to blame for: a full mailbox, too large a mail, one taken for spam.
_PASSING = re.compile(r"5\.(2\.2|2\.3|3\.4|7\.\d+)")
LONGEST = 500


# Comments within comments: the library's parser takes minutes for some thousand of them.
_NESTED = re.compile(rb"(?:\([^()\n]{0,80}){30}")
# Over parameters without end, and parts within parts, the library's parser sits for hours.
_ENDLESS = re.compile(rb"(?:^|[\r\n])content-[a-z-]+:(?:[^\n]|\n[ \t]){4000}")
_PART, MOST_PARTS = b"content-type:", 200


@dataclass(frozen=True)
class Bounce:
    """What a report says of one mail that could not be delivered."""

    status: str  # as RFC 3463 counts: 5.1.1
    detail: str  # what the server said
    record: tuple[int, str] | None  # number and signature of the address it came back to
    message_id: str | None
    is_final: bool  # False: the server goes on trying

    @property
    def is_hard(self) -> bool:
        """Tell whether the address itself is no good."""
        return self.is_final and self.status.startswith("5.") and not _PASSING.match(self.status)


def read(content: bytes) -> Bounce | None:
    """Read a report; None when it tells of no mail that failed or waits."""
    heads = content.lower()
    if _NESTED.search(content) or _ENDLESS.search(heads) or heads.count(_PART) > MOST_PARTS:
        return None
    try:
        return _read(content)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None  # the library's parser trips over heads that are none


def _read(content: bytes) -> Bounce | None:
    message = message_from_bytes(content, policy=policy.default)
    parts = list(message.walk())
    report = next((each for each in parts if _is(each, "message/delivery-status")), None)
    if report is None or message.get_content_type() != "multipart/report":
        return None
    fields = next((each for each in _groups(report) if each.get("Action")), None)
    action = "" if fields is None else str(fields["Action"]).strip().lower()
    if fields is None or action not in ("failed", "delayed"):
        return None
    said = " ".join(str(fields.get("Diagnostic-Code", "")).split())
    found = _STATUS.search(str(fields.get("Status", ""))) or _STATUS.search(said)
    return Bounce(
        status=found[1] if found else "5.0.0",
        detail=said[:LONGEST],
        record=_find_record(message),
        message_id=_find_message_id(parts),
        is_final=action == "failed",
    )


def _is(part: Message[Any, Any], content_type: str) -> bool:
    return part.get_content_type() == content_type


def _groups(report: Message[Any, Any]) -> Iterable[Message[Any, Any]]:
    """Return the groups of fields of a report: of the message, then of each recipient."""
    payload = report.get_payload()
    return [each for each in payload if isinstance(each, Message)] if payload else []


def _find_record(message: Message[Any, Any]) -> tuple[int, str] | None:
    for name in _TO:
        for value in message.get_all(name, []):
            if found := _RETURNED.search(str(value)):
                return int(found[1]), found[2]
    return None


def _find_message_id(parts: Iterable[Message[Any, Any]]) -> str | None:
    """Return the id of the mail that came back: whole, or its head alone."""
    for part in parts:
        if _is(part, "message/rfc822"):
            inner = part.get_payload(0)
            text = str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
        elif _is(part, "text/rfc822-headers") and isinstance(part, EmailMessage):
            text = _header_of(str(part.get_content()))
        else:
            continue
        if found := _MESSAGE_ID.search(text):
            return found[0]
    return None


def _header_of(head: str) -> str:
    found = message_from_bytes(head.encode(), policy=policy.default)
    return str(found.get("Message-ID", ""))
