"""How pictures of a list are called within it, and what people are shown instead. Pure."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from catalogue.core.fetching import taken_apart
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

_LONGEST = 100  # characters of a picture's own name that are kept
_KEYED = re.compile(r"^[0-9a-f]{16}-")
_HASHED = re.compile(r"[0-9a-f]{64}(\.\w+)?")


def keyed(content: bytes, name: str) -> str:
    """Return a name by content: names are chosen freely, and two lines may use one for two."""
    key = hashlib.sha256(content).hexdigest()[:16]
    return f"{key}-{name.rsplit('/', 1)[-1][-_LONGEST:]}"


def shown(name: str, alt: str, place: int) -> Text | str:
    """Return what people know a picture by: its file name, what it shows, or its place from 1."""
    bare = unquote(taken_apart(name).path) if "://" in name else name
    bare = _KEYED.sub("", bare.rstrip("/").rsplit("/", 1)[-1])
    if bare and not _HASHED.fullmatch(bare):
        return bare
    return _("“%(text)s”", text=alt) if alt else _("Picture %(number)s", number=place)
