"""Which files of strangers are kept as they came, and which rows name them: evidence of
enterprises, files of requests and quotes, files of messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import shelves
from catalogue.core.checking import AT_A_TIME
from catalogue.enterprises.models import Evidence

from .message_models import MessageFile
from .quote_models import QuoteFile

# The column that names the files of a shelf by their hashes.
NAMING: Mapping[str, Any] = {
    shelves.EVIDENCE: Evidence.sha256,
    shelves.QUOTES: QuoteFile.sha256,
    shelves.MESSAGES: MessageFile.sha256,
}


def list_named(session: Session, shelf: str) -> Iterator[str]:
    """Yield the hashes that rows name, each once, in order. One query."""
    sha256 = NAMING[shelf]
    query = select(sha256).distinct().order_by(sha256)
    yield from session.execute(query.execution_options(yield_per=AT_A_TIME)).scalars()
