"""Which files of strangers are kept as they came, where they lie, and which rows name them:
evidence of enterprises, files of requests and quotes, files of messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.checking import AT_A_TIME
from catalogue.enterprises.models import Evidence
from catalogue.settings import Settings

from .message_models import MessageFile
from .quote_models import QuoteFile


@dataclass(frozen=True)
class Shelf:
    """A folder of such files, and the column that names them by their hashes."""

    name: str
    folder: Callable[[Settings], Path]
    sha256: Any


SHELVES = (
    Shelf("evidence", lambda settings: settings.evidence_folder, Evidence.sha256),
    Shelf("quotes", lambda settings: settings.quote_folder, QuoteFile.sha256),
    Shelf("messages", lambda settings: settings.message_folder, MessageFile.sha256),
)


def list_named(session: Session, shelf: Shelf) -> Iterator[str]:
    """Yield the hashes that rows name, each once, in order. One query."""
    query = select(shelf.sha256).distinct().order_by(shelf.sha256)
    yield from session.execute(query.execution_options(yield_per=AT_A_TIME)).scalars()
