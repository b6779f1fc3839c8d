"""Attachments: PDF files that go with a product, kept beside the pictures, in a folder or in S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.core import receiving
from catalogue.core.receiving import Received
from catalogue.settings import Settings

from .service import PART
from .store import Store

FIELD = "attachment"


def receive(parts: Mapping[str, Any], settings: Settings, name: str, content: bytes) -> Received:
    """Check a file, have it scanned, and store it, without a database; raises Invalid."""
    door = receiving.door(parts, FIELD, settings.attachment_max_bytes, ("pdf",))
    received = receiving.check(door, name, content)
    store: Store = parts[PART]
    store.keep_attachment(received.sha256, content)
    return received
